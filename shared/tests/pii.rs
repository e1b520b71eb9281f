//! The scrubber's own corpus, `tests/pii/*.txt`, written by hand, and the fuzz target's.
//!
//! A line is a sentence. `ENTITY` alone on a line opens a category; what is found in the
//! sentences below it stands between `«` and `»`, and a sentence without them is a near miss in
//! which nothing of that category is found. Lines that begin with `#` are remarks.

use std::fs;
use std::path::Path;

use sotto_shared::pii::{CATEGORIES, Policy, check_promises, detect};

#[test]
fn every_sentence_is_read_as_it_is_marked() {
    let mut entity = String::new();
    let mut wrong = Vec::new();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pii");
    let corpus = fs::read_to_string(dir.join("corpus.txt")).unwrap();
    for line in corpus.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if CATEGORIES.iter().any(|row| row.entity == line) {
            line.clone_into(&mut entity);
            continue;
        }
        let mut text = String::new();
        let mut expected = Vec::new();
        for char in line.chars() {
            match char {
                '«' => expected.push((text.len(), 0)),
                '»' => expected.last_mut().unwrap().1 = text.len(),
                _ => text.push(char),
            }
        }
        let found: Vec<_> = detect(&text, &Policy::scan())
            .iter()
            .filter(|finding| finding.category.entity() == entity)
            .map(|finding| (finding.start, finding.end))
            .collect();
        if found != expected {
            wrong.push(format!("{entity}: {line}: {:?}", detect(&text, &Policy::scan())));
        }
        check_promises(&text);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
