//! A reply as it comes in.

use js_sys::Uint8Array;
use sotto_shared::sse::Decoder;
use sotto_shared::wire::stream::Part;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, ReadableStreamReadResult, Response};

use super::send::{Watch, lost};
use crate::state::trouble::Failure;

/// The parts of a reply. Dropping it ends the connection.
pub(crate) struct Stream {
    reader: ReadableStreamDefaultReader,
    decoder: Decoder,
    watch: Watch,
}

impl Stream {
    /// The stream of a response; `None` if it has none (204).
    pub(super) fn new(response: &Response, watch: Watch) -> Option<Self> {
        let reader = response.body()?.get_reader().unchecked_into();
        Some(Self { reader, decoder: Decoder::new(), watch })
    }

    /// The parts that the next piece of the network completes, perhaps none; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Part>>, Failure> {
        let piece = JsFuture::from(self.reader.read()).await.map_err(lost)?;
        let piece: ReadableStreamReadResult = piece.unchecked_into();
        if piece.get_done() == Some(true) {
            return Ok(None);
        }
        self.watch.alive();
        let bytes = piece.get_value().unchecked_into::<Uint8Array>().to_vec();
        let mut parts = Vec::new();
        self.decoder
            .push(&bytes, |event| parts.extend(Part::read(&event.data)))
            .map_err(|_| Failure::Garbled)?;
        Ok(Some(parts))
    }
}
