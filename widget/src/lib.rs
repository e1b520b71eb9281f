//! The Sotto chat widget: a panel in a shadow root that the loader made.
//!
//! The loader calls [`mount`] once for each `<sotto-chat>` element, with the site's settings and
//! the locale as texts; nothing here runs before a visitor has opened a chat. From there:
//!
//! - `settings`, `texts`, `accent`: what the loader hands over, made usable;
//! - `state`: what the widget decides, in plain Rust: conversation, gate, tokens, retries, troubles;
//! - `client`: the only place that sends a request;
//! - `app`: the hand between the three: a click comes in as an `action`, a signal goes out;
//! - `markup`: a model's text becomes a tree, the tree becomes nodes, never HTML;
//! - `components`: the views, built from elements (`dom`) and kept current by effects of Leptos'
//!   reactive graph;
//! - `mount`: the panel in its page: clicks, keys, window, keyboard.
//!
//! The tokens and the map from placeholders to values live in `app` alone, and in the tab's
//! sessionStorage if the visitor chose `remember`. Values leave it for text nodes and the
//! clipboard, nowhere else.
//!
//! Every byte is paid by a visitor: no formatting machinery, no JSON library, no `HashMap`;
//! `cargo xtask size` holds the sum to its budget.

mod mount;

mod accent;
mod settings;
mod texts;

mod client;
mod state;

mod watched;

mod action;
mod app;

mod components;
mod dom;
mod markup;

pub use client::Modules;
pub use mount::{Widget, mount};

/// The allocator, in constant time and little code; the default one of this target is written for
/// speed and weighs several times as much.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
