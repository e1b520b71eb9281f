//! A figure: what was counted, of how many, and what is to be reached.

use std::fmt::Write as _;

use serde::{Serialize, Serializer};

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) hits: usize,
    pub(super) of: usize,
}

impl Share {
    /// Counts one more case.
    pub(super) fn add(&mut self, hit: bool) {
        self.hits += usize::from(hit);
        self.of += 1;
    }

    /// From 0 to 1; 0 of nothing.
    pub(super) fn value(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.hits as f64 / self.of as f64 }
    }
}

impl FromIterator<bool> for Share {
    fn from_iter<I: IntoIterator<Item = bool>>(outcomes: I) -> Self {
        let mut share = Self::default();
        outcomes.into_iter().for_each(|hit| share.add(hit));
        share
    }
}

impl std::iter::Sum for Share {
    fn sum<I: Iterator<Item = Self>>(shares: I) -> Self {
        shares.fold(Self::default(), |sum, share| Self {
            hits: sum.hits + share.hits,
            of: sum.of + share.of,
        })
    }
}

/// What a figure is to reach, if anything.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Serialize for Goal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::AtLeast(share) => format_args!("≥ {share}").serialize(serializer),
            Self::AtMost(share) => format_args!("≤ {share}").serialize(serializer),
        }
    }
}

/// One line of the output.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figure {
    /// The set of cases and what was counted as a hit.
    what: String,
    hits: usize,
    of: usize,
    share: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<Goal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<bool>,
    /// A detail stands in the JSON lines alone.
    #[serde(skip)]
    is_detail: bool,
}

impl Figure {
    /// A figure without a goal.
    pub(super) fn new(what: impl Into<String>, share: Share) -> Self {
        let Share { hits, of } = share;
        let what = what.into();
        Self { what, hits, of, share: share.value(), goal: None, reached: None, is_detail: false }
    }

    /// The share is to be as large as this.
    pub(super) fn at_least(self, share: f64) -> Self {
        Self { goal: Some(Goal::AtLeast(share)), reached: Some(self.share >= share), ..self }
    }

    /// The share is to be no larger than this.
    pub(super) fn at_most(self, share: f64) -> Self {
        Self { goal: Some(Goal::AtMost(share)), reached: Some(self.share <= share), ..self }
    }

    /// Not for the table.
    pub(super) fn detail(self) -> Self {
        Self { is_detail: true, ..self }
    }
}

/// The table of docs/measured.md, in Markdown.
pub(super) fn table(figures: &[Figure]) -> String {
    let mut table = String::from("| what | reached | to reach |\n|---|---|---|\n");
    for figure in figures.iter().filter(|figure| !figure.is_detail) {
        let Figure { what, hits, of, share, .. } = figure;
        let (goal, reached) = match figure.goal {
            Some(Goal::AtMost(most)) => {
                (format!("≤ {}", percent(most, f64::ceil)), percent(*share, f64::ceil))
            }
            Some(Goal::AtLeast(least)) => {
                (format!("≥ {}", percent(least, f64::floor)), percent(*share, f64::floor))
            }
            None => (String::new(), percent(*share, f64::floor)),
        };
        let missed = if figure.reached == Some(false) { ", missed" } else { "" };
        let _ = writeln!(table, "| {what} | {reached} ({hits} of {of}){missed} | {goal} |");
    }
    table
}

/// Rounded away from the goal and so never up or down to it: 94.996 % of what has to be many is
/// printed as 94.99 %. What a binary fraction is short of or beyond a decimal one does not count.
fn percent(share: f64, away: fn(f64) -> f64) -> String {
    let scaled = share * 1e4;
    let nearest = scaled.round();
    let exact = if (scaled - nearest).abs() < 1e-6 { nearest } else { away(scaled) };
    let hundredths = exact / 100.0;
    if hundredths.fract() == 0.0 { format!("{hundredths} %") } else { format!("{hundredths:.2} %") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(hits: usize, of: usize) -> Share {
        Share { hits, of }
    }

    #[test]
    fn shares_are_counted_and_added() {
        assert_eq!([true, false, true].into_iter().collect::<Share>(), share(2, 3));
        assert_eq!([share(1, 2), share(3, 4)].into_iter().sum::<Share>(), share(4, 6));
        assert!((share(1, 4).value() - 0.25).abs() < f64::EPSILON);
        assert!(share(0, 0).value() < f64::EPSILON);
    }

    #[test]
    fn a_goal_is_reached_or_missed_and_never_by_rounding() {
        let figures = [
            Figure::new("a", share(19, 20)).at_least(0.95),
            Figure::new("b", share(94_999, 100_000)).at_least(0.95),
            Figure::new("c", share(1, 1_000)).at_most(0.001),
            Figure::new("d", share(101, 100_000)).at_most(0.001),
            Figure::new("e", share(1, 3)),
            Figure::new("f", share(1, 3)).detail(),
        ];
        assert_eq!(
            table(&figures),
            "| what | reached | to reach |\n|---|---|---|\n\
             | a | 95 % (19 of 20) | ≥ 95 % |\n\
             | b | 94.99 % (94999 of 100000), missed | ≥ 95 % |\n\
             | c | 0.10 % (1 of 1000) | ≤ 0.10 % |\n\
             | d | 0.11 % (101 of 100000), missed | ≤ 0.10 % |\n\
             | e | 33.33 % (1 of 3) |  |\n"
        );
    }

    #[test]
    fn a_line_has_a_goal_only_where_there_is_one() {
        let line = |figure| serde_json::to_string(&figure).unwrap();
        assert_eq!(
            line(Figure::new("a", share(1, 2)).at_least(0.5)),
            r#"{"what":"a","hits":1,"of":2,"share":0.5,"goal":"≥ 0.5","reached":true}"#
        );
        assert_eq!(
            line(Figure::new("a", share(1, 2))),
            r#"{"what":"a","hits":1,"of":2,"share":0.5}"#
        );
    }
}
