//! The tenant: one object for each workspace, with its own database.
//!
//! [`object`] is the Durable Object, a thin shell that takes [`command`]s. What it decides is in
//! [`core`], which is plain Rust over [`store`]; all SQL is in `store` and [`schema`]. Around the
//! core stand the rules of [`settings`] and its [`notice`], the [`documents`] and how they are
//! [searched](search), the day's [`budget`] and the minute's [`rates`], and the [`audit`] log.

pub mod command;

pub mod object;

pub mod core;

pub mod notice;
pub mod settings;

pub mod documents;
pub mod search;

pub mod breaker;
pub mod budget;
pub mod rates;

pub mod audit;

pub mod schema;
pub mod store;
