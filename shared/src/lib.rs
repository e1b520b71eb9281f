//! What the Sotto widget and the Sotto edge must agree on.
//!
//! Nothing here knows a browser or a Worker: no clock, no network, no storage, no randomness.
//! The crate holds
//!
//! - [`limits`]: every cap of an input, with its reason;
//! - [`id`]: identifiers that can only be had by parsing them;
//! - [`consent`]: purposes and the notice a visitor answers to;
//! - [`wire`]: requests, replies, stream parts and problem codes of `/v1`;
//! - [`json`] and [`sse`]: the small readers that the widget uses instead of a JSON library, and
//!   the one event stream decoder that both sides use;
//! - [`pii`]: the scrubber, which runs in the browser and again at the edge;
//! - `signed`: signed documents and their verifier, behind the feature `signed`;
//! - `audit`: the format of the audit log and its verifier, behind the feature `audit`;
//! - `challenge`: the proof of work before a new conversation, behind the feature `challenge`.
//!
//! The wire types derive serde behind the feature `serde`, which the edge uses. The widget reads
//! and writes the same bytes through [`json`]; `tests/fixtures/wire` holds both to one set of
//! literal examples.

#![forbid(unsafe_code)]
// A panic for a place inside a text would quote the text.
#![cfg_attr(not(test), warn(clippy::string_slice))]

mod redact;
mod words;

pub mod limits;

pub mod id;

pub mod consent;

pub mod wire;

pub mod json;
pub mod sse;

pub mod pii;

#[cfg(feature = "signed")]
pub mod signed;

#[cfg(feature = "audit")]
pub mod audit;

#[cfg(feature = "challenge")]
pub mod challenge;
