//! The conversation: one object for each.
//!
//! [`object`] is the Durable Object, a thin shell: it takes [`command`]s, holds the one [`reply`]
//! that may be under way and the one alarm, and moves bytes. What it decides is in [`core`], which
//! is plain Rust over [`store`]; all SQL is in `store` and [`schema`], and what was said goes
//! through [`vault`].
//! `unlocking` opens the key that its texts are sealed with; `writing` is the shell's side of a reply
//! ([`plan`] decides who answers, [`writer`] lets a provider write, [`stream`] turns parts of a reply into bytes), `asking` that
//! of who is asked for it, `bill` that of its cost, `rights` its side of what a visitor asks for
//! beside talking.

pub mod command;

mod asking;
mod bill;
mod consenting;
pub mod object;
mod operating;
mod rights;
mod telling;
mod unlocking;
mod writing;

pub mod core;
pub mod plan;
pub mod reply;
pub mod writer;

pub mod stream;

pub mod record;
pub mod schema;
pub mod store;
pub mod vault;
