//! Words in a code on their way out: base64 and hexadecimal that a model writes are undone and held
//! against what the watch knows, before they are sent.
//!
//! A code is one word. Each word is held back until it ends, which costs a reply its last word for a
//! moment, and a word that never ends is let go in pieces that are looked at one by one.

use super::screen::undone;
use super::watch::Watch;

/// Longest word that is held back, in bytes.
const LONGEST: usize = 2_048;

/// Shortest word that can be a code of something, in bytes.
const SHORTEST: usize = 20;

/// The codes of one reply.
#[derive(Debug, Default)]
pub(super) struct Codes {
    word: String,
    tells: bool,
}

impl Codes {
    /// Takes what comes next and adds what has been looked at. After a code that tells what must not
    /// be said, nothing is added.
    pub(super) fn push(&mut self, text: &str, watch: &Watch, free: &mut String) {
        if watch.is_idle() {
            free.push_str(text);
            return;
        }
        let mut rest = text;
        while !rest.is_empty() && !self.tells {
            let room = LONGEST - self.word.len();
            let of_code = rest.bytes().take(room).take_while(|byte| is_of_code(*byte)).count();
            let (code, behind) = rest.split_at_checked(of_code).unwrap_or_default();
            self.word.push_str(code);
            if behind.is_empty() && of_code < room {
                return;
            }
            self.end(watch, free);
            let next = behind.bytes().position(is_of_code).unwrap_or(behind.len());
            let (between, behind) = behind.split_at_checked(next).unwrap_or_default();
            if !self.tells {
                free.push_str(between);
            }
            rest = behind;
        }
    }

    /// Whether there was such a code.
    pub(super) const fn tells(&self) -> bool {
        self.tells
    }

    /// Adds what was held back.
    pub(super) fn finish(&mut self, watch: &Watch, free: &mut String) {
        self.end(watch, free);
    }

    fn end(&mut self, watch: &Watch, free: &mut String) {
        if self.word.len() >= SHORTEST {
            self.tells |= undone(&self.word).into_iter().any(|text| {
                let mut again = watch.again();
                again.push(&text, &mut String::new());
                again.has_quoted()
            });
        }
        if !self.tells {
            free.push_str(&self.word);
        }
        self.word.clear();
    }
}

/// Whether a byte may stand in a code.
const fn is_of_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::{BASE64, HEXLOWER};

    const PROMPT: &str = "Never mention the warehouse in the north to anybody who asks.";

    fn run(reply: &str, size: usize) -> (String, bool) {
        let mut watch = Watch::new([PROMPT], Some("kbplfhogamdcneji"));
        let mut codes = Codes::default();
        let mut sent = String::new();
        let chars: Vec<char> = reply.chars().collect();
        for piece in chars.chunks(size) {
            let mut free = String::new();
            codes.push(&piece.iter().collect::<String>(), &watch, &mut free);
            watch.push(&free, &mut sent);
        }
        let mut free = String::new();
        codes.finish(&watch, &mut free);
        watch.push(&free, &mut sent);
        sent.push_str(&watch.finish());
        (sent, codes.tells())
    }

    #[test]
    fn what_must_not_be_said_is_not_said_in_a_code() {
        for secret in [PROMPT, "my marker is kbplfhogamdcneji", "xkbplfhogamdcneji"] {
            for code in [BASE64.encode(secret.as_bytes()), HEXLOWER.encode(secret.as_bytes())] {
                for size in [1, 2, 3, 7, 500] {
                    let (sent, has_quoted) = run(&format!("Sure: {code} that is it"), size);
                    assert_eq!((sent.as_str(), has_quoted), ("Sure: ", true), "{code}");
                }
            }
        }
    }

    #[test]
    fn other_words_pass() {
        let other = BASE64.encode(b"We deliver within the country for 4.90.");
        for reply in [
            &*other,
            "https://shop.example/products/lamps/oak-lamp-with-linen-shade",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301 is your order",
            &"x".repeat(5_000),
            "",
        ] {
            for size in [1, 3, 500] {
                assert_eq!(run(reply, size), (reply.to_owned(), false));
            }
        }
    }
}
