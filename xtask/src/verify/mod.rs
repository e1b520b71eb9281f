//! `cargo xtask audit verify` and `cargo xtask receipts verify`: whether something is what an edge
//! signed, without asking the edge.
//!
//! The exit code says what came of it: 0, it is; 1, it is not; 2, nothing was verified, since
//! something could not be read.

pub(crate) mod audit;

pub(crate) mod receipts;

mod keys;

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Nothing was verified: the program ends with 2.
#[derive(Debug)]
pub(crate) struct NothingVerified;

impl fmt::Display for NothingVerified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing was verified")
    }
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
