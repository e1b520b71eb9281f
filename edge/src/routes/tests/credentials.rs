//! Every route with every wrong credential, and the exact problem that it answers with. The checks
//! are the routes' own, in their order; the session behind them is the real one, in memory.

mod access;
mod others;
mod table;

pub(in crate::routes) use table::routed;
