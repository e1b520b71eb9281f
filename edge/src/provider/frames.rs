//! What a body is made of: server-sent events, and JSON that stands in it without `data:`.
//!
//! Some providers break off with an error as bare JSON within the stream, and some answer with
//! bare JSON alone. A line that begins with a brace or a bracket is nothing that a stream of
//! events can hold, so from there on the body is taken as JSON.

use sotto_shared::sse::{Decoder, Event};

use super::failure::BODY_BYTES;

/// A line or a bare JSON is longer than any of a well-meaning provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// Splits a body.
#[derive(Debug, Default)]
pub struct Frames {
    decoder: Decoder,
    /// The bare JSON that has begun.
    bare: Option<Vec<u8>>,
    is_within_line: bool,
}

impl Frames {
    /// Takes the next piece, and gives what can be read by now; bare JSON as an event without a
    /// name.
    ///
    /// # Errors
    /// [`TooLong`]; what came before it has been given.
    pub fn push(&mut self, piece: &[u8], mut each: impl FnMut(Event)) -> Result<(), TooLong> {
        let begins = if self.bare.is_some() { Some(0) } else { self.begins(piece) };
        let (events, bare) = piece.split_at(begins.unwrap_or(piece.len()));
        self.decoder.push(events, &mut each).map_err(|_| TooLong)?;
        if begins.is_none() {
            return Ok(());
        }
        let json = self.bare.get_or_insert_default();
        if json.len() + bare.len() > BODY_BYTES {
            return Err(TooLong);
        }
        json.extend_from_slice(bare);
        // It is given as soon as it is whole: the connection may stay open behind it.
        if json.trim_ascii_end().ends_with(b"}") || json.trim_ascii_end().ends_with(b"]") {
            self.give_bare(each);
        }
        Ok(())
    }

    /// The body has ended: what is left of it.
    pub fn finish(&mut self, mut each: impl FnMut(Event)) {
        if let Some(event) = self.decoder.finish() {
            each(event);
        }
        self.give_bare(each);
    }

    fn give_bare(&mut self, mut each: impl FnMut(Event)) {
        let Some(json) = &self.bare else { return };
        if serde_json::from_slice::<serde::de::IgnoredAny>(json).is_ok() {
            let data = String::from_utf8_lossy(json.trim_ascii_end()).into_owned();
            self.bare = Some(Vec::new());
            each(Event { name: String::new(), data });
        }
    }

    /// Where bare JSON begins in a piece.
    fn begins(&mut self, piece: &[u8]) -> Option<usize> {
        for (place, byte) in piece.iter().enumerate() {
            match byte {
                b'\n' | b'\r' => self.is_within_line = false,
                b'{' | b'[' if !self.is_within_line => return Some(place),
                _ => self.is_within_line = true,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let mut frames = Frames::default();
        let mut all = Vec::new();
        let mut take = |event: Event| all.push((event.name, event.data));
        for piece in pieces {
            frames.push(piece, &mut take).unwrap();
        }
        frames.finish(&mut take);
        all
    }

    fn check(body: &str, wanted: &[(&str, &str)]) {
        let wanted: Vec<_> =
            wanted.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let bytes = body.as_bytes();
        for cut in 0..=bytes.len() {
            let (a, b) = bytes.split_at(cut);
            assert_eq!(frames(&[a, b]), wanted, "cut at {cut}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(frames(&single), wanted);
    }

    #[test]
    fn events_pass_and_bare_json_is_found() {
        check("event: a\ndata: {\"x\":1}\n\n", &[("a", "{\"x\":1}")]);
        check("data: 1\r\n\r\n{\"error\": {}}\r\n", &[("", "1"), ("", "{\"error\": {}}")]);
        check("{\n \"error\": {\n}\n}", &[("", "{\n \"error\": {\n}\n}")]);
        check("[{\"error\": 1}]", &[("", "[{\"error\": 1}]")]);
        check("data: {\"a\":\ndata: [1]}\n\n", &[("", "{\"a\":\n[1]}")]);
    }

    #[test]
    fn torn_json_is_nothing() {
        check("{\"error\": ", &[]);
        check("data: 1\n\n{\"error\"", &[("", "1")]);
    }

    #[test]
    fn endless_json_is_refused() {
        let mut frames = Frames::default();
        frames.push(b"{\"a\":\"", |_| {}).unwrap();
        assert_eq!(frames.push(&vec![b'x'; BODY_BYTES], |_| {}), Err(TooLong));
    }
}
