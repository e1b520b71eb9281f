//! Values in disguise: foreign digits, invisible characters, look-alikes, encodings, glued words.
//!
//! The span that a case marks holds the disguise too (quotes, `mailto:`, a full stop). The set does
//! not say when a case counts as caught, but it records which cases Presidio caught: findings of the
//! right type that cover 85 % of the span give all of these verdicts, 84 % and 86 % do not.

use std::ops::Range;

use anyhow::Result;
use serde::Deserialize;

use super::cases::{Cases, scan};
use super::figure::{Figure, Share};
use crate::pii::spans::{cover_signs, covered, of_entity, one_covers, place_of, touch};

#[derive(Deserialize)]
struct Row {
    text: String,
    transform: String,
    #[serde(rename = "type")]
    entity: String,
    /// The value before it was disguised.
    base: String,
    value_span: (usize, usize),
}

impl Row {
    fn span(&self) -> Range<usize> {
        self.value_span.0..self.value_span.1
    }

    /// The value itself, without what the disguise put beside it, if it stands there as it was;
    /// else the whole span.
    fn value(&self) -> Range<usize> {
        place_of(&self.text, &self.base).unwrap_or_else(|| self.span())
    }
}

/// Of the span, in per cent: inferred, as said above.
const CAUGHT: usize = 85;

/// Whether so many per cent of the span are covered.
fn is_caught(found: &[crate::pii::spans::Span], span: &Range<usize>) -> bool {
    100 * covered(found, span) >= CAUGHT * span.len()
}

pub(super) fn measure(cases: &Cases<'_>) -> Result<Vec<Figure>> {
    let rows: Vec<Row> = cases.rows("adversarial.jsonl")?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let [mut caught, mut whole, mut signs, mut touched] = [Share::default(); 4];
    for row in &rows {
        let found = scan(&row.text);
        let typed = of_entity(&found, &row.entity);
        let set = format!("adversarial {}", row.transform);
        caught.add(cases.verdict(is_caught(&typed, &row.span()), &set, &row.text, &found));
        whole.add(one_covers(&found, &row.span()));
        signs.add(cover_signs(&typed, &row.text, &row.value()));
        touched.add(touch(&found, &row.span()));
    }
    let figure = |what: &str, share| Figure::new(format!("adversarial: {what}"), share);
    Ok(vec![
        figure("the right type covers 85 % of the span, as in the set's own verdicts", caught)
            .at_least(0.92),
        figure("the right type covers every letter and digit of the value", signs),
        figure("one finding covers the whole span, disguise included", whole),
        figure("any finding touches the span", touched).detail(),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::cases::tests::check;
    use super::*;

    #[test]
    fn four_ways_of_counting() {
        let row = |text: &str, base: &str, span: (usize, usize), entity: &str| {
            format!(
                r#"{{"transform": "t", "type": "{entity}", "base": "{base}", "text": "{text}", "value_span": [{}, {}]}}"#,
                span.0, span.1
            ) + "\n"
        };
        let rows = [
            // Quotes are of the span and not of the value: 16 of 18.
            row("x 'jane@example.com'", "jane@example.com", (2, 20), "EMAIL_ADDRESS"),
            // 16 of 23, which is less than 85 %.
            row("x mailto:jane@example.com", "jane@example.com", (2, 25), "EMAIL_ADDRESS"),
            // The other type.
            row("x jane@example.com", "jane@example.com", (2, 18), "IBAN_CODE"),
            // Nothing is found.
            row("x jane", "jane", (2, 6), "EMAIL_ADDRESS"),
        ]
        .concat();
        let figures = check("adversarial.jsonl", &rows, measure).unwrap();
        let counts: Vec<_> = figures.iter().map(|(_, hits, of)| (*hits, *of)).collect();
        assert_eq!(counts, [(1, 4), (2, 4), (1, 4), (3, 4)]);
    }

    #[test]
    fn the_share_is_not_rounded() {
        let found = [(0, 85, "A")];
        assert!(is_caught(&found, &(0..100)));
        assert!(!is_caught(&found, &(0..101)));
    }
}
