//! What is loaded later than the widget, each a Wasm module of its own: `www/embed/widget.js` fetches
//! and calls them.

use js_sys::{Function, Promise, Uint32Array};
use sotto_shared::pii::{Finding, from_numbers};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// An object with these methods.
    #[derive(Debug)]
    pub type Modules;

    /// Promises what finds personal data in a text by these rules: a function for [`Finder`].
    #[wasm_bindgen(method)]
    pub(crate) fn finder(this: &Modules, rules: &str) -> Promise;

    /// Promises the number that answers a challenge, in decimal digits. It fails where the browser
    /// does not manage within a minute.
    #[wasm_bindgen(method)]
    pub(crate) fn solve(this: &Modules, text: &str, bits: u32) -> Promise;
}

/// Finds personal data in texts.
#[derive(Clone, Debug)]
pub(crate) struct Finder(Function);

impl Finder {
    /// What a promise of [`Modules::finder`] came to.
    pub(crate) fn of(value: JsValue) -> Option<Self> {
        value.dyn_into().ok().map(Self)
    }

    /// What is found in a text; `None` if the module broke: then nothing can be said of it.
    pub(crate) fn find(&self, text: &str) -> Option<Vec<Finding>> {
        let found = self.0.call1(&JsValue::UNDEFINED, &JsValue::from_str(text)).ok()?;
        from_numbers(&found.dyn_into::<Uint32Array>().ok()?.to_vec())
    }
}
