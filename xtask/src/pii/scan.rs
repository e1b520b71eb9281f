//! `pii scan`: `{"text": …}` a line in, `[[start, end, "TYPE"], …]` a line out, in Unicode code
//! points, with every category on.

use std::io::{BufRead, BufReader, BufWriter, Read, Write, stdin, stdout};

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use sotto_shared::pii::Policy;

use super::spans::spans;

/// One line of the input. Cases from test sets carry more, which is not read.
#[derive(Deserialize)]
struct Line {
    text: String,
}

pub(super) fn run() -> Result<()> {
    scan(stdin().lock(), stdout().lock())
}

/// Answers line by line: what was answered is written before more is waited for, so a program may
/// hand over one line at a time.
fn scan(input: impl Read, output: impl Write) -> Result<()> {
    let mut input = BufReader::new(input);
    let mut output = BufWriter::new(output);
    let policy = Policy::scan();
    let mut line = Vec::new();
    for number in 1_u64.. {
        if input.buffer().is_empty() {
            output.flush()?;
        }
        line.clear();
        let length = input
            .read_until(b'\n', &mut line)
            .with_context(|| format!("line {number} cannot be read"))?;
        if length == 0 {
            break;
        }
        // The reader's own message would quote what somebody wrote.
        let Line { text } = serde_json::from_slice(&line).map_err(|error| {
            anyhow!("line {number} is not {{\"text\": …}}, from column {} on", error.column())
        })?;
        serde_json::to_writer(&mut output, &spans(&text, &policy))?;
        output.write_all(b"\n")?;
    }
    output.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    fn check(input: &[u8]) -> Result<String> {
        let mut output = Vec::new();
        scan(input, &mut output)?;
        Ok(String::from_utf8(output)?)
    }

    #[test]
    fn a_line_in_is_a_line_out_in_code_points() {
        let input = "{\"text\": \"🙂é jane@example.com\"}\n{\"text\": \"\", \"id\": 1}";
        assert_eq!(check(input.as_bytes()).unwrap(), "[[3,19,\"EMAIL_ADDRESS\"]]\n[]\n");
        assert_eq!(check(b"").unwrap(), "");
        assert_eq!(check(b"{\"text\": \"a\"}\r\n").unwrap(), "[]\n");
    }

    #[test]
    fn every_category_is_on() {
        let input = b"{\"text\": \"see https://example.com/a\"}";
        assert_eq!(check(input).unwrap(), "[[4,25,\"URL\"]]\n");
    }

    #[test]
    fn a_bad_line_is_named_and_nothing_of_it_is_told() {
        let good = b"{\"text\": \"a\"}\n".as_slice();
        for bad in
            [&b"{}"[..], b"", b"[1]", b"{\"text\": 1}", b"{\"text\": \"\xff\"}", b"{\"text\""]
        {
            let error = check(&[good, bad, b"\n", good].concat()).unwrap_err();
            assert!(format!("{error:#}").contains("line 2"), "{bad:?}: {error:#}");
        }
        let error = format!("{:#}", check(b"\"Jane\"").unwrap_err());
        assert!(error.contains("line 1") && !error.contains("Jane"), "{error}");
    }

    /// Hands over one line and fails unless the line before it has been answered.
    struct Dialogue {
        lines: u8,
        answers: Rc<RefCell<Vec<u8>>>,
    }

    impl Read for Dialogue {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let answered = self.answers.borrow().iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(answered, usize::from(self.lines));
            if self.lines == 3 {
                return Ok(0);
            }
            self.lines += 1;
            (&b"{\"text\": \"a\"}\n"[..]).read(into)
        }
    }

    struct Answers(Rc<RefCell<Vec<u8>>>);

    impl Write for Answers {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_answered_before_the_next_is_waited_for() {
        let answers = Rc::new(RefCell::new(Vec::new()));
        let dialogue = Dialogue { lines: 0, answers: Rc::clone(&answers) };
        scan(dialogue, Answers(Rc::clone(&answers))).unwrap();
        assert_eq!(answers.borrow().as_slice(), b"[]\n[]\n[]\n");
    }
}
