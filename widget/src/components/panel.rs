//! The panel: a dialog with a head, one of the views, what is to be said or asked, the composer.

use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use super::{closed, composer, data, gate, icon, notice, talk};
use crate::accent::{Shades, hex};
use crate::action::Action;
use crate::app::{App, View};
use crate::dom::{El, button, el, icon_button, said, text};
use crate::texts::Text;

/// The panel's elements that opening and closing need.
pub(crate) struct Panel {
    pub(crate) dialog: HtmlDialogElement,
    /// The text field.
    pub(crate) field: El,
    /// What stands in its place where nothing can be sent.
    pub(crate) closed: El,
    /// The gate's heading.
    pub(crate) letter: El,
    pub(crate) data: El,
}

/// Builds the panel.
pub(crate) fn panel(app: &App) -> Panel {
    let settings = app.settings();
    let texts = &settings.texts;
    let site = &settings.site;

    let dialog = el("dialog|id=sotto")
        .with("lang", &texts.lang)
        .with("dir", texts.dir())
        .with("aria-label", &texts.fill(Text::PanelLabel, &[("site", &site.name)]));
    shade(&dialog, &site.accent);

    let menu_button = icon_button(icon::MENU, texts, Text::Menu, Action::Menu);
    let menu = el("div.menu")
        .add(&button("button", texts, Text::NewConversation, Action::AskNew))
        .add(&button("button", texts, Text::YourData, Action::Data));
    let menu_place = el("div.at-menu").add(&menu_button).add(&menu);
    dialog.put(
        &el("header")
            .add(&text("h2", &site.name))
            .add(&said("span.tag", texts, Text::Ai))
            .add(&menu_place)
            .add(&icon_button(icon::CLOSE, texts, Text::Close, Action::Close)),
    );

    let letter = gate::gate(app);
    let log = talk::talk(app);
    let data = data::data(app);
    let (composer, field) = composer::composer(app);
    let closed = closed::closed(app, &composer, &field);
    for part in [&letter, &log, &data, &notice::notice(app), &composer, &closed] {
        dialog.put(part);
    }
    let spoken = el("div.unseen|role=status");
    dialog.put(&spoken);

    {
        let (letter, data) = (letter.clone(), data.clone());
        app.follow(move |app| {
            let view = app.view.get();
            letter.show(matches!(view, View::Gate | View::Declined));
            log.show(view == View::Talk);
            data.show(matches!(view, View::Data | View::Receipt));
            menu_place.show(matches!(view, View::Talk | View::Data));
        });
    }
    app.follow(move |app| {
        let open = app.menu.get();
        menu_button.state("aria-expanded", open);
        menu.show(open);
    });
    app.follow(move |app| spoken.set_text_content(Some(&app.spoken.get())));

    Panel { dialog: dialog.unchecked_into(), field, closed, letter, data }
}

impl Panel {
    /// Puts the focus where the view begins. On a phone the text field is left alone, since its
    /// keyboard would cover the log.
    pub(crate) fn focus(&self, app: &App, phone: bool) {
        let place: &HtmlElement = match app.view.peek() {
            View::Gate | View::Declined => &self.letter,
            View::Talk if !app.standing.peek().is_open() => &self.closed,
            View::Talk if phone => &self.dialog,
            View::Talk => &self.field,
            View::Data | View::Receipt => &self.data,
        };
        let _ = place.focus();
    }
}

/// Hands the shades of the accent to the sheet.
fn shade(dialog: &El, accent: &str) {
    let shades = Shades::of(accent);
    let style = dialog.style();
    for (name, colour) in [
        ("--fill", shades.fill),
        ("--on-fill", shades.on_fill),
        ("--on-light", shades.on_light),
        ("--on-dark", shades.on_dark),
    ] {
        let _ = style.set_property(name, &hex(colour));
    }
}
