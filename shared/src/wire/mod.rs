//! Requests, replies, stream parts and problems of `/v1`.
//!
//! The edge derives serde for them. Each type that the widget reads has a `read` from
//! [`json::Value`](crate::json::Value), each that it sends has a `to_json`. Replies may gain
//! members; `read` passes over what it does not know. Requests deny unknown members.
//!
//! Times are Unix milliseconds in members named `…_at`; spans are seconds in members named
//! `…_seconds`.

pub mod problem;

pub mod site;

pub mod challenge;
pub mod session;

pub mod chat;
pub mod stream;

pub mod conversation;

pub mod rights;

pub mod admin;
pub mod provider;

#[cfg(test)]
mod tests;
