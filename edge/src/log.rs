//! The log: one line of JSON for each thing worth knowing.
//!
//! A line is made of words that stand in this program, numbers, ids, and what the platform said
//! about a fault. There is no way to put a request's text, an address, a token or a key into one:
//! [`Line`] takes none of the types that carry them, and no text but `&'static str`.
//!
//! ```compile_fail
//! // A text that was made while the program runs may be anybody's.
//! sotto_edge::log::error("failed").word("text", &String::from("jo@shop.example"));
//! ```
//!
//! ```compile_fail
//! sotto_edge::log::error("failed").fault(&String::from("jo@shop.example"));
//! ```
//!
//! A fault is an error that is [`Loggable`]: it says what happened in words of this program, and
//! what the platform or a library said about it stands in it as [`Said`], without what may be
//! quoted there.

use core::fmt::Write as _;

use sotto_shared::pii::Counts;

use crate::auth::seal::SealError;
use crate::http::request_id::RequestId;
use crate::random::RandomError;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing is wrong.
    Info,
    /// Somebody should look at it when there is time.
    Warn,
    /// Somebody should look at it now.
    Error,
}

/// A line in the making.
#[derive(Debug)]
#[must_use = "a line is written by `write`"]
pub struct Line {
    level: Level,
    text: String,
}

impl Line {
    /// Begins a line about an event, named by a word of this program.
    pub fn new(level: Level, event: &'static str) -> Self {
        let name = match level {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        Self { level, text: format!("{{\"level\":\"{name}\",\"event\":\"{event}\"") }
    }

    /// Adds the request it belongs to.
    pub fn request(self, id: &RequestId) -> Self {
        self.quoted("request_id", &id.to_string())
    }

    /// Adds a word of this program.
    pub fn word(self, name: &'static str, word: &'static str) -> Self {
        self.quoted(name, word)
    }

    /// Adds a number.
    pub fn number(mut self, name: &'static str, number: u64) -> Self {
        // Writing to a string cannot fail.
        let _ = write!(self.text, ",\"{name}\":{number}");
        self
    }

    /// Adds how many values of which kinds were hidden.
    pub fn counts(self, counts: &Counts) -> Self {
        counts
            .iter()
            .fold(self, |line, (category, count)| line.number(category.label(), count.into()))
    }

    /// Adds why something failed.
    pub fn fault(self, fault: &impl Loggable) -> Self {
        let told = fault.told();
        self.quoted("fault", &told.0)
    }

    /// Writes the line.
    pub fn write(self) {
        let level = self.level;
        let line = self.into_text();
        #[cfg(target_arch = "wasm32")]
        match level {
            Level::Info | Level::Warn => worker::console_log!("{line}"),
            Level::Error => worker::console_error!("{line}"),
        }
        #[cfg(not(target_arch = "wasm32"))]
        drop((line, level));
    }

    /// The line as it is written.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text + "}"
    }

    fn quoted(mut self, name: &'static str, value: &str) -> Self {
        let value = serde_json::Value::from(value);
        let _ = write!(self.text, ",\"{name}\":{value}");
        self
    }
}

/// An error that the log may be told of.
pub trait Loggable {
    /// What the log is told.
    fn told(&self) -> Told;
}

/// Why something failed, in words of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told(String);

impl Told {
    /// Begins with what happened.
    #[must_use]
    pub fn new(what: &'static str) -> Self {
        Self(what.to_owned())
    }

    /// Puts what happened in front of why.
    #[must_use]
    pub fn because(mut self, why: &Self) -> Self {
        self.0.push_str(": ");
        self.0.push_str(&why.0);
        self
    }

    /// Adds a name of this program: a variable, a column, a binding.
    #[must_use]
    pub fn name(mut self, name: &'static str) -> Self {
        self.0.push(' ');
        self.0.push_str(name);
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        // Writing to a string cannot fail.
        let _ = write!(self.0, " {number}");
        self
    }

    /// Adds what the platform said.
    #[must_use]
    pub fn said(mut self, said: &Said) -> Self {
        self.0.push_str(": ");
        self.0.push_str(&said.0);
        self
    }
}

/// What the platform or a library said about a fault, as far as it can be kept. It may quote what it
/// choked on (an address, a value of a statement, a piece of JSON), so it ends at its first
/// quotation mark, and a word that is more than letters becomes an ellipsis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said(String);

/// Longest text of the platform that is kept, in characters.
const SAID_CHARS: usize = 200;

/// Longest word of it: an identifier of ours or of a library, and no key.
const WORD_CHARS: usize = 24;

