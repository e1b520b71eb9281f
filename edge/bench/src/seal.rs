//! The vault natively: for each size, the milliseconds that sealing and opening one text took, each
//! in the best of so many runs, since others share the machine.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context as _, Result};
use sotto_shared::id::ConversationId;

use crate::random::PlatformRandom;
use crate::vault::{Place, Vault, VaultKey};

/// Texts of one run.
const TEXTS: u32 = 20;

const PLACE: Place<'_> =
    Place { table: "message", column: "text", row: "01JD4ZJ6X7Y8Z9A0B1C2D3E4F5" };

pub(super) fn run(runs: usize, sizes: &[&str]) -> Result<()> {
    let key = VaultKey::new(ConversationId::from_bytes([7; 32]), &[9; 32]);
    let vault = Vault::new(&key, &PlatformRandom);
    for bytes in sizes {
        let bytes: usize = bytes.parse()?;
        let text = "a word ".repeat(bytes.div_ceil(7));
        let text = text.as_bytes().get(..bytes).context("the text is shorter")?;
        let sealed = vault.seal(PLACE, text)?;
        let seal = best(runs, || vault.seal(PLACE, black_box(text)).is_ok());
        let open = best(runs, || vault.open_text(PLACE, black_box(&sealed)).is_ok());
        let seal = seal.context("a text was not sealed")?;
        println!("{seal} {}", open.context("it does not open")?);
    }
    Ok(())
}

/// Milliseconds of one call; `None` if one failed.
fn best(runs: usize, call: impl Fn() -> bool) -> Option<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let begun = Instant::now();
        let done = (0..TEXTS).filter(|_| call()).count();
        best = best.min(begun.elapsed().as_secs_f64() * 1_000.0 / f64::from(TEXTS));
        if u32::try_from(done) != Ok(TEXTS) {
            return None;
        }
    }
    Some(best)
}
