//! What has to be said or asked just now: a trouble with its way on, a question with its answers.

use sotto_shared::wire::rights::ReviewReason;

use crate::action::Action;
use crate::app::{App, Ask, View};
use crate::dom::{El, button, el, text};
use crate::markup::{Target, link};
use crate::texts::Text;

/// Why a person may be asked to check.
const REASONS: [(ReviewReason, Text); 5] = [
    (ReviewReason::Wrong, Text::ReviewWrong),
    (ReviewReason::Decision, Text::ReviewDecision),
    (ReviewReason::Harmful, Text::ReviewHarmful),
    (ReviewReason::Data, Text::ReviewData),
    (ReviewReason::Other, Text::ReviewOther),
];

/// Builds the place between view and composer.
pub(super) fn notice(app: &App) -> El {
    let alert = el("div.trouble|role=alert");
    let ask = el("section.ask|tabindex=-1|role=group|aria-labelledby=asked");
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
            let said = text("p", &trouble.message(&settings.texts));
            if app.view.get() == View::Talk && trouble.keeps() && app.has_draft() {
                said.put_text(" ");
                said.put_text(settings.texts.get(Text::Kept));
            }
            alert.put(&said);
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
            let controller = settings.site.notice.controller.name.as_str();
            let date = app.ends();
            let values = [("date", date.as_str()), ("controller", controller)];
            let (title, words, yes) = match &question {
                Ask::New => (Text::NewTitle, Text::NewText, Some((Text::NewYes, Action::StartNew))),
                Ask::Erase => {
                    (Text::EraseTitle, Text::EraseText, Some((Text::EraseYes, Action::Erase)))
                }
                Ask::EraseWithdrawn => {
                    (Text::WithdrawnTitle, Text::Withdrawn, Some((Text::EraseYes, Action::Erase)))
                }
                Ask::Remove(_) => {
                    (Text::RemoveTitle, Text::RemoveText, Some((Text::Remove, Action::Remove)))
                }
                Ask::Review => (Text::ReviewTitle, Text::ReviewText, None),
            };
            if let Ask::Remove(message) = &question {
                ask.set(Action::SUBJECT, message);
            }
            ask.put_said("h3|id=asked", texts, title);
            ask.put(&text("p", &texts.fill(words, &values)));
            let answers = el("div.answers");
            if let Some((label, action)) = yes {
                answers.put(&button("button", texts, label, action));
            } else {
                for (reason, label) in REASONS {
                    let button = button("button", texts, label, Action::Review);
                    answers.put(&button.with(Action::SUBJECT, reason.name()));
                }
            }
            answers.put(&button("button", texts, Text::Cancel, Action::Cancel));
            ask.put(&answers);
            let _ = ask.focus();
        });
    }
    place
}
