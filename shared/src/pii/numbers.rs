//! Findings as numbers, for the way from one Wasm module to another: the widget asks the scrubber,
//! which is a module of its own.

use super::category::LABELS;
use super::{Certainty, Finding, Reason};

/// Numbers of one finding: its start, its end, and what it is.
const EACH: usize = 3;

/// Findings as numbers, three for each.
#[must_use]
pub fn into_numbers(findings: &[Finding]) -> Vec<u32> {
    let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    let numbers = findings.iter().flat_map(|finding| {
        let what = finding.category as u32
            | (finding.certainty as u32) << 8
            | (finding.reason as u32) << 16;
        [number(finding.start), number(finding.end), what]
    });
    numbers.collect()
}

/// Findings of numbers as [`into_numbers`] makes them; `None` if they are none.
#[must_use]
pub fn from_numbers(numbers: &[u32]) -> Option<Vec<Finding>> {
    let place = |number: u32| usize::try_from(number).ok();
    let (findings, rest) = numbers.as_chunks::<EACH>();
    if !rest.is_empty() {
        return None;
    }
    let finding = |&[start, end, what]: &[u32; EACH]| {
        let [category, certainty, reason, _] = what.to_le_bytes();
        let (category, _) = LABELS.get(usize::from(category))?;
        let certainty = Certainty::ALL.get(usize::from(certainty))?;
        let reason = Reason::ALL.get(usize::from(reason))?;
        Some(Finding {
            start: place(start)?,
            end: place(end)?,
            category: *category,
            certainty: *certainty,
            reason: *reason,
        })
    };
    findings.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::{CATEGORIES, Policy, browser::tests::soup, detect};
    use proptest::prelude::*;

    #[test]
    fn every_kind_of_finding_has_its_numbers() {
        for info in CATEGORIES {
            for certainty in Certainty::ALL {
                for reason in Reason::ALL {
                    let (start, end, category) = (70_000, 70_009, info.category);
                    let finding = Finding { start, end, category, certainty, reason };
                    assert!(from_numbers(&into_numbers(&[finding])) == Some(vec![finding]));
                }
            }
        }
    }

    #[test]
    fn other_numbers_are_no_findings() {
        for numbers in [&[1][..], &[1, 2], &[1, 2, 0xff], &[1, 2, 0xff00], &[1, 2, 0xff_0000]] {
            assert!(from_numbers(numbers).is_none(), "{numbers:?}");
        }
        assert!(from_numbers(&[]).is_some_and(|none| none.is_empty()));
    }

    proptest! {
        #[test]
        fn what_is_found_arrives(text in soup()) {
            let found = detect(&text, &Policy::scan());
            prop_assert!(from_numbers(&into_numbers(&found)) == Some(found));
        }
    }
}
