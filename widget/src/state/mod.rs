//! What the widget knows and decides: plain Rust, tested natively.

pub(crate) mod draft;
pub(crate) mod standing;
pub(crate) mod talk;

pub(crate) mod gate;
pub(crate) mod record;
pub(crate) mod session;

pub(crate) mod retry;
pub(crate) mod trouble;
