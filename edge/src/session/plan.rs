//! What is done about a message, decided without doing it: who answers, what models are asked, and
//! what is then known of the reply.

use sotto_shared::pii::Policy;
use sotto_shared::wire::provider::Provider as Settings;

use crate::guard::input::{self, Asking};
use crate::guard::screen::Verdict;
use crate::guard::{declined, identity};
use crate::language::Language;
use crate::provider::Prompt;
use crate::provider::chain::Candidate;
use crate::provider::local::{self, Local};
use crate::provider::tokens::bytes_of;
use crate::session::core::Begun;
use crate::session::record::{Grounds, Said, UNMARKED, Writer};
use crate::workspace::command::{Passage, Spent, TurnContext, TurnProvider};

/// A turn has to leave so many tokens to its reply: about as much as a brief one needs.
const SHORTEST_REPLY: u64 = 256;

/// The answer that the edge gives by itself, without a model: to a question about the AI, and to
/// what the screen takes for an attempt.
#[must_use]
pub fn own_answer(context: &TurnContext, begun: &Begun, verdict: Verdict) -> Option<String> {
    match identity::asked(begun.question.as_str()) {
        Some(question) => Some(identity::answer(context, begun.terms(), question)),
        None if verdict == Verdict::Block => {
            Some(declined::answer(context, Language::of(&begun.lang)))
        }
        None => None,
    }
}

/// Who is asked, and what.
#[derive(Debug)]
pub struct Ask {
    /// The question; empty where no model is asked.
    pub prompt: Prompt,
    /// Whom, in this order.
    pub candidates: Vec<Candidate>,
    /// How long the reply may become, in bytes.
    pub reply_bytes: usize,
}

/// Asks the turn's providers within the tokens that a turn may take: of the history, the older half
/// goes until there is room for a reply. Where even the question leaves none, documents answer, and
/// `context` says why.
#[must_use]
pub fn ask(
    context: &mut TurnContext,
    mut history: &[Said],
    asking: &Asking<'_>,
    policy: &Policy,
) -> Ask {
    let mut prompt = Prompt { messages: Vec::new() };
    let mut left = u64::MAX;
    if has_model(context) {
        let room = u64::from(context.tokens_per_turn);
        prompt = input::prompt(context, history, asking, policy);
        while !history.is_empty() && prompt.tokens().saturating_add(SHORTEST_REPLY) > room {
            history = history.get(history.len().div_ceil(2)..).unwrap_or_default();
            prompt = input::prompt(context, history, asking, policy);
        }
        left = room.saturating_sub(prompt.tokens());
        if left < SHORTEST_REPLY {
            context.spent = Some(Spent::Turn);
            context.providers = vec![TurnProvider::of(Settings::Local {}, None)];
            prompt.messages.clear();
            left = u64::MAX;
        }
    }
    let lang = Language::of(asking.lang);
    let candidates = context.providers.iter().map(|provider| match &provider.settings {
        Settings::Local {} => Candidate::Local(Local::new(context, lang)),
        remote => Candidate::Remote(Box::new(within(remote, left))),
    });
    Ask { candidates: candidates.collect(), prompt, reply_bytes: bytes_of(left) }
}

/// The settings of a model that may write so many tokens: a limit that is set becomes no longer. One
/// that is not stays unset, since servers refuse a limit that exceeds what they can hold; the reply
/// is cut off here.
fn within(settings: &Settings, left: u64) -> Settings {
    let mut settings = settings.clone();
    if let Some(most) = settings.remote_mut().and_then(|remote| remote.max_output_tokens.as_mut()) {
        *most = u32::try_from(left).unwrap_or(u32::MAX).min(*most);
    }
    settings
}

/// Whether a model is asked at all.
#[must_use]
pub fn has_model(context: &TurnContext) -> bool {
    context.providers.iter().any(|one| one.settings.remote().is_some())
}

/// Who writes if the one at this place of the turn's providers does.
#[must_use]
pub fn writer(context: &TurnContext, place: usize) -> Writer {
    let settings = context.providers.get(place).map(|provider| &provider.settings);
    let remote = settings.and_then(Settings::remote);
    let declared = remote.and_then(|remote| remote.text_marking.as_ref());
    let given = given(context, remote.is_some()).iter();
    Writer {
        provider: settings.map_or("local", Settings::name),
        model: remote.map(|remote| remote.model.clone()),
        grounds: Grounds {
            sources: Vec::new(),
            given: given.map(|passage| passage.id.clone()).collect(),
            text_marking: declared.map_or_else(|| UNMARKED.into(), |one| one.scheme.clone()),
        },
    }
}

/// The passages that a model is given, or that are quoted where none writes.
#[must_use]
pub fn given(context: &TurnContext, is_model: bool) -> &[Passage] {
    if is_model { &context.passages } else { local::quoted(context) }
}

#[cfg(test)]
mod tests;
