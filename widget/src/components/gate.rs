//! The consent gate: a short letter with two answers of equal weight.

use sotto_shared::consent::{LegalBasis, OptionalPurpose, Party, Recipient};
use sotto_shared::pii::Category;

use crate::action::Action;
use crate::app::{App, View};
use crate::dom::{El, button, el, said, text};
use crate::markup::{Target, link};
use crate::settings::Settings;
use crate::state::gate::{Gate, Switch};
use crate::texts::Text;

const SWITCHES: [(OptionalPurpose, Text, Action); 3] = [
    (OptionalPurpose::Remember, Text::PurposeRemember, Action::Remember),
    (OptionalPurpose::Improve, Text::PurposeImprove, Action::Improve),
    (OptionalPurpose::Analytics, Text::PurposeAnalytics, Action::Analytics),
];

/// Builds the gate. It is written anew each time it is shown, since the notice may have changed.
pub(super) fn gate(app: &App) -> El {
    let letter = el("section.letter|tabindex=-1");
    app.follow({
        let letter = letter.clone();
        move |app| {
            if app.view.get() != View::Gate {
                return;
            }
            letter.clear();
            write(&letter, app);
        }
    });
    letter
}

fn write(letter: &El, app: &App) {
    let settings = app.settings();
    let texts = &settings.texts;
    let site = &settings.site;
    let notice = &site.notice;
    let say = |words: &str| letter.put(&text("p", words));

    letter.put_said("h3", texts, Text::GateTitle);
    let changed = said("p.mark", texts, Text::GateChanged);
    letter.put(&changed);
    letter.put_said("p.disclosure", texts, Text::GateAi);
    let what = match notice.legal_basis {
        LegalBasis::Contract => Text::GateWhatContract,
        // No chat rests on an interest; an edge that said so would be read as asking.
        LegalBasis::Consent | LegalBasis::LegitimateInterest => Text::GateWhatConsent,
    };
    say(&texts.fill(what, &[("controller", &notice.controller.name)]));
    letter.put_said("p", texts, Text::GateHidden);
    if !site.scrub.off.is_empty() {
        letter.put(&shown(&settings));
    }
    let span = texts.span(notice.idle_seconds);
    let mut stored = texts.fill(Text::GateStored, &[("place", &notice.storage), ("span", &span)]);
    if site.purposes.remember || site.purposes.improve {
        let span = texts.span(notice.retention_seconds);
        stored.push(' ');
        stored.push_str(&texts.fill(Text::GateStoredLonger, &[("span", &span)]));
    }
    say(&stored);
    for recipient in &notice.recipients {
        say(&received(&settings, recipient));
    }
    if notice.recipients.is_empty() {
        say(texts.get(Text::GateNobody));
    }
    say(texts.get(Text::GateRights));
    letter.put(&contact(&settings, &notice.controller));

    let switches = switches(app, &changed);
    letter.put(&switches);
    let answers = el("div.answers")
        .add(&button("button", texts, Text::Agree, Action::Agree))
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
    let span = recipient.retention_days.map(|days| settings.texts.span(u64::from(days) * 86_400));
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
    if let Some(policy) = party.privacy_url.as_deref().and_then(Target::parse) {
        line.put_text(" · ");
        line.put(&link(texts.get(Text::GatePolicy), &policy.url, new_window));
    }
    line
}

/// The optional purposes that the site offers, each a switch of its own.
fn switches(app: &App, changed: &El) -> El {
    let settings = app.settings();
    let texts = &settings.texts;
    let group = el("fieldset").add(&said("legend", texts, Text::GateOptional));
    let mut rows = Vec::new();
    for (purpose, label, action) in SWITCHES {
        let switch = el("button.switch|type=button|role=switch")
            .with("aria-label", texts.get(label))
            .does(action);
        let row = el("div.row").add(&said("span", texts, label)).add(&switch);
        group.put(&row);
        rows.push((purpose, row, switch));
    }
    let by_browser = said("p.mark", texts, Text::GateGpc);
    let by_page = said("p.mark", texts, Text::GateByPage);
    group.put(&by_browser);
    group.put(&by_page);

    let (changed, all) = (changed.clone(), group.clone());
    app.follow(move |app| {
        let gate: Gate = app.gate.get();
        let (mut any, mut page) = (false, false);
        for (purpose, row, switch) in &rows {
            let state = gate.switch(*purpose);
            any |= state != Switch::Absent;
            page |= state == Switch::OffByPage;
            row.show(state != Switch::Absent);
            switch.state("aria-checked", state == Switch::Free(true));
            switch.flag("disabled", !matches!(state, Switch::Free(_)));
        }
        all.show(any);
        by_browser.show(gate.gpc);
        by_page.show(page);
        changed.show(gate.changed);
    });
    group
}
