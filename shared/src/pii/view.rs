//! The folded view as the detectors read it: its bytes, and what was already asked about them.

use super::cue::Cue;
use core::cell::Cell;
use core::ops::Deref;

/// Derefs to the bytes. Several detectors ask the same questions about one place; the last answers
/// are kept, so that each place is read once.
pub(super) struct View<'a> {
    bytes: &'a [u8],
    cue: Cell<(usize, Cue)>,
}

impl<'a> View<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, cue: Cell::new((usize::MAX, Cue::None)) }
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
}

impl Deref for View<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}
