//! How the detectors' own cases are written: sentences with `«` and `»` around what is found.

use super::{Category, Policy, detect};

/// Each sentence contains exactly what is marked, all of `category`.
#[track_caller]
pub(super) fn check(category: Category, sentences: &[&str]) {
    for sentence in sentences {
        let mut text = String::new();
        let mut expected = Vec::new();
        for char in sentence.chars() {
            match char {
                '«' => expected.push((text.len(), 0)),
                '»' => expected.last_mut().unwrap().1 = text.len(),
                _ => text.push(char),
            }
        }
        let found: Vec<_> =
            detect(&text, &Policy::chat()).iter().map(|f| (f.start, f.end, f.category)).collect();
        let expected: Vec<_> =
            expected.iter().map(|(start, end)| (*start, *end, category)).collect();
        assert_eq!(found, expected, "{sentence}");
    }
}

/// Each sentence contains nothing.
#[track_caller]
pub(super) fn check_none(sentences: &[&str]) {
    for sentence in sentences {
        let found = detect(sentence, &Policy::chat());
        assert!(found.is_empty(), "{sentence}: {found:?}");
    }
}
