//! The composer: what will be hidden, the text field, the disclosure beside it.

use sotto_shared::pii::{BrowserScrub, Chip, preview};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::icon;
use crate::action::Action;
use crate::app::App;
use crate::dom::{El, button, el, icon_button, text, unseen};
use crate::state::talk::Phase;
use crate::texts::{Text, Texts};

/// The counter shows itself when fewer characters than this are left.
const COUNTED: usize = 200;

/// Builds the composer; the second element is its text field.
pub(super) fn composer(app: &App) -> (El, El) {
    let settings = app.settings();
    let texts = &settings.texts;

    let list = el("ul", "").with("aria-label", texts.get(Text::HiddenLabel));
    let toggle = button("plain", "", Action::Preview);
    let sent = el("p", "sent").with("tabindex", "0").with("dir", "auto");
    let hidden = el("div", "hidden").add(list.clone()).add(toggle.clone()).add(sent.clone());

    let field = el("textarea", "")
        .with("id", "field")
        .with("rows", "1")
        .with("dir", "auto")
        .with("enterkeyhint", "send")
        .with("aria-label", texts.get(Text::MessageLabel))
        .with("aria-describedby", "disclosure count")
        .with("placeholder", texts.get(Text::MessageHint));
    let send = icon_button(icon::SEND, texts.get(Text::Send), Action::Send);
    let stop = icon_button(icon::STOP, texts.get(Text::Stop), Action::Stop);
    let count = el("p", "count").with("id", "count");
    let disclosure = text("p", "disclosure", texts.get(Text::Disclosure)).with("id", "disclosure");
    let composer = el("div", "composer")
        .add(hidden.clone())
        .add(el("div", "box").add(field.clone()).add(send.clone()).add(stop.clone()))
        .add(count.clone())
        .add(disclosure);

    let area: HtmlTextAreaElement = field.clone().unchecked_into();
    follow_draft(app, area, Hidden { place: hidden, list }, count, send.clone());
    app.follow({
        move |app| {
            let settings = app.settings();
            let shown = app.preview.get();
            let label = if shown { Text::HideSent } else { Text::ShowSent };
            toggle.set_text_content(Some(settings.texts.get(label)));
            toggle.set("aria-expanded", if shown { "true" } else { "false" });
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
        let used = scrubbed.text.chars().count();
        let over = used > most;
        count.show(used + COUNTED > most);
        count.set("class", if over { "count over" } else { "count" });
        count.set_text_content(Some(&if over {
            texts.count(Text::CharactersOver, (used - most) as u64)
        } else {
            texts.count(Text::CharactersLeft, (most - used) as u64)
        }));
        send.set("aria-disabled", if over || used == 0 { "true" } else { "false" });
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
    el("li", "").add(unseen("span", &texts.fill(Text::HiddenAs, &values))).add(
        el("span", "").with("aria-hidden", "true").say(&short).say(" → ").add(text(
            "span",
            "value",
            &chip.placeholder,
        )),
    )
}

impl App {
    /// Whether a draft is there; asked before Enter is taken for "send".
    pub(crate) fn has_draft(&self) -> bool {
        !self.draft.peek().trim().is_empty()
    }
}
