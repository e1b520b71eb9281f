//! "Are you human?", "Who made you?", "What happens to my data?" and their kin, answered truthfully
//! from settings, without asking a model.
//!
//! A sentence counts only as a whole: something to begin with, a question, something to end with,
//! and nothing else. Questions about who is writing may name a person or a machine. So "Are you a
//! human rights group?", "Who made you so cheap?" and "What happens to my data sheet?" go to the
//! model, and "Hi! Are you really a person, or a bot?" does not.

mod answers;
mod phrases;

pub use answers::answer;

use self::phrases::{GRAMMARS, Grammar};
use crate::language::Language;

/// The provider's name in the facts of these replies.
pub const PROVIDER: &str = "sotto";

/// Longest message that is looked at, in bytes: a longer one asks for something else.
const LONGEST: usize = 400;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Who writes: a person or a machine.
    Who,
    /// Whose machine it is.
    Maker,
    /// What becomes of what the visitor writes.
    Data,
}

/// A question that settings answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub topic: Topic,
    /// In which language.
    pub language: Language,
}

/// What a sentence of the message asks that settings answer; the first of them.
#[must_use]
pub fn asked(message: &str) -> Option<Question> {
    if message.len() > LONGEST {
        return None;
    }
    let text: String = message.to_lowercase().replace(['\'', '’', '´', '`'], "");
    let sentences = text.split(['.', '!', '?', '\n', ';', ':', ',', '–', '—']);
    let words = sentences.map(|sentence| {
        sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
    });
    words
        .filter_map(|words: Vec<&str>| {
            GRAMMARS.iter().find_map(|grammar| {
                let topic = grammar.topic(&words)?;
                Some(Question { topic, language: grammar.language })
            })
        })
        .next()
}

impl Grammar {
    fn topic(&self, words: &[&str]) -> Option<Topic> {
        let words = without_leading(words, self.leads);
        if self.asks_for(words, self.maker) {
            Some(Topic::Maker)
        } else if self.asks_for(words, self.data) {
            Some(Topic::Data)
        } else {
            let asks_who = self.asks_for(words, self.whole)
                || self.asks_with(words, self.about_you, self.nouns)
                || self.asks_with(words, self.about_this, self.plain_nouns);
            asks_who.then_some(Topic::Who)
        }
    }

    /// Whether the words are one of these questions and a tail.
    fn asks_for(&self, words: &[&str], questions: &str) -> bool {
        phrases(questions)
            .filter_map(|question| strip(words, question))
            .any(|rest| self.is_tail(rest))
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
        "Who made you so cheap?",
        "Who made your tables?",
        "Which model are you selling?",
        "Which model do you recommend?",
        "What model is this lamp?",
        "What happens to my data sheet?",
        "What happens to my order?",
        "Do you store my furniture?",
        "How long do you keep my parcel?",
        "Is this private label?",
        "Wer hat dieses Regal gemacht?",
        "Welches Modell ist das?",
        "Was passiert mit meiner Bestellung?",
        "Kann ich meine Daten ändern lassen, bevor der Vertrag endet?",
        "Speichern Sie Möbel?",
    ];

    const MAKER: [&[&str]; 2] = [
        &[
            "Who made you?",
            "who built you",
            "Hi, who created you?",
            "Which model are you?",
            "What AI model do you use?",
            "What language model are you running on?",
            "Who trained you?",
            "What software is this chat?",
            "Can you tell me which LLM you are",
        ],
        &[
            "Wer hat dich gemacht?",
            "Wer hat Sie entwickelt?",
            "Welches Modell bist du?",
            "Welches Sprachmodell benutzt du?",
            "Hallo, wer steckt hinter dir?",
            "Welche KI ist das?",
        ],
    ];

    const DATA: [&[&str]; 2] = [
        &[
            "What happens to my data?",
            "what do you do with my data",
            "Do you store my messages?",
            "Is this chat recorded?",
            "Who can read this chat?",
            "Is this conversation private?",
            "How long do you keep my data?",
            "Where does my data go?",
            "Hey, are my messages saved?",
            "Do you share my data with third parties?",
            "Can I delete my data?",
        ],
        &[
            "Was passiert mit meinen Daten?",
            "Was geschieht mit meinen Daten?",
            "Speicherst du meine Nachrichten?",
            "Speichern Sie meine Daten?",
            "Wer kann das hier lesen?",
            "Wie lange werden meine Daten gespeichert?",
            "Wird dieser Chat aufgezeichnet?",
            "Wohin gehen meine Daten?",
            "Kann ich meine Daten löschen?",
        ],
    ];

    fn about(topic: Topic, language: Language) -> Option<Question> {
        Some(Question { topic, language })
    }

    #[test]
    fn promise_3_questions_about_who_writes_are_recognised() {
        for text in ENGLISH {
            assert_eq!(asked(text), about(Topic::Who, Language::English), "{text}");
        }
        for text in GERMAN {
            assert_eq!(asked(text), about(Topic::Who, Language::German), "{text}");
        }
    }

    #[test]
    fn questions_about_the_maker_and_about_data_are_recognised() {
        for (topic, texts) in [(Topic::Maker, MAKER), (Topic::Data, DATA)] {
            for (language, texts) in [Language::English, Language::German].into_iter().zip(texts) {
                for text in texts {
                    assert_eq!(asked(text), about(topic, language), "{text}");
                }
            }
        }
    }

    #[test]
    fn other_questions_are_left_to_the_model() {
        for text in OTHER {
            assert_eq!(asked(text), None, "{text}");
        }
        assert_eq!(asked(&format!("Are you human?{}", " And more.".repeat(50))), None);
    }
}
