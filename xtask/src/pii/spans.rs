//! Findings as spans of Unicode code points, which test sets count in, and what spans cover.

use std::ops::Range;

use sotto_shared::pii::{Policy, detect};

/// One finding: the first code point, the one after the last, and the entity.
pub(super) type Span = (usize, usize, &'static str);

/// What is found in `text`, in order and without overlaps.
pub(super) fn spans(text: &str, policy: &Policy) -> Vec<Span> {
    let mut at = 0;
    let mut chars = 0;
    let mut count_to = |position: usize| {
        chars += text.get(at..position).unwrap_or_default().chars().count();
        at = position;
        chars
    };
    detect(text, policy)
        .iter()
        .map(|found| (count_to(found.start), count_to(found.end), found.category.entity()))
        .collect()
}

/// The spans of one entity alone.
pub(super) fn of_entity(found: &[Span], entity: &str) -> Vec<Span> {
    found.iter().filter(|span| span.2 == entity).copied().collect()
}

/// The code points of `value` where it first stands in `text`.
pub(super) fn place_of(text: &str, value: &str) -> Option<Range<usize>> {
    let before = text.get(..text.find(value)?)?.chars().count();
    Some(before..before + value.chars().count())
}

/// Whether spans, one beginning where another ends, cover all of `range`.
pub(super) fn cover(found: &[Span], range: &Range<usize>) -> bool {
    let mut at = range.start;
    for (from, to, _) in found {
        if *from <= at && at < *to {
            at = *to;
        }
    }
    at >= range.end
}

/// Whether one span alone covers all of `range`.
pub(super) fn one_covers(found: &[Span], range: &Range<usize>) -> bool {
    found.iter().any(|(from, to, _)| *from <= range.start && range.end <= *to)
}

/// Whether a span has a code point of `range`.
pub(super) fn touch(found: &[Span], range: &Range<usize>) -> bool {
    found.iter().any(|(from, to, _)| *from < range.end && range.start < *to)
}

/// How many code points of `range` are in a span. Spans do not overlap.
pub(super) fn covered(found: &[Span], range: &Range<usize>) -> usize {
    found
        .iter()
        .map(|(from, to, _)| (*to).min(range.end).saturating_sub((*from).max(range.start)))
        .sum()
}

/// Whether each letter and digit of `text` in `range` is in a span.
pub(super) fn cover_signs(found: &[Span], text: &str, range: &Range<usize>) -> bool {
    text.chars().enumerate().skip(range.start).take(range.len()).all(|(at, char)| {
        !char.is_alphanumeric() || found.iter().any(|(from, to, _)| (*from..*to).contains(&at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: [Span; 3] = [(2, 5, "A"), (5, 7, "B"), (9, 12, "A")];

    #[test]
    fn findings_are_counted_in_code_points() {
        let found = spans("🙂é jane@example.com, 🙂 203.0.113.77", &Policy::scan());
        assert_eq!(found, [(3, 19, "EMAIL_ADDRESS"), (23, 35, "IP_ADDRESS")]);
        assert_eq!(of_entity(&found, "IP_ADDRESS"), [(23, 35, "IP_ADDRESS")]);
    }

    #[test]
    fn a_value_is_placed_in_code_points() {
        assert_eq!(place_of("é é42", "é42"), Some(2..5));
        assert_eq!(place_of("é", "e"), None);
    }

    #[test]
    fn neighbours_cover_together_and_a_gap_does_not() {
        assert!(cover(&FOUND, &(2..7)) && cover(&FOUND, &(3..6)) && cover(&FOUND, &(9..12)));
        assert!(!cover(&FOUND, &(1..3)) && !cover(&FOUND, &(2..8)) && !cover(&FOUND, &(6..10)));
        assert!(!cover(&[], &(0..1)));
    }

    #[test]
    fn one_span_has_to_cover_alone() {
        assert!(one_covers(&FOUND, &(2..5)) && one_covers(&FOUND, &(10..11)));
        assert!(!one_covers(&FOUND, &(2..7)) && !one_covers(&FOUND, &(8..12)));
    }

    #[test]
    fn touching_takes_one_code_point() {
        assert!(touch(&FOUND, &(0..3)) && touch(&FOUND, &(6..9)));
        assert!(!touch(&FOUND, &(0..2)) && !touch(&FOUND, &(7..9)) && !touch(&FOUND, &(12..20)));
    }

    #[test]
    fn covered_code_points_are_counted() {
        assert_eq!(covered(&FOUND, &(0..20)), 8);
        assert_eq!(covered(&FOUND, &(4..10)), 4);
        assert_eq!(covered(&FOUND, &(7..9)), 0);
    }

    #[test]
    fn separators_need_no_cover() {
        assert!(cover_signs(&FOUND, "  abcde - 12", &(2..12)));
        assert!(cover_signs(&FOUND, "  abcde -\u{200b}12\"", &(2..13)));
        assert!(!cover_signs(&FOUND, "x abcde", &(0..7)));
    }
}
