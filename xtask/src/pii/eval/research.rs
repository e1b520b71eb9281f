//! Presidio-research's messages: recall and precision by type, as the set's `score.py` counts
//! `R_type` and `P_type`.
//!
//! A marked span is found if findings of its type cover all of it; a finding is right if it
//! touches a marked span of its type. Names, dates and places are marked too and not compared.

use anyhow::Result;
use serde::Deserialize;

use super::cases::{Cases, scan};
use super::figure::{Figure, Share};
use crate::pii::spans::{cover, of_entity, touch};

#[derive(Deserialize)]
struct Row {
    text: String,
    /// First code point, the one after the last, the set's name of the type.
    spans: Vec<(usize, usize, String)>,
}

/// One of the seven types that are compared.
struct Type {
    entity: &'static str,
    /// What is asked of recall and of precision.
    goals: (Option<f64>, Option<f64>),
}

const TYPES: [Type; 7] = [
    Type { entity: "EMAIL_ADDRESS", goals: (None, None) },
    Type { entity: "PHONE_NUMBER", goals: (Some(0.92), Some(0.92)) },
    Type { entity: "CREDIT_CARD", goals: (Some(0.99), None) },
    Type { entity: "IBAN_CODE", goals: (None, None) },
    Type { entity: "US_SSN", goals: (None, None) },
    Type { entity: "IP_ADDRESS", goals: (None, None) },
    Type { entity: "URL", goals: (None, None) },
];

/// The entity that the set means by a type.
fn entity(name: &str) -> &str {
    if name == "DOMAIN_NAME" { "URL" } else { name }
}

pub(super) fn measure(cases: &Cases<'_>) -> Result<Vec<Figure>> {
    let rows: Vec<Row> = cases.rows("presidio_research.jsonl")?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut shares: Vec<(Share, Share)> = vec![Default::default(); TYPES.len()];
    for row in &rows {
        let found = scan(&row.text);
        for ((recall, precision), Type { entity: name, .. }) in shares.iter_mut().zip(&TYPES) {
            let mine = of_entity(&found, name);
            let marked: Vec<_> = row
                .spans
                .iter()
                .filter(|(.., of)| entity(of) == *name)
                .map(|(start, end, _)| *start..*end)
                .collect();
            let set = format!("presidio_research {name}");
            for range in &marked {
                recall.add(cases.verdict(cover(&mine, range), &set, &row.text, &found));
            }
            for span in &mine {
                let is_right = marked.iter().any(|range| touch(&[*span], range));
                precision.add(cases.verdict(is_right, &set, &row.text, &[*span]));
            }
        }
    }
    let (recalls, precisions): (Vec<Share>, Vec<Share>) = shares.iter().copied().unzip();
    let all = |shares: Vec<Share>| shares.into_iter().sum::<Share>();
    let mut figures = vec![
        Figure::new("presidio_research, 7 types: recall", all(recalls)).at_least(0.97),
        Figure::new("presidio_research, 7 types: precision", all(precisions)).at_least(0.97),
    ];
    for ((recall, precision), Type { entity, goals }) in shares.into_iter().zip(&TYPES) {
        let figure = |what: &str, share, goal: Option<f64>| {
            let figure = Figure::new(format!("presidio_research, {entity}: {what}"), share);
            goal.map_or(figure.clone().detail(), |goal| figure.at_least(goal))
        };
        figures.push(figure("recall", recall, goals.0));
        figures.push(figure("precision", precision, goals.1));
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::super::cases::tests::check;
    use super::*;

    #[test]
    fn recall_counts_marked_spans_and_precision_counts_findings() {
        let rows = concat!(
            // Found as marked; a domain is a URL.
            r#"{"text": "é jane@example.com", "spans": [[2, 18, "EMAIL_ADDRESS"]]}"#,
            "\n",
            r#"{"text": "see www.example.com", "spans": [[4, 19, "DOMAIN_NAME"]]}"#,
            "\n",
            // Marked and not found, found and not marked, found where another type is marked.
            r#"{"text": "a b c", "spans": [[0, 1, "US_SSN"], [2, 3, "PERSON"]]}"#,
            "\n",
            r#"{"text": "from 203.0.113.77", "spans": []}"#,
            "\n",
            r#"{"text": "jane@example.com", "spans": [[0, 16, "PERSON"]]}"#,
            "\n",
            // Found in part only.
            r#"{"text": "x jane@example.com", "spans": [[0, 18, "EMAIL_ADDRESS"]]}"#,
            "\n",
        );
        let figures = check("presidio_research.jsonl", rows, measure).unwrap();
        let figure = |what: &str| {
            let what = format!("presidio_research, {what}");
            let (_, hits, of) = figures.iter().find(|figure| figure.0 == what).unwrap();
            (*hits, *of)
        };
        assert_eq!(figure("EMAIL_ADDRESS: recall"), (1, 2));
        assert_eq!(figure("EMAIL_ADDRESS: precision"), (2, 3));
        assert_eq!(figure("URL: recall"), (1, 1));
        assert_eq!(figure("URL: precision"), (1, 1));
        assert_eq!(figure("US_SSN: recall"), (0, 1));
        assert_eq!(figure("IP_ADDRESS: precision"), (0, 1));
        assert_eq!(figure("7 types: recall"), (2, 4));
        assert_eq!(figure("7 types: precision"), (3, 5));
    }
}
