//! The notice of a site: what its settings mean for a visitor, and the version that a visitor's
//! consent is bound to.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use serde::Serialize;
use sotto_shared::consent::{LegalBasis, Notice, NoticeVersion, Party, Purposes, Recipient};
use sotto_shared::id::IdError;
use sotto_shared::wire::admin::{Provider, SiteSettings};

use crate::auth::mac::sha256;
use crate::config::Jurisdiction;
use crate::language::Language;
use crate::workspace::settings::providers;

/// Everything that the version is a hash of, in this order: who decides, who else receives text
/// (every provider included), where it is stored, what for, on which basis, for how long, and which
/// personal data is not hidden, if any.
#[derive(Serialize)]
struct Content<'a> {
    controller: &'a Party,
    recipients: &'a [Recipient],
    storage: &'a str,
    legal_basis: LegalBasis,
    idle_seconds: u64,
    retention_seconds: u64,
    purposes: Purposes,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    off: BTreeSet<&'a str>,
}

/// The notice in force for a site whose conversations are stored in a jurisdiction, with the words
/// for it in one language. Its version is the same in every language.
///
/// # Errors
/// None in practice: [`IdError`] stands for a hash that does not have a version's form.
pub fn notice(
    settings: &SiteSettings,
    jurisdiction: Jurisdiction,
    language: Language,
) -> Result<Notice, IdError> {
    let recipients = recipients(settings);
    let content = Content {
        controller: &settings.controller,
        recipients: &recipients,
        storage: jurisdiction.place(Language::English),
        legal_basis: settings.legal_basis,
        idle_seconds: settings.idle_seconds,
        retention_seconds: settings.retention_seconds,
        purposes: settings.purposes,
        off: settings.scrub.off.iter().map(String::as_str).collect(),
    };
    Ok(Notice {
        version: version(&content)?,
        controller: settings.controller.clone(),
        recipients,
        storage: jurisdiction.place(language).to_owned(),
        legal_basis: settings.legal_basis,
        idle_seconds: settings.idle_seconds,
        retention_seconds: settings.retention_seconds,
    })
}

/// Who receives text: the providers first, in the order in which they are asked, then whom the
/// operator names. One that writes by several models is named once.
#[must_use]
pub fn recipients(settings: &SiteSettings) -> Vec<Recipient> {
    let mut recipients: Vec<Recipient> = Vec::new();
    for remote in providers::list(settings).filter_map(Provider::remote) {
        if !recipients.contains(&remote.recipient) {
            recipients.push(remote.recipient.clone());
        }
    }
    recipients.extend(settings.recipients.iter().cloned());
    recipients
}

fn version(content: &Content<'_>) -> Result<NoticeVersion, IdError> {
    // Texts and numbers always serialise.
    let json = serde_json::to_vec(content).unwrap_or_default();
    let mut digits = HEXLOWER.encode(&sha256(&json));
    digits.truncate(NoticeVersion::CHARS);
    NoticeVersion::parse(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::settings::tests::{openai, settings};

    fn version_in(settings: &SiteSettings, jurisdiction: Jurisdiction) -> NoticeVersion {
        let of = |language| notice(settings, jurisdiction, language).unwrap();
        let (english, german) = (of(Language::English), of(Language::German));
        assert_ne!(english.storage, german.storage);
        assert_eq!(english.version, german.version, "a language is no other notice");
        english.version
    }

    /// Pinned: another version asks every visitor again, so it may change only with the content.
    #[test]
    fn the_version_is_fixed() {
        assert_eq!(
            version_in(&settings(), Jurisdiction::Eu).as_str(),
            "a9fea7d8aa504cb68ed8153cf2463a96"
        );
    }

    #[test]
    fn what_a_visitor_is_told_changes_the_version() {
        let base = version_in(&settings(), Jurisdiction::Eu);
        type Change = fn(&mut SiteSettings);
        let told: [Change; 8] = [
            |s| s.controller.contact.push('x'),
            |s| s.provider = openai(),
            |s| s.legal_basis = LegalBasis::Contract,
            |s| s.idle_seconds += 1,
            |s| s.retention_seconds += 1,
            |s| s.purposes.analytics = true,
            |s| s.scrub.off.push("PHONE".into()),
            |s| {
                s.recipients.push(Recipient {
                    name: "Other Inc".into(),
                    role: "keeps copies".into(),
                    place: "EU".into(),
                    retention_days: None,
                });
            },
        ];
        for change in told {
            let mut changed = settings();
            change(&mut changed);
            assert_ne!(version_in(&changed, Jurisdiction::Eu), base);
        }
        assert_ne!(version_in(&settings(), Jurisdiction::Us), base);
        let mut same = settings();
        same.name.push('x');
        same.system_prompt.push('x');
        assert_eq!(version_in(&same, Jurisdiction::Eu), base);
    }

    #[test]
    fn the_providers_are_the_first_recipients() {
        let mut with = settings();
        with.provider = openai();
        assert_eq!(recipients(&with)[0].name, "Model Inc");
        assert!(recipients(&settings()).is_empty());
    }

    fn other() -> Provider {
        let mut other = openai();
        if let Some(remote) = other.remote_mut() {
            remote.recipient.name = "Other Inc".into();
        }
        other
    }

    #[test]
    fn whoever_may_write_instead_is_named_and_changes_the_version() {
        let with = |fallbacks: Vec<Provider>| {
            let settings = SiteSettings { provider: openai(), fallbacks, ..settings() };
            let names: Vec<String> =
                recipients(&settings).into_iter().map(|one| one.name).collect();
            (names, version_in(&settings, Jurisdiction::Eu))
        };
        let (alone, version) = with(vec![]);
        assert_eq!(alone, ["Model Inc"]);
        let (both, other_version) = with(vec![other()]);
        assert_eq!(both, ["Model Inc", "Other Inc"]);
        assert_ne!(other_version, version);
        let swapped = SiteSettings { provider: other(), fallbacks: vec![openai()], ..settings() };
        assert_ne!(version_in(&swapped, Jurisdiction::Eu), other_version);
        // Documents and another model of the same recipient are nobody new.
        assert_eq!(with(vec![openai(), Provider::Local {}]), (alone, version));
    }
}
