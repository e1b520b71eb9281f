//! Splits a stream of bytes into server-sent events, as the WHATWG HTML standard, §9.2.6, says.
//!
//! One decoder serves the widget, which reads the edge, and the edge, which reads model
//! providers. It takes the bytes in pieces of any size: CRLF, LF and lone CR end a line, a piece
//! may end in the middle of a character, and comments, `id` and `retry` are passed over. A line
//! over [`limits::SSE_LINE_BYTES`](crate::limits::SSE_LINE_BYTES) is an error, so that a peer
//! cannot fill the memory.

use crate::limits::SSE_LINE_BYTES;

/// One event: its name (empty if the stream gave none) and its data, lines joined by `\n`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// What the `event:` field said; empty means `message`.
    pub name: String,
    /// What the `data:` fields said.
    pub data: String,
}

/// A line was longer than any event of a well-meaning peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTooLong;

/// The decoder's state between two pieces.
#[derive(Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    event: Event,
    has_data: bool,
    after_cr: bool,
    started: bool,
}

impl Decoder {
    /// A decoder at the beginning of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece and gives `each` every event that is complete.
    ///
    /// # Errors
    /// [`LineTooLong`] if a line passes the limit; what came before it has been given out.
    pub fn push(&mut self, piece: &[u8], mut each: impl FnMut(Event)) -> Result<(), LineTooLong> {
        for &byte in piece {
            let follows_cr = core::mem::take(&mut self.after_cr);
            match byte {
                b'\n' if follows_cr => {}
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    if let Some(event) = self.end_line() {
                        each(event);
                    }
                    // Lines without end make an event without end.
                    if self.event.data.len() > SSE_LINE_BYTES {
                        return Err(LineTooLong);
                    }
                }
                _ if self.line.len() >= SSE_LINE_BYTES => return Err(LineTooLong),
                _ => self.line.push(byte),
            }
        }
        Ok(())
    }

    /// Ends the stream. An event without its blank line is incomplete and is dropped by the
    /// standard; what is returned here is only for providers that forget the last blank line.
    pub fn finish(&mut self) -> Option<Event> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.dispatch()
    }

    fn end_line(&mut self) -> Option<Event> {
        let bytes = core::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let mut line: &str = &text;
        if !self.started {
            self.started = true;
            line = line.strip_prefix('\u{feff}').unwrap_or(line);
        }
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.has_data = true;
                self.event.data.push_str(value);
            }
            "event" => value.clone_into(&mut self.event.name),
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Event> {
        let event = core::mem::take(&mut self.event);
        core::mem::take(&mut self.has_data).then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(pieces: &[&[u8]]) -> Vec<Event> {
        let mut decoder = Decoder::new();
        let mut all = Vec::new();
        for piece in pieces {
            decoder.push(piece, |event| all.push(event)).unwrap();
        }
        all.extend(decoder.finish());
        all
    }

    fn event(name: &str, data: &str) -> Event {
        Event { name: name.into(), data: data.into() }
    }

    const STREAM: &str = "\u{feff}: hello\r\ndata: {\"a\":\"ä€😀\"}\r\n\r\nevent: ping\rdata:x\rdata: y\r\rid: 7\nretry: 5\ndata\n\ndata: [DONE]\n\n";

    #[test]
    fn reads_the_standard_forms() {
        let wanted = [
            event("", "{\"a\":\"ä€😀\"}"),
            event("ping", "x\ny"),
            event("", ""),
            event("", "[DONE]"),
        ];
        assert_eq!(events(&[STREAM.as_bytes()]), wanted);
    }

    #[test]
    fn gives_the_same_events_for_every_cut() {
        let whole = events(&[STREAM.as_bytes()]);
        for cut in 0..=STREAM.len() {
            let (a, b) = STREAM.as_bytes().split_at(cut);
            assert_eq!(events(&[a, b]), whole, "cut at {cut}");
        }
        let single: Vec<&[u8]> = STREAM.as_bytes().chunks(1).collect();
        assert_eq!(events(&single), whole);
    }

    #[test]
    fn gives_out_an_event_whose_blank_line_is_missing_at_the_end() {
        assert_eq!(events(&[b"data: last"]), [event("", "last")]);
        assert_eq!(events(&[b": only a comment\n"]), []);
    }

    #[test]
    fn refuses_an_endless_line() {
        let mut decoder = Decoder::new();
        let long = vec![b'x'; SSE_LINE_BYTES + 1];
        assert_eq!(decoder.push(&long, |_| {}), Err(LineTooLong));
        let mut decoder = Decoder::new();
        let many = "data: line\n".repeat(SSE_LINE_BYTES / 4);
        assert_eq!(decoder.push(many.as_bytes(), |_| {}), Err(LineTooLong), "of one event");
    }
}
