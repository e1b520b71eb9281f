//! A text in which nothing is found is read without a single allocation, whatever its alphabet, up
//! to the length of a chat message; a longer one that must be folded costs a constant number.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use sotto_shared::pii::{Policy, detect};

/// The system's allocator, counted for each thread.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator cannot be written without")]
// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(text: &str) -> usize {
    let policy = Policy::chat();
    let before = ALLOCATIONS.get();
    let found = detect(text, &policy);
    let count = ALLOCATIONS.get() - before;
    assert!(found.is_empty(), "{text}: {found:?}");
    count
}

const CLEAN: [&str; 8] = [
    "",
    "Where is my order 12345678? It should have been here on Tuesday, 12 May 2024, at 14:30.",
    "Grüße, meine Bestellung 12345678 ist noch nicht da – können Sie bitte nachsehen?",
    "Le colis n° 4567 n’est pas arrivé ; j’ai payé 49,90 € le 3 mai.",
    "Добрий день, де моє замовлення 1234567? Дякую за допомогу.",
    "Πού είναι η παραγγελία μου 1234567; Ευχαριστώ πολύ.",
    "ご注文番号 12345 について教えてください。",
    "version 10.0.19041, ISBN 978-3-16-148410-0, (see [1]) 100% & more 🙂",
];

#[test]
fn text_without_findings_is_read_without_allocation() {
    // The table of words is made once.
    allocations("warm up");
    for text in CLEAN {
        assert_eq!(allocations(text), 0, "{text}");
    }
}

#[test]
fn a_long_text_costs_a_few_allocations() {
    allocations("warm up");
    let plain = "Where is my order? ".repeat(10_000);
    assert_eq!(allocations(&plain), 0);
    let folded = allocations(&"Где мой заказ? ".repeat(10_000));
    assert!(folded < 60, "{folded}");
}
