//! Example telephone numbers of each region and kind (fixed, mobile, toll-free, over the Internet).
//!
//! International forms have no word beside them that names them, national ones have one.

use anyhow::Result;
use serde::Deserialize;

use super::cases::{Cases, scan};
use super::figure::{Figure, Share};
use super::regions;
use crate::pii::spans::{cover, place_of};

#[derive(Deserialize)]
struct Row {
    region: String,
    e164: String,
    international: String,
    national: String,
    /// As a link, `tel:+49-30-123456`. The scheme need not be covered.
    rfc3966: String,
}

impl Row {
    fn e164(&self) -> &str {
        &self.e164
    }

    fn international(&self) -> &str {
        &self.international
    }

    fn national(&self) -> &str {
        &self.national
    }

    fn link(&self) -> &str {
        self.rfc3966.trim_start_matches("tel:")
    }
}

pub(super) fn measure(cases: &Cases<'_>) -> Result<Vec<Figure>> {
    let rows: Vec<Row> = cases.rows("phone_examples.jsonl")?;
    let rows: Vec<&Row> = rows.iter().filter(|row| regions::is_counted(&row.region)).collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let check = |frame: &str, value: fn(&Row) -> &str| -> Share {
        rows.iter()
            .map(|row| {
                let value = value(row);
                let text = frame.replace("{}", value);
                let found = scan(&text);
                let is_found = place_of(&text, value).is_some_and(|range| cover(&found, &range));
                cases.verdict(is_found, &format!("phone_examples {}", row.region), &text, &found)
            })
            .collect()
    };
    let forms = [
        ("E.164", check("{} it is", Row::e164)),
        ("spaced", check("{} it is", Row::international)),
        ("as a link", check("see tel:{} for that", Row::link)),
    ];
    let international = forms.iter().map(|(_, share)| *share).sum();
    let mut figures = vec![
        Figure::new("phone_examples, 34 regions: international forms without a cue", international)
            .at_least(1.0),
    ];
    figures.extend(forms.into_iter().map(|(form, share)| {
        Figure::new(format!("phone_examples, 34 regions: international, {form}"), share).detail()
    }));
    figures.push(
        Figure::new(
            "phone_examples, 34 regions: national form with a cue",
            check("My phone is {}, thanks", Row::national),
        )
        .at_least(0.97),
    );
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::super::cases::tests::check;
    use super::*;

    #[test]
    fn each_row_counts_in_four_forms_and_other_regions_in_none() {
        let row = |region: &str, national: &str| {
            format!(
                r#"{{"region": "{region}", "type": "MOBILE", "e164": "+4915123456789", "international": "+49 151 23456789", "national": "{national}", "rfc3966": "tel:+49-151-23456789"}}"#
            ) + "\n"
        };
        let rows = [row("DE", "0151 23456789"), row("AD", "x"), row("AT", "no number")].concat();
        let figures = check("phone_examples.jsonl", &rows, measure).unwrap();
        let counts: Vec<_> = figures.iter().map(|(_, hits, of)| (*hits, *of)).collect();
        assert_eq!(counts, [(6, 6), (2, 2), (2, 2), (2, 2), (1, 2)]);
    }
}
