//! The regions whose numbers are counted: European Union and Economic Area, United Kingdom,
//! Switzerland, United States, Canada.

/// ISO 3166-1 codes.
#[rustfmt::skip]
const REGIONS: [&str; 34] = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV",
    "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
    "IS", "LI", "NO",
    "GB", "CH", "US", "CA",
];

/// Whether `code`, in any case of its letters, is one of them. Tax offices write `EL` and `XI`,
/// and much software `UK`.
pub(super) fn is_counted(code: &str) -> bool {
    let code = match code.to_ascii_uppercase().as_str() {
        "EL" => "GR".to_owned(),
        "UK" | "XI" => "GB".to_owned(),
        code => code.to_owned(),
    };
    REGIONS.contains(&code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_count_and_other_regions_do_not() {
        for code in ["DE", "el", "UK", "is", "CA"] {
            assert!(is_counted(code), "{code}");
        }
        for code in ["TR", "UA", "AU", "", "any", "EU"] {
            assert!(!is_counted(code), "{code}");
        }
    }
}
