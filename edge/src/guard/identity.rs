//! "Are you human?" and its kin, answered truthfully without asking a model.
//!
//! A sentence counts only as a whole: something to begin with, a question about who is writing, a
//! noun for a person or a machine, something to end with, and nothing else. So "Are you a human
//! rights group?" and "Can I talk to a human?" go to the model, and "Hi! Are you really a person,
//! or a bot?" does not.

mod phrases;

use self::phrases::{GRAMMARS, Grammar};
use crate::language::Language;
use crate::provider::local::{contact_link, escape};
use crate::workspace::command::TurnContext;

/// The provider's name in the facts of these replies.
pub const PROVIDER: &str = "sotto";

/// Longest message that is looked at, in bytes: a longer one asks for something else.
const LONGEST: usize = 400;

/// Whether a sentence of the message asks who is writing, and in which language.
#[must_use]
pub fn asked(message: &str) -> Option<Language> {
    if message.len() > LONGEST {
        return None;
    }
    let text: String = message.to_lowercase().replace(['\'', '’', '´', '`'], "");
    let sentences = text.split(['.', '!', '?', '\n', ';', ':', ',', '–', '—']);
    let words = sentences.map(|sentence| {
        sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
    });
    words
        .filter_map(|words: Vec<&str>| GRAMMARS.iter().find(|grammar| grammar.asks(&words)))
        .map(|grammar| grammar.language)
        .next()
}

/// The answer.
#[must_use]
pub fn answer(context: &TurnContext, language: Language) -> String {
    let site = escape(&context.site_name);
    let contact = context.contact.as_ref().map(contact_link);
    match (language, contact) {
        (Language::English, contact) => {
            let person = contact.map_or_else(String::new, |contact| {
                format!(" If you would rather turn to a person: {contact}.")
            });
            format!(
                "I am an AI, not a human. I am the assistant on the website of {site}; software \
                 writes my answers.{person}"
            )
        }
        (Language::German, contact) => {
            let person = contact.map_or_else(String::new, |contact| {
                format!(" Wenn Sie sich lieber an einen Menschen wenden: {contact}.")
            });
            format!(
                "Ich bin eine KI, kein Mensch. Ich bin der Assistent auf der Website von {site}; \
                 meine Antworten schreibt Software.{person}"
            )
        }
    }
}

impl Grammar {
    fn asks(&self, words: &[&str]) -> bool {
        let words = without_leading(words, self.leads);
        phrases(self.whole).filter_map(|whole| strip(words, whole)).any(|rest| self.is_tail(rest))
            || self.asks_with(words, self.about_you, self.nouns)
            || self.asks_with(words, self.about_this, self.plain_nouns)
    }

    fn asks_with(&self, words: &[&str], questions: &str, nouns: &str) -> bool {
        phrases(questions)
            .filter_map(|question| strip(words, question))
            .any(|rest| self.names(rest, nouns))
    }

    /// Whether the words are nouns, joined by "or", and a tail.
    fn names(&self, words: &[&str], nouns: &str) -> bool {
        let words = without_leading(words, self.fillers);
        let taken =
            words.iter().take_while(|word| phrases(nouns).any(|noun| noun == **word)).count();
        let rest = words.get(taken..).unwrap_or_default();
        let goes_on = || {
            strip(rest, self.or).is_some_and(|rest| self.names(rest, nouns) || self.is_tail(rest))
        };
        taken > 0 && (self.is_tail(rest) || goes_on())
    }

    fn is_tail(&self, words: &[&str]) -> bool {
        without_leading(words, self.tails).is_empty()
    }
}

fn phrases(list: &str) -> impl Iterator<Item = &str> {
    list.split(", ")
}

/// The words behind a phrase, if they begin with it.
fn strip<'a, 'w>(words: &'a [&'w str], phrase: &str) -> Option<&'a [&'w str]> {
    let count = phrase.split(' ').count();
    let head = words.get(..count)?;
    head.iter().copied().eq(phrase.split(' ')).then(|| words.get(count..).unwrap_or_default())
}

