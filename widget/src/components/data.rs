//! "Your data", and the receipt of an erasure.

use sotto_shared::consent::OptionalPurpose;
use sotto_shared::wire::conversation::Conversation;
use sotto_shared::wire::session::ErasureReceipt;

use super::icon;
use crate::action::Action;
use crate::app::{App, View, date};
use crate::dom::{El, button, el, icon_button, said, text};
use crate::settings::Settings;
use crate::texts::{Text, decimal};

/// Builds the page. It is written anew each time it is shown.
pub(super) fn data(app: &App) -> El {
    let page = el("section.data|tabindex=-1");
    app.follow({
        let page = page.clone();
        move |app| {
            let view = app.view.get();
            page.clear();
            let settings = app.settings();
            match view {
                View::Data => {
                    app.copy.with(|copy| write(&page, app, &settings, copy.as_ref()));
                }
                View::Receipt => {
                    app.receipt.with(|receipt| {
                        if let Some(receipt) = receipt {
                            receipt_page(&page, &settings, receipt);
                        }
                    });
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
        &el("div.title").add(&icon_button(icon::BACK, texts, Text::Back, Action::Back)).add(&said(
            "h3",
            texts,
            Text::YourData,
        )),
    );
    page.put_said("h4", texts, Text::DataStored);
    match stored {
        Some(stored) => page.put(&facts(settings, stored)),
        None => page.put_said("p", texts, Text::Loading),
    }
    page.put_said("p", texts, Text::DataPlaceholders);
    page.put(&button("button", texts, Text::Download, Action::Download));

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
    let list = el("dl");
    for (term, fact) in [
        (Text::DataMessages, decimal(stored.messages.len() as u64)),
        (Text::DataBegan, date(stored.created_at, &texts.lang)),
        (Text::DataEnds, date(stored.ends_at, &texts.lang)),
        (Text::DataWhere, settings.site.notice.storage.clone()),
        (Text::DataPurposes, allowed),
    ] {
        list.put_said("dt", texts, term);
        list.put(&text("dd", &fact));
    }
    list
}

fn receipt_page(page: &El, settings: &Settings, receipt: &ErasureReceipt) {
    let texts = &settings.texts;
    let say = |words: &str| page.put(&text("p", words));
    page.put_said("h3", texts, Text::ReceiptTitle);
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
    page.put_said("h4", texts, Text::ReceiptId);
    page.put(&text("code.token", &receipt.id));
    page.put(
        &el("div.answers")
            .add(&button("button", texts, Text::ReceiptSave, Action::SaveReceipt))
            .add(&button("button", texts, Text::NewConversation, Action::StartNew)),
    );
}
