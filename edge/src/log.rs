//! The log: one line of JSON for each thing worth knowing.
//!
//! A line is made of words that stand in this program, numbers, ids and the platform's own fault
//! texts. There is no way to put a request's text, an address, a token or a key into one, because
//! [`Line`] takes none of the types that carry them.

use core::fmt::Write as _;

use sotto_shared::pii::Counts;

use crate::http::request_id::RequestId;

/// Longest fault text that is kept, in characters.
const FAULT_CHARS: usize = 300;

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

    /// Adds what the platform or a library said about a fault. What it quotes is cut off, since
    /// it may come from a request: SQLite and JSON readers quote what they choke on.
    pub fn fault(self, fault: &impl core::fmt::Display) -> Self {
        let text = fault.to_string();
        let unquoted = text.split(['"', '`', '“']).next().unwrap_or_default();
        let short = unquoted.chars().take(FAULT_CHARS).collect::<String>();
        self.quoted("fault", &short)
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

    #[test]
    fn a_line_is_json() {
        let line = error("workspace_failed")
            .request(&RequestId::for_test())
            .word("route", "/v1/chat")
            .number("status", 500)
            .fault(&"no such table: x\nat line 1");
        assert_eq!(
            line.into_text(),
            "{\"level\":\"error\",\"event\":\"workspace_failed\",\
             \"request_id\":\"0000000001041061050R3GG28A\",\"route\":\"/v1/chat\",\"status\":500,\
             \"fault\":\"no such table: x\\nat line 1\"}"
        );
    }

    #[test]
    fn what_a_fault_quotes_is_cut_off() {
        let line = error("e").fault(&"fts5: syntax error near \"jo@shop.example\"");
        assert!(!line.text.contains("shop.example"));
        let line = error("e").fault(&"invalid value `sk_secret`");
        assert!(!line.text.contains("sk_secret"));
    }
}
