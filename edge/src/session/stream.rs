//! How parts become bytes: server-sent events, padded so that the lengths of tokens do not show.

use futures_util::stream::{Stream, StreamExt, iter, once};
use sotto_shared::wire::stream::{DONE, Part};

/// Every event is a multiple of this, in bytes. The usual token and all that stands around it fit
/// into one.
const BLOCK: usize = 128;

/// The bytes of a whole stream: every part, then the protocol's end.
pub fn events(parts: impl Stream<Item = Part>) -> impl Stream<Item = Vec<u8>> {
    parts.map(|part| event(&part)).chain(once(async { padded(DONE) }))
}

/// The bytes of a stream whose parts are all there.
pub fn whole(parts: Vec<Part>) -> impl Stream<Item = Vec<u8>> {
    events(iter(parts))
}

/// One part as an event.
fn event(part: &Part) -> Vec<u8> {
    // Serialising a part cannot fail. If it ever did, an empty comment is an event that every
    // reader passes over.
    serde_json::to_string(part).map_or_else(|_| b":\n\n".to_vec(), |json| padded(&json))
}

/// The data as an event, with a comment before it that fills it up to a multiple of [`BLOCK`].
fn padded(data: &str) -> Vec<u8> {
    let length = "data: ".len() + data.len() + "\n\n".len();
    let missing = match length.next_multiple_of(BLOCK) - length {
        0 => 0,
        // A comment takes at least its colon and its line's end.
        1 => 1 + BLOCK,
        missing => missing,
    };
    let mut bytes = Vec::with_capacity(length + missing);
    if missing > 0 {
        bytes.push(b':');
        bytes.resize(missing - 1, b' ');
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(b"data: ");
    bytes.extend_from_slice(data.as_bytes());
    bytes.extend_from_slice(b"\n\n");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use sotto_shared::sse::Decoder;

    fn delta(text: &str) -> Part {
        Part::TextDelta { id: "t".into(), delta: text.into() }
    }

    #[test]
    fn every_event_is_a_multiple_of_the_block_and_reads_back() {
        for length in 0..400 {
            let part = delta(&"x".repeat(length));
            let bytes = event(&part);
            assert_eq!(bytes.len() % BLOCK, 0, "length {length}");
            let mut events = Vec::new();
            Decoder::new().push(&bytes, |event| events.push(event.data)).unwrap();
            assert_eq!(events.len(), 1);
            assert!(Part::read(&events[0]) == Some(part));
        }
    }

    #[test]
    fn usual_tokens_cannot_be_told_apart() {
        for token in ["", "a", "Donaudampf", " recommendation", "\n\n", "ä😀"] {
            assert_eq!(event(&delta(token)).len(), BLOCK, "{token}");
        }
    }

    #[test]
    fn a_stream_ends_as_the_protocol_says() {
        let all: Vec<Vec<u8>> =
            whole(vec![delta("a"), delta("b")]).collect().now_or_never().unwrap();
        assert_eq!(all.len(), 3);
        assert!(all[2].ends_with(b"\ndata: [DONE]\n\n"));
    }
}
