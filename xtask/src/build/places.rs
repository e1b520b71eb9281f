//! Takes the places of panics out of the widget's Wasm.
//!
//! Whatever may panic carries a `core::panic::Location`: where the path of its source stands, how
//! long that is, line and column. Since `panics` leaves nothing that would print one, all of them
//! become zeros, which compress to nothing. It saves a visitor half a KB.

use std::ops::Range;

use anyhow::{Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{ConstExpr, DataSection, DataSegment, DataSegmentMode, Module};
use wasmparser::{Data, DataKind, Operator, Parser};

/// Bytes of a `Location` on 32-bit Wasm: four words.
const PLACE: usize = 16;

/// No path of a source is longer, no source has more lines and no line more columns.
const LONGEST: usize = 300;
const LINES: Range<u32> = 1..100_000;
const COLUMNS: Range<u32> = 1..1_000;

/// The module without the places of its panics.
pub(crate) fn forget(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    Forgetter
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| anyhow!("the widget's Wasm cannot be read: {error}"))?;
    Ok(module.finish())
}

struct Forgetter;

impl Reencode for Forgetter {
    type Error = std::convert::Infallible;

    fn parse_data(
        &mut self,
        section: &mut DataSection,
        datum: Data<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let mut bytes = datum.data.to_vec();
        let mode = match datum.kind {
            DataKind::Passive => DataSegmentMode::Passive,
            DataKind::Active { memory_index, offset_expr } => {
                if let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? {
                    erase(&mut bytes, value.cast_unsigned());
                }
                let offset: ConstExpr = self.const_expr(offset_expr)?;
                let memory_index = self.memory_index(memory_index)?;
                // The section borrows the expression only while it writes it.
                section.segment(DataSegment {
                    mode: DataSegmentMode::Active { memory_index, offset: &offset },
                    data: bytes,
                });
                return Ok(());
            }
        };
        section.segment(DataSegment { mode, data: bytes });
        Ok(())
    }
}

/// Puts zeros over every place in `bytes`, which lie in memory from `start` on, and over its path.
fn erase(bytes: &mut [u8], start: u32) {
    let mut ranges = Vec::new();
    let mut at = (start.wrapping_neg() & 3) as usize;
    while at + PLACE <= bytes.len() {
        match place(bytes, at, start) {
            Some(path) => {
                ranges.extend([path, at..at + PLACE]);
                at += PLACE;
            }
            None => at += 4,
        }
    }
    for range in ranges {
        bytes[range].fill(0);
    }
}

/// Where the path stands of the place at `at`, if there is one.
fn place(bytes: &[u8], at: usize, start: u32) -> Option<Range<usize>> {
    let word = |n: usize| {
        let at = at + 4 * n;
        Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
    };
    let path = usize::try_from(word(0)?.checked_sub(start)?).ok()?;
    let end = path.checked_add(usize::try_from(word(1)?).ok()?)?;
    let text = bytes.get(path..end)?;
    let is_path = text.len() <= LONGEST
        && text.ends_with(b".rs")
        && text.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    (is_path && LINES.contains(&word(2)?) && COLUMNS.contains(&word(3)?)).then_some(path..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u32 = 1_048_578;

    fn words(words: [u32; 4]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// A path of ten bytes, the end of a text, a place and a look-alike.
    fn memory(look_alike: [u32; 4]) -> Vec<u8> {
        [b"src/app.rsxx.rstext".as_slice(), &[0; 3], &words([START, 10, 7, 9]), &words(look_alike)]
            .concat()
    }

    #[test]
    fn a_place_and_its_path_become_zeros_and_the_rest_stays() {
        for look_alike in [
            [START, 10, 0, 9],         // no line
            [START, 10, 7, 5_000],     // no column
            [START + 10, 4, 7, 9],     // no path
            [START - 1, 10, 7, 9],     // outside
            [START + 1_000, 10, 7, 9], // outside
        ] {
            let mut bytes = memory(look_alike);
            erase(&mut bytes, START);
            assert_eq!(bytes[..10], [0; 10]);
            assert_eq!(bytes[10..19], *b"xx.rstext");
            assert_eq!(bytes[22..38], [0; 16]);
            assert_eq!(bytes[38..], words(look_alike));
        }
    }

    #[test]
    fn the_module_is_otherwise_the_same() {
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(START.cast_signed()), memory([START, 10, 8, 9]));
        data.passive(memory([1, 2, 3, 4]));
        let mut module = Module::new();
        module.section(&data);
        let wasm = module.finish();
        let forgotten = forget(&wasm).unwrap();
        assert_eq!(wasm.len(), forgotten.len());
        let zeros = |wasm: &[u8]| wasm.iter().filter(|byte| **byte == 0).count();
        assert!(zeros(&forgotten) > zeros(&wasm));
        assert_eq!(forget(&forgotten).unwrap(), forgotten);
        // Nothing is known of where a passive segment will lie.
        assert!(forgotten.windows(10).any(|bytes| bytes == b"src/app.rs"));
    }
}
