//! One exchange with a provider, whatever its wire format: the call is made, waited for, read and
//! given up in one place.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use serde_json::Value;
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
    /// Runs until the first word.
    first: Option<Timer>,
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
        let timer = |seconds: u16| {
            let http = Rc::clone(&http);
            let timer: Timer = Box::pin(async move { http.sleep(span(seconds)).await });
            timer
        };
        Self {
            first: Some(timer(first_token_seconds)),
            total: timer(total_seconds),
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
                let answer = self.within(self.connect, async { http.call(call).await }).await?;
                let answer = answer.map_err(|_| ProviderError::Unreachable)?;
                if !(200..300).contains(&answer.status) {
                    return Err(ProviderError::Failed(self.refusal(answer).await));
                }
                self.state = State::Reading(answer.body);
            }
            State::Reading(mut body) => {
                let piece = self.within(self.between, body.next()).await?;
                match piece {
                    Some(Ok(piece)) => {
                        self.decoding.push(&piece)?;
                        if self.decoding.has_text {
                            self.first = None;
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
        while json.len() < BODY_BYTES
            && let Ok(Some(Ok(piece))) = self.within(self.between, body.next()).await
        {
            json.extend_from_slice(&piece);
        }
        let failure = serde_json::from_slice::<Value>(&json)
            .map_or_else(|_| Failure::of_status(status), |json| Failure::of_body(status, &json));
        Failure { advice: Advice::or(advice, failure.advice), ..failure }
    }

    /// Waits for something, but neither longer than `time` nor past what the whole may take.
    async fn within<T>(
        &mut self,
        time: Duration,
        what: impl Future<Output = T>,
    ) -> Result<T, ProviderError> {
        let http = Rc::clone(&self.http);
        let pause = core::pin::pin!(http.sleep(time));
        let what = core::pin::pin!(what);
        let first = match &mut self.first {
            Some(first) => Either::Left(first),
            None => Either::Right(core::future::pending()),
        };
        match select(what, select(pause, select(first, &mut self.total))).await {
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

/// A body on its way to events.
struct Decoding {
    frames: Frames,
    reader: Box<dyn Reader>,
    /// What was read and not yet given out.
    ready: VecDeque<Event>,
    has_text: bool,
    /// The reply has ended.
    is_done: bool,
}

impl Decoding {
    fn new(reader: Box<dyn Reader>) -> Self {
        Self {
            frames: Frames::default(),
            reader,
            ready: VecDeque::new(),
            has_text: false,
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
            self.has_text |= matches!(event, Event::Text(_));
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
pub(in crate::provider) mod tests;
