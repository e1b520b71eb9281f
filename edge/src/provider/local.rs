//! Replies without a model: the passages of the site's own documents that fit the question best,
//! quoted with their source. It needs no key and no network, and it says so when nothing fits.

use std::collections::VecDeque;

use sotto_shared::wire::site::Contact;
use sotto_shared::wire::stream::FinishReason;

use super::{Event, Provider, ProviderError};
use crate::language::Language;
use crate::workspace::command::{Passage, Spent, TurnContext};

/// Passages that are quoted. More would be a list of hits, not an answer.
pub const QUOTED: usize = 2;

/// Longest quotation, in characters.
const QUOTATION_CHARS: usize = 700;

/// The quoted answer as a provider.
#[derive(Debug, Default)]
pub struct Local(VecDeque<Event>);

impl Local {
    /// Writes the answer.
    #[must_use]
    pub fn new(context: &TurnContext, language: Language) -> Self {
        let mut events: VecDeque<Event> =
            paragraphs(context, language).into_iter().map(Event::Text).collect();
        events.push_back(Event::Finish(FinishReason::Stop));
        Self(events)
    }

    /// A text that is known beforehand, as a provider.
    #[must_use]
    pub fn text(text: String) -> Self {
        Self(VecDeque::from([Event::Text(text), Event::Finish(FinishReason::Stop)]))
    }
}

impl Provider for Local {
    async fn next(&mut self) -> Option<Result<Event, ProviderError>> {
        self.0.pop_front().map(Ok)
    }
}

/// The passages that are quoted.
#[must_use]
pub fn quoted(context: &TurnContext) -> &[Passage] {
    context.passages.get(..QUOTED).unwrap_or(&context.passages)
}

/// Title of the document and heading of the passage.
#[must_use]
pub fn title(passage: &Passage) -> String {
    if passage.heading.is_empty() || passage.heading == passage.title {
        passage.title.clone()
    } else {
        format!("{} › {}", passage.title, passage.heading)
    }
}

/// A link to the contact, in Markdown.
#[must_use]
pub fn contact_link(contact: &Contact) -> String {
    format!("[{}]({})", escape(&contact.label), contact.url)
}

/// Text that Markdown shows as it stands.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn paragraphs(context: &TurnContext, language: Language) -> Vec<String> {
    let site = escape(&context.site_name);
    let passages = quoted(context);
    let mut paragraphs = Vec::new();
    paragraphs.extend(context.spent.map(|spent| used_up(spent, &site, language)));
    if passages.is_empty() {
        paragraphs.push(nothing_fits(&site, context.contact.as_ref(), language));
        return paragraphs;
    }
    paragraphs.push(match language {
        Language::English => format!("This is what the documents of {site} say:"),
        Language::German => format!("Das steht in den Unterlagen von {site}:"),
    });
    for passage in passages {
        let source = match language {
            Language::English => "Source",
            Language::German => "Quelle",
        };
        paragraphs.push(format!(
            "\n\n{}\n>\n> {source}: *{}*",
            quotation(&passage.text),
            escape(&title(passage))
        ));
    }
    paragraphs
}

/// Why documents answer where the notice names a model.
fn used_up(spent: Spent, site: &str, language: Language) -> String {
    match (language, spent) {
        (Language::English, Spent::Day) => format!(
            "The AI model has written as much as it may today. Until tomorrow I answer from the \
             documents of {site}.\n\n"
        ),
        (Language::English, Spent::Conversation) => format!(
            "The AI model has written as much as it may in this conversation. From here on I answer \
             from the documents of {site}.\n\n"
        ),
        (Language::English, Spent::Turn) => {
            format!("This is too long for the AI model. I answer from the documents of {site}.\n\n")
        }
        (Language::German, Spent::Turn) => format!(
            "Das ist zu lang für das KI-Modell. Ich antworte aus den Unterlagen von {site}.\n\n"
        ),
        (Language::German, Spent::Day) => format!(
            "Das KI-Modell hat heute so viel geschrieben, wie es darf. Bis morgen antworte ich aus \
             den Unterlagen von {site}.\n\n"
        ),
        (Language::German, Spent::Conversation) => format!(
            "Das KI-Modell hat in diesem Gespräch so viel geschrieben, wie es darf. Ab hier antworte \
             ich aus den Unterlagen von {site}.\n\n"
        ),
    }
}

fn nothing_fits(site: &str, contact: Option<&Contact>, language: Language) -> String {
    let contact = contact.map(contact_link);
    match (language, contact) {
        (Language::English, Some(contact)) => format!(
            "I found nothing about that in the documents of {site}. You could ask in other words, \
             or turn to a person: {contact}."
        ),
        (Language::English, None) => format!(
            "I found nothing about that in the documents of {site}. You could ask in other words."
        ),
        (Language::German, Some(contact)) => format!(
            "Dazu habe ich in den Unterlagen von {site} nichts gefunden. Sie können es mit anderen \
             Worten versuchen oder sich an einen Menschen wenden: {contact}."
        ),
        (Language::German, None) => format!(
            "Dazu habe ich in den Unterlagen von {site} nichts gefunden. Sie können es mit anderen \
             Worten versuchen."
        ),
    }
}

