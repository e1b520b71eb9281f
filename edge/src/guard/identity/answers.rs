//! The answers, from the site's settings and from what the conversation's notice said.

use super::{Question, Topic};
use crate::language::Language;
use crate::provider::local::{contact_link, escape};
use crate::session::command::SessionTerms;
use crate::workspace::command::TurnContext;

/// Seconds in a day.
const DAY: u64 = 86_400;

/// Seconds in an hour.
const HOUR: u64 = 3_600;

/// The answer.
#[must_use]
pub fn answer(context: &TurnContext, terms: &SessionTerms, question: Question) -> String {
    let site = escape(&context.site_name);
    let english = question.language == Language::English;
    let words = match question.topic {
        Topic::Who if english => format!(
            "I am an AI, not a human. I am the assistant on the website of {site}; software writes \
             my answers."
        ),
        Topic::Who => format!(
            "Ich bin eine KI, kein Mensch. Ich bin der Assistent auf der Website von {site}; meine \
             Antworten schreibt Software."
        ),
        Topic::Maker if english => format!(
            "I am an AI on the website of {site}, which runs me with Sotto, open-source software. {}",
            writers(terms, question.language)
        ),
        Topic::Maker => format!(
            "Ich bin eine KI auf der Website von {site}, die mich mit Sotto betreibt, einer \
             quelloffenen Software. {}",
            writers(terms, question.language)
        ),
        Topic::Data if english => format!(
            "What is recognised as personal, such as an e-mail address or a card number, is taken \
             out before a message is stored or a model reads it. The conversation is stored sealed \
             and erases itself {} after your last message. {} Under “Your data” in the chat window \
             you can read, correct, save and erase all of it, without an account.",
            span(terms, question.language),
            readers(terms, question.language)
        ),
        Topic::Data => format!(
            "Was als persönlich erkannt wird, etwa eine E-Mail-Adresse oder eine Kartennummer, wird \
             herausgenommen, bevor eine Nachricht gespeichert wird oder ein Modell sie liest. Das \
             Gespräch wird versiegelt gespeichert und löscht sich {} nach Ihrer letzten Nachricht. \
             {} Unter „Ihre Daten“ im Chatfenster können Sie alles lesen, berichtigen, sichern und \
             löschen, ohne ein Konto.",
            span(terms, question.language),
            readers(terms, question.language)
        ),
    };
    let person = context.contact.as_ref().map(contact_link);
    match (person, english) {
        (None, _) => words,
        (Some(person), true) => {
            format!("{words} If you would rather turn to a person: {person}.")
        }
        (Some(person), false) => {
            format!("{words} Wenn Sie sich lieber an einen Menschen wenden: {person}.")
        }
    }
}

/// Who writes the answers, by the notice.
fn writers(terms: &SessionTerms, language: Language) -> String {
    let names = names(terms, language);
    match (language, terms.recipients.is_empty()) {
        (Language::English, true) => {
            "My answers quote the documents of this website; no language model writes them.".into()
        }
        (Language::German, true) => {
            "Meine Antworten zitieren die Dokumente dieser Website; kein Sprachmodell schreibt sie."
                .into()
        }
        (Language::English, false) => {
            format!("By the notice that you were shown, my answers come from {names}.")
        }
        (Language::German, false) => {
            format!(
                "Nach dem Hinweis, der Ihnen gezeigt wurde, kommen meine Antworten von {names}."
            )
        }
    }
}

/// Who else gets the text, by the notice.
fn readers(terms: &SessionTerms, language: Language) -> String {
    let names = names(terms, language);
    match (language, terms.recipients.is_empty()) {
        (Language::English, true) => "No other company receives it.".into(),
        (Language::German, true) => "Kein anderes Unternehmen erhält es.".into(),
        (Language::English, false) => {
            format!("To answer you, its text is sent to {names}, as the notice says.")
        }
        (Language::German, false) => {
            format!("Um zu antworten, geht sein Text an {names}, wie der Hinweis es sagt.")
        }
    }
}

fn names(terms: &SessionTerms, language: Language) -> String {
    let names: Vec<String> = terms.recipients.iter().map(|one| escape(&one.name)).collect();
    names.join(match language {
        Language::English => " or ",
        Language::German => " oder ",
    })
}

/// How long the conversation lives after a message, rounded up.
fn span(terms: &SessionTerms, language: Language) -> String {
    let seconds = terms.lifetimes.life_seconds(terms.purposes);
    let seconds = seconds.min(terms.lifetimes.absolute_seconds);
    let (count, unit) = if seconds >= 2 * DAY {
        (seconds.div_ceil(DAY), [["day", "days"], ["Tag", "Tage"]])
    } else {
        (seconds.div_ceil(HOUR), [["hour", "hours"], ["Stunde", "Stunden"]])
    };
    let [english, german] = unit.map(|[one, more]| if count == 1 { one } else { more });
    match language {
        Language::English => format!("{count} {english}"),
        Language::German => format!("{count} {german}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::tests::context;
    use crate::session::core::tests::World;

    fn said(topic: Topic, language: Language) -> String {
        answer(&context(), &World::terms(), Question { topic, language })
    }

    #[test]
    fn the_answer_is_the_truth_and_shows_the_way_to_a_person() {
        let english = said(Topic::Who, Language::English);
        assert!(english.starts_with("I am an AI, not a human."));
        assert!(english.contains("[Write to us](mailto:help@shop.example)"));
        let german = said(Topic::Who, Language::German);
        assert!(german.starts_with("Ich bin eine KI, kein Mensch."));
    }

    #[test]
    fn who_made_it_is_answered_with_whom_the_notice_names() {
        assert!(said(Topic::Maker, Language::English).contains("come from Model Inc."));
        assert!(
            said(Topic::Maker, Language::German).contains("kommen meine Antworten von Model Inc.")
        );
        let mut alone = World::terms();
        alone.recipients.clear();
        let question = Question { topic: Topic::Maker, language: Language::English };
        assert!(answer(&context(), &alone, question).contains("no language model writes them"));
    }

    #[test]
    fn what_happens_to_data_is_answered_with_this_conversations_life_and_recipients() {
        let mut terms = World::terms();
        terms.purposes.remember = false;
        terms.purposes.improve = false;
        terms.lifetimes.idle_seconds = HOUR;
        terms.lifetimes.retention_seconds = 30 * DAY;
        terms.lifetimes.absolute_seconds = 400 * DAY;
        let question = Question { topic: Topic::Data, language: Language::English };
        let short = answer(&context(), &terms, question);
        assert!(short.contains("erases itself 1 hour after your last message"), "{short}");
        assert!(short.contains("sent to Model Inc,"), "{short}");
        terms.purposes.remember = true;
        let question = Question { topic: Topic::Data, language: Language::German };
        let long = answer(&context(), &terms, question);
        assert!(long.contains("löscht sich 30 Tage nach Ihrer letzten Nachricht"), "{long}");
        terms.lifetimes.absolute_seconds = 3 * DAY;
        terms.recipients.clear();
        let capped = answer(&context(), &terms, question);
        assert!(
            capped.contains("3 Tage") && capped.contains("Kein anderes Unternehmen"),
            "{capped}"
        );
    }
}
