//! The composer: what will be hidden, the text field, the disclosure beside it.

use sotto_shared::pii::{BrowserScrub, Chip, preview};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::icon;
use crate::action::Action;
use crate::app::App;
use crate::dom::{El, button, el, icon_button, said, text};
use crate::state::talk::Phase;
use crate::texts::{Text, Texts, characters};

/// The counter shows itself when fewer characters than this are left.
const COUNTED: usize = 200;

/// Builds the composer; the second element is its text field.
pub(super) fn composer(app: &App) -> (El, El) {
    let settings = app.settings();
    let texts = &settings.texts;

    let list = el("ul").name(texts, Text::HiddenLabel);
    let toggle = button("button.plain", texts, Text::ShowSent, Action::Preview);
    let sent = el("p.sent|tabindex=0|dir=auto");
    let hidden = el("div.hidden").add(&list).add(&toggle).add(&sent);

    let field = el("textarea|id=field|rows=1|dir=auto|enterkeyhint=send")
        .name(texts, Text::MessageLabel)
        .with("aria-describedby", "disclosure count")
        .with("placeholder", texts.get(Text::MessageHint));
    let send = icon_button(icon::SEND, texts, Text::Send, Action::Send);
    let stop = icon_button(icon::STOP, texts, Text::Stop, Action::Stop);
    let count = el("p.count|id=count");
    let disclosure = said("p.disclosure|id=disclosure", texts, Text::Disclosure);
    let composer = el("div.composer")
        .add(&hidden)
        .add(&el("div.box").add(&field).add(&send).add(&stop))
        .add(&count)
        .add(&disclosure);

    let area: HtmlTextAreaElement = field.clone().unchecked_into();
    follow_draft(app, area, Hidden { place: hidden, list }, count, send.clone());
    app.follow({
        move |app| {
            let settings = app.settings();
            let shown = app.preview.get();
            let label = if shown { Text::HideSent } else { Text::ShowSent };
            toggle.set_text_content(Some(settings.texts.get(label)));
            toggle.state("aria-expanded", shown);
            sent.show(shown);
            if shown {
                let words = app.draft.with(|draft| scrub(app, draft).text);
                sent.set_text_content(Some(&words));
            }
        }
    });
    app.follow(move |app| {
        let idle = app.talk.with(|talk| talk.phase == Phase::Idle);
        send.show(idle);
        stop.show(!idle);
    });
    (composer, field)
}

struct Hidden {
    place: El,
    list: El,
}

fn follow_draft(app: &App, area: HtmlTextAreaElement, hidden: Hidden, count: El, send: El) {
    app.follow(move |app| {
        let draft = app.draft.get();
        if area.value() != draft {
            area.set_value(&draft);
        }
        let settings = app.settings();
        let texts = &settings.texts;
        let scrubbed = scrub(app, draft.trim());

        hidden.place.show(!scrubbed.chips.is_empty());
        hidden.list.clear();
        for chip in &scrubbed.chips {
            hidden.list.put(&mark(texts, chip));
        }

        let most = settings.site.message_chars as usize;
        let used = characters(&scrubbed.text);
        let over = used > most;
        count.show(used + COUNTED > most);
        count.set("class", if over { "count over" } else { "count" });
        count.set_text_content(Some(&if over {
            texts.count(Text::CharactersOver, (used - most) as u64)
        } else {
            texts.count(Text::CharactersLeft, (most - used) as u64)
        }));
        send.state("aria-disabled", over || used == 0);
    });
}

/// The draft as it would be sent now.
fn scrub(app: &App, draft: &str) -> BrowserScrub {
    preview(draft, &app.settings().policy, &app.map())
}

/// `jo… → [EMAIL_1]`
fn mark(texts: &Texts, chip: &Chip) -> El {
    let values = [("value", chip.value.as_str()), ("placeholder", &chip.placeholder)];
    let mut short: String = chip.value.chars().take(2).collect();
    short.push('…');
    el("li").add(&text("span.unseen", &texts.fill(Text::HiddenAs, &values))).add(
        &el("span|aria-hidden=true")
            .say(&short)
            .say(" → ")
            .add(&text("span.value", &chip.placeholder)),
    )
}

impl App {
    /// Whether a draft is there; asked before Enter is taken for "send".
    pub(crate) fn has_draft(&self) -> bool {
        !self.draft.peek().trim().is_empty()
    }
}