/// The passage as a quotation in Markdown, cut at the end of a sentence where it is long.
fn quotation(text: &str) -> String {
    let text = text.trim();
    let mut quoted = String::with_capacity(text.len() + 16);
    let short = shortened(text);
    for (n, line) in short.lines().enumerate() {
        if n > 0 {
            quoted.push('\n');
        }
        quoted.push_str(if line.is_empty() { ">" } else { "> " });
        quoted.push_str(line);
    }
    if short.len() < text.len() {
        quoted.push_str(" …");
    }
    // A code block that was cut in its middle would swallow what follows.
    if short.lines().filter(|line| line.trim_start().starts_with("```")).count() % 2 == 1 {
        quoted.push_str("\n> ```");
    }
    quoted
}

fn shortened(text: &str) -> &str {
    let Some((end, _)) = text.char_indices().nth(QUOTATION_CHARS) else { return text };
    let head = text.get(..end).unwrap_or(text);
    let ends = [". ", ".\n", "! ", "? ", "\n\n"];
    // The end of the last sentence, unless that would leave almost nothing.
    let sentence = ends.iter().filter_map(|mark| head.rfind(mark).map(|at| at + 1)).max();
    let word = head.rfind(char::is_whitespace);
    let at = sentence.filter(|at| *at > head.len() / 3).or(word).unwrap_or(head.len());
    head.get(..at).unwrap_or(head).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::tests::{context, passage};
    use futures_util::FutureExt;

    fn answer(context: &TurnContext, language: Language) -> String {
        let mut local = Local::new(context, language);
        let mut text = String::new();
        loop {
            match local.next().now_or_never().unwrap() {
                Some(Ok(Event::Text(piece))) => text.push_str(&piece),
                Some(Ok(Event::Finish(FinishReason::Stop))) => return text,
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn quotes_the_best_passages_with_their_source() {
        let mut context = context();
        context.passages = vec![
            passage("Delivery", "Costs", "We ship for 5 €.\n\n- Free from 50 €"),
            passage("Returns", "", "30 days."),
            passage("Other", "Third", "Not quoted."),
        ];
        assert_eq!(
            answer(&context, Language::English),
            "This is what the documents of Demo \\*Shop\\* say:\n\n\
             > We ship for 5 €.\n>\n> - Free from 50 €\n>\n> Source: *Delivery › Costs*\n\n\
             > 30 days.\n>\n> Source: *Returns*"
        );
        assert!(answer(&context, Language::German).starts_with("Das steht in den Unterlagen von"));
    }

    #[test]
    fn says_why_no_model_writes() {
        let mut context = context();
        for (spent, english, german) in [
            (Spent::Day, "today. Until tomorrow", "heute so viel"),
            (Spent::Conversation, "in this conversation", "in diesem Gespräch"),
            (Spent::Turn, "too long for the AI model", "zu lang für das KI-Modell"),
        ] {
            context.spent = Some(spent);
            let text = answer(&context, Language::English);
            assert!(text.contains(english) && text.contains("\n\nThis is what"), "{text}");
            let text = answer(&context, Language::German);
            assert!(text.contains(german) && text.contains("\n\nDas steht"), "{text}");
        }
    }

    #[test]
    fn says_so_when_nothing_fits() {
        let mut context = context();
        context.passages.clear();
        let english = answer(&context, Language::English);
        assert!(
            english.contains("found nothing") && english.contains("[Write to us](mailto:help@")
        );
        let german = answer(&context, Language::German);
        assert!(german.contains("nichts gefunden") && german.contains("[Write to us]"));
        context.contact = None;
        assert!(answer(&context, Language::English).ends_with("in other words."));
    }

    #[test]
    fn long_passages_are_cut_at_a_sentence() {
        let text = "One sentence of some words. ".repeat(40);
        let cut = quotation(&text);
        assert!(cut.ends_with("words. …"), "{cut}");
        assert!(cut.chars().count() <= QUOTATION_CHARS + 4);
        let endless = "x".repeat(2_000);
        assert_eq!(quotation(&endless).chars().count(), QUOTATION_CHARS + 4);
        let umlauts = "ä".repeat(QUOTATION_CHARS);
        assert_eq!(quotation(&umlauts), format!("> {umlauts}"));
    }

    #[test]
    fn a_cut_code_block_is_closed() {
        let text = format!("```\n{}\n```", "let a = 1;\n".repeat(100));
        assert!(quotation(&text).ends_with("\n> ```"));
    }
}
