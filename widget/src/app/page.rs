//! The few things that the browser does for us beside drawing and fetching.

use js_sys::{Array, Date, JSON, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CustomEvent, CustomEventInit, HtmlElement, Navigator, Storage, Url,
};

use super::App;
use crate::dom::el;
use crate::texts::Text;

#[wasm_bindgen]
extern "C" {
    /// A navigator that may say whether Global Privacy Control is on.
    #[wasm_bindgen(extends = Navigator)]
    type PrivateNavigator;

    #[wasm_bindgen(method, getter, js_name = globalPrivacyControl)]
    fn global_privacy_control(this: &PrivateNavigator) -> Option<bool>;
}

#[wasm_bindgen(module = "/js/hold.js")]
extern "C" {
    /// Holds a conversation for this page; resolves to false if another page does.
    pub(super) fn hold(conversation: &str) -> Promise;
}

/// Whether the browser sends Global Privacy Control.
pub(super) fn global_privacy_control() -> bool {
    let navigator = web_sys::window().map(|window| window.navigator());
    navigator.is_some_and(|navigator| {
        navigator.unchecked_into::<PrivateNavigator>().global_privacy_control() == Some(true)
    })
}

/// Whether the browser believes that there is a network.
pub(crate) fn online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Unix milliseconds by this device's clock.
pub(super) fn now() -> u64 {
    Date::now() as u64
}

/// A point in time in the visitor's words.
pub(crate) fn date(at: u64, lang: &str) -> String {
    let style = JSON::parse("{\"dateStyle\":\"medium\",\"timeStyle\":\"short\"}");
    let date = Date::new(&JsValue::from_f64(at as f64));
    date.to_locale_string(lang, &style.unwrap_or(JsValue::UNDEFINED)).into()
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
    let timer = Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let milliseconds = i32::try_from(milliseconds).unwrap_or(i32::MAX);
            let _ = window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        }
    });
    let _ = JsFuture::from(timer).await;
}

/// Tells the host page that something happened, by an event without any text of the visitor.
pub(crate) fn tell(host: &HtmlElement, name: &str, detail: &str) {
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_detail(&JSON::parse(detail).unwrap_or(JsValue::NULL));
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = host.dispatch_event(&event);
    }
}

/// Gives the visitor a file. It is made here and asked for from nowhere.
pub(super) fn save_file(name: &str, media_type: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&JsValue::from_str(text));
    let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) else { return };
    if let Ok(url) = Url::create_object_url_with_blob(&blob) {
        el("a").with("href", &url).with("download", name).click();
        let _ = Url::revoke_object_url(&url);
    }
}

/// The tab's own storage; `None` where the browser keeps it shut.
pub(super) fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

impl App {
    /// Puts a text on the clipboard and says so.
    pub(super) fn copy_text(&self, text: &str) {
        let Some(window) = web_sys::window() else { return };
        let clipboard = window.navigator().clipboard();
        // A page that did not come over TLS has none.
        if !clipboard.is_undefined() {
            // The outcome is the browser's business: it asks the visitor itself.
            let _ = clipboard.write_text(text);
            self.speak(Text::Copied);
        }
    }

    /// Has a text read out.
    pub(super) fn speak(&self, text: Text) {
        self.spoken.set(self.settings().texts.get(text).into());
    }
}
