//! `pii scan`: `{"text": …}` a line in, `[[start, end, "TYPE"], …]` a line out.

use std::io::{BufRead, Write, stdin, stdout};

use anyhow::{Context, Result};
use serde::Deserialize;
use sotto_shared::pii::{Policy, detect};

/// One line of the input. Cases from test sets carry more, which is not read.
#[derive(Deserialize)]
struct Line {
    text: String,
}

/// One finding: first and last character, as Unicode code points, and the entity.
pub(super) type Span = (usize, usize, &'static str);

pub(super) fn run() -> Result<()> {
    scan(stdin().lock(), stdout().lock())
}

fn scan(input: impl BufRead, output: impl Write) -> Result<()> {
    let mut output = std::io::BufWriter::new(output);
    let policy = Policy::scan();
    for (at, line) in input.lines().enumerate() {
        let number = at + 1;
        let line = line.with_context(|| format!("line {number} cannot be read"))?;
        let Line { text } = serde_json::from_str(&line)
            .with_context(|| format!("line {number} is not {{\"text\": …}}"))?;
        serde_json::to_writer(&mut output, &spans(&text, &policy))?;
        output.write_all(b"\n")?;
    }
    output.flush()?;
    Ok(())
}

/// What is found in `text`, counted in code points.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str) -> Result<String> {
        let mut output = Vec::new();
        scan(input.as_bytes(), &mut output)?;
        Ok(String::from_utf8(output)?)
    }

    #[test]
    fn a_line_in_is_a_line_out_in_code_points() {
        let input = "{\"text\": \"🙂é jane@example.com\"}\n{\"text\": \"\", \"id\": 1}\n";
        assert_eq!(check(input).unwrap(), "[[3,19,\"EMAIL_ADDRESS\"]]\n[]\n");
    }

    #[test]
    fn a_bad_line_is_named() {
        for bad in ["{}", "", "[1]", "{\"text\": 1}"] {
            let error = check(&format!("{{\"text\": \"a\"}}\n{bad}\n{{\"text\": \"b\"}}\n"));
            assert!(format!("{:#}", error.unwrap_err()).contains("line 2"), "{bad}");
        }
    }
}
