//! The plain answer to a message that the screen takes for an attempt: it goes to no model, and it
//! says so, and how to be answered after all.

use crate::language::Language;
use crate::provider::local::{contact_link, escape};
use crate::workspace::command::TurnContext;

/// The answer.
#[must_use]
pub fn answer(context: &TurnContext, language: Language) -> String {
    let site = escape(&context.site_name);
    let contact = context.contact.as_ref().map(contact_link);
    match language {
        Language::English => {
            let person = contact
                .map_or_else(String::new, |contact| format!(" Or turn to a person: {contact}."));
            format!(
                "I have not passed this message on: it looks as if it were meant to change how I work. \
                 If it was not, please ask in other words what you would like to know about \
                 {site}.{person}"
            )
        }
        Language::German => {
            let person = contact.map_or_else(String::new, |contact| {
                format!(" Oder wenden Sie sich an einen Menschen: {contact}.")
            });
            format!(
                "Ich habe diese Nachricht nicht weitergegeben: Sie sieht aus, als sollte sie ändern, \
                 wie ich arbeite. Falls nicht, fragen Sie bitte mit anderen Worten, was Sie über \
                 {site} wissen möchten.{person}"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::tests::context;

    #[test]
    fn it_says_what_happened_and_what_to_do() {
        let english = answer(&context(), Language::English);
        assert!(english.contains("not passed") && english.contains("in other words"));
        assert!(english.ends_with("[Write to us](mailto:help@shop.example)."));
        let german = answer(&context(), Language::German);
        assert!(german.contains("nicht weitergegeben") && german.contains("anderen Worten"));
    }
}
