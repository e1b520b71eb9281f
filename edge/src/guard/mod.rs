//! What goes into a model and what comes out of one.
//!
//! In: [`identity`] answers "are you human?" without a model; [`screen`] looks for attempts to take
//! the model over, which [`declined`] answers; [`input`] builds the prompt from storage alone. Out:
//! [`output`] scrubs the reply while it is written, [`watch`] cuts it off where it repeats its
//! instructions, [`citations`] takes out what it cites and was not given, [`links`] and
//! `addresses` make text of images and odd links, and `harmless` of whatever another reader of Markdown
//! could take for one. What is looked for is the site's own [`policy`], in replies as in messages.

pub mod identity;

pub mod input;

pub mod declined;
pub mod screen;

pub mod output;

mod addresses;
pub mod citations;
mod harmless;
mod held;
#[cfg(test)]
mod hostile;
pub mod links;
mod verbatim;
pub mod watch;

pub(crate) mod characters;

use sotto_shared::pii::Policy;

use crate::workspace::command::TurnContext;

/// What is looked for in passages and replies: what is looked for in the site's messages, except
/// the values in what the model is given of the site's own words.
#[must_use]
pub fn policy(context: &TurnContext) -> Policy {
    let mut policy = context.rules.policy();
    policy.exempt_text(&context.system_prompt);
    if let Some(contact) = &context.contact {
        policy.exempt_text(&contact.url);
        policy.exempt_text(&contact.label);
        // `tel:` stands before digits without a gap, so that it is not found as a number.
        if let Some(number) = contact.url.strip_prefix("tel:") {
            policy.exempt_value(number);
        }
    }
    for passage in &context.passages {
        policy.exempt_text(&passage.text);
    }
    policy
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::workspace::command::{Passage, ScrubRules};
    use sotto_shared::pii::scrub_for_edge;
    use sotto_shared::wire::site::{Contact, ScrubSettings};

    /// A site's context with one passage.
    pub(crate) fn context() -> TurnContext {
        TurnContext {
            site_name: "Demo *Shop*".into(),
            providers: Vec::new(),
            system_prompt: "Be kind. Orders: orders@shop.example".into(),
            passages: vec![passage("Delivery", "Costs", "We ship for 5 €. Call 030 901820.")],
            contact: Some(Contact {
                label: "Write to us".into(),
                url: "mailto:help@shop.example".into(),
            }),
            links: links::LinkRules::default(),
            rules: ScrubRules {
                scrub: ScrubSettings::default(),
                exempt: vec!["info@shop.example".into()],
            },
            tokens_per_turn: 16_000,
            spent: None,
            reserved: None,
        }
    }

    pub(crate) fn passage(title: &str, heading: &str, text: &str) -> Passage {
        Passage {
            id: format!("{title}#{heading}"),
            document: format!("{title}.md"),
            media_type: "text/markdown".into(),
            title: title.into(),
            heading: heading.into(),
            text: text.into(),
        }
    }

    #[test]
    fn the_sites_own_values_pass_and_others_do_not() {
        let policy = policy(&context());
        for own in ["info@shop.example", "help@shop.example", "orders@shop.example"] {
            assert_eq!(scrub_for_edge(own, &policy).0.as_str(), own);
        }
        assert_eq!(scrub_for_edge("call +49 30 901820", &policy).0.as_str(), "call +49 30 901820");
        assert_eq!(scrub_for_edge("jo@other.example", &policy).0.as_str(), "[EMAIL]");
    }

    #[test]
    fn the_sites_settings_hold_for_replies_as_for_messages() {
        let mut context = context();
        context.rules.scrub =
            ScrubSettings { off: vec!["IP".into()], patterns: vec!["'KD'-9{6}".into()] };
        let text = "192.0.2.7, KD-123456, jo@other.example, info@shop.example";
        let expected = "192.0.2.7, [CUSTOM], [EMAIL], info@shop.example";
        let message = scrub_for_edge(text, &context.rules.policy()).0;
        assert_eq!(message.as_str(), expected);
        let told = output::Told::default();
        let mut output = output::Output::new(policy(&context), context.links.clone(), &told);
        let mut reply = output.push(text);
        reply.append(&output.finish());
        assert_eq!(reply.as_str(), expected);
    }
}
