//! The vault and the guard alone as a Wasm module, for `cargo xtask bench seal` and `bench guard`.

/// Keys.
#[path = "../../src/auth"]
pub mod auth {
    pub mod seal;
}
#[path = "../../src/random.rs"]
pub mod random;
#[path = "../../src/session/vault.rs"]
pub mod vault;

/// What goes into and comes out of a model.
#[path = "../../src/guard"]
pub mod guard {
    mod addresses;
    #[cfg_attr(not(test), expect(dead_code, reason = "a prompt is not timed"))]
    pub(crate) mod characters;
    pub mod citations;
    mod harmless;
    mod held;
    pub mod links;
    pub mod output;
    pub mod screen;
    mod verbatim;
    pub mod watch;
}

/// What is timed of the guard.
mod work;

use std::cell::RefCell;

use sotto_shared::id::ConversationId;

use crate::random::{Random, RandomError};
use crate::vault::{Place, Vault, VaultKey};
use crate::work::Work;

const PLACE: Place<'_> =
    Place { table: "message", column: "text", row: "01JD4ZJ6X7Y8Z9A0B1C2D3E4F5" };

thread_local! {
    static WORK: Work = Work::new();
    static NAME: RefCell<String> = const { RefCell::new(String::new()) };
    static KEY: VaultKey = VaultKey::new(ConversationId::from_bytes([7; 32]), &[9; 32]);
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static SEALED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where the text of `length` bytes is to be written.
#[unsafe(no_mangle)]
pub extern "C" fn buffer(length: usize) -> *mut u8 {
    BUFFER.with_borrow_mut(|buffer| {
        buffer.resize(length, 0);
        buffer.as_mut_ptr()
    })
}

/// Seals the text in the buffer; how many bytes it then has, 0 where it failed.
#[unsafe(no_mangle)]
pub extern "C" fn seal() -> usize {
    let sealed =
        KEY.with(|key| BUFFER.with_borrow(|text| Vault::new(key, &HostRandom).seal(PLACE, text)));
    SEALED.replace(sealed.unwrap_or_default());
    SEALED.with_borrow(Vec::len)
}

/// Opens what was sealed; how many bytes the text has, 0 where it failed.
#[unsafe(no_mangle)]
pub extern "C" fn open() -> usize {
    let opened = KEY.with(|key| {
        SEALED.with_borrow(|sealed| Vault::new(key, &HostRandom).open_text(PLACE, sealed))
    });
    opened.map_or(0, |text| text.len())
}

/// Does the `n`th task of the guard once.
#[unsafe(no_mangle)]
pub extern "C" fn guard_run(n: usize) {
    WORK.with(|work| work.run(n));
}

/// How many times the `n`th task of the guard is done in one run; 0 if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn guard_times(n: usize) -> f64 {
    WORK.with(|work| work.task(n)).map_or(0.0, |task| task.times)
}

/// What the `n`th task of the guard is to take at most, in milliseconds; 0 if nobody says.
#[unsafe(no_mangle)]
pub extern "C" fn guard_limit(n: usize) -> f64 {
    WORK.with(|work| work.task(n)).and_then(|task| task.limit).unwrap_or_default()
}

/// Where the name of the `n`th task of the guard stands, for as many bytes as `guard_name_length`
/// says then.
#[unsafe(no_mangle)]
pub extern "C" fn guard_name(n: usize) -> *const u8 {
    let name = WORK.with(|work| work.task(n)).map_or("", |task| task.what);
    NAME.set(name.to_owned());
    NAME.with_borrow(|name| name.as_ptr())
}

/// How many bytes the name has that was asked for.
#[unsafe(no_mangle)]
pub extern "C" fn guard_name_length() -> usize {
    NAME.with_borrow(String::len)
}

/// Randomness from the host, as the edge has it, without what binds a Worker to JavaScript.
struct HostRandom;

impl Random for HostRandom {
    #[cfg(target_family = "wasm")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        #[link(wasm_import_module = "bench")]
        unsafe extern "C" {
            fn random(at: *mut u8, length: usize);
        }
        // The host writes so many bytes there and keeps nothing.
        unsafe { random(bytes.as_mut_ptr(), bytes.len()) };
        Ok(())
    }

    #[cfg(not(target_family = "wasm"))]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        random::PlatformRandom.fill(bytes)
    }
}
