//! The scrubber alone as a Wasm module, for `cargo xtask bench pii`: timed, and weighed with all of
//! it that the widget calls.

use std::cell::RefCell;

use sotto_shared::pii::{
    PlaceholderMap, Policy, detect, preview, restore, scrub_for_browser, stable_len,
};

/// The allocator of the widget.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

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

/// How many findings the message of `length` bytes in the buffer has. This is what is timed.
#[unsafe(no_mangle)]
pub extern "C" fn scan(length: usize) -> usize {
    with_message(length, |text| detect(text, &Policy::chat()).len())
}

/// The message's whole way through a browser, with a site's settings. This is only weighed.
#[unsafe(no_mangle)]
pub extern "C" fn scrub(length: usize) -> usize {
    with_message(length, |text| {
        let mut policy = Policy::chat();
        let _ = policy.switch_off(text);
        policy.exempt_value(text);
        policy.exempt_text(text);
        let _ = policy.add_pattern(text);
        let mut map = PlaceholderMap::decode(text).unwrap_or_default();
        map.raise_from_text(text);
        let marks = preview(text, &policy, &map).chips.len();
        let sent = scrub_for_browser(text, &policy, &mut map);
        let shown = sent.text.get(..stable_len(&sent.text)).unwrap_or_default();
        marks + restore(shown, &map).len() + map.encode().len()
    })
}

fn with_message(length: usize, read: impl FnOnce(&str) -> usize) -> usize {
    BUFFER.with_borrow(|buffer| {
        let message = buffer.get(..length).unwrap_or_default();
        str::from_utf8(message).map_or(0, read)
    })
}
