//! Presidio's own unit tests: the cases that its recognisers must find, and those they must not.
//!
//! Counted are the entities that are categories here, and the entities of single countries that
//! are a category of ours by another name (`UK_VEHICLE_REGISTRATION`, `TR_PHONE_NUMBER`), unless
//! the country lies on another continent. Other entities (dates, registers of companies and of
//! physicians) are told by `--misses`.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;
use sotto_shared::pii::CATEGORIES;

use super::cases::{Cases, scan};
use super::figure::{Figure, Share};
use super::regions;
use crate::pii::spans::{cover, one_covers};

#[derive(Deserialize)]
struct Row {
    text: String,
    entity: String,
    /// `must`, `weak` (with a context word at best) or `none`.
    strength: String,
    spans: Option<Vec<(usize, usize, String)>>,
    /// What Presidio itself finds, where the test names no spans.
    #[serde(default)]
    presidio_head: Vec<(usize, usize, String, f64)>,
}

/// Presidio's words for what has another name among our categories.
const SYNONYMS: [(&str, &str); 7] = [
    ("DRIVER_LICENSE", "US_DRIVER_LICENSE"),
    ("FUEHRERSCHEIN", "US_DRIVER_LICENSE"),
    ("IDENTITY_CARD", "NATIONAL_ID"),
    ("KFZ", "LICENSE_PLATE"),
    ("PLZ", "POSTCODE"),
    ("POSTAL_CODE", "POSTCODE"),
    ("VEHICLE_REGISTRATION", "LICENSE_PLATE"),
];

/// The category, by its entity, that one of Presidio's entities belongs to.
fn category(entity: &str) -> Option<&'static str> {
    let named = |name: &str| {
        let name = SYNONYMS.iter().find(|(word, _)| *word == name).map_or(name, |(_, ours)| *ours);
        CATEGORIES.iter().map(|row| row.entity).find(|ours| *ours == name)
    };
    named(entity).or_else(|| {
        let (country, rest) = entity.split_once('_')?;
        // Turkish is a language of the cue words, so its numbers are to be found too.
        if country == "TR" || regions::is_counted(country) { named(rest) } else { None }
    })
}

pub(super) fn measure(cases: &Cases<'_>) -> Result<Vec<Figure>> {
    let rows: Vec<Row> = cases.rows("presidio_cases.jsonl")?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut by_entity: BTreeMap<&str, Share> = BTreeMap::new();
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    let (mut alone, mut typed, mut alarms) = (Share::default(), Share::default(), Share::default());
    for row in &rows {
        let Row { text, entity, .. } = row;
        let Some(category) = category(entity) else {
            *left_out.entry(entity.clone()).or_default() += usize::from(row.strength == "must");
            continue;
        };
        let found = scan(text);
        let has_type = found.iter().any(|span| span.2 == category);
        match row.strength.as_str() {
            "must" => {
                let spans = spans(row);
                let is_covered = spans.iter().all(|range| cover(&found, range));
                let set = format!("presidio_cases {entity}");
                let share = by_entity.entry(entity).or_default();
                share.add(cases.verdict(is_covered, &set, text, &found));
                alone.add(spans.iter().all(|range| one_covers(&found, range)));
                typed.add(is_covered && has_type);
            }
            "none" => {
                let set = format!("presidio_cases {entity}, none");
                alarms.add(!cases.verdict(!has_type, &set, text, &found));
            }
            _ => {}
        }
    }
    left_out.retain(|_, rows| *rows > 0);
    cases.left_out("presidio_cases, must", &left_out);

    let all = by_entity.values().copied().sum();
    let is_by_name = |entity: &str| CATEGORIES.iter().any(|row| row.entity == entity);
    let by_name =
        by_entity.iter().filter(|(entity, _)| is_by_name(entity)).map(|(_, share)| *share);
    let mut figures = vec![
        Figure::new("presidio_cases, must: findings cover every span", all).at_least(0.95),
        Figure::new(
            "presidio_cases, must: likewise, of entities that have the same name here",
            by_name.sum(),
        ),
        Figure::new("presidio_cases, must: one finding covers each span", alone),
        Figure::new("presidio_cases, must: covered, and the type is right", typed).detail(),
        Figure::new("presidio_cases, none: the type is found nevertheless", alarms),
    ];
    let missed = by_entity.iter().filter(|(_, share)| share.hits < share.of);
    figures.extend(missed.map(|(entity, share)| {
        Figure::new(format!("presidio_cases, must: {entity}"), *share).detail()
    }));
    Ok(figures)
}

/// What has to be covered.
fn spans(row: &Row) -> Vec<std::ops::Range<usize>> {
    match &row.spans {
        Some(spans) => spans.iter().map(|span| span.0..span.1).collect(),
        None => row
            .presidio_head
            .iter()
            .filter(|span| span.2 == row.entity)
            .map(|span| span.0..span.1)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::tests::check;
    use super::*;

    #[test]
    fn entities_are_ours_by_name_by_country_or_by_synonym() {
        assert_eq!(category("EMAIL_ADDRESS"), Some("EMAIL_ADDRESS"));
        assert_eq!(category("TR_NATIONAL_ID"), Some("TR_NATIONAL_ID"));
        assert_eq!(category("DE_PASSPORT"), Some("PASSPORT"));
        assert_eq!(category("TR_PHONE_NUMBER"), Some("PHONE_NUMBER"));
        assert_eq!(category("UK_VEHICLE_REGISTRATION"), Some("LICENSE_PLATE"));
        for other in ["DATE_TIME", "PH_MOBILE_NUMBER", "NG_VEHICLE_REGISTRATION", "DE_LANR"] {
            assert_eq!(category(other), None, "{other}");
        }
    }

    #[test]
    fn a_case_is_found_if_all_its_spans_are() {
        let row = |text: &str, rest: &str| {
            format!(r#"{{"text": "{text}", "entity": "EMAIL_ADDRESS", {rest}}}"#) + "\n"
        };
        let rows = [
            row("a@example.com", r#""strength": "must", "spans": [[0, 13, "EMAIL_ADDRESS"]]"#),
            row(
                "a@example.com, b",
                r#""strength": "must", "spans": [[0, 13, "EMAIL_ADDRESS"], [15, 16, "X"]]"#,
            ),
            row(
                "a@example.com",
                r#""strength": "must", "presidio_head": [[0, 13, "EMAIL_ADDRESS", 1.0], [2, 99, "URL", 0.5]]"#,
            ),
            row("a@b", r#""strength": "none", "spans": []"#),
            row("a@example.com", r#""strength": "none", "spans": []"#),
            row("b", r#""strength": "weak", "spans": [[0, 1, "EMAIL_ADDRESS"]]"#),
        ];
        let figures = check("presidio_cases.jsonl", &rows.concat(), measure).unwrap();
        let counts: Vec<_> = figures.iter().map(|(_, hits, of)| (*hits, *of)).collect();
        assert_eq!(counts, [(2, 3), (2, 3), (2, 3), (2, 3), (1, 2), (2, 3)]);
    }
}
