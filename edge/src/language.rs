//! The languages in which the edge itself speaks to visitors.

/// A language that the edge ships texts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, also for every language that is not here.
    English,
    /// German.
    German,
}

impl Language {
    /// The language for a tag (BCP 47), by its first part.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("de") { Self::German } else { Self::English }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_of_a_tag_counts() {
        assert_eq!(Language::of("de"), Language::German);
        assert_eq!(Language::of("de-AT"), Language::German);
        assert_eq!(Language::of("den"), Language::English);
        assert_eq!(Language::of("fr"), Language::English);
        assert_eq!(Language::of(""), Language::English);
    }
}
