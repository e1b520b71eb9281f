//! What the widget rests on, compiled for the target it ships on: 32-bit Wasm, run by Node. What
//! needs a document is the part of the end-to-end tests.
#![cfg(target_arch = "wasm32")]

use sotto_shared::pii::{PlaceholderMap, Policy, restore, scrub_for_browser};
use wasm_bindgen_test::wasm_bindgen_test;

/// Promise 4, in the browser's half: the value stays, and comes back only here.
#[wasm_bindgen_test]
fn a_value_is_hidden_and_put_back() {
    let mut map = PlaceholderMap::new();
    let typed = "Écris à jo@example.com, 我的卡 4111 1111 1111 1111.";
    let scrubbed = scrub_for_browser(typed, &Policy::chat(), &mut map);
    assert_eq!(scrubbed.text, "Écris à [EMAIL_1], 我的卡 [CARD_1].");
    assert_eq!(restore(&scrubbed.text, &map), typed);
}

/// Chips are placed by what JavaScript counts in.
#[wasm_bindgen_test]
fn chips_count_in_utf16() {
    let mut map = PlaceholderMap::new();
    let scrubbed = scrub_for_browser("😀 jo@example.com", &Policy::chat(), &mut map);
    assert_eq!(scrubbed.chips[0].utf16, 3..17);
}

/// Message ids come from here; without the browser's randomness nothing could be sent.
#[wasm_bindgen_test]
fn there_is_randomness() {
    let mut ids = [[0_u8; 16]; 2];
    for id in &mut ids {
        assert_eq!(getrandom::fill(id), Ok(()));
    }
    assert_ne!(ids[0], ids[1]);
}
