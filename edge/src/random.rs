//! Randomness. Everything that needs it takes a [`Random`], so that tests can repeat themselves.

/// Why there are no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the platform gave no random bytes")]
pub struct RandomError;

/// Gives random bytes fit for keys.
pub trait Random {
    /// Fills the bytes.
    ///
    /// # Errors
    /// [`RandomError`] if the platform has none; nothing may go on without them.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;

    /// An array of random bytes.
    ///
    /// # Errors
    /// As [`Random::fill`].
    fn bytes<const N: usize>(&self) -> Result<[u8; N], RandomError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// The platform's randomness (`crypto.getRandomValues`).
#[derive(Clone, Copy, Debug)]
pub struct PlatformRandom;

impl Random for PlatformRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(bytes).map_err(|_| RandomError)
    }
}

/// Bytes that count upwards, for tests.
#[cfg(test)]
#[derive(Debug, Default)]
pub(crate) struct CountingRandom(std::cell::Cell<u8>);

#[cfg(test)]
impl Random for CountingRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for byte in bytes {
            self.0.set(self.0.get().wrapping_add(1));
            *byte = self.0.get();
        }
        Ok(())
    }
}
