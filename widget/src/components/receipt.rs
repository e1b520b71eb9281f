//! The receipt of an erasure.

use sotto_shared::wire::session::ErasureReceipt;

use crate::action::Action;
use crate::app::date;
use crate::dom::{El, button, el, text};
use crate::settings::Settings;
use crate::texts::Text;

/// Writes the page.
pub(super) fn receipt(page: &El, settings: &Settings, receipt: &ErasureReceipt) {
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
