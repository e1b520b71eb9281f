//! What solves a challenge of the edge: `www/embed/widget.js`, with a module of its own that only
//! those load who are asked.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// An object with the method `solve`.
    #[derive(Debug)]
    pub type Solver;

    /// Promises the number that answers a challenge, in decimal digits. It fails where the browser
    /// does not manage within a minute.
    #[wasm_bindgen(method)]
    pub(crate) fn solve(this: &Solver, text: &str, bits: u32) -> Promise;
}
