//! What visitors' browsers and their sessions ask for.

use sotto_shared::consent::Notice;
use sotto_shared::id::Origin;
use sotto_shared::limits;
use sotto_shared::wire::admin::{SiteSettings, SiteTexts};
use sotto_shared::wire::provider::Provider;
use sotto_shared::wire::session::Holder;
use sotto_shared::wire::site::{Contact, Site};

use super::{Fault, Workspace, read_settings, sweep};
use crate::clock::Clock;
use crate::language::Language;
use crate::random::Random;
use crate::session::command::SessionTerms;
use crate::sql::Sql;
use crate::workspace::audit::{Action, Actor, Event, Object, Outcome};
use crate::workspace::command::{
    Admit, Admitted, Forget, Forgotten, Listing, PublicSettings, PublicSite, ReadRules, Report,
    Reported, ScrubRules, SiteRef, Spent, Turn, TurnContext, TurnProvider, WorkspaceError,
};
use crate::workspace::store::{Listed, SiteRow};
use crate::workspace::{notice, search, settings};

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Reads a site's public settings.
    pub fn public_site(&self, command: &PublicSite) -> Result<PublicSettings, Fault> {
        self.wake()?;
        let (row, settings) = self.site(command.site)?;
        let (lang, texts) = settings::texts_for(&settings, command.lang.as_deref());
        let site = Site {
            site: self.site_key(&row)?,
            name: settings.name.clone(),
            lang: lang.to_owned(),
            accent: settings.accent.clone(),
            greeting: texts.and_then(|texts| texts.greeting.clone()),
            starters: texts.map(|texts| texts.starters.clone()).unwrap_or_default(),
            contact: contact(&settings, texts),
            notice: self.notice(&settings, command.lang.as_deref().unwrap_or(lang))?,
            purposes: settings.purposes,
            message_chars: u32::try_from(limits::MESSAGE_CHARS).unwrap_or(u32::MAX),
            exempt: settings::own_values(&settings),
            scrub: settings.scrub.clone(),
        };
        Ok(PublicSettings { site, origins: settings.origins })
    }

    /// Reads what is looked for in a site's messages.
    pub fn rules(&self, command: &ReadRules) -> Result<ScrubRules, Fault> {
        self.wake()?;
        let row = self.known_site(command.site)?;
        self.rules_of(&row, &read_settings(&row)?)
    }

    /// Admits a visitor, in this order:
    ///
    /// 1. the site and its key's generation ([`WorkspaceError::SiteUnknown`]);
    /// 2. the page's origin ([`WorkspaceError::OriginNotAllowed`]);
    /// 3. the visitor's choice against the notice in force ([`WorkspaceError::ConsentRequired`],
    ///    [`WorkspaceError::NoticeChanged`]);
    /// 4. challenge, rates and budgets (`let_begin`);
    /// 5. the list of conversations, so that the workspace knows of it before it exists, and the
    ///    key that its texts are sealed with.
    pub fn admit(&self, command: &Admit) -> Result<Admitted, Fault> {
        self.wake()?;
        // 1, 2
        let (row, settings) = self.site_for(command.site, &command.origin)?;
        // 3
        let (told, purposes) = self.agreed(&settings, &command.lang, &command.choice)?;
        // 4
        self.let_begin(command, row.number, &settings)?;
        // 5
        let key = self.new_conversation_key(&command.conversation)?;
        let lifetimes = settings::lifetimes(&settings);
        let now = self.clock.now_ms();
        let listing = Listing {
            conversation: command.conversation,
            number: 0,
            improve: purposes.improve,
            analytics: purposes.analytics,
            restricted: false,
            review_asked_at: None,
            hold: None,
            ends_at: now.saturating_add(lifetimes.life_seconds(purposes) * 1_000),
        };
        let listed = Listed { site: row.number, created_at: now, told: listing };
        self.store().add_conversation(&listed, sweep::check_after(&listed.told))?;
        self.count_begun(&command.conversation)?;
        let terms = SessionTerms {
            workspace: self.id,
            site: row.number,
            generation: row.generation,
            origin: command.origin.clone(),
            lang: command.lang.clone(),
            client: command.client,
            notice: told.notice.version.clone(),
            purposes,
            recipients: told.notice.recipients.iter().map(Holder::of).collect(),
            lifetimes,
            messages_per_minute: settings.budget.messages_per_minute,
            proof_days: told.notice.proof_days,
            idle_from: 0,
        };
        Ok(Admitted { terms, key, told })
    }

    /// Gives a session what its next reply needs, as long as the page may still embed the site
    /// ([`WorkspaceError::OriginNotAllowed`]) and the notice is the one that the visitor agreed to
    /// ([`WorkspaceError::NoticeChanged`]): a recipient that it does not name gets nothing. A
    /// network that has used up its messages is refused; a site that has used up its conversations,
    /// its paid messages or its tokens answers with `local`, and so it does in a conversation that
    /// has used up its own; the reply then says so.
    pub fn turn(&self, command: &Turn) -> Result<TurnContext, Fault> {
        self.wake()?;
        let (row, settings) = self.site_for(command.site, &command.origin)?;
        let notice = self.notice(&settings, &command.lang)?;
        if notice.version != command.notice {
            let notice = notice.version.as_str().to_owned();
            return Err(WorkspaceError::NoticeChanged { notice }.into());
        }
        let (budget, limits) = (self.budget()?, settings.budget);
        self.let_answer(&budget, command, limits)?;
        let question = command.question.as_str();
        let passages = search::search(&self.store(), row.number, question, || {
            self.confidential_passages(row.number)
        })?;
        let texts = passages.iter().map(|passage| passage.text.len()).sum::<usize>();
        let bytes = texts + question.len() + settings.system_prompt.len();
        let (mut reserved, mut spent) = (None, None);
        if settings.provider.remote().is_none() {
            // Documents cost nothing.
        } else if command.tokens >= limits.tokens_per_conversation {
            spent = Some(Spent::Conversation);
        } else {
            reserved = self.let_pay(&budget, row.number, limits, bytes)?;
            spent = reserved.is_none().then_some(Spent::Day);
        }
        let providers = match reserved {
            Some(_) => self.turn_providers(row.number, &settings)?,
            None => vec![TurnProvider::of(Provider::Local {}, None)],
        };
        if let Some(conversation) = &command.counted {
            self.count_message(conversation)?;
        }
        let (_, texts) = settings::texts_for(&settings, Some(&command.lang));
        Ok(TurnContext {
            passages,
            providers,
            tokens_per_turn: limits.tokens_per_turn,
            spent,
            reserved,
            links: settings::link_rules(&settings),
            contact: contact(&settings, texts),
            rules: self.rules_of(&row, &settings)?,
            site_name: settings.name,
            system_prompt: settings.system_prompt,
        })
    }

    /// Takes over what a session tells of its conversation. One that is not on the list was erased.
    pub fn list(&self, command: &Listing) -> Result<(), Fault> {
        self.wake()?;
        self.take_over(command, sweep::check_after(command))
    }

    /// Takes a conversation off the list that is no more, and records its erasure. It can be told
    /// again and again.
    pub fn forget(&self, command: &Forget) -> Result<(), Fault> {
        self.wake()?;
        let conversation = command.conversation;
        let Some(site) = self.store().site_of(&conversation)? else { return Ok(()) };
        let actor = match command.why {
            Forgotten::Erased => Some(Actor::Visitor(conversation)),
            Forgotten::Ended => Some(Actor::System),
            Forgotten::ErasedByOperator => Some(match self.store().erased_by(&conversation)? {
                Some(key) => Actor::Operator(key),
                None => Actor::Unknown,
            }),
            Forgotten::NeverBegun => None,
        };
        // As long as it is on the list, the session tells again: what is not recorded stays there.
        if let Some(actor) = actor {
            let object = Object::Conversation(Some(site), conversation);
            self.record(actor, Action::ConversationErased, object, Outcome::Done)?;
        }
        self.settle_counts(&conversation, command.why)?;
        Ok(self.store().forget_conversation(&conversation)?)
    }

    /// Records what a session object reports. What comes without a key that fits may be anyone's,
    /// and is recorded rarely.
    pub fn report(&self, command: &Report) -> Result<(), Fault> {
        self.wake()?;
        let conversation = command.conversation;
        let visitor = Actor::Visitor(conversation);
        let (actor, action, outcome) = match command.what {
            Reported::ReplyCutOff => (Actor::System, Action::ReplyCutOff, Outcome::Done),
            Reported::Exported => (visitor, Action::ConversationExported, Outcome::Done),
            Reported::ExportFailed => (visitor, Action::ConversationExported, Outcome::Failed),
            Reported::ErasureRefused => {
                (Actor::Unknown, Action::ConversationErased, Outcome::Refused)
            }
            Reported::ErasureFailed => (visitor, Action::ConversationErased, Outcome::Failed),
            Reported::EndingFailed => (Actor::System, Action::ConversationErased, Outcome::Failed),
            Reported::TokensRevoked => (Actor::Unknown, Action::TokensRevoked, Outcome::Done),
            Reported::ConsentChanged => (visitor, Action::ConsentChanged, Outcome::Done),
            Reported::MessageChanged => (visitor, Action::MessageChanged, Outcome::Done),
            Reported::MessageRemoved => (visitor, Action::MessageRemoved, Outcome::Done),
            Reported::Restricted => (visitor, Action::ConversationRestricted, Outcome::Done),
            Reported::RestrictionLifted => (visitor, Action::RestrictionLifted, Outcome::Done),
            Reported::ReviewAsked => (visitor, Action::ReviewAsked, Outcome::Done),
        };
        let object = Object::Conversation(self.store().site_of(&conversation)?, conversation);
        let event = Event { actor, action, object, reason: None, outcome };
        if outcome == Outcome::Refused {
            self.audit().append_rarely(&event)?;
        } else {
            self.audit().append(&event)?;
        }
        Ok(())
    }

    /// The site and its settings, if the page may embed it.
    pub(super) fn site_for(
        &self,
        site: SiteRef,
        origin: &Origin,
    ) -> Result<(SiteRow, SiteSettings), Fault> {
        let (row, settings) = self.site(site)?;
        if settings.origins.contains(origin) {
            Ok((row, settings))
        } else {
            Err(WorkspaceError::OriginNotAllowed.into())
        }
    }

    /// What is looked for in a site's messages and replies. The site's own are the values in its
    /// settings, which browsers know too, and those in its documents, of which nobody gets a list.
    fn rules_of(&self, row: &SiteRow, settings: &SiteSettings) -> Result<ScrubRules, Fault> {
        let mut exempt = settings::own_values(settings);
        exempt.extend(self.document_values(row.number)?);
        Ok(ScrubRules { scrub: settings.scrub.clone(), exempt })
    }

    /// The notice in force, in a language.
    fn notice(&self, settings: &SiteSettings, lang: &str) -> Result<Notice, Fault> {
        Ok(notice::notice(settings, self.jurisdiction, Language::of(lang))?)
    }
}

/// The way to a person, with its label in the language of the texts.
fn contact(settings: &SiteSettings, texts: Option<&SiteTexts>) -> Option<Contact> {
    let own = settings.contact.as_ref()?;
    let label = texts.and_then(|texts| texts.contact_label.as_ref()).unwrap_or(&own.label);
    Some(Contact { label: label.clone(), url: own.url.clone() })
}
