//! Bytes as letters and digits: base62 in blocks, with a checksum for tokens that people copy.
//!
//! Each block of 16 bytes is one big-endian number of 22 digits, padded with zeros, so that the
//! same bytes always have the same length and one spelling. A checksum is the CRC-32 of prefix
//! and bytes in 6 digits: it catches a slip of the hand (and lets a secret scanner know a token
//! from noise) and proves nothing.

use subtle::ConstantTimeEq;

/// Bytes in a block.
const BLOCK_BYTES: usize = 16;

/// Digits of a block: 62^22 is just over 2^128.
const BLOCK_DIGITS: usize = 22;

/// Digits of a checksum: 62^6 is over 2^32.
const CHECKSUM_DIGITS: usize = 6;

/// Writes prefix and bytes. The number of bytes is a multiple of 16 for every token of ours.
#[must_use]
pub fn encode(prefix: &str, bytes: &[u8]) -> String {
    let blocks = bytes.len().div_ceil(BLOCK_BYTES);
    let mut text = String::with_capacity(prefix.len() + blocks * BLOCK_DIGITS + CHECKSUM_DIGITS);
    text.push_str(prefix);
    for block in bytes.chunks(BLOCK_BYTES) {
        let number = block.iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
        push_digits(&mut text, number, BLOCK_DIGITS);
    }
    text
}

/// Writes prefix, bytes and checksum.
#[must_use]
pub fn encode_checked(prefix: &str, bytes: &[u8]) -> String {
    let mut text = encode(prefix, bytes);
    push_digits(&mut text, u128::from(checksum(prefix, bytes)), CHECKSUM_DIGITS);
    text
}

/// Reads what [`encode`] wrote; `None` if it is anything else. `N` is a multiple of 16.
#[must_use]
pub fn decode<const N: usize>(prefix: &str, text: &str) -> Option<[u8; N]> {
    let digits = text.strip_prefix(prefix)?.as_bytes();
    if digits.len() != N / BLOCK_BYTES * BLOCK_DIGITS {
        return None;
    }
    let mut bytes = [0; N];
    for (block, digits) in
        bytes.chunks_exact_mut(BLOCK_BYTES).zip(digits.chunks_exact(BLOCK_DIGITS))
    {
        block.copy_from_slice(&base62::decode(digits).ok()?.to_be_bytes());
    }
    Some(bytes)
}

/// Reads what [`encode_checked`] wrote; `None` if it is anything else.
#[must_use]
pub fn decode_checked<const N: usize>(prefix: &str, text: &str) -> Option<[u8; N]> {
    let (body, check) = text.split_at_checked(text.len().checked_sub(CHECKSUM_DIGITS)?)?;
    let bytes = decode::<N>(prefix, body)?;
    let check = u32::try_from(base62::decode(check).ok()?).ok()?;
    let fits = check.to_be_bytes().ct_eq(&checksum(prefix, &bytes).to_be_bytes());
    bool::from(fits).then_some(bytes)
}

fn checksum(prefix: &str, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(prefix.as_bytes());
    hasher.update(bytes);
    hasher.finalize()
}

fn push_digits(text: &mut String, number: u128, width: usize) {
    let digits = base62::encode(number);
    text.extend(core::iter::repeat_n('0', width.saturating_sub(digits.len())));
    text.push_str(&digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pinned: tokens that are out there are read by these rules.
    #[test]
    fn the_spelling_is_fixed() {
        assert_eq!(encode("x_", &[0; 16]), "x_0000000000000000000000");
        assert_eq!(encode("x_", &[0xff; 16]), "x_7n42DGM5Tflk9n8mt7Fhc7");
        let counted: [u8; 32] = core::array::from_fn(|i| u8::try_from(i).unwrap());
        assert_eq!(
            encode_checked("x_", &counted),
            "x_000SYW7RiJxkEgOGusQGwp0UJg4EBGO3cQWJhXqJNbv50lh9JN"
        );
    }

    #[test]
    fn what_was_written_is_read() {
        for seed in 0..64_u8 {
            let bytes: [u8; 48] =
                core::array::from_fn(|i| seed.wrapping_mul(31) ^ u8::try_from(i).unwrap());
            assert_eq!(decode::<48>("p_", &encode("p_", &bytes)), Some(bytes));
            assert_eq!(decode_checked::<48>("p_", &encode_checked("p_", &bytes)), Some(bytes));
        }
    }

    #[test]
    fn every_changed_character_is_refused() {
        let good = encode_checked("x_", &[7; 32]);
        for at in 0..good.len() {
            for other in ['0', 'z', '-', '~'] {
                let mut text = good.clone();
                text.replace_range(at..=at, &other.to_string());
                assert!(text == good || decode_checked::<32>("x_", &text).is_none(), "at {at}");
            }
        }
    }

    #[test]
    fn other_lengths_alphabets_and_overflow_are_refused() {
        assert_eq!(decode::<16>("x_", "x_"), None);
        assert_eq!(decode::<16>("x_", "x_000000000000000000000"), None);
        assert_eq!(decode::<16>("x_", "x_00000000000000000000000"), None);
        assert_eq!(decode::<16>("x_", "x_zzzzzzzzzzzzzzzzzzzzzz"), None);
        assert_eq!(decode::<16>("x_", "x_000000000000000000000ä"), None);
        assert_eq!(decode::<16>("y_", "x_0000000000000000000000"), None);
        assert_eq!(decode_checked::<16>("x_", ""), None);
        assert_eq!(decode_checked::<16>("x_", "ääääääääääää"), None);
    }
}
