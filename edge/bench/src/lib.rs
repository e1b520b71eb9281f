//! The vault alone as a Wasm module, for `cargo xtask bench seal`.

/// Keys.
#[path = "../../src/auth"]
pub mod auth {
    pub mod seal;
}
#[path = "../../src/random.rs"]
pub mod random;
#[path = "../../src/session/vault.rs"]
pub mod vault;

use std::cell::RefCell;

use sotto_shared::id::ConversationId;

use crate::random::{Random, RandomError};
use crate::vault::{Place, Vault, VaultKey};

const PLACE: Place<'_> =
    Place { table: "message", column: "text", row: "01JD4ZJ6X7Y8Z9A0B1C2D3E4F5" };

thread_local! {
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
