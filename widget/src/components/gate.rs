//! The consent gate: a short letter with two answers of equal weight.

use sotto_shared::consent::{Party, Recipient};
use sotto_shared::pii::Category;

use super::choices::choices;
use crate::action::Action;
use crate::app::{App, View};
use crate::dom::{El, button, el, said, text};
use crate::markup::{Target, link};
use crate::settings::Settings;
use crate::texts::Text;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Builds the gate. It is written anew each time it is shown, since the notice may have changed.
pub(super) fn gate(app: &App) -> El {
    let letter = el("section.letter|tabindex=-1");
    app.follow({
        let letter = letter.clone();
        move |app| {
            letter.clear();
            match app.view.get() {
                View::Gate => write(&letter, app),
                View::Declined => declined(&letter, app),
                View::Talk | View::Data | View::Receipt => {}
            }
        }
    });
    letter
}

/// What is shown to who has declined: nothing more is asked, and the way back is there.
fn declined(letter: &El, app: &App) {
    let settings = app.settings();
    let texts = &settings.texts;
    letter.put_said("h3", texts, Text::DeclinedTitle);
    let answers = el("div.answers");
    if app.has_session() {
        // Of an earlier notice, which the visitor had agreed to.
        letter.put(&text("p", &texts.fill(Text::DeclinedEarlier, &[("date", &app.ends())])));
        answers.put(&button("button", texts, Text::Erase, Action::AskErase));
    } else {
        letter.put_said("p", texts, Text::DeclinedText);
    }
    letter.put(&contact(&settings, &settings.site.notice.controller));
    letter.put(&answers.add(&button("button", texts, Text::DeclinedChange, Action::Reconsider)));
}

fn write(letter: &El, app: &App) {
    let settings = app.settings();
    let texts = &settings.texts;
    let site = &settings.site;
    let notice = &site.notice;
    let say = |words: &str| letter.put(&text("p", words));

    letter.put_said("h3", texts, Text::GateTitle);
    let changed = said("p.mark", texts, Text::GateChanged);
    let elsewhere = said("p.mark", texts, Text::GateElsewhere);
    letter.put(&changed);
    letter.put(&elsewhere);
    app.follow(move |app| {
        app.gate.with(|gate| {
            changed.show(gate.changed);
            elsewhere.show(gate.elsewhere);
        });
    });
    letter.put_said("p.disclosure", texts, Text::GateAi);
    let what = settings.by_basis(Text::GateWhatConsent, Text::GateWhatContract);
    say(&texts.fill(what, &[("controller", &notice.controller.name)]));
    letter.put_said("p", texts, Text::GateHidden);
    if !site.scrub.off.is_empty() {
        letter.put(&shown(&settings));
    }
    let span = texts.span(notice.idle_seconds);
    say(&texts.fill(Text::GateStored, &[("place", &notice.storage), ("span", &span)]));
    for recipient in &notice.recipients {
        say(&received(&settings, recipient));
    }
    if notice.recipients.is_empty() {
        say(texts.get(Text::GateNobody));
    }
    say(texts.get(Text::GateRights));
    if notice.proof_days > 0 {
        let span = texts.span(u64::from(notice.proof_days) * DAY);
        say(&texts.fill(Text::GateProof, &[("span", &span)]));
    }
    letter.put(&contact(&settings, &notice.controller));
    if let Some(authority) = &notice.controller.authority {
        say(&texts.fill(Text::GateAuthority, &[("name", authority)]));
    }

    let group = el("fieldset").add(&said("legend", texts, Text::GateOptional));
    choices(app, &group);
    letter.put(&group);
    let agree = settings.by_basis(Text::Agree, Text::AgreeContract);
    let answers = el("div.answers")
        .add(&button("button", texts, agree, Action::Agree))
        .add(&button("button", texts, Text::Decline, Action::Decline));
    letter.put(&answers);
    app.follow(move |app| answers.state("aria-busy", app.busy.get()));
}

/// What this site does not hide, though others do.
fn shown(settings: &Settings) -> El {
    let texts = &settings.texts;
    let line = said("p", texts, Text::GateShown);
    let mut joint = " ";
    for label in &settings.site.scrub.off {
        let category = Category::from_label(label);
        line.put_text(joint);
        line.put_text(category.map_or(label, |category| texts.get(Text::kind(category))));
        joint = ", ";
    }
    line
}

fn received(settings: &Settings, recipient: &Recipient) -> String {
    let span = recipient.retention_days.map(|days| settings.texts.span(u64::from(days) * DAY));
    let text = match span {
        Some(_) => Text::GateRecipient,
        None => Text::GateRecipientUnstated,
    };
    settings.texts.fill(
        text,
        &[
            ("name", &recipient.name),
            ("place", &recipient.place),
            ("role", &recipient.role),
            ("span", &span.unwrap_or_default()),
        ],
    )
}

/// How to reach who answers for the processing.
fn contact(settings: &Settings, party: &Party) -> El {
    let texts = &settings.texts;
    let new_window = texts.get(Text::OpensWindow);
    let line = said("p", texts, Text::GateContact).say(" ");
    let mail = ["mailto:", &party.contact].concat();
    match Target::parse(&mail).or_else(|| Target::parse(&party.contact)) {
        Some(target) => line.put(&link(&party.contact, &target.url, new_window)),
        None => line.put_text(&party.contact),
    }
    if let Some(address) = &party.address {
        line.put_text(" · ");
        line.put_text(address);
    }
    if let Some(policy) = party.privacy_url.as_deref().and_then(Target::parse) {
        line.put_text(" · ");
        line.put(&link(texts.get(Text::GatePolicy), &policy.url, new_window));
    }
    line
}
