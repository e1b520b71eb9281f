//! What has to be said or asked just now: a trouble with its way on, a question with its answers.

use crate::action::Action;
use crate::app::{App, Ask};
use crate::dom::{El, button, el, text};
use crate::markup::{Target, link};
use crate::texts::Text;

/// Builds the place between view and composer.
pub(super) fn notice(app: &App) -> El {
    let alert = el("div.trouble|role=alert");
    let ask = el("section.ask|tabindex=-1");
    let solving = el("p.solving|role=status");
    let place = el("div.notice").add(&alert).add(&ask).add(&solving);
    app.follow(move |app| {
        let settings = app.settings();
        let words = settings.texts.get(Text::Solving);
        solving.set_text_content(app.solving.get().then_some(words));
    });
    {
        app.follow(move |app| {
            alert.clear();
            let Some(trouble) = app.trouble.get() else { return };
            let settings = app.settings();
            alert.put(&text("p", &trouble.message(&settings.texts)));
            let (label, action) = trouble.way_on();
            let ways = el("div.ways").add(&button("button.plain", &settings.texts, label, action));
            if let Some(contact) =
                settings.site.contact.as_ref().filter(|_| trouble.offers_contact())
                && (Target::parse(&contact.url).is_some() || contact.url.starts_with("tel:"))
            {
                let opens = settings.texts.get(Text::OpensWindow);
                ways.put(&link(&contact.label, &contact.url, opens));
            }
            alert.put(&ways);
        });
    }
    {
        app.follow(move |app| {
            ask.clear();
            let Some(question) = app.ask.get() else { return };
            let settings = app.settings();
            let texts = &settings.texts;
            let (title, words, yes, action) = match question {
                Ask::New => {
                    let words = texts.fill(Text::NewText, &[("date", &app.ends())]);
                    (Text::NewTitle, words, Text::NewYes, Action::StartNew)
                }
                Ask::Erase => {
                    let words = texts.get(Text::EraseText).into();
                    (Text::EraseTitle, words, Text::EraseYes, Action::Erase)
                }
            };
            ask.put_said("h3", texts, title);
            ask.put(&text("p", &words));
            ask.put(&el("div.answers").add(&button("button", texts, yes, action)).add(&button(
                "button",
                texts,
                Text::Cancel,
                Action::Cancel,
            )));
            let _ = ask.focus();
        });
    }
    place
}
