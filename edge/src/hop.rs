//! How scrubbed text crosses the hop between two of our own objects.
//!
//! [`Scrubbed`] has no `Deserialize`, so that no request from outside can ever claim to be
//! scrubbed. Between our objects the claim holds, since only `Scrubbed` was sent.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sotto_shared::pii::Scrubbed;

/// Writes the text.
pub fn serialize<S: Serializer>(text: &Scrubbed, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_str().serialize(serializer)
}

/// Reads a text that one of our objects sent.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Scrubbed, D::Error> {
    String::deserialize(deserializer).map(Scrubbed::from_storage)
}
