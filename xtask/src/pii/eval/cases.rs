//! The files of cases, and what the scrubber finds in a case.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use sotto_shared::pii::Policy;

use crate::pii::Eval;
use crate::pii::spans::{Span, spans};

/// A directory of cases.
pub(super) struct Cases<'a> {
    dir: &'a Path,
    shows_misses: bool,
}

impl<'a> Cases<'a> {
    pub(super) fn new(options: &'a Eval) -> Self {
        Self { dir: &options.cases, shows_misses: options.shows_misses }
    }

    /// The rows of a file of JSON lines; none when it is not there.
    ///
    /// # Errors
    /// If a line is not such a row; the error names file and line.
    pub(super) fn rows<T: for<'de> Deserialize<'de>>(&self, file: &str) -> Result<Vec<T>> {
        let text = self.text(file)?;
        text.lines()
            .enumerate()
            .map(|(at, line)| {
                serde_json::from_str(line).with_context(|| format!("{file}, line {}", at + 1))
            })
            .collect()
    }

    /// A file; empty when it is not there.
    pub(super) fn text(&self, file: &str) -> Result<String> {
        let path = self.dir.join(file);
        if !path.exists() {
            return Ok(String::new());
        }
        fs::read_to_string(&path).with_context(|| path.display().to_string())
    }

    /// Passes a verdict on; a case that went wrong is told if that was asked for.
    pub(super) fn verdict(&self, is_right: bool, set: &str, text: &str, found: &[Span]) -> bool {
        if !is_right && self.shows_misses {
            eprintln!("{set}: {text:?} {found:?}");
        }
        is_right
    }

    /// Tells how many rows of which kinds a set's figures leave out.
    pub(super) fn left_out(&self, set: &str, kinds: &BTreeMap<String, usize>) {
        if self.shows_misses {
            for (kind, rows) in kinds {
                eprintln!("{set}, not counted: {kind}, {rows} rows");
            }
        }
    }
}

/// What is found with every category on, as `pii scan` does.
pub(super) fn scan(text: &str) -> Vec<Span> {
    spans(text, &Policy::scan())
}

/// What is found with the policy of a conversation.
pub(super) fn chat(text: &str) -> Vec<Span> {
    spans(text, &Policy::chat())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::scratch::Folder;

    /// The figures that `measure` makes of one file, each as what, hits and number of cases.
    pub(in super::super) fn check(
        file: &str,
        text: &str,
        measure: fn(&Cases<'_>) -> Result<Vec<super::super::figure::Figure>>,
    ) -> Result<Vec<(String, u64, u64)>> {
        let folder = Folder::new();
        folder.write(file, text);
        let options = Eval { cases: folder.path().into(), shows_misses: false, is_written: false };
        measure(&Cases::new(&options))?
            .iter()
            .map(|figure| {
                let line = serde_json::to_value(figure)?;
                let number = |name: &str| line[name].as_u64().unwrap_or(u64::MAX);
                Ok((line["what"].as_str().unwrap_or("").to_owned(), number("hits"), number("of")))
            })
            .collect()
    }

    #[test]
    fn a_file_that_is_not_there_has_no_rows_and_a_bad_line_is_named() {
        let measure = |cases: &Cases<'_>| {
            assert!(cases.rows::<serde_json::Value>("absent.jsonl")?.is_empty());
            cases.rows::<serde_json::Value>("rows.jsonl").map(|_| Vec::new())
        };
        let error = check("rows.jsonl", "{}\n{\n", measure).unwrap_err();
        assert!(format!("{error:#}").contains("rows.jsonl, line 2"), "{error:#}");
    }
}
