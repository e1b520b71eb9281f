//! Sealing: AES-256-GCM with a random 96-bit nonce, which stands before the ciphertext.
//!
//! Associated data bind a sealed value to its place, so that it opens nowhere else.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use sotto_shared::redacted_debug;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::random::{Random, RandomError};

const NONCE_BYTES: usize = 12;

/// A 256-bit key for sealing. It is not printed and is overwritten when it is dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SealKey([u8; 32]);

/// Why something was not sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// There are no random bytes for a nonce or a key.
    #[error("the platform gave no random bytes")]
    NoRandom,
    /// The value does not open: another key, another place, or changed bytes.
    #[error("a sealed value does not open")]
    NotOpened,
    /// The key that sealed the value is not in the keyring.
    #[error("the key that sealed a value is not in the keyring")]
    UnknownKey,
}

impl From<RandomError> for SealError {
    fn from(_: RandomError) -> Self {
        Self::NoRandom
    }
}

impl SealKey {
    /// A key from its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A fresh key.
    ///
    /// # Errors
    /// [`SealError::NoRandom`]
    pub fn generate(random: &impl Random) -> Result<Self, SealError> {
        Ok(Self(random.bytes()?))
    }

    /// Its bytes, to be sealed under the key above it.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals: nonce, ciphertext, tag.
    ///
    /// # Errors
    /// [`SealError::NoRandom`]
    pub fn seal(
        &self,
        random: &impl Random,
        place: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        self.sealer().seal(random, place, plain)
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// [`SealError::NotOpened`]
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.sealer().open(place, sealed)
    }

    /// The key made ready, for whoever seals and opens many values with it.
    #[must_use]
    pub fn sealer(&self) -> Sealer {
        Sealer(Aes256Gcm::new((&self.0).into()))
    }
}

/// A [`SealKey`] whose schedule is computed. It is not printed, and the cipher overwrites its
/// schedule when it is dropped.
pub struct Sealer(Aes256Gcm);

impl Sealer {
    /// Seals: nonce, ciphertext, tag.
    ///
    /// # Errors
    /// [`SealError::NoRandom`]
    pub fn seal(
        &self,
        random: &impl Random,
        place: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE_BYTES] = random.bytes()?;
        let sealed = self
            .0
            .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: place })
            .map_err(|_| SealError::NotOpened)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// [`SealError::NotOpened`]
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, sealed) =
            sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::NotOpened)?;
        self.0
            .decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: place })
            .map(Zeroizing::new)
            .map_err(|_| SealError::NotOpened)
    }
}

redacted_debug!(SealKey, Sealer);

/// Whatever the cipher's crate is built with, its schedule has to go with it.
const _: () = {
    const fn is_overwritten<T: ZeroizeOnDrop>() {}
    is_overwritten::<Aes256Gcm>();
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CountingRandom;
    use data_encoding::HEXLOWER;

    /// Pinned: sealed values outlive a deployment.
    #[test]
    fn the_sealed_form_is_fixed() {
        let key = SealKey::from_bytes([1; 32]);
        let sealed = key.seal(&CountingRandom::default(), b"place", b"secret").unwrap();
        assert_eq!(
            HEXLOWER.encode(&sealed),
            "0102030405060708090a0b0c94832beb39acfb166a46a9e2d814bf201b5330def86d"
        );
    }

    #[test]
    fn opens_in_its_place_alone_and_unchanged() {
        let key = SealKey::from_bytes([1; 32]);
        let sealed = key.seal(&CountingRandom::default(), b"place", b"secret").unwrap();
        assert_eq!(key.open(b"place", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(key.open(b"elsewhere", &sealed), Err(SealError::NotOpened));
        assert!(SealKey::from_bytes([2; 32]).open(b"place", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(b"place", &changed).is_err(), "byte {at}");
        }
        assert!(key.open(b"place", &[]).is_err());
    }
}
