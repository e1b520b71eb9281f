//! The vault natively, for `cargo xtask bench seal`.
//!
//! usage: `sotto-seal-bench RUNS BYTES...`; prints, for each size, the milliseconds that sealing and
//! opening one text took, each in the best of so many runs, since others share the machine.

#![expect(clippy::print_stdout, reason = "results of a command are its standard output")]
#![expect(clippy::disallowed_methods, reason = "this program runs natively, where clocks work")]

/// Keys.
#[path = "../../src/auth"]
pub mod auth {
    pub mod seal;
}
#[path = "../../src/random.rs"]
pub mod random;
#[path = "../../src/session/vault.rs"]
pub mod vault;

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use sotto_shared::id::ConversationId;

use crate::random::PlatformRandom;
use crate::vault::{Place, Vault, VaultKey};

/// Texts of one run.
const TEXTS: u32 = 20;

const PLACE: Place<'_> =
    Place { table: "message", column: "text", row: "01JD4ZJ6X7Y8Z9A0B1C2D3E4F5" };

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let runs: usize = args.next().ok_or("how many runs?")?.parse()?;
    let key = VaultKey::new(ConversationId::from_bytes([7; 32]), &[9; 32]);
    let vault = Vault::new(&key, &PlatformRandom);
    for bytes in args {
        let text = "a word ".repeat(bytes.parse::<usize>()?.div_ceil(7));
        let text = text.as_bytes().get(..bytes.parse()?).ok_or("the text is shorter")?;
        let sealed = vault.seal(PLACE, text)?;
        let seal = best(runs, || vault.seal(PLACE, black_box(text)).is_ok());
        let open = best(runs, || vault.open_text(PLACE, black_box(&sealed)).is_ok());
        println!("{} {}", seal.ok_or("a text was not sealed")?, open.ok_or("it does not open")?);
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
