//! The folded view as the detectors read it: its bytes, and what was already asked about them.

use super::cue::Cue;
use core::cell::Cell;
use core::ops::Deref;

/// How the last line of a PEM block begins.
const END: &[u8] = b"-----END ";

/// Derefs to the bytes. Several detectors ask the same questions about one place; the last answers
/// are kept, so that each place is read once.
pub(super) struct View<'a> {
    bytes: &'a [u8],
    cue: Cell<(usize, Cue)>,
    /// The last end line of a PEM block that was found, and how far they were looked for.
    end_line: Cell<(usize, usize)>,
}

impl<'a> View<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, cue: Cell::new((usize::MAX, Cue::None)), end_line: Cell::new((0, 0)) }
    }

    /// What the words before `at` say: as `read` finds it, or as it found it last.
    pub(super) fn remember_cue(&self, at: usize, read: fn(&[u8], usize) -> Cue) -> Cue {
        let (place, cue) = self.cue.get();
        if place == at {
            return cue;
        }
        let cue = read(self.bytes, at);
        self.cue.set((at, cue));
        cue
    }

    /// Where the first end line of a PEM block in `from..to` begins.
    pub(super) fn end_line(&self, from: usize, to: usize) -> Option<usize> {
        let (found, looked) = self.end_line.get();
        if found >= from && found < looked {
            return (found < to).then_some(found);
        }
        let start = looked.max(from);
        let to = to.min(self.bytes.len());
        let line = self.bytes.get(start..to)?.windows(END.len()).position(|line| line == END);
        let found = line.map_or(0, |line| start + line);
        // Behind the one found there may be others; the last bytes may be the beginning of one.
        let looked = if line.is_some() { found + 1 } else { to.saturating_sub(END.len() - 1) };
        self.end_line.set((found, looked.max(found + 1)));
        line.map(|_| found)
    }
}

impl Deref for View<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}
