//! The notice of a site: what its settings mean for a visitor, and the version that a visitor's
//! consent is bound to.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use serde::Serialize;
use sotto_shared::consent::record::Told;
use sotto_shared::consent::{
    Bases, LegalBasis, Notice, NoticeVersion, OptionalPurpose, Party, Purpose, PurposeNotice,
    Purposes, Recipient,
};
use sotto_shared::id::IdError;
use sotto_shared::wire::admin::{LegalBases, Provider, SiteSettings};

use crate::auth::mac::sha256;
use crate::config::Jurisdiction;
use crate::language::Language;
use crate::workspace::settings::providers;

/// Everything that the version is a hash of, in this order: who decides, who else receives text
/// (every provider included), where it is stored, what for, on which basis, for how long, which
/// personal data is not hidden, if any, and whether a proof of the consent outlives an erasure.
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
    // What is left as it was by default stands in no earlier version's hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_bases: Option<LegalBases>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_proof_days: Option<u32>,
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
    notice_with(settings, jurisdiction, language).map(|(notice, _)| notice)
}

/// The same as the record of a consent keeps it: with its whole hash, and the language in which it
/// was told.
///
/// # Errors
/// As [`notice`].
pub fn told(
    settings: &SiteSettings,
    jurisdiction: Jurisdiction,
    lang: &str,
) -> Result<Told, IdError> {
    let (notice, sha256) = notice_with(settings, jurisdiction, Language::of(lang))?;
    let jurisdiction = jurisdiction.name().unwrap_or("none").to_owned();
    Ok(Told { notice, sha256, lang: lang.to_owned(), jurisdiction })
}

/// The notice, and the hash of its content.
fn notice_with(
    settings: &SiteSettings,
    jurisdiction: Jurisdiction,
    language: Language,
) -> Result<(Notice, String), IdError> {
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
        legal_bases: Some(settings.legal_bases).filter(|bases| *bases != LegalBases::default()),
        consent_proof_days: Some(settings.consent_proof_days).filter(|days| *days > 0),
    };
    let sha256 = hash(&content);
    let notice = Notice {
        version: version(&sha256)?,
        controller: settings.controller.clone(),
        recipients,
        storage: jurisdiction.place(language).to_owned(),
        legal_basis: settings.legal_basis,
        idle_seconds: settings.idle_seconds,
        retention_seconds: settings.retention_seconds,
        purposes: purposes(settings),
        proof_days: settings.consent_proof_days,
    };
    Ok((notice, sha256))
}

/// `chat` and each purpose that is offered, one by one.
fn purposes(settings: &SiteSettings) -> Vec<PurposeNotice> {
    let bases = bases(settings);
    let offered = OptionalPurpose::ALL.into_iter().filter(|one| settings.purposes.has(*one));
    core::iter::once(Purpose::Chat)
        .chain(offered.map(Purpose::from))
        .map(|purpose| PurposeNotice {
            purpose,
            legal_basis: bases.of(purpose),
            data: purpose.data().to_vec(),
            seconds: match purpose {
                Purpose::Chat => Some(settings.idle_seconds),
                Purpose::Remember | Purpose::Improve => Some(settings.retention_seconds),
                Purpose::Analytics => None,
            },
        })
        .collect()
}

/// What each purpose of a site rests on.
#[must_use]
pub const fn bases(settings: &SiteSettings) -> Bases {
    Bases {
        chat: settings.legal_basis,
        improve: settings.legal_bases.improve,
        analytics: settings.legal_bases.analytics,
    }
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

fn hash(content: &Content<'_>) -> String {
    // Texts and numbers always serialise.
    let json = serde_json::to_vec(content).unwrap_or_default();
    HEXLOWER.encode(&sha256(&json))
}

fn version(sha256: &str) -> Result<NoticeVersion, IdError> {
    NoticeVersion::parse(sha256.get(..NoticeVersion::CHARS).unwrap_or_default())
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
        let told: [Change; 13] = [
            |s| s.controller.contact.push('x'),
            |s| s.provider = openai(),
            |s| s.legal_basis = LegalBasis::Contract,
            |s| s.idle_seconds += 1,
            |s| s.retention_seconds += 1,
            |s| s.purposes.analytics = true,
            |s| s.scrub.off.push("PHONE".into()),
            |s| s.legal_bases.improve = LegalBasis::LegitimateInterest,
            |s| s.legal_bases.analytics = LegalBasis::LegitimateInterest,
            |s| s.consent_proof_days = 1,
            |s| s.controller.address = Some("1 High Street".into()),
            |s| s.controller.authority = Some("The authority".into()),
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
