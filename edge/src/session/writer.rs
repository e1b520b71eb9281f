//! Lets a provider write a reply: its words go through the guard and out, and however it ends
//! becomes the reply's end.

use core::future::poll_fn;
use core::task::Poll;

use sotto_shared::pii::{Counts, Scrubbed};
use sotto_shared::wire::conversation::MessageState;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::stream::FinishReason;

use crate::guard::output::{Cut, Output};
use crate::log::{self, Line};
use crate::provider::failure::Why;
use crate::provider::{Event, Failure, Provider, ProviderError, Usage};
use crate::session::record::End;

/// What came of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// How it ended.
    pub end: End,
    /// What the provider counted.
    pub usage: Usage,
    /// Whether the provider itself ended the reply; its last count is only then the whole one.
    pub is_finished: bool,
    /// How much was replaced of what.
    pub found: Counts,
    /// Why it broke off, for the log.
    pub error: Option<ProviderError>,
}

impl Written {
    /// What the log is told of a reply that `provider` wrote: numbers and words of this program.
    pub fn line(&self, provider: &'static str) -> Line {
        let line = log::info("reply")
            .word("provider", provider)
            .word("state", self.end.state.name())
            .number("input_tokens", self.usage.input)
            .number("output_tokens", self.usage.output)
            .counts(&self.found);
        match self.error {
            Some(error) => line.fault(&error),
            None => line,
        }
    }
}

/// What happens while a reply is written.
#[derive(Debug)]
pub enum Heard<'a> {
    /// A piece that may be sent.
    Piece(&'a Scrubbed),
    /// What the provider has counted so far.
    Usage(Usage),
}

