//! The rules for what a site's purposes rest on, and for the proof that outlives an erasure.

use sotto_shared::consent::LegalBasis;
use sotto_shared::limits;
use sotto_shared::wire::admin::SiteSettings;

use super::{is_line, rule};
use crate::workspace::command::WorkspaceError;

/// Checks them.
///
/// # Errors
/// [`WorkspaceError::InvalidValue`] for the first rule that is broken.
pub(super) fn check(settings: &SiteSettings) -> Result<(), WorkspaceError> {
    let chat = matches!(settings.legal_basis, LegalBasis::Consent | LegalBasis::Contract);
    rule(chat, "legal_basis", "must be consent or contract")?;
    for (field, basis) in [
        ("legal_bases.improve", settings.legal_bases.improve),
        ("legal_bases.analytics", settings.legal_bases.analytics),
    ] {
        let fits = matches!(basis, LegalBasis::Consent | LegalBasis::LegitimateInterest);
        rule(fits, field, "must be consent or legitimate_interest")?;
    }
    let short = settings.consent_proof_days <= limits::CONSENT_PROOF_DAYS_MAX;
    rule(short, "consent_proof_days", "must be at most 400")?;
    for (field, text) in [
        ("controller.address", &settings.controller.address),
        ("controller.authority", &settings.controller.authority),
    ] {
        let fits = text.as_deref().is_none_or(is_line);
        rule(fits, field, "must have 1 to 300 characters on one line")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::settings::tests::{broken, settings};

    #[test]
    fn each_purpose_has_its_own_bases() {
        let basis = LegalBasis::LegitimateInterest;
        assert_eq!(broken(|s| s.legal_basis = basis), "legal_basis");
        let basis = LegalBasis::Contract;
        assert_eq!(broken(|s| s.legal_bases.improve = basis), "legal_bases.improve");
        assert_eq!(broken(|s| s.legal_bases.analytics = basis), "legal_bases.analytics");
        let mut good = settings();
        good.legal_basis = LegalBasis::Contract;
        good.legal_bases.improve = LegalBasis::LegitimateInterest;
        good.legal_bases.analytics = LegalBasis::LegitimateInterest;
        good.consent_proof_days = limits::CONSENT_PROOF_DAYS_MAX;
        good.controller.address = Some("1 High Street, Town".into());
        good.controller.authority = Some("The authority, https://authority.example".into());
        assert_eq!(crate::workspace::settings::check(&good, false), Ok(()));
    }

    #[test]
    fn every_rule_names_its_member() {
        assert_eq!(broken(|s| s.consent_proof_days = 401), "consent_proof_days");
        for text in ["", " ", "a\nb", &"x".repeat(301)] {
            let text = Some(text.to_owned());
            assert_eq!(broken(|s| s.controller.address = text.clone()), "controller.address");
            assert_eq!(broken(|s| s.controller.authority = text.clone()), "controller.authority");
        }
    }
}
