//! The solver of the challenge before a new conversation. It has no glue: what it exports takes and
//! gives numbers, so that `www/embed/widget.js` needs a few lines for it and nothing else does.
//!
//! An instance solves one challenge: [`take`] takes its text byte by byte, [`find`] tries as many
//! numbers as the page can spare the time for.

use std::cell::RefCell;

use sotto_shared::challenge::Search;

/// The allocator of the widget.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

thread_local! {
    static SEARCH: RefCell<Search> = RefCell::default();
}

/// Takes the next byte of the text.
#[unsafe(no_mangle)]
pub extern "C" fn take(byte: u8) {
    SEARCH.with_borrow_mut(|search| search.read(&[byte]));
}

/// Tries `count` numbers from `from` on; -1 if none of them is an answer. The numbers stay below
/// 2^31, of which twenty bits leave none untried.
#[unsafe(no_mangle)]
pub extern "C" fn find(bits: u32, from: u32, count: u32) -> i32 {
    SEARCH.with_borrow(|search| {
        search.find(bits, from, count).and_then(|nonce| i32::try_from(nonce).ok()).unwrap_or(-1)
    })
}
