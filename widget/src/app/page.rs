//! The few things that the browser does for us beside drawing and fetching: `js/page.js`.

use js_sys::{Date, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

use super::App;
use crate::texts::Text;

#[wasm_bindgen(module = "/js/page.js")]
extern "C" {
    /// Whether the browser sends Global Privacy Control.
    #[wasm_bindgen(js_name = gpc)]
    pub(super) fn global_privacy_control() -> bool;

    /// Whether the browser believes that there is a network.
    pub(crate) fn online() -> bool;

    #[wasm_bindgen(js_name = date)]
    fn date_of(at: f64, lang: &str) -> String;

    #[wasm_bindgen(js_name = pause)]
    fn paused(milliseconds: u32) -> Promise;

    /// Tells the host page that something happened, by an event without any text of the visitor;
    /// the name goes without `sotto:`.
    pub(crate) fn tell(host: &HtmlElement, name: &str, detail: &str);

    /// Gives the visitor a file. It is made here and asked for from nowhere.
    #[wasm_bindgen(js_name = save)]
    pub(super) fn save_file(name: &str, media_type: &str, text: &str);

    fn copy(text: &str) -> bool;

    /// What the tab's own storage keeps under a name.
    pub(super) fn kept(name: &str) -> Option<String>;

    /// Keeps a text in the tab's own storage under a name; an empty one is forgotten.
    pub(super) fn keep(name: &str, text: &str);

    /// Holds a conversation; resolves to something false if another page, or another chat of this
    /// one, does.
    pub(super) fn hold(conversation: &str) -> Promise;

    /// Lets go of what [`hold`] promised.
    #[wasm_bindgen(js_name = letGo)]
    pub(super) fn let_go(held: &Promise);
}

/// Unix milliseconds by this device's clock.
pub(super) fn now() -> u64 {
    Date::now() as u64
}

/// A point in time in the visitor's words.
pub(crate) fn date(at: u64, lang: &str) -> String {
    date_of(at as f64, lang)
}

/// An id that nobody has used: 16 random bytes in hexadecimal digits.
pub(super) fn random_id() -> String {
    let mut bytes = [0; 16];
    // Without randomness no id is unique; an empty one is refused by the edge and by our parser.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    let mut id = String::new();
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            id.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
        }
    }
    id
}

/// Any number.
pub(super) fn chance() -> u32 {
    getrandom::u32().unwrap_or(0)
}

/// Waits for some milliseconds.
pub(super) async fn pause(milliseconds: u32) {
    let _ = JsFuture::from(paused(milliseconds)).await;
}

impl App {
    /// Puts a text on the clipboard and says so.
    pub(super) fn copy_text(&self, text: &str) {
        if copy(text) {
            self.speak(Text::Copied);
        }
    }

    /// Has a text read out.
    pub(super) fn speak(&self, text: Text) {
        self.spoken.set(self.settings().texts.get(text).into());
    }
}
