//! `bench pii`.

use anyhow::Result;

use super::chat;

pub(super) fn run() -> Result<()> {
    let messages = chat::messages(10);
    println!("{}", messages.len());
    Ok(())
}