/// Writes the reply, which may have so many bytes. `each` hears what happens meanwhile.
pub async fn write(
    provider: &mut impl Provider,
    output: &mut Output,
    mut bytes: usize,
    mut each: impl FnMut(Heard<'_>),
) -> Written {
    let mut usage = Usage::default();
    let (mut has_text, mut has_begun, mut is_finished) = (false, false, false);
    let result = loop {
        match provider.next().await {
            Some(Ok(Event::Text(text))) => {
                let fitting = text.get(..text.floor_char_boundary(bytes)).unwrap_or_default();
                bytes = bytes.saturating_sub(text.len());
                let piece = output.push(fitting);
                has_text |= !text.is_empty();
                each(Heard::Piece(&piece));
                if !has_begun && !piece.is_empty() {
                    has_begun = true;
                    others_first().await;
                }
                match output.cut() {
                    None if fitting.len() < text.len() => break Ok(FinishReason::Length),
                    None => {}
                    Some(Cut::Length) => break Ok(FinishReason::Length),
                    Some(Cut::Quotation) => break Ok(FinishReason::ContentFilter),
                }
            }
            Some(Ok(Event::Usage(counted))) => {
                usage = counted;
                each(Heard::Usage(counted));
            }
            Some(Ok(Event::Finish(reason))) => {
                is_finished = true;
                break Ok(reason);
            }
            Some(Err(error)) => break Err(error),
            None => break Err(ProviderError::Cut),
        }
    };
    // What was held back is sent however the reply ends: nothing that was written is lost.
    each(Heard::Piece(&output.finish()));
    let result = match result {
        // A provider that has nothing to say has failed, unless a filter kept it from speaking.
        Ok(reason) if !has_text && reason != FinishReason::ContentFilter => {
            Err(ProviderError::Silent)
        }
        other => other,
    };
    let (found, error) = (output.counts(), result.err());
    Written { end: end(result), usage, is_finished, found, error }
}

/// Lets whoever waits have their turn: the first words leave before more of them are looked at.
async fn others_first() {
    let mut is_first = true;
    poll_fn(|context| {
        if core::mem::replace(&mut is_first, false) {
            context.waker().wake_by_ref();
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

fn end(result: Result<FinishReason, ProviderError>) -> End {
    match result {
        Ok(finish) => {
            let state = match finish {
                FinishReason::Stop => MessageState::Complete,
                FinishReason::Length => MessageState::Cut,
                FinishReason::ContentFilter => MessageState::Withheld,
                FinishReason::Other | FinishReason::Error => MessageState::Interrupted,
            };
            End { state, finish, problem: None }
        }
        // The provider's filter, before a word.
        Err(ProviderError::Failed(Failure { why: Why::Blocked, .. })) => End {
            state: MessageState::Withheld,
            finish: FinishReason::ContentFilter,
            problem: None,
        },
        Err(error) => End {
            state: MessageState::Interrupted,
            finish: FinishReason::Error,
            problem: Some(match error {
                ProviderError::Timeout => Code::ProviderTimeout,
                ProviderError::Unreachable
                | ProviderError::Failed(_)
                | ProviderError::Cut
                | ProviderError::Silent => Code::ProviderFailed,
            }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::links::LinkRules;
    use crate::guard::output::Told;
    use futures_util::FutureExt;
    use sotto_shared::limits::REPLY_BYTES;
    use sotto_shared::pii::Policy;
    use std::collections::VecDeque;

    struct Script(VecDeque<Result<Event, ProviderError>>);

    impl Provider for Script {
        async fn next(&mut self) -> Option<Result<Event, ProviderError>> {
            self.0.pop_front()
        }
    }

    fn run(events: Vec<Result<Event, ProviderError>>) -> (String, Written) {
        run_within(usize::MAX, events)
    }

    fn run_within(bytes: usize, events: Vec<Result<Event, ProviderError>>) -> (String, Written) {
        let mut text = Scrubbed::default();
        let (mut script, mut output) = (Script(events.into()), unwatched());
        let mut counted = Usage::default();
        let mut writing = Box::pin(write(&mut script, &mut output, bytes, |heard| match heard {
            Heard::Piece(piece) => text.append(piece),
            Heard::Usage(usage) => counted = usage,
        }));
        // It may wait once, after the first words.
        let written = (&mut writing).now_or_never().or_else(|| (&mut writing).now_or_never());
        drop(writing);
        let written = written.unwrap();
        assert_eq!(counted, written.usage);
        (text.into_string(), written)
    }

    fn unwatched() -> Output {
        Output::new(Policy::chat(), LinkRules::default(), &Told::default())
    }

    fn text(text: &str) -> Result<Event, ProviderError> {
        Ok(Event::Text(text.into()))
    }

    #[test]
    fn a_whole_reply_is_complete() {
        let usage = Usage { input: 9, output: 2 };
        let (got, written) = run(vec![
            text("Write to jo@exam"),
            text("ple.com"),
            Ok(Event::Usage(usage)),
            Ok(Event::Finish(FinishReason::Stop)),
        ]);
        assert_eq!(got, "Write to [EMAIL]");
        assert_eq!((written.end.state, written.usage), (MessageState::Complete, usage));
        assert_eq!((written.end.finish, written.end.problem), (FinishReason::Stop, None));
        assert!(written.is_finished);
    }

    #[test]
    fn the_log_is_told_how_much_was_found_and_never_what() {
        let (_, written) = run(vec![
            text("Hello Jane, jane@exam"),
            text("ple.com and jim@example.com, +49 30 1234567"),
            Err(ProviderError::Cut),
        ]);
        let line = written.line("openai").into_text();
        assert!(line.contains(r#","EMAIL":2,"PHONE":1,"#), "{line}");
        for secret in ["Jane", "jane", "jim", "example.com", "1234567", "Hello"] {
            assert!(!line.contains(secret), "{line}");
        }
        let (_, written) = run(vec![text("Hello"), Ok(Event::Finish(FinishReason::Stop))]);
        let line = written.line("local").into_text();
        assert!(line.ends_with(r#""output_tokens":0}"#), "{line}");
    }

    #[test]
    fn a_reply_that_breaks_off_keeps_its_text_and_says_why() {
        for (error, code) in [
            (ProviderError::Cut, Code::ProviderFailed),
            (ProviderError::Timeout, Code::ProviderTimeout),
            (ProviderError::Failed(Failure::of_status(503)), Code::ProviderFailed),
            (ProviderError::Unreachable, Code::ProviderFailed),
        ] {
            let (got, written) = run(vec![text("Half a"), Err(error)]);
            assert_eq!(got, "Half a");
            assert_eq!(written.end.state, MessageState::Interrupted);
            assert_eq!((written.end.problem, written.error), (Some(code), Some(error)));
            assert!(!written.is_finished);
        }
        assert_eq!(run(vec![text("Half")]).1.error, Some(ProviderError::Cut));
    }

    #[test]
    fn silence_is_a_failure_unless_it_was_filtered() {
        let silent = run(vec![Ok(Event::Finish(FinishReason::Stop))]).1;
        assert_eq!(silent.end.problem, Some(Code::ProviderFailed));
        assert_eq!(silent.error, Some(ProviderError::Silent));
        let filtered = run(vec![Ok(Event::Finish(FinishReason::ContentFilter))]).1;
        assert_eq!(filtered.end.state, MessageState::Withheld);
    }

    /// To ask again would be refused again.
    #[test]
    fn a_prompt_that_the_provider_blocks_is_withheld() {
        let blocked = Failure { why: Why::Blocked, ..Failure::of_status(400) };
        let end = run(vec![Err(ProviderError::Failed(blocked))]).1.end;
        assert_eq!((end.state, end.problem), (MessageState::Withheld, None));
        assert_eq!(end.finish, FinishReason::ContentFilter);
    }

    /// The widget reads the one while it listens, and the other after it was loaded again.
    #[test]
    fn what_is_stored_is_what_the_stream_says() {
        for (finish, state) in [
            (FinishReason::Stop, MessageState::Complete),
            (FinishReason::Length, MessageState::Cut),
            (FinishReason::ContentFilter, MessageState::Withheld),
            (FinishReason::Other, MessageState::Interrupted),
        ] {
            let end = run(vec![text("Hello"), Ok(Event::Finish(finish))]).1.end;
            assert_eq!((end.finish, end.state, end.problem), (finish, state, None));
        }
    }

    #[test]
    fn a_reply_is_no_longer_than_its_turn_allows() {
        let end = || Ok(Event::Finish(FinishReason::Stop));
        for (bytes, wanted, state) in [
            (0, "", MessageState::Cut),
            (4, "Sch", MessageState::Cut),
            (5, "Schö", MessageState::Cut),
            (10, "Schöne Te", MessageState::Complete),
        ] {
            let words = vec![text("Schö"), text("ne "), text("Te"), end()];
            let (got, written) = run_within(bytes, words);
            assert_eq!((got.as_str(), written.end.state), (wanted, state), "{bytes}");
        }
    }

    #[test]
    fn an_endless_reply_is_cut_off() {
        let (got, written) = run(vec![text(&"word ".repeat(REPLY_BYTES)), text("more")]);
        assert!(got.len() <= REPLY_BYTES);
        assert_eq!((written.end.finish, written.is_finished), (FinishReason::Length, false));
        assert_eq!(written.end.state, MessageState::Cut);
    }
}
