//! "Your data": what is stored, what the visitor chose, and everything that can be done about it.

use sotto_shared::wire::rights::ReviewOutcome;

use super::choices::choices;
use super::icon;
use super::receipt::receipt;
use crate::action::Action;
use crate::app::{App, View, date};
use crate::dom::{El, button, el, icon_button, said, switch, text};
use crate::settings::Settings;
use crate::state::standing::Standing;
use crate::texts::{Text, decimal};

/// The formats of a copy. The words are the same in every language.
const FORMATS: [(&str, &str); 3] = [("json", "JSON"), ("html", "HTML"), ("text", "Text")];

/// Builds the page. It is written anew each time it is shown.
pub(super) fn data(app: &App) -> El {
    let page = el("section.data|tabindex=-1");
    app.follow({
        let page = page.clone();
        move |app| {
            page.clear();
            match app.view.get() {
                View::Data => write(&page, app),
                View::Receipt => app.receipt.with(|erased| {
                    if let Some(erased) = erased {
                        receipt(&page, &app.settings(), erased);
                    }
                }),
                View::Gate | View::Declined | View::Talk => {}
            }
        }
    });
    page
}

fn write(page: &El, app: &App) {
    let settings = app.settings();
    let texts = &settings.texts;
    let put = |label, action| page.put(&button("button", texts, label, action));
    page.put(
        &el("div.title").add(&icon_button(icon::BACK, texts, Text::Back, Action::Back)).add(&said(
            "h3",
            texts,
            Text::YourData,
        )),
    );

    page.put_said("h4", texts, Text::DataStored);
    let stored = el("div");
    page.put(&stored);
    page.put_said("p", texts, Text::DataPlaceholders);
    page.put_said("h4", texts, Text::Download);
    let formats = el("div.answers thirds|role=group").name(texts, Text::Download);
    for (format, name) in FORMATS {
        let button = text("button|type=button", name).does(Action::Download);
        formats.put(&button.with(Action::SUBJECT, format));
    }
    page.put(&formats);

    page.put_said("h4", texts, Text::ChoicesTitle);
    let optional = el("fieldset").name(texts, Text::ChoicesTitle);
    choices(app, &optional);
    page.put(&optional);
    let withdraw = settings.by_basis(Text::WithdrawConsent, Text::WithdrawContract);
    let withdraw = button("button", texts, withdraw, Action::Withdraw);
    page.put(&withdraw);
    put(Text::ConsentSave, Action::SaveConsent);

    let (row, restrict) = switch(texts, Text::Restrict, Action::Restrict);
    let restrict = restrict.with("aria-describedby", "restricts");
    page.put(&el("div").add(&row).add(&said("p.soft|id=restricts", texts, Text::RestrictText)));
    let review = el("p.mark");
    page.put(&review);
    let ask = button("button", texts, Text::Review, Action::AskReview);
    page.put(&ask);

    page.put_said("h4", texts, Text::TokenTitle);
    page.put_said("p", texts, Text::TokenText);
    page.put(&text("code.token", &app.erase_token()));
    page.put(
        &el("div.answers")
            .add(&button("button", texts, Text::Copy, Action::CopyToken))
            .add(&button("button", texts, Text::Save, Action::SaveToken)),
    );

    page.put_said("h4", texts, Text::Erase);
    page.put_said("p", texts, Text::EraseText);
    page.put(&button("button.danger", texts, Text::Erase, Action::AskErase));

    app.follow(move |app| {
        let settings = app.settings();
        let standing = app.standing.get();
        stored.clear();
        stored.put(&facts(app, &settings, &standing));
        restrict.state("aria-checked", standing.restricted);
        withdraw.show(!standing.withdrawn);
        let told = reviewed(&settings, &standing);
        review.show(told.is_some());
        ask.show(standing.review.is_none_or(|review| review.answered_at.is_some()));
        review.set_text_content(told.as_deref());
    });
}

fn facts(app: &App, settings: &Settings, standing: &Standing) -> El {
    let texts = &settings.texts;
    let Some(facts) = standing.facts else {
        if !standing.unread {
            return said("p", texts, Text::Loading);
        }
        let again = button("button.plain", texts, Text::Again, Action::Data);
        return said("p", texts, Text::Unread).say(" ").add(&again);
    };
    let list = el("dl");
    for (term, fact) in [
        (Text::DataMessages, decimal(facts.messages)),
        (Text::DataBegan, date(facts.created_at, &texts.lang)),
        (Text::DataEnds, app.ends()),
        (Text::DataWhere, settings.site.notice.storage.clone()),
    ] {
        list.put_said("dt", texts, term);
        list.put(&text("dd", &fact));
    }
    list
}

/// Whether a person was asked to check, and what came of it.
pub(super) fn reviewed(settings: &Settings, standing: &Standing) -> Option<String> {
    let texts = &settings.texts;
    let review = standing.review?;
    let words = match review.outcome {
        None => Text::ReviewAsked,
        Some(ReviewOutcome::Confirmed) => Text::ReviewConfirmed,
        Some(ReviewOutcome::Corrected) => Text::ReviewCorrected,
        Some(ReviewOutcome::Elsewhere) => Text::ReviewElsewhere,
        Some(ReviewOutcome::Declined) => Text::ReviewDeclined,
    };
    let asked_at = date(review.asked_at, &texts.lang);
    let controller = ("controller", settings.site.notice.controller.name.as_str());
    Some(texts.fill(words, &[("date", &asked_at), controller]))
}
