//! The scrubber alone as a Wasm module, for `cargo xtask bench pii`: a buffer to write a message
//! into, and how many findings it has.

use std::cell::RefCell;

use sotto_shared::pii::{Policy, detect};

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where the next message of `length` bytes is to be written.
#[unsafe(no_mangle)]
pub extern "C" fn buffer(length: usize) -> *mut u8 {
    BUFFER.with_borrow_mut(|buffer| {
        buffer.resize(length.max(buffer.len()), 0);
        buffer.as_mut_ptr()
    })
}

/// How many findings the message of `length` bytes in the buffer has.
#[unsafe(no_mangle)]
pub extern "C" fn scan(length: usize) -> usize {
    BUFFER.with_borrow(|buffer| {
        let message = buffer.get(..length).unwrap_or_default();
        str::from_utf8(message).map_or(0, |text| detect(text, &Policy::chat()).len())
    })
}
