//! Tests over all routes together.

pub(super) mod credentials;