impl Said {
    /// Keeps what can be kept.
    pub fn new(text: &impl core::fmt::Display) -> Self {
        let text = text.to_string();
        let unquoted = text.split(['"', '`', '\'', '“', '‘', '«', '<', '{', '[']).next();
        let words = unquoted.unwrap_or_default().split_whitespace().map(|word| {
            let letters = word.trim_matches([',', '.', ':', ';', '(', ')', '!', '?']);
            let is_word =
                letters.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-'));
            if is_word && letters.len() <= WORD_CHARS { word } else { "…" }
        });
        Self(words.collect::<Vec<_>>().join(" ").chars().take(SAID_CHARS).collect())
    }
}

impl core::fmt::Display for Said {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

// The two below stand here and not beside their types, whose files are also compiled without the
// edge, for `cargo xtask bench seal`.

impl Loggable for RandomError {
    fn told(&self) -> Told {
        Told::new("the platform gave no random bytes")
    }
}

impl Loggable for SealError {
    fn told(&self) -> Told {
        Told::new(match self {
            Self::NoRandom => "the platform gave no random bytes",
            Self::NotOpened => "a sealed value does not open",
            Self::UnknownKey => "the key that sealed a value is not in the keyring",
        })
    }
}

impl Loggable for worker::Error {
    fn told(&self) -> Told {
        Told::new("the platform failed").said(&Said::new(self))
    }
}

/// Begins a line about something that is not wrong.
pub fn info(event: &'static str) -> Line {
    Line::new(Level::Info, event)
}

/// Begins a line about something that somebody should look at.
pub fn error(event: &'static str) -> Line {
    Line::new(Level::Error, event)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl Loggable for Broken {
        fn told(&self) -> Told {
            Told::new("storage failed").said(&Said::new(&"no such table: x\nat line one"))
        }
    }

    #[test]
    fn a_line_is_json() {
        let line = error("workspace_failed")
            .request(&RequestId::for_test())
            .word("route", "/v1/chat")
            .number("status", 500)
            .fault(&Broken);
        assert_eq!(
            line.into_text(),
            "{\"level\":\"error\",\"event\":\"workspace_failed\",\
             \"request_id\":\"0000000001041061050R3GG28A\",\"route\":\"/v1/chat\",\"status\":500,\
             \"fault\":\"storage failed: no such table: x at line one\"}"
        );
    }

    #[test]
    fn what_the_platform_quotes_is_not_kept() {
        for (text, kept) in [
            ("fts5: syntax error near \"jo@shop.example\"", "… syntax error near"),
            ("invalid value `sk_secret`", "invalid value"),
            ("bad token 'Jane', expected {", "bad token"),
            ("Invalid URL: https://shop.example/?q=Jane", "Invalid URL: …"),
            ("cannot reach jo@shop.example from 192.0.2.7", "cannot reach … from …"),
            ("no value sk_0KpxfAusDC0qJs9NGEenIB0Kpxf given", "no value … given"),
            ("key AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA refused", "key … refused"),
            ("Grüße +49 30 1234567", "… … … …"),
            (
                "UNIQUE constraint failed: message.id: SQLITE_CONSTRAINT",
                "UNIQUE constraint failed: … SQLITE_CONSTRAINT",
            ),
            ("internal error; reference = 8aa3bc0", "internal error; reference … …"),
            ("", ""),
        ] {
            assert_eq!(Said::new(&text).to_string(), kept);
        }
        assert_eq!(Said::new(&"word ".repeat(100)).to_string().len(), SAID_CHARS);
    }

    #[test]
    fn what_is_told_is_put_together_of_names_and_numbers() {
        let why = Told::new("a stored value cannot be read").name("terms").number(7);
        let told = Told::new("the conversation failed").because(&why);
        assert_eq!(told.0, "the conversation failed: a stored value cannot be read terms 7");
    }

    /// Whatever else wrote to the console would write what it likes.
    #[test]
    fn nothing_else_in_the_edge_writes_to_the_console() {
        fn look(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    look(&path, found);
                } else if !path.ends_with("src/log.rs") {
                    let text = std::fs::read_to_string(&path).unwrap_or_default();
                    for word in ["console", "println!", "print!", "dbg!", "panic::set_hook"] {
                        if text.contains(&format!("{word}_")) || text.contains(&format!("{word}("))
                        {
                            found.push(format!("{}: {word}", path.display()));
                        }
                    }
                }
            }
        }
        let mut found = Vec::new();
        look(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        assert!(found.is_empty(), "{found:?}");
    }
}
