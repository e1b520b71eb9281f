//! The composer: what will be hidden, the text field, the disclosure beside it.

use sotto_shared::pii::{Chip, Reason};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::icon;
use crate::action::Action;
use crate::app::App;
use crate::dom::{El, button, el, icon_button, said, text};
use crate::state::draft::Draft;
use crate::state::talk::Phase;
use crate::texts::{Text, Texts};

/// The counter shows itself when fewer characters than this are left.
const COUNTED: usize = 200;

/// Marks that are shown: a placeholder has eight characters at least, so that a message short
/// enough to be sent holds no more.
const MARKS: usize = 500;

/// Builds the composer; the second element is its text field.
pub(super) fn composer(app: &App) -> (El, El) {
    let settings = app.settings();
    let texts = &settings.texts;

    let list = el("ul|tabindex=0").name(texts, Text::HiddenLabel);
    let why = button("button.plain", texts, Text::Why, Action::Why);
    let toggle = button("button.plain", texts, Text::ShowSent, Action::Preview);
    let sent = el("p.sent|tabindex=0|dir=auto");
    let hidden = el("div.hidden").add(&list).add(&why).add(&toggle).add(&sent);

    let field = el("textarea|id=field|rows=1|dir=auto|enterkeyhint=send")
        .name(texts, Text::MessageLabel)
        .with("aria-describedby", "disclosure count")
        .with("placeholder", texts.get(Text::MessageHint));
    let send = icon_button(icon::SEND, texts, Text::Send, Action::Send);
    let stop = icon_button(icon::STOP, texts, Text::Stop, Action::Stop);
    let count = el("p.count|id=count");
    let disclosure = said("p.disclosure|id=disclosure", texts, Text::Disclosure);
    let cancel = button("button.plain", texts, Text::Cancel, Action::Cancel);
    let editing = said("p.ways", texts, Text::Editing).add(&cancel);
    let composer = el("div.composer")
        .add(&editing)
        .add(&hidden)
        .add(&el("div.box").add(&field).add(&send).add(&stop))
        .add(&count)
        .add(&disclosure);

    follow_draft(app, field.clone(), Hidden { place: hidden, list, why }, count, send.clone());
    app.follow({
        move |app| {
            let settings = app.settings();
            let shown = app.preview.get();
            let label = if shown { Text::HideSent } else { Text::ShowSent };
            toggle.set_text_content(Some(settings.texts.get(label)));
            toggle.state("aria-expanded", shown);
            sent.show(shown);
            if shown {
                let scrubbed = app.draft.with(|draft| read(app, draft).scrubbed);
                sent.set_text_content(Some(&scrubbed.unwrap_or_default().text));
            }
        }
    });
    app.follow(move |app| {
        let corrects = app.editing.with(|editing| editing.is_some());
        let sends = corrects || app.talk.with(|talk| talk.phase == Phase::Idle);
        editing.show(corrects);
        send.show(sends);
        stop.show(!sends);
    });
    (composer, field)
}

struct Hidden {
    place: El,
    list: El,
    why: El,
}

fn follow_draft(app: &App, field: El, hidden: Hidden, count: El, send: El) {
    app.follow(move |app| {
        let draft = app.draft.get();
        let area: &HtmlTextAreaElement = field.unchecked_ref();
        if area.value() != draft {
            area.set_value(&draft);
        }
        let settings = app.settings();
        let texts = &settings.texts;
        let draft = read(app, &draft);

        let explained = app.why.get();
        hidden.why.state("aria-expanded", explained);
        let chips = draft.scrubbed.map(|scrubbed| scrubbed.chips).unwrap_or_default();
        hidden.place.show(!chips.is_empty());
        hidden.list.clear();
        for chip in chips.iter().take(MARKS) {
            hidden.list.put(&mark(texts, chip, explained));
        }

        let (words, n) = match draft.left {
            Ok(left) => (Text::CharactersLeft, left),
            Err(over) => (Text::CharactersOver, over),
        };
        let over = draft.left.is_err();
        count.show(over || n < COUNTED);
        count.set("class", if over { "count over" } else { "count" });
        count.set_text_content(Some(&texts.count(words, n as u64)));
        field.state("aria-invalid", over);
        send.state("aria-disabled", over || draft.is_empty);
    });
}

/// The draft as it would be sent now.
fn read(app: &App, typed: &str) -> Draft {
    app.read(typed, &mut app.map().clone())
}

/// `jo… → [EMAIL_1]`, and what it is and how that was seen.
fn mark(texts: &Texts, chip: &Chip, explained: bool) -> El {
    let values = [("value", chip.value.as_str()), ("placeholder", &chip.placeholder)];
    let mut short: String = chip.value.chars().take(2).collect();
    short.push('…');
    let mark = el("li").add(&text("span.unseen", &texts.fill(Text::HiddenAs, &values))).add(
        &el("span|aria-hidden=true|dir=ltr")
            .say(&short)
            .say(" → ")
            .add(&text("span.value", &chip.placeholder)),
    );
    if explained {
        let why = match chip.reason {
            Reason::Structure => Text::WhyStructure,
            Reason::CheckDigit => Text::WhyCheckDigit,
            Reason::Grouping => Text::WhyGrouping,
            Reason::Cue => Text::WhyCue,
        };
        let kind = texts.get(Text::kind(chip.category));
        mark.put(&text("p.why", &texts.fill(why, &[("kind", kind)])));
    }
    mark
}

impl App {
    /// Whether a draft is there; asked before Enter is taken for "send".
    pub(crate) fn has_draft(&self) -> bool {
        !self.draft.peek().trim().is_empty()
    }
}
