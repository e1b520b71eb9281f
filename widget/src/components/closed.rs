//! What stands in place of the composer where nothing can be sent: why, and the way on.

use crate::action::Action;
use crate::app::{App, View};
use crate::dom::{El, button, el, text};
use crate::texts::Text;

/// Builds the place, and shows either it or the composer; the focus goes along.
pub(super) fn closed(app: &App, composer: &El, field: &El) -> El {
    const HAS_FOCUS: &str = ":focus-within";
    let place = el("section.closed|tabindex=-1");
    let (shown, composer, field) = (place.clone(), composer.clone(), field.clone());
    app.follow(move |app| {
        let standing = app.standing.get();
        let talk = app.view.get() == View::Talk;
        let open = standing.is_open();
        let focus = shown.fits(HAS_FOCUS) || composer.fits(HAS_FOCUS);
        composer.show(talk && open);
        shown.show(talk && !open);
        shown.clear();
        if !open {
            let settings = app.settings();
            let texts = &settings.texts;
            let (words, ways) = if standing.withdrawn {
                let erase = (Text::Erase, Action::AskErase);
                (Text::Withdrawn, [Some(erase), Some((Text::NewConversation, Action::StartNew))])
            } else {
                (Text::Restricted, [Some((Text::RestrictedLift, Action::Restrict)), None])
            };
            shown.put(&text("p", &texts.fill(words, &[("date", &app.ends())])));
            let answers = el("div.answers");
            for (label, action) in ways.into_iter().flatten() {
                answers.put(&button("button", texts, label, action));
            }
            shown.put(&answers);
        }
        if focus && talk {
            let _ = if open { field.focus() } else { shown.focus() };
        }
    });
    place
}
