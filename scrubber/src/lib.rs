//! Finds personal data in what a visitor types, for the widget in the same page. It has no glue:
//! what it exports takes and gives numbers, and texts stand in its [`buffer`].
//!
//! An instance is one chat's: [`rules`] takes what its site wants found, [`find`] looks at a text,
//! and [`found`] is where the findings are then, as [`sotto_shared::pii::into_numbers`] writes them.

use std::cell::RefCell;

use sotto_shared::pii::{Policy, detect, into_numbers};

/// The allocator of the widget.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static POLICY: RefCell<Policy> = const { RefCell::new(Policy::chat()) };
    static FOUND: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// Where the next text is to be written, which has so many bytes of UTF-8 at most.
#[unsafe(no_mangle)]
pub extern "C" fn buffer(length: usize) -> *mut u8 {
    BUFFER.with_borrow_mut(|buffer| {
        buffer.resize(length.max(buffer.len()), 0);
        buffer.as_mut_ptr()
    })
}

/// Takes the rules whose first `length` bytes are in the buffer, in the place of those before.
#[unsafe(no_mangle)]
pub extern "C" fn rules(length: usize) {
    with_text(length, |rules| {
        POLICY.replace(Policy::of_rules(rules));
    });
}

/// Looks at the text of so many bytes in the buffer; gives how many numbers its findings have.
#[unsafe(no_mangle)]
pub extern "C" fn find(length: usize) -> usize {
    with_text(length, |text| {
        let numbers = POLICY.with_borrow(|policy| into_numbers(&detect(text, policy)));
        let count = numbers.len();
        FOUND.replace(numbers);
        count
    })
}

/// Where the numbers of the last text's findings are.
#[unsafe(no_mangle)]
pub extern "C" fn found() -> *const u32 {
    FOUND.with_borrow(|numbers| numbers.as_ptr())
}

/// Text that is not UTF-8 does not come from a browser's encoder.
fn with_text<T: Default>(length: usize, read: impl FnOnce(&str) -> T) -> T {
    BUFFER.with_borrow(|buffer| {
        let text = buffer.get(..length).unwrap_or_default();
        str::from_utf8(text).map(read).unwrap_or_default()
    })
}
