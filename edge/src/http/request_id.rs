//! Names a request in the log and in its response.

use ulid::Ulid;

use crate::clock::Clock;
use crate::random::{Random, RandomError};

/// A ULID, made by the edge. Nothing that a client sends becomes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(Ulid);

impl RequestId {
    /// The header that carries it.
    pub const HEADER: &'static str = "x-request-id";

    /// A new id.
    #[must_use]
    pub fn new(clock: &impl Clock, random: &impl Random) -> Self {
        // Without randomness a request still needs a name: the time alone.
        Self(ulid(clock, random).unwrap_or_else(|_| Ulid::from_parts(clock.now_ms(), 0)))
    }

    #[cfg(test)]
    pub(crate) fn for_test() -> Self {
        Self(Ulid::from_parts(1, 0x0102_0304_0506_0708_090a))
    }
}

impl core::fmt::Display for RequestId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// A new ULID: 48 bits of time, 80 of randomness.
///
/// # Errors
/// [`RandomError`]
pub fn ulid(clock: &impl Clock, random: &impl Random) -> Result<Ulid, RandomError> {
    let bytes = random.bytes::<10>()?;
    let number = bytes.iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    Ok(Ulid::from_parts(clock.now_ms(), number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::random::CountingRandom;

    #[test]
    fn ids_are_ulids() {
        let id = RequestId::new(&ManualClock::at(1), &CountingRandom::default());
        assert_eq!(id, RequestId::for_test());
        assert_eq!(id.to_string(), "0000000001041061050R3GG28A");
    }
}
