//! One exchange with a provider, whatever its wire format: the call is made, waited for, read and
//! given up in one place.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use sotto_shared::wire::provider::{Provider as Settings, TimeOuts};

use super::failure::{Advice, BODY_BYTES, Failure};
use super::format::{self, Reader};
use super::frames::Frames;
use super::http::{Answer, Call, Http};
use super::{Event, Prompt, Provider, ProviderError};

/// A reply written by somebody else's model.
pub struct Exchange<H: Http> {
    http: Rc<H>,
    state: State<H>,
    decoding: Decoding,
    connect: Duration,
    between: Duration,
    /// Runs until the next word. The first one has a time of its own: some models think before.
    word: Timer,
    total: Timer,
}

type Timer = Pin<Box<dyn Future<Output = ()>>>;

enum State<H: Http> {
    Asking(Result<Call, ProviderError>),
    Reading(H::Body),
    /// The exchange has ended; what is ready is still given out, then this.
    Ended(Option<ProviderError>),
}

impl<H: Http> core::fmt::Debug for Exchange<H> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Exchange")
    }
}

impl<H: Http + 'static> Exchange<H> {
    /// Prepares the question; it is sent when the first event is asked for.
    #[must_use]
    pub fn new(http: Rc<H>, settings: &Settings, key: &str, prompt: &Prompt) -> Self {
        let time_outs = settings.remote().map(|remote| remote.time_outs).unwrap_or_default();
        let TimeOuts { connect_seconds, first_token_seconds, between_seconds, total_seconds } =
            time_outs;
        Self {
            word: timer(&http, span(first_token_seconds)),
            total: timer(&http, span(total_seconds)),
            connect: span(connect_seconds),
            between: span(between_seconds),
            state: State::Asking(format::call(settings, key, prompt)),
            decoding: Decoding::new(format::reader(settings)),
            http,
        }
    }

    /// One step on the network.
    async fn advance(&mut self) -> Result<(), ProviderError> {
        match core::mem::replace(&mut self.state, State::Ended(None)) {
            State::Asking(call) => {
                let call = call?;
                let http = Rc::clone(&self.http);
                let mut connect = timer(&http, self.connect);
                let answer = self.within(&mut connect, async { http.call(call).await }).await?;
                let answer = answer.map_err(|_| ProviderError::Unreachable)?;
                if !(200..300).contains(&answer.status) {
                    return Err(ProviderError::Failed(self.refusal(answer).await));
                }
                self.state = State::Reading(answer.body);
            }
            State::Reading(mut body) => {
                // Whoever has said why it ended has ended, though it keeps the connection.
                let piece = match self.within(&mut never(), body.next()).await {
                    Err(_) if self.decoding.reader.ended().is_some() => None,
                    piece => piece?,
                };
                match piece {
                    Some(Ok(piece)) => {
                        self.decoding.push(&piece)?;
                        if core::mem::take(&mut self.decoding.has_spoken) {
                            self.word = timer(&self.http, self.between);
                        }
                        if self.decoding.is_done {
                            self.http.finish(body);
                        } else {
                            self.state = State::Reading(body);
                        }
                    }
                    // A connection that breaks after the reply's end broke too late to matter.
                    Some(Err(_)) | None => self.decoding.end()?,
                }
            }
            State::Ended(_) => {}
        }
        Ok(())
    }

    /// Why a call was refused. The body is read as far as it may say so, and is not kept.
    async fn refusal(&mut self, answer: Answer<H::Body>) -> Failure {
        let Answer { status, advice, mut body } = answer;
        let mut json = Vec::new();
        let mut enough = timer(&self.http, self.between);
        while json.len() < BODY_BYTES
            && let Ok(Some(Ok(piece))) = self.within(&mut enough, body.next()).await
        {
            json.extend_from_slice(&piece);
        }
        let failure = Failure::of_bytes(status, &json);
        Failure { advice: Advice::or(advice, failure.advice), ..failure }
    }

    /// Waits for something, but not past its own limit, nor past what the next word or the whole may
    /// take.
    async fn within<T>(
        &mut self,
        limit: &mut Timer,
        what: impl Future<Output = T>,
    ) -> Result<T, ProviderError> {
        let what = core::pin::pin!(what);
        match select(what, select(limit, select(&mut self.word, &mut self.total))).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right(_) => Err(ProviderError::Timeout),
        }
    }
}

impl<H: Http + 'static> Provider for Exchange<H> {
    async fn next(&mut self) -> Option<Result<Event, ProviderError>> {
        loop {
            if let Some(event) = self.decoding.ready.pop_front() {
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

fn span(seconds: u16) -> Duration {
    Duration::from_secs(u64::from(seconds))
}

fn timer<H: Http + 'static>(http: &Rc<H>, time: Duration) -> Timer {
    let http = Rc::clone(http);
    Box::pin(async move { http.sleep(time).await })
}

fn never() -> Timer {
    Box::pin(core::future::pending())
}

/// A body on its way to events.
struct Decoding {
    frames: Frames,
    reader: Box<dyn Reader>,
    /// What was read and not yet given out.
    ready: VecDeque<Event>,
    /// Words have come since somebody last looked.
    has_spoken: bool,
    /// The reply has ended.
    is_done: bool,
}

impl Decoding {
    fn new(reader: Box<dyn Reader>) -> Self {
        Self {
            frames: Frames::default(),
            reader,
            ready: VecDeque::new(),
            has_spoken: false,
            is_done: false,
        }
    }

    /// Takes the next bytes.
    fn push(&mut self, piece: &[u8]) -> Result<(), ProviderError> {
        let mut frames = Vec::new();
        let pushed = self.frames.push(piece, |frame| frames.push(frame));
        for frame in frames {
            self.frame(&frame.name, &frame.data)?;
        }
        // A peer that fills the memory has failed as a server.
        pushed.map_err(|_| ProviderError::Failed(Failure::of_status(200)))
    }

    /// The body has ended.
    fn end(&mut self) -> Result<(), ProviderError> {
        let mut frames = Vec::new();
        self.frames.finish(|frame| frames.push(frame));
        for frame in frames {
            self.frame(&frame.name, &frame.data)?;
        }
        if !self.is_done {
            let finish = self.reader.ended().ok_or(ProviderError::Cut)?;
            self.is_done = true;
            self.ready.push_back(Event::Finish(finish));
        }
        Ok(())
    }

    fn frame(&mut self, name: &str, data: &str) -> Result<(), ProviderError> {
        if self.is_done {
            return Ok(());
        }
        let mut events = Vec::new();
        let read = self.reader.frame(name, data, &mut events);
        for event in events {
            self.has_spoken |= matches!(event, Event::Text(_));
            self.is_done |= matches!(event, Event::Finish(_));
            // What has come at the same time is said in one go.
            match (self.ready.back_mut(), event) {
                (Some(Event::Text(before)), Event::Text(text)) => before.push_str(&text),
                (_, event) => self.ready.push_back(event),
            }
        }
        read.map_err(ProviderError::Failed)
    }
}

#[cfg(test)]
pub(crate) mod tests;
