//! A visitor's answer to the notice in force: at the gate, and later.

use sotto_shared::consent::record::Told;
use sotto_shared::consent::{Choice, ChoiceError, Purposes};
use sotto_shared::wire::admin::SiteSettings;

use super::{Fault, Workspace, invalid};
use crate::clock::Clock;
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::command::{Agreed, Answer, WorkspaceError};
use crate::workspace::{notice, settings};

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Checks an answer for a conversation that goes on. It takes the site and its key's generation
    /// ([`WorkspaceError::SiteUnknown`]), the page's origin ([`WorkspaceError::OriginNotAllowed`]),
    /// and then what an answer at the gate takes.
    pub fn answer(&self, command: &Answer) -> Result<Agreed, Fault> {
        self.wake()?;
        let (_, settings) = self.site_for(command.site, &command.origin)?;
        let (told, purposes) = self.agreed(&settings, &command.lang, &command.choice)?;
        Ok(Agreed { told, purposes, lifetimes: settings::lifetimes(&settings) })
    }

    /// What a visitor was told, and the optional purposes that hold by the answer, if it is one to
    /// the notice in force ([`WorkspaceError::NoticeChanged`]) that gives the chat
    /// ([`WorkspaceError::ConsentRequired`]) and no more than the site offers.
    pub(super) fn agreed(
        &self,
        settings: &SiteSettings,
        lang: &str,
        choice: &Choice,
    ) -> Result<(Told, Purposes), Fault> {
        let told = notice::told(settings, self.jurisdiction, lang)?;
        let version = &told.notice.version;
        match choice.check(version, settings.purposes) {
            Ok(purposes) => Ok((told, purposes)),
            Err(ChoiceError::NotGiven) => Err(WorkspaceError::ConsentRequired.into()),
            Err(ChoiceError::OtherNotice) => {
                let notice = version.as_str().to_owned();
                Err(WorkspaceError::NoticeChanged { notice }.into())
            }
            Err(ChoiceError::NotOffered) => {
                Err(invalid("consent.purposes", "must be purposes that the site offers").into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sotto_shared::consent::LegalBasis;
    use sotto_shared::id::Origin;

    use super::*;
    use crate::workspace::core::tests::{Fixture, refused};
    use crate::workspace::settings::tests::{openai, settings};

    fn answered(
        fixture: &Fixture,
        change: impl FnOnce(&mut Answer),
    ) -> Result<Agreed, WorkspaceError> {
        let mut answer = Answer {
            site: crate::workspace::command::SiteRef { number: 1, generation: 1 },
            origin: Origin::parse("https://shop.example").unwrap(),
            lang: "de".into(),
            choice: Choice::new(fixture.notice(), true, Purposes::default(), false),
        };
        change(&mut answer);
        fixture.core().answer(&answer).map_err(refused)
    }

    fn site() -> SiteSettings {
        let mut site = settings();
        site.purposes = Purposes { remember: true, improve: true, analytics: false };
        site.legal_bases.improve = LegalBasis::LegitimateInterest;
        site.provider = openai();
        site
    }

    #[test]
    fn an_answer_to_the_notice_in_force_gives_what_is_offered() {
        let (fixture, _) = Fixture::with_site(site());
        let wanted = Purposes { improve: true, ..Purposes::default() };
        let agreed = answered(&fixture, |answer| answer.choice.purposes = wanted).unwrap();
        assert_eq!(agreed.purposes, wanted);
        assert_eq!(agreed.lifetimes, settings::lifetimes(&site()));
        let told = agreed.told;
        assert_eq!(told.notice.version, fixture.notice());
        assert!(told.sha256.starts_with(told.notice.version.as_str()) && told.sha256.len() == 64);
        assert_eq!((told.lang.as_str(), told.jurisdiction.as_str()), ("de", "eu"));
        assert_eq!(told.notice.recipients[0].name, "Model Inc");
        let of =
            |at: usize| (told.notice.purposes[at].legal_basis, told.notice.purposes[at].seconds);
        assert_eq!(told.notice.purposes.len(), 3, "what is not offered is not told");
        assert_eq!(of(0), (LegalBasis::Consent, Some(86_400)));
        assert_eq!(of(2), (LegalBasis::LegitimateInterest, Some(2_592_000)));
        let signalled = answered(&fixture, |answer| {
            answer.choice.purposes = wanted;
            answer.choice.gpc = true;
        });
        assert!(signalled.unwrap().purposes.is_empty());
    }

    #[test]
    fn every_other_answer_is_refused_by_its_reason() {
        let (fixture, _) = Fixture::with_site(site());
        let refusal = |change: fn(&mut Answer)| answered(&fixture, change).unwrap_err();
        assert_eq!(refusal(|answer| answer.choice.chat = false), WorkspaceError::ConsentRequired);
        let other = |answer: &mut Answer| {
            answer.choice.notice =
                sotto_shared::consent::NoticeVersion::parse(&"0".repeat(32)).unwrap();
        };
        let notice = fixture.notice().as_str().to_owned();
        assert_eq!(refusal(other), WorkspaceError::NoticeChanged { notice });
        assert!(matches!(
            refusal(|answer| answer.choice.purposes.analytics = true),
            WorkspaceError::InvalidValue { .. }
        ));
        assert_eq!(
            refusal(|answer| answer.origin = Origin::parse("https://evil.example").unwrap()),
            WorkspaceError::OriginNotAllowed
        );
        assert_eq!(refusal(|answer| answer.site.generation = 2), WorkspaceError::SiteUnknown);
        assert_eq!(refusal(|answer| answer.site.number = 2), WorkspaceError::SiteUnknown);
    }
}
