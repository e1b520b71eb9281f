//! The problem that costs whoever begins many conversations: find a number whose SHA-256 together
//! with a text of the edge's begins with so many zero bits. docs/challenge.md describes it for
//! other clients.
//!
//! The edge checks an answer with one hash; finding one takes 2^bits of them on average.

use sha2::{Digest, Sha256};

/// Longest decimal form of a number that is tried.
const DIGITS: usize = 10;

/// Looks for the answer to a text.
#[derive(Clone, Debug, Default)]
pub struct Search(Sha256);

impl Search {
    /// A search whose text is still empty.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds to the text.
    pub fn read(&mut self, text: &[u8]) {
        self.0.update(text);
    }

    /// Whether a number answers: the SHA-256 of the text and the number's decimal digits begins
    /// with at least so many zero bits.
    #[must_use]
    pub fn is_answer(&self, nonce: u32, bits: u32) -> bool {
        let mut digits = [b'0'; DIGITS];
        // The text has been hashed as far as whole blocks go; a copy goes on from there.
        zero_bits(&self.0.clone().chain_update(decimal(nonce, &mut digits)).finalize()) >= bits
    }

    /// The first answer among `count` numbers from `from` on.
    #[must_use]
    pub fn find(&self, bits: u32, from: u32, count: u32) -> Option<u32> {
        (from..from.saturating_add(count)).find(|nonce| self.is_answer(*nonce, bits))
    }
}

/// How many zero bits a hash begins with.
fn zero_bits(hash: &[u8]) -> u32 {
    let mut bits = 0;
    for byte in hash {
        bits += byte.leading_zeros();
        if *byte != 0 {
            break;
        }
    }
    bits
}

/// The decimal digits of a number, without zeros in front.
fn decimal(mut number: u32, digits: &mut [u8; DIGITS]) -> &[u8] {
    let mut begin = DIGITS;
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        begin = place;
        if number == 0 {
            break;
        }
    }
    digits.get(begin..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(text: &str) -> Search {
        let mut search = Search::new();
        search.read(text.as_bytes());
        search
    }

    #[test]
    fn an_answer_is_found_and_recognised() {
        let text = format!("ch_{}", "a1".repeat(33));
        let search = search(&text);
        let nonce = search.find(12, 0, 1 << 20).unwrap();
        let hash = Sha256::digest(format!("{text}{nonce}"));
        assert!(hash[0] == 0 && hash[1] < 16, "{hash:?}");
        assert!(search.is_answer(nonce, 12) && !search.is_answer(nonce, 40));
        assert_eq!(search.find(12, 0, nonce), None, "it was the first");
        assert_eq!(search.find(12, nonce, 1), Some(nonce), "a search can go on where it was left");
        assert_eq!(search.find(12, u32::MAX, 9), None);
    }

    #[test]
    fn a_text_may_come_in_pieces() {
        let mut pieces = Search::new();
        for byte in b"ch_text" {
            pieces.read(&[*byte]);
        }
        assert_eq!(pieces.find(8, 0, 10_000), search("ch_text").find(8, 0, 10_000));
    }

    #[test]
    fn bits_are_counted_over_bytes() {
        for (hash, bits) in [
            (&[0xff, 0][..], 0),
            (&[0x80], 0),
            (&[0x01], 7),
            (&[0, 0x40], 9),
            (&[0, 0, 0x01], 23),
            (&[0, 0], 16),
        ] {
            assert_eq!(zero_bits(hash), bits, "{hash:?}");
        }
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        for number in [0, 7, 10, 4_096, 1_000_000, u32::MAX] {
            let mut digits = [b'0'; DIGITS];
            assert_eq!(decimal(number, &mut digits), number.to_string().as_bytes());
        }
    }
}
