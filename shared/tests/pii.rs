//! The scrubber's own corpus, `tests/pii/*.txt`, written by hand, and the fuzz target's seeds.
//!
//! A line is a sentence. `ENTITY` alone on a line opens a category; what is found in the
//! sentences below it stands between `«` and `»`, and a sentence without them is a near miss in
//! which nothing of that category is found. Lines that begin with `#` are remarks.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a file that cannot be read fails its test")]

use std::collections::BTreeMap;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use proptest::prelude::*;
use sotto_shared::pii::{CATEGORIES, Category, Policy, check_promises, detect};

/// Every category has so many marked sentences, and so many near misses.
const MIN_SENTENCES: usize = 10;

struct Sentence {
    /// `file:line`.
    place: String,
    entity: String,
    text: String,
    /// Byte ranges in `text`.
    marks: Vec<(usize, usize)>,
}

/// The files of a folder beside this one, with their names, in order.
fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn corpus() -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for (name, lines) in files("tests/pii") {
        let mut entity = "";
        for (number, line) in lines.lines().enumerate() {
            let place = format!("shared/tests/pii/{name}:{}", number + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
                let is_known = CATEGORIES.iter().any(|row| row.entity == line);
                assert!(is_known, "{place}: no entity is called {line}");
                entity = line;
                continue;
            }
            assert!(!entity.is_empty(), "{place}: a sentence before the first entity");
            let (text, marks) = unmark(line).unwrap_or_else(|| panic!("{place}: unbalanced marks"));
            sentences.push(Sentence { place, entity: entity.to_owned(), text, marks });
        }
    }
    sentences
}

/// The sentence without its marks, and what they enclose. `None` when one is missing, nested or
/// encloses nothing.
fn unmark(line: &str) -> Option<(String, Vec<(usize, usize)>)> {
    let mut text = String::new();
    let mut marks = Vec::new();
    let mut open = None;
    for char in line.chars() {
        match (char, open) {
            ('«', None) => open = Some(text.len()),
            ('»', Some(start)) if start < text.len() => {
                marks.push((start, text.len()));
                open = None;
            }
            ('«' | '»', _) => return None,
            _ => text.push(char),
        }
    }
    open.is_none().then_some((text, marks))
}

#[test]
fn every_sentence_is_read_as_it_is_marked() {
    let policy = Policy::scan();
    let mut wrong = Vec::new();
    for Sentence { place, entity, text, marks } in corpus() {
        let findings = detect(&text, &policy);
        let found: Vec<_> = findings
            .iter()
            .filter(|finding| finding.category.entity() == entity)
            .map(|finding| (finding.start, finding.end))
            .collect();
        if found != marks {
            wrong.push(format!("{place}: {entity}: {text}: {findings:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} sentences\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_category_has_sentences_and_near_misses() {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for sentence in corpus() {
        let (marked, near_misses) = counts.entry(sentence.entity).or_default();
        *(if sentence.marks.is_empty() { near_misses } else { marked }) += 1;
    }
    let wanting: Vec<_> = CATEGORIES
        .iter()
        .filter(|row| row.category != Category::Custom)
        .map(|row| (row.entity, counts.get(row.entity).copied().unwrap_or_default()))
        .filter(|(_, (marked, near_misses))| *marked.min(near_misses) < MIN_SENTENCES)
        .collect();
    assert!(wanting.is_empty(), "marked sentences and near misses: {wanting:?}");
}

#[test]
fn every_promise_holds_for_the_corpus_and_the_seeds() {
    let mut texts: Vec<_> = corpus().into_iter().map(|line| (line.place, line.text)).collect();
    for (name, seed) in files("../fuzz/seeds") {
        let lines = seed.lines().map(|line| (name.clone(), line.to_owned()));
        texts.extend(lines.chain([(name.clone(), seed.clone())]));
    }
    texts.retain(|(_, text)| catch_unwind(|| check_promises(text)).is_err());
    assert!(texts.is_empty(), "{texts:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Not only what looks like values, as in the module's own tests: anything.
    #[test]
    fn every_promise_holds_for_any_text(text in "(\\PC|[0-9]{1,5}|[ @.:/=\\[\\]()+-]|[a-z]{1,6}){0,40}") {
        check_promises(&text);
    }
}
