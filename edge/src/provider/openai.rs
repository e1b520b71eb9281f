//! Chat completions, as OpenAI and the many servers that follow it speak them.
//!
//! The decoder is tolerant where servers differ: comments, empty `choices`, usage in any chunk, a
//! missing `[DONE]`, reasoning beside the text (which is not shown). It is strict where a visitor
//! would be misled: an error within the stream, and a stream that ends without saying so.

mod chunk;

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use sotto_shared::redacted_debug;
use std::collections::VecDeque;
use std::rc::Rc;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use serde::Serialize;
use sotto_shared::sse::Decoder;
use sotto_shared::wire::stream::FinishReason;

use chunk::Chunk;

use super::http::{Http, Post};
use super::{Event, Prompt, Provider, ProviderError, Usage};

/// Longest wait for a connection and the first byte: reasoning models think before they speak.
const FIRST_BYTE: Duration = Duration::from_secs(30);

/// Longest silence within a reply.
const BETWEEN_BYTES: Duration = Duration::from_secs(30);

/// Longest reply.
const TOTAL: Duration = Duration::from_secs(120);

/// Where to ask, and as whom.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What stands before `/chat/completions`.
    pub base_url: String,
    /// The model.
    pub model: String,
    /// The key.
    pub key: String,
}

redacted_debug!(Endpoint);

/// A reply written by a chat completions endpoint.
pub struct OpenAi<H: Http> {
    http: Rc<H>,
    state: State<H>,
    decoder: ChatDecoder,
    /// What was decoded and not yet given out.
    ready: VecDeque<Event>,
    deadline: Pin<Box<dyn Future<Output = ()>>>,
}

enum State<H: Http> {
    Asking(Post),
    Reading(H::Body),
    /// The stream has ended; what is `ready` is still given out, then this.
    Ended(Option<ProviderError>),
}

impl<H: Http> core::fmt::Debug for OpenAi<H> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("OpenAi")
    }
}

impl<H: Http + 'static> OpenAi<H> {
    /// Prepares the question; it is sent when the first event is asked for.
    #[must_use]
    pub fn new(http: Rc<H>, endpoint: &Endpoint, prompt: &Prompt) -> Self {
        let clock = Rc::clone(&http);
        Self {
            http,
            state: State::Asking(Post {
                url: format!("{}/chat/completions", endpoint.base_url.trim_end_matches('/')),
                bearer: endpoint.key.clone(),
                json: body(&endpoint.model, prompt),
            }),
            decoder: ChatDecoder::default(),
            ready: VecDeque::new(),
            deadline: Box::pin(async move { clock.sleep(TOTAL).await }),
        }
    }

    /// One step on the network.
    async fn advance(&mut self) -> Result<(), ProviderError> {
        let state = core::mem::replace(&mut self.state, State::Ended(None));
        match state {
            State::Asking(post) => {
                let asked = within(FIRST_BYTE, &*self.http, &mut self.deadline, async {
                    self.http.post(post).await
                });
                let (status, body) = asked.await?.map_err(|_| ProviderError::Unreachable)?;
                if !(200..300).contains(&status) {
                    return Err(ProviderError::Failed { status });
                }
                self.state = State::Reading(body);
            }
            State::Reading(mut body) => {
                let read = within(BETWEEN_BYTES, &*self.http, &mut self.deadline, body.next());
                match read.await? {
                    Some(Ok(piece)) => {
                        self.decoder.push(&piece, &mut self.ready)?;
                        if self.decoder.is_done() {
                            self.http.finish(body);
                        } else {
                            self.state = State::Reading(body);
                        }
                    }
                    // A connection that breaks after the last chunk broke too late to matter.
                    Some(Err(_)) | None => self.decoder.end(&mut self.ready)?,
                }
            }
            State::Ended(_) => {}
        }
        Ok(())
    }
}

impl<H: Http + 'static> Provider for OpenAi<H> {
    async fn next(&mut self) -> Option<Result<Event, ProviderError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            if let State::Ended(error) = &mut self.state {
                return error.take().map(Err);
            }
            if let Err(error) = self.advance().await {
                self.state = State::Ended(Some(error));
            }
        }
    }
}