/// The words without any of the phrases at their beginning, however many; the longest that fits
/// goes first.
fn without_leading<'a, 'w>(words: &'a [&'w str], list: &str) -> &'a [&'w str] {
    let mut words = words;
    while let Some(rest) =
        phrases(list).filter_map(|phrase| strip(words, phrase)).min_by_key(|rest| rest.len())
    {
        words = rest;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::tests::context;

    const ENGLISH: &[&str] = &[
        "Are you human?",
        "are you a human",
        "Are you a real person?",
        "Are you a bot?",
        "Are you an AI?",
        "are u a bot",
        "r u human?",
        "Hi! Are you a human or a bot?",
        "Hello, are you actually a person or just a chatbot?",
        "Am I talking to a human?",
        "Am I speaking with a real person or a machine?",
        "am i chatting with an ai now",
        "Is this a bot?",
        "Is this a real human?",
        "You're a bot, aren't you?",
        "You’re not a human, are you?",
        "Wait, you are an AI?",
        "Tell me, are you human or not?",
        "Are you ChatGPT?",
        "Are you a language model?",
        "Are you alive?",
        "Who am I talking to?",
        "Who are you?",
        "What are you?",
        "Is there a human there?",
        "Is there a person on the other end?",
        "Are you an artificial intelligence?",
        "Where is my order? Are you even a human?",
        "so are you a robot or what",
        "Can you tell me if you are a human?",
        "ARE YOU HUMAN",
    ];

    const GERMAN: &[&str] = &[
        "Bist du ein Mensch?",
        "Sind Sie ein Mensch?",
        "Bist du ein Bot?",
        "bist du eine KI",
        "Sind Sie eine künstliche Intelligenz?",
        "Hallo, sind Sie ein echter Mensch oder ein Bot?",
        "Spreche ich mit einem Menschen?",
        "Spreche ich hier mit einem Roboter oder einem Menschen?",
        "Schreibe ich mit einer echten Person?",
        "Rede ich gerade mit einer Maschine?",
        "Ist das ein Bot?",
        "Bist du menschlich?",
        "Mit wem spreche ich?",
        "Wer bist du?",
        "Sag mal, bist du wirklich ein Mensch?",
        "Du bist doch ein Bot, oder?",
        "Antwortet hier ein Mensch?",
        "Sitzt da ein Mensch?",
        "Können Sie mir sagen, ob Sie ein Mensch sind?",
        "Guten Tag. Sind Sie ein Computerprogramm?",
    ];

    const OTHER: &[&str] = &[
        "",
        "Hello",
        "Can I talk to a human?",
        "I want to speak to a real person",
        "Is there a human I can talk to?",
        "Are you a human rights group?",
        "Are you a real estate agent?",
        "Are you open on Sunday?",
        "Is this real?",
        "Is this a real diamond?",
        "Is this a robot vacuum?",
        "Is it a machine?",
        "Is this machine washable?",
        "Are you a computer shop?",
        "Are you an AI company?",
        "Do you sell robots?",
        "Are your robots real?",
        "Who are you shipping with?",
        "What are you selling?",
        "Are you hiring people?",
        "Is there a person responsible for returns?",
        "How human are your working conditions?",
        "Are there any bots in your store?",
        "Is there an AI feature in the lamp?",
        "Kann ich mit einem Menschen sprechen?",
        "Ich möchte mit einem Mitarbeiter sprechen",
        "Ist das echt?",
        "Ist das ein Roboter?",
        "Sind sie echt?",
        "Sind Sie ein Computerladen?",
        "Sind Sie am Sonntag da?",
        "Ist das eine Maschine für Espresso?",
        "Verkaufen Sie Roboter?",
        "Wer sind Sie als Firma und wo sitzen Sie?",
        "Bist du ein Mensch der Tat",
    ];

    #[test]
    fn promise_3_questions_about_who_writes_are_recognised() {
        for text in ENGLISH {
            assert_eq!(asked(text), Some(Language::English), "{text}");
        }
        for text in GERMAN {
            assert_eq!(asked(text), Some(Language::German), "{text}");
        }
    }

    #[test]
    fn other_questions_are_left_to_the_model() {
        for text in OTHER {
            assert_eq!(asked(text), None, "{text}");
        }
        assert_eq!(asked(&format!("Are you human?{}", " And more.".repeat(50))), None);
    }

    #[test]
    fn the_answer_is_the_truth_and_shows_the_way_to_a_person() {
        let english = answer(&context(), Language::English);
        assert!(english.starts_with("I am an AI, not a human."));
        assert!(english.contains("[Write to us](mailto:help@shop.example)"));
        let german = answer(&context(), Language::German);
        assert!(german.starts_with("Ich bin eine KI, kein Mensch."));
    }
}
