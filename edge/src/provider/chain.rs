//! The site's list of providers as one: the first that says a word writes the reply.
//!
//! Until then another one may be asked, as [`failover`] decides; from the first
//! word on it is that one's reply, however it ends.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;

use futures_util::FutureExt;
use sotto_shared::wire::provider::Provider as Settings;
use sotto_shared::wire::stream::FinishReason;

use super::exchange::Exchange;
use super::failover::{self, Failover, Step};
use super::http::Http;
use super::local::Local;
use super::{Event, Prompt, Provider, ProviderError, Taken};

/// Providers are tried for so long at most; then the last one is, if it is `local`.
const PATIENCE: Duration = Duration::from_secs(60);

/// One of the list.
#[derive(Debug)]
pub enum Candidate {
    /// Somebody else's model, with its opened key.
    Remote(Box<Settings>),
    /// An answer that is there.
    Local(Local),
}

/// How a provider did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Its place in the list.
    pub place: usize,
    /// Whether it did what it is there for, be it by a refusal.
    pub works: bool,
}

/// The list, and the one of it that is asked.
pub struct Chain<H: Http> {
    http: Rc<H>,
    prompt: Prompt,
    candidates: Vec<Candidate>,
    failover: Failover,
    asked: Option<Asked<H>>,
    /// What was said before it was settled who answers.
    ready: VecDeque<Result<Event, ProviderError>>,
    tried: Vec<Tried>,
    /// What attempts took that failed before a word.
    lost: Taken,
    patience: Pin<Box<dyn Future<Output = ()>>>,
}

enum Asked<H: Http> {
    Remote(Box<Exchange<H>>),
    Local(Local),
}

impl<H: Http> core::fmt::Debug for Chain<H> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Chain({} candidates)", self.candidates.len())
    }
}

impl<H: Http + 'static> Chain<H> {
    /// A list that is asked when it is [settled](Self::settle).
    #[must_use]
    pub fn new(http: Rc<H>, prompt: Prompt, candidates: Vec<Candidate>, jitter_ms: u64) -> Self {
        let clock = Rc::clone(&http);
        Self {
            http,
            prompt,
            failover: Failover::new(candidates.len(), jitter_ms),
            candidates,
            asked: None,
            ready: VecDeque::new(),
            tried: Vec::new(),
            lost: Taken::default(),
            patience: Box::pin(async move { clock.sleep(PATIENCE).await }),
        }
    }

    /// Asks until it is settled who answers, and gives that one's place in the list; if nobody
    /// does, the place of the last that was asked.
    pub async fn settle(&mut self) -> usize {
        let mut is_over = (&mut self.patience).now_or_never().is_some();
        loop {
            let Err(error) = self.ask().await else { return self.failover.at() };
            let place = self.failover.at();
            self.note(place, failover::works(&error));
            let mut step = self.failover.failed(&error);
            is_over = is_over || (&mut self.patience).now_or_never().is_some();
            if is_over && step != Step::Stop {
                let ends_here = matches!(self.candidates.last(), Some(Candidate::Local(_)));
                step = if ends_here { self.failover.skip_to_last(place) } else { Step::Stop };
            }
            match step {
                Step::Again { after_ms } => {
                    self.lose(&error);
                    self.http.sleep(Duration::from_millis(after_ms)).await;
                }
                Step::Next => self.lose(&error),
                Step::Stop => {
                    self.lose(&error);
                    self.asked = None;
                    self.ready.push_back(Err(error));
                    return place;
                }
            }
        }
    }

    /// Whether anybody answers; if not, what was lost is all that was taken.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.asked.is_some()
    }

    /// How those did that were asked since this was last called, in this order. One that was asked
    /// twice counts as it did last.
    #[must_use]
    pub fn take_tried(&mut self) -> Vec<Tried> {
        core::mem::take(&mut self.tried)
    }

    /// What attempts took that failed before a word.
    #[must_use]
    pub const fn lost(&self) -> Taken {
        self.lost
    }

    /// Counts what an attempt took that has failed. One that broke off, was too slow or fell silent
    /// has read the prompt, or may have; one that refused it has not.
    fn lose(&mut self, error: &ProviderError) {
        let mut counted = self.ready.drain(..).filter_map(|event| match event {
            Ok(Event::Usage(usage)) => Some(usage.input.saturating_add(usage.output)),
            _ => None,
        });
        // Counts are totals: the last one holds.
        let lost = match (counted.next_back(), error) {
            (Some(tokens), _) => Taken { tokens, prompts: 0 },
            (None, ProviderError::Timeout | ProviderError::Cut | ProviderError::Silent) => {
                Taken { tokens: 0, prompts: 1 }
            }
            (None, ProviderError::Unreachable | ProviderError::Failed(_)) => Taken::default(),
        };
        self.lost = self.lost.plus(lost);
    }

    /// Asks the one whose turn it is for its first word.
    async fn ask(&mut self) -> Result<(), ProviderError> {
        let mut asked = match self.candidates.get_mut(self.failover.at()) {
            None => return Err(ProviderError::Unreachable),
            Some(Candidate::Local(local)) => Asked::Local(core::mem::take(local)),
            Some(Candidate::Remote(settings)) => {
                let key = settings.remote().and_then(|remote| remote.key.as_deref());
                let http = Rc::clone(&self.http);
                let key = key.unwrap_or_default();
                Asked::Remote(Box::new(Exchange::new(http, settings, key, &self.prompt)))
            }
        };
        loop {
            match asked.next().await {
                Some(Ok(event @ Event::Usage(_))) => self.ready.push_back(Ok(event)),
                // A filter that keeps a model from speaking has answered.
                Some(Ok(event @ (Event::Text(_) | Event::Finish(FinishReason::ContentFilter)))) => {
                    self.ready.push_back(Ok(event));
                    break;
                }
                Some(Err(error)) => return Err(error),
                Some(Ok(Event::Finish(_))) | None => return Err(ProviderError::Silent),
            }
        }
        self.asked = Some(asked);
        Ok(())
    }

    fn note(&mut self, place: usize, works: bool) {
        if matches!(self.candidates.get(place), Some(Candidate::Local(_)) | None) {
            return;
        }
        match self.tried.iter_mut().find(|tried| tried.place == place) {
            Some(tried) => tried.works = works,
            None => self.tried.push(Tried { place, works }),
        }
    }
}

impl<H: Http + 'static> Provider for Chain<H> {
    async fn next(&mut self) -> Option<Result<Event, ProviderError>> {
        let event = match self.ready.pop_front() {
            Some(event) => Some(event),
            None => match &mut self.asked {
                Some(asked) => asked.next().await,
                None => None,
            },
        };
        // What failed before its first word was noted then.
        if self.asked.is_some() {
            let place = self.failover.at();
            match &event {
                Some(Ok(Event::Text(_) | Event::Finish(_))) => self.note(place, true),
                Some(Err(error)) => self.note(place, failover::works(error)),
                Some(Ok(Event::Usage(_))) | None => {}
            }
        }
        event
    }
}

impl<H: Http + 'static> Asked<H> {
    async fn next(&mut self) -> Option<Result<Event, ProviderError>> {
        match self {
            Self::Remote(exchange) => exchange.next().await,
            Self::Local(local) => local.next().await,
        }
    }
}

#[cfg(test)]
mod tests;
