//! "Your data", and the receipt of an erasure.

use sotto_shared::consent::OptionalPurpose;
use sotto_shared::wire::conversation::Conversation;
use sotto_shared::wire::session::ErasureReceipt;

use super::icon;
use crate::action::Action;
use crate::app::{App, View, date};
use crate::dom::{El, button, el, icon_button, text};
use crate::settings::Settings;
use crate::texts::{Text, decimal};

/// Builds the page. It is written anew each time it is shown.
pub(super) fn data(app: &App) -> El {
    let page = el("section", "data").with("tabindex", "-1");
    app.follow({
        let page = page.clone();
        move |app| {
            let view = app.view.get();
            page.clear();
            let settings = app.settings();
            match view {
                View::Data => write(&page, app, &settings, app.copy.get().as_ref()),
                View::Receipt => {
                    if let Some(receipt) = app.receipt.get() {
                        receipt_page(&page, &settings, &receipt);
                    }
                }
                View::Gate | View::Talk => {}
            }
        }
    });
    page
}

fn write(page: &El, app: &App, settings: &Settings, stored: Option<&Conversation>) {
    let texts = &settings.texts;
    page.put(
        &el("div", "title")
            .add(icon_button(icon::BACK, texts.get(Text::Back), Action::Back))
            .add(text("h3", "", texts.get(Text::YourData))),
    );
    page.put(&text("h4", "", texts.get(Text::DataStored)));
    match stored {
        Some(stored) => page.put(&facts(settings, stored)),
        None => page.put(&text("p", "", texts.get(Text::Loading))),
    }
    page.put(&text("p", "", texts.get(Text::DataPlaceholders)));
    page.put(&button("", texts.get(Text::Download), Action::Download));

    page.put(&text("h4", "", texts.get(Text::TokenTitle)));
    page.put(&text("p", "", texts.get(Text::TokenText)));
    page.put(&text("code", "token", &app.erase_token()));
    page.put(
        &el("div", "answers")
            .add(button("", texts.get(Text::Copy), Action::CopyToken))
            .add(button("", texts.get(Text::Save), Action::SaveToken)),
    );

    page.put(&text("h4", "", texts.get(Text::Erase)));
    page.put(&text("p", "", texts.get(Text::EraseText)));
    page.put(&button("danger", texts.get(Text::Erase), Action::AskErase));
}

fn facts(settings: &Settings, stored: &Conversation) -> El {
    let texts = &settings.texts;
    let mut allowed = String::new();
    for (purpose, label) in [
        (OptionalPurpose::Remember, Text::PurposeRemember),
        (OptionalPurpose::Improve, Text::PurposeImprove),
        (OptionalPurpose::Analytics, Text::PurposeAnalytics),
    ] {
        if stored.purposes.has(purpose) {
            if !allowed.is_empty() {
                allowed.push_str("; ");
            }
            allowed.push_str(texts.get(label));
        }
    }
    if allowed.is_empty() {
        allowed.push_str(texts.get(Text::DataNone));
    }
    let list = el("dl", "");
    for (term, fact) in [
        (Text::DataMessages, decimal(stored.messages.len() as u64)),
        (Text::DataBegan, date(stored.created_at, &texts.lang)),
        (Text::DataEnds, date(stored.ends_at, &texts.lang)),
        (Text::DataWhere, settings.site.notice.storage.clone()),
        (Text::DataPurposes, allowed),
    ] {
        list.put(&text("dt", "", texts.get(term)));
        list.put(&text("dd", "", &fact));
    }
    list
}

fn receipt_page(page: &El, settings: &Settings, receipt: &ErasureReceipt) {
    let texts = &settings.texts;
    let say = |words: &str| page.put(&text("p", "", words));
    page.put(&text("h3", "", texts.get(Text::ReceiptTitle)));
    let at = date(receipt.erased_at, &texts.lang);
    say(&texts.fill(Text::ReceiptText, &[("date", &at)]));
    say(&texts.count(Text::ReceiptRecovery, receipt.recovery_days.into()));
    for holder in &receipt.recipients {
        let name = ("name", holder.name.as_str());
        say(&match holder.retention_days {
            Some(days) => {
                let span = texts.span(u64::from(days) * 86_400);
                texts.fill(Text::ReceiptHolder, &[name, ("span", &span)])
            }
            None => texts.fill(Text::ReceiptHolderUnstated, &[name]),
        });
    }
    if receipt.recipients.is_empty() {
        say(texts.get(Text::ReceiptNobody));
    }
    page.put(&text("h4", "", texts.get(Text::ReceiptId)));
    page.put(&text("code", "token", &receipt.id));
    page.put(
        &el("div", "answers")
            .add(button("", texts.get(Text::ReceiptSave), Action::SaveReceipt))
            .add(button("", texts.get(Text::NewConversation), Action::StartNew)),
    );
}