/// Waits for something, but neither longer than `time` nor past the deadline.
async fn within<H: Http, T>(
    time: Duration,
    http: &H,
    deadline: &mut Pin<Box<dyn Future<Output = ()>>>,
    what: impl Future<Output = T>,
) -> Result<T, ProviderError> {
    let pause = core::pin::pin!(http.sleep(time));
    let what = core::pin::pin!(what);
    match select(what, select(pause, deadline)).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right(_) => Err(ProviderError::Timeout),
    }
}

/// The body of a request. It sets no sampling parameters: newer models refuse them.
fn body(model: &str, prompt: &Prompt) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        model: &'a str,
        messages: Vec<Message<'a>>,
        stream: bool,
        stream_options: StreamOptions,
    }
    #[derive(Serialize)]
    struct Message<'a> {
        role: &'static str,
        content: &'a str,
    }
    #[derive(Serialize)]
    struct StreamOptions {
        include_usage: bool,
    }
    let messages = prompt
        .messages
        .iter()
        .map(|message| Message { role: message.role.name(), content: message.text.as_str() })
        .collect();
    let body = Body {
        model,
        messages,
        stream: true,
        stream_options: StreamOptions { include_usage: true },
    };
    // Serialising plain members cannot fail; an empty body would be refused by the endpoint.
    serde_json::to_string(&body).unwrap_or_default()
}

/// Reads the stream of chunks.
#[derive(Debug, Default)]
struct ChatDecoder {
    events: Decoder,
    finish: Option<FinishReason>,
    /// `[DONE]` has come.
    is_done: bool,
}

impl ChatDecoder {
    fn is_done(&self) -> bool {
        self.is_done
    }

    /// Takes the next bytes.
    fn push(&mut self, piece: &[u8], into: &mut VecDeque<Event>) -> Result<(), ProviderError> {
        let mut chunks = Vec::new();
        let pushed = self.events.push(piece, |event| chunks.push(event));
        for chunk in chunks {
            self.chunk(&chunk.name, &chunk.data, into)?;
        }
        pushed.map_err(|_| ProviderError::Failed { status: 200 })
    }

    /// The stream has ended.
    fn end(&mut self, into: &mut VecDeque<Event>) -> Result<(), ProviderError> {
        if let Some(event) = self.events.finish() {
            self.chunk(&event.name, &event.data, into)?;
        }
        if self.is_done {
            return Ok(());
        }
        let finish = self.finish.ok_or(ProviderError::Cut)?;
        self.is_done = true;
        into.push_back(Event::Finish(finish));
        Ok(())
    }

    fn chunk(
        &mut self,
        name: &str,
        data: &str,
        into: &mut VecDeque<Event>,
    ) -> Result<(), ProviderError> {
        if self.is_done {
            return Ok(());
        }
        if data.trim() == "[DONE]" {
            self.is_done = true;
            into.push_back(Event::Finish(self.finish.unwrap_or(FinishReason::Stop)));
            return Ok(());
        }
        if name == "error" {
            return Err(ProviderError::Failed { status: 200 });
        }
        // What is not JSON is either noise or the torn end of a stream, which `end` tells.
        let Some(chunk) = Chunk::read(data) else { return Ok(()) };
        if chunk.is_error {
            return Err(ProviderError::Failed { status: 200 });
        }
        for text in chunk.texts {
            // What has come at the same time is said in one go.
            match into.back_mut() {
                Some(Event::Text(before)) => before.push_str(&text),
                _ => into.push_back(Event::Text(text)),
            }
        }
        self.finish = chunk.finish.or(self.finish);
        into.extend(chunk.usage.map(Event::Usage));
        Ok(())
    }
}

fn finish_reason(name: &str) -> FinishReason {
    match name {
        "stop" | "end_turn" | "eos" => FinishReason::Stop,
        "length" | "max_tokens" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        _ => FinishReason::Other,
    }
}

#[cfg(test)]
mod tests;
