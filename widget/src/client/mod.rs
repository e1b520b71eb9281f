//! All network of the widget. Nothing else here sends a request.
//!
//! A call is a [`Request`] that a plain function makes (`request`), one function that sends it
//! (`send`), and a plain function of `sotto_shared` that reads the answer. Asynchronous functions
//! are compiled to state machines, so there are only as many as there are things to wait for.

mod modules;
mod request;
mod send;
mod stream;

pub(crate) use modules::Finder;
pub use modules::Modules;
pub(crate) use request::Request;
pub(crate) use send::{Client, Reply, Work};
pub(crate) use stream::Stream;
