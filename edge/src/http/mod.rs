//! What every request and every response has in common.

pub mod request_id;

pub mod client_address;

pub mod origin;

pub mod body;

pub mod cors;
pub mod headers;

pub mod respond;

pub mod platform;
