//! Values that python-stdnum and validator.js accept, in a sentence that names them.
//!
//! A value is found if findings cover all of it. The sentence names it once by the word used where
//! it is issued and once by a plain English one.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::cases::{Cases, scan};
use super::figure::{Figure, Share};
use super::kinds::{self, Words};
use crate::pii::spans::cover;

#[derive(Deserialize)]
struct Row {
    /// The module or the validator.
    #[serde(alias = "module", alias = "validator")]
    kind: String,
    /// What the validator was called with besides the value.
    #[serde(default)]
    args: Vec<serde_json::Value>,
    value: String,
    valid: bool,
}

impl Row {
    /// The value as somebody would write it: the brackets around a pair of degrees are the
    /// validator's.
    fn value(&self) -> &str {
        let value = self.value.trim();
        if self.kind == "isLatLong" { value.trim_matches(['(', ')']) } else { value }
    }

    fn words(&self) -> Option<Words> {
        kinds::module(&self.kind).or_else(|| kinds::validator(&self.kind, &self.args, self.value()))
    }
}

pub(super) fn measure(cases: &Cases<'_>) -> Result<Vec<Figure>> {
    let mut rows: Vec<Row> = cases.rows("stdnum_cases.jsonl")?;
    rows.extend(cases.rows::<Row>("validatorjs_cases.jsonl")?);
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut local: BTreeMap<&str, Share> = BTreeMap::new();
    let mut english = Share::default();
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.valid && !row.value().is_empty()) {
        let Some([word, plain]) = row.words() else {
            if kinds::is_near(&row.kind) {
                *left_out.entry(row.kind.clone()).or_default() += 1;
            }
            continue;
        };
        local.entry(&row.kind).or_default().add(is_found(cases, row, word));
        english.add(is_found(cases, row, plain));
    }
    // Of validators it is worth telling which rows of a counted one are not.
    left_out.retain(|kind, _| kind.starts_with("stdnum.") || local.contains_key(kind.as_str()));
    cases.left_out("stdnum, validator.js", &left_out);

    let whole = local.values().map(|share| share.hits == share.of).collect();
    let what = "stdnum, validator.js: valid values";
    let mut figures = vec![
        Figure::new(format!("{what} with a cue"), local.values().copied().sum()).at_least(0.98),
        Figure::new(format!("{what} with a plain English cue"), english),
        Figure::new("stdnum, validator.js: kinds of which every value is found", whole),
    ];
    let missed = local.iter().filter(|(_, share)| share.hits < share.of);
    figures.extend(
        missed.map(|(kind, share)| Figure::new(format!("{what}, {kind}"), *share).detail()),
    );
    Ok(figures)
}

fn is_found(cases: &Cases<'_>, row: &Row, word: &str) -> bool {
    let value = row.value();
    let before = format!("My {word} is ");
    let text = format!("{before}{value}, thanks");
    let found = scan(&text);
    let start = before.chars().count();
    let is_covered = cover(&found, &(start..start + value.chars().count()));
    cases.verdict(is_covered, &row.kind, &text, &found)
}

#[cfg(test)]
mod tests {
    use super::super::cases::tests::check;
    use super::*;

    #[test]
    fn valid_values_of_our_categories_count_and_no_others() {
        let rows = concat!(
            r#"{"module": "stdnum.iban", "value": " DE89 3704 0044 0532 0130 00", "valid": true}"#,
            "\n",
            r#"{"module": "stdnum.iban", "value": "DE", "valid": false}"#,
            "\n",
            r#"{"module": "stdnum.isbn", "value": "9780471117094", "valid": true}"#,
            "\n",
            r#"{"validator": "isIP", "args": [4], "value": "nonsense", "valid": true}"#,
            "\n",
        );
        let figures = check("stdnum_cases.jsonl", rows, measure).unwrap();
        let counts: Vec<_> = figures.iter().map(|(_, hits, of)| (*hits, *of)).collect();
        assert_eq!(counts, [(1, 2), (1, 2), (1, 2), (0, 1)]);
    }
}
