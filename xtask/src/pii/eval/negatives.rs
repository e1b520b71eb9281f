//! False alarms: messages and values in which nothing is personal. Counted with the policy of
//! chat, which visitors meet, and with that of `pii scan`.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::cases::{Cases, chat, scan};
use super::figure::{Figure, Share};

/// Alarms under either policy.
#[derive(Clone, Copy, Default)]
pub(super) struct Alarms {
    chat: Share,
    scan: Share,
}

impl Alarms {
    /// Reads one text in which nothing is to be found.
    pub(super) fn read(&mut self, cases: &Cases<'_>, set: &str, text: &str) {
        let found = scan(text);
        self.scan.add(!cases.verdict(found.is_empty(), set, text, &found));
        self.chat.add(!chat(text).is_empty());
    }

    /// The larger share under either policy.
    pub(super) fn worse(self, other: Self) -> Self {
        let worse =
            |one: Share, other: Share| if other.value() >= one.value() { other } else { one };
        Self { chat: worse(self.chat, other.chat), scan: worse(self.scan, other.scan) }
    }

    /// One figure for each policy.
    pub(super) fn figures(self, what: &str, at_most: f64) -> [Figure; 2] {
        [("chat", self.chat), ("scan", self.scan)].map(|(policy, share)| {
            Figure::new(format!("{what} with a finding, {policy}"), share).at_most(at_most)
        })
    }
}

/// Ordinary messages.
pub(super) fn messages(cases: &Cases<'_>) -> Result<Vec<Figure>> {
    let text = cases.text("negatives.txt")?;
    let mut alarms = Alarms::default();
    for (_, message) in text.lines().filter_map(|line| line.split_once('\t')) {
        alarms.read(cases, "negatives", message);
    }
    if alarms.chat.of == 0 {
        return Ok(Vec::new());
    }
    Ok(alarms.figures("negatives: messages", 0.001).into())
}

#[derive(Deserialize)]
struct Row {
    /// `isbn`, `tracking:UPS`.
    kind: String,
    value: String,
}

/// One frame names the value before it, one behind it, one not at all.
const FRAMES: [&str; 3] = [
    "My {kind} is {value}, thanks",
    "It says {value} on the {kind} label.",
    "What does {value} stand for?",
];

/// Numbers that are not a person's: of books, parcels, securities, versions.
pub(super) fn values(cases: &Cases<'_>) -> Result<Vec<Figure>> {
    let rows: Vec<Row> = cases.rows("negative_values.jsonl")?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = Alarms::default();
    let mut details = Vec::new();
    let mut by_kind: BTreeMap<&str, Share> = BTreeMap::new();
    for frame in FRAMES {
        let mut of_frame = Alarms::default();
        for row in &rows {
            let kind = row.kind.split(':').next().unwrap_or_default();
            let text = frame.replace("{kind}", kind).replace("{value}", &row.value);
            let set = format!("negative_values {kind}");
            let before = of_frame.chat.hits;
            of_frame.read(cases, &set, &text);
            by_kind.entry(kind).or_default().add(of_frame.chat.hits > before);
        }
        all.chat = [all.chat, of_frame.chat].into_iter().sum();
        all.scan = [all.scan, of_frame.scan].into_iter().sum();
        let figures = of_frame.figures(&format!("negative_values in {frame:?}"), 0.02);
        details.extend(figures.map(Figure::detail));
    }
    let mut figures: Vec<Figure> = all.figures("negative_values in 3 frames:", 0.02).into();
    figures.append(&mut details);
    let found = by_kind.iter().filter(|(_, share)| share.hits > 0);
    figures.extend(found.map(|(kind, share)| {
        Figure::new(format!("negative_values with a finding, chat: {kind}"), *share).detail()
    }));
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::super::cases::tests::check;
    use super::*;

    #[test]
    fn messages_are_counted_once_under_each_policy() {
        let text = "a\tHello there\nb\tsee https://example.com\nc\tjane@example.com\nno tab\n";
        let figures = check("negatives.txt", text, messages).unwrap();
        let counts: Vec<_> = figures.iter().map(|(_, hits, of)| (*hits, *of)).collect();
        assert_eq!(counts, [(1, 3), (2, 3)]);
    }

    #[test]
    fn the_worse_share_counts_for_each_policy() {
        let share = |hits| Share { hits, of: 4 };
        let one = Alarms { chat: share(1), scan: share(3) };
        let other = Alarms { chat: share(2), scan: share(2) };
        let worse = Alarms::default().worse(one).worse(other);
        assert_eq!((worse.chat, worse.scan), (share(2), share(3)));
    }

    #[test]
    fn values_are_counted_in_each_frame() {
        let rows = concat!(
            r#"{"kind": "tracking:A (1)", "value": "jane@example.com"}"#,
            "\n",
            r#"{"kind": "semver", "value": "1.2.3"}"#,
            "\n",
        );
        let figures = check("negative_values.jsonl", rows, values).unwrap();
        let counts: Vec<_> = figures.iter().map(|(_, hits, of)| (*hits, *of)).collect();
        let frame = [(1, 2), (1, 2)];
        assert_eq!(counts, [&[(3, 6), (3, 6)][..], &frame, &frame, &frame, &[(3, 3)]].concat());
    }
}
