//! The answer to the form of `/erase`, for browsers that run no script: the receipt as a page, or
//! what went wrong.

use core::fmt::Write as _;

use axum::response::Response;
use data_encoding::BASE64;
use http::{HeaderMap, StatusCode, header};
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::session::{ErasureReceipt, Holder};

use crate::clock::DAY_MS;
use crate::error::ApiError;
use crate::language::Language;
use crate::routes::page::{date, escape, page};

/// The language that the browser prefers.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::preferred(accepted.unwrap_or_default())
}

/// The receipt in words, and as it was signed.
pub(super) fn receipt(language: Language, receipt: &ErasureReceipt) -> Response {
    let say = |english, german| match language {
        Language::English => english,
        Language::German => german,
    };
    let title = say("The conversation is erased", "Das Gespräch ist gelöscht");
    let mut html = format!("<h1>{title}</h1>\n<dl>\n");
    for (label, value) in [
        (say("Erased", "Gelöscht"), date(receipt.erased_at)),
        (say("Receipt", "Beleg"), receipt.id.clone()),
        (say("Conversation", "Gespräch"), receipt.conversation.to_hex()),
    ] {
        // Writing to a string cannot fail.
        let _ = writeln!(html, "<dt>{label}</dt><dd>{}</dd>", escape(&value));
    }
    let until = receipt.erased_at.saturating_add(u64::from(receipt.recovery_days) * DAY_MS);
    let (days, until) = (receipt.recovery_days, date(until));
    let recovery = match language {
        Language::English => {
            format!("The platform’s recovery history, for up to {days} days: until {until}")
        }
        Language::German => {
            format!("Die Wiederherstellung der Plattform, bis zu {days} Tage lang: bis {until}")
        }
    };
    let copies = say("Who may still hold copies", "Wer noch Kopien haben kann");
    let _ = writeln!(html, "</dl>\n<h2>{copies}</h2>\n<ul>\n<li>{recovery}</li>");
    for one in &receipt.recipients {
        let _ = writeln!(html, "<li>{}</li>", escape(&holder(language, one)));
    }
    if receipt.recipients.is_empty() {
        let nobody = say("Nobody else received the text.", "Niemand sonst hat den Text erhalten.");
        let _ = writeln!(html, "<li>{nobody}</li>");
    }
    // Plain members always serialise.
    let signed = serde_json::to_string(receipt).unwrap_or_default();
    let _ = write!(
        html,
        "</ul>\n<h2>{}</h2>\n<p>{}</p>\n\
         <p><a download=\"sotto-receipt-{}.json\" href=\"data:application/json;base64,{}\">{}</a></p>\n\
         <pre tabindex=\"0\" translate=\"no\">{}</pre>\n",
        say("The signed receipt", "Der signierte Beleg"),
        say(
            "With the keys that this service publishes, whoever has it can tell that nothing in it was changed.",
            "Mit den Schlüsseln, die dieser Dienst veröffentlicht, lässt sich feststellen, dass nichts an ihm geändert wurde.",
        ),
        escape(&receipt.id),
        BASE64.encode(signed.as_bytes()),
        say("Save the receipt", "Beleg sichern"),
        escape(&signed),
    );
    page(StatusCode::OK, language, title, &html)
}

/// What went wrong, with a way back.
pub(super) fn fault(language: Language, error: &ApiError) -> Response {
    let say = |english, german| match language {
        Language::English => english,
        Language::German => german,
    };
    let facts = error.facts();
    let title = say("Nothing was erased", "Es wurde nichts gelöscht");
    let text = match facts.code {
        Code::TokenInvalid => say(
            "This is not a whole erase token, or it belongs to no conversation. Please copy it once more, all of it.",
            "Das ist kein ganzes Löschkennwort, oder es gehört zu keinem Gespräch. Bitte kopieren Sie es noch einmal ganz.",
        ),
        Code::RateLimited => say(
            "Too many wrong tokens were tried. Please wait an hour and try again.",
            "Es wurden zu viele falsche Kennwörter versucht. Bitte warten Sie eine Stunde und versuchen Sie es noch einmal.",
        ),
        _ => say(
            "Erasing failed. Please try again later; it can be repeated.",
            "Das Löschen ist fehlgeschlagen. Bitte versuchen Sie es später noch einmal; es lässt sich wiederholen.",
        ),
    };
    let back = say("Back", "Zurück");
    let html = format!("<h1>{title}</h1>\n<p>{text}</p>\n<p><a href=\"/erase\">{back}</a></p>\n");
    let status =
        StatusCode::from_u16(facts.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    page(status, language, title, &html)
}

fn holder(language: Language, holder: &Holder) -> String {
    let name = &holder.name;
    match (language, holder.retention_days) {
        (Language::English, Some(days)) => {
            format!("{name}, for up to {days} days by its own terms")
        }
        (Language::English, None) => format!("{name}; it does not say for how long"),
        (Language::German, Some(days)) => {
            format!("{name}, nach eigenen Bedingungen bis zu {days} Tage lang")
        }
        (Language::German, None) => format!("{name}; wie lange, wird nicht gesagt"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::page::tests::text;

    fn signed() -> ErasureReceipt {
        let fixture = include_str!("../../../../shared/tests/fixtures/wire/erasure-receipt.json");
        serde_json::from_str(fixture).unwrap()
    }

    #[test]
    fn a_receipt_is_said_in_words_and_can_be_saved() {
        let signed = signed();
        let english = text(receipt(Language::English, &signed));
        for words in [
            "2025-11-20 12:00 UTC",
            "for up to 30 days: until 2025-12-20 12:00 UTC",
            "Model Inc, for up to 30 days by its own terms",
            "Other Inc; it does not say for how long",
            "download=\"sotto-receipt-01KAGM0000000000000000000B.json\"",
        ] {
            assert!(english.contains(words), "{words}: {english}");
        }
        let link = english.split("base64,").nth(1).unwrap().split('"').next().unwrap();
        let saved = BASE64.decode(link.as_bytes()).unwrap();
        assert_eq!(saved, serde_json::to_vec(&signed).unwrap(), "what is saved is what was signed");
        let german = text(receipt(Language::German, &signed));
        assert!(german.contains("Other Inc; wie lange, wird nicht gesagt"), "{german}");
        let alone = ErasureReceipt { recipients: vec![], ..signed };
        assert!(text(receipt(Language::German, &alone)).contains("Niemand sonst"));
    }

    #[test]
    fn a_fault_is_said_in_words_with_its_status() {
        for (error, status, words) in [
            (ApiError::TokenInvalid, 401, "This is not a whole erase token"),
            (ApiError::RateLimited { retry_after: 60 }, 429, "wait an hour"),
            (ApiError::Internal("x"), 500, "Erasing failed"),
        ] {
            let response = fault(Language::English, &error);
            assert_eq!(response.status(), status);
            assert!(text(response).contains(words), "{words}");
        }
        let german = text(fault(Language::German, &ApiError::TokenInvalid));
        assert!(
            german.contains("<html lang=\"de\">") && german.contains("kein ganzes Löschkennwort")
        );
    }

    #[test]
    fn the_browsers_language_is_spoken() {
        let mut headers = HeaderMap::new();
        assert_eq!(language(&headers), Language::English);
        headers.insert(header::ACCEPT_LANGUAGE, http::HeaderValue::from_static("de-CH, en;q=0.5"));
        assert_eq!(language(&headers), Language::German);
    }
}
