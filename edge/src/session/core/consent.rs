//! Consent: what a visitor's answer changes, at once and in full, and the record of it.
//!
//! An answer is carried out in two steps. What it takes back is taken back first, by the
//! conversation alone ([`Core::take_back`]): nobody has to be asked, and nothing that fails later
//! undoes it. What it gives is asked of the workspace, which knows the notice in force and what the
//! site offers, and is given after that ([`Core::give`]).

mod acts;
#[cfg(test)]
mod tests;

use serde_json::value::RawValue;
use sotto_shared::consent::record::{ConsentRecord, Held, Receipt, Told};
use sotto_shared::consent::{
    Choice, ConsentEvent, ConsentSource, ConsentState, Notice, NoticeVersion, Purposes, SourceKind,
};
use sotto_shared::limits::NOTICE_SHOWN_SECONDS_MAX;
use sotto_shared::signed;
use sotto_shared::wire::session::{Client, Holder};

use self::acts::{Act, Answered, acts};
use super::rates::Counted;
use super::{Core, CoreError, ends_at};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::{Caller, ConsentSet, SessionError, SessionTerms};
use crate::session::record::{ConsentStored, Session};
use crate::session::store::Consents;
use crate::sql::Sql;
use crate::workspace::command::{Agreed, Answer, SiteRef};

/// What taking back has come to.
#[derive(Debug)]
pub struct TakenBack {
    /// Whether the chat was taken back now: a reply that is under way stops.
    pub ends_chat: bool,
    /// What is left to do.
    pub next: Next,
}

/// What is left to do of an answer.
#[derive(Debug)]
pub enum Next {
    /// Nothing.
    Done,
    /// The rest of it cannot be.
    Refuse(SessionError),
    /// The workspace is to be asked, by its object (64 hexadecimal digits).
    Ask(String, Box<Answer>),
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The record of consent, if the key is in memory.
    ///
    /// # Errors
    /// [`CoreError::Locked`]
    pub fn consents(&self) -> Result<Consents<'_, S, R>, CoreError> {
        Ok(Consents::new(self.sql, self.vault()?))
    }

    /// What is recorded, and what holds by it.
    ///
    /// # Errors
    /// [`CoreError::Consent`] if it cannot be read.
    pub(super) fn recorded(&self) -> Result<(ConsentStored, Held), CoreError> {
        let stored = self.consents()?.all().map_err(CoreError::Consent)?;
        let held = Held::after(&stored.events);
        Ok((stored, held))
    }

    /// Refuses what needs the consent to the chat where the record does not show it.
    ///
    /// # Errors
    /// [`SessionError::ConsentWithdrawn`]; [`SessionError::ConsentUnproven`] if it was never given,
    /// or if a purpose is in force that nobody gave; [`CoreError::Consent`] if the record cannot be
    /// read.
    pub(super) fn check_consent(&self, terms: &SessionTerms) -> Result<(), CoreError> {
        let (_, held) = self.recorded()?;
        match held.chat {
            Some(ConsentState::Given) if held.purposes.contains_all(terms.purposes) => Ok(()),
            Some(ConsentState::Withdrawn) => Err(SessionError::ConsentWithdrawn.into()),
            _ => Err(SessionError::ConsentUnproven.into()),
        }
    }

    /// Records the answer with which a conversation begins.
    pub(super) fn record_first(
        &self,
        session: &Session,
        told: &Told,
        choice: &Choice,
    ) -> Result<Box<RawValue>, CoreError> {
        self.record_answer(session, told, choice, &Held::default())?;
        self.keep_proof(session)?;
        let (stored, held) = self.recorded()?;
        self.receipt(session, &stored, &held)
    }

    /// Takes back what an answer does not give any more: a purpose, the chat, by withdrawal or
    /// objection. Steps and their refusals:
    /// 1. The conversation lives, and its token is used where it was given to.
    /// 2. There are not too many changes within a minute: [`SessionError::RateLimited`].
    /// 3. The record is there: [`SessionError::ConsentUnproven`], [`CoreError::Consent`].
    /// 4. What is taken back is recorded and does not hold from here on. That is so even where the
    ///    rest is refused.
    /// 5. What ended stays ended: [`SessionError::ConsentWithdrawn`].
    /// 6. Where something is given, or another notice is answered to, the workspace is asked. The
    ///    host page's banner gives nothing.
    ///
    /// # Errors
    /// As above.
    pub fn take_back(&self, caller: &Caller, choice: &Choice) -> Result<TakenBack, CoreError> {
        // 1
        let mut session = self.open_for(caller)?;
        // 2
        self.count(Counted::Change)?;
        // 3
        let (stored, before) = self.recorded()?;
        if before.chat.is_none() {
            return Err(SessionError::ConsentUnproven.into());
        }
        // 4
        let wanted = choice.wanted();
        let answered = Answered {
            before: &before,
            chat: before.has_chat() && choice.chat,
            purposes: common(before.purposes, wanted),
            objections: choice.objections,
            notice: stored.notice(),
            is_first: false,
        };
        let acts = acts(answered);
        if !acts.is_empty() {
            let record = stored.newest.as_ref().map(|(id, _)| id.as_str());
            let notice = session.terms.notice.clone();
            self.append(&session, record, &notice, choice, acts)?;
            let before_ms = ends_at(&session);
            session.terms.purposes = common(session.terms.purposes, wanted);
            self.shorten(&mut session, before_ms)?;
            self.changed(&session)?;
        }
        let ends_chat = before.has_chat() && !choice.chat;
        let gives = !answered.purposes.contains_all(wanted);
        let next = if !choice.chat {
            Next::Done
        } else if !before.has_chat() {
            // 5
            Next::Refuse(SessionError::ConsentWithdrawn)
        } else if choice.is_of_host() || (choice.notice == session.terms.notice && !gives) {
            Next::Done
        } else {
            // 6
            let terms = session.terms;
            let answer = Answer {
                site: SiteRef { number: terms.site, generation: terms.generation },
                origin: terms.origin,
                lang: terms.lang,
                choice: choice.clone(),
            };
            Next::Ask(terms.workspace.to_hex(), Box::new(answer))
        };
        Ok(TakenBack { ends_chat, next })
    }

    /// Gives what the workspace found to be offered, under the notice in force. Where that is
    /// another than before, the conversation goes on under it, with a record of its own; who
    /// received text by an earlier one stays a recipient.
    ///
    /// # Errors
    /// [`SessionError`] if the conversation has ended in the meantime, or the consent to it.
    pub fn give(&self, caller: &Caller, choice: &Choice, agreed: &Agreed) -> Result<(), CoreError> {
        let mut session = self.open_for(caller)?;
        let (stored, before) = self.recorded()?;
        if !before.has_chat() {
            return Err(SessionError::ConsentWithdrawn.into());
        }
        let is_known = stored.notice().is_some_and(|notice| notice.version == choice.notice);
        session.terms.follow(agreed);
        if is_known {
            let answered = Answered {
                before: &before,
                chat: true,
                purposes: agreed.purposes,
                objections: choice.objections,
                notice: stored.notice(),
                is_first: false,
            };
            let record = stored.newest.as_ref().map(|(id, _)| id.as_str());
            self.append(&session, record, &choice.notice, choice, acts(answered))?;
        } else {
            self.record_answer(&session, &agreed.told, choice, &before)?;
        }
        self.changed(&session)
    }

    /// What holds, with its receipt.
    ///
    /// # Errors
    /// [`SessionError`] if the conversation does not live, or not for this caller.
    pub fn consent(&self, caller: &Caller) -> Result<ConsentSet, CoreError> {
        let session = self.open_for(caller)?;
        let (stored, held) = self.recorded()?;
        Ok(ConsentSet {
            chat: held.has_chat(),
            purposes: session.terms.purposes,
            objections: held.objections,
            ends_at: ends_at(&session),
            receipt: self.receipt(&session, &stored, &held)?,
        })
    }

    /// The signed receipt of what holds.
    pub(super) fn receipt(
        &self,
        session: &Session,
        stored: &ConsentStored,
        held: &Held,
    ) -> Result<Box<RawValue>, CoreError> {
        let newest = stored.events.last().ok_or(SessionError::ConsentUnproven)?;
        let record = stored.newest.as_ref().map(|(id, told)| {
            ConsentRecord::new(id, session.conversation, told, stored.newest_events())
        });
        let receipt = Receipt::new(newest, held, record);
        signed::sign(&receipt, |text| self.keyring.sign_receipt(text))
            .and_then(|text| RawValue::from_string(text).ok())
            .ok_or_else(|| SessionError::Failed.into())
    }

    /// Begins the record of a notice with the first answer to it.
    fn record_answer(
        &self,
        session: &Session,
        told: &Told,
        choice: &Choice,
        before: &Held,
    ) -> Result<(), CoreError> {
        let notice = &told.notice;
        let answered = Answered {
            before,
            chat: true,
            purposes: session.terms.purposes,
            objections: choice.objections,
            notice: Some(notice),
            is_first: true,
        };
        let record = self.ulid()?;
        self.consents()?.insert_record(&record, told)?;
        self.append(session, Some(&record), &notice.version, choice, acts(answered))
    }

    /// Appends acts to a record.
    fn append(
        &self,
        session: &Session,
        record: Option<&str>,
        notice: &NoticeVersion,
        choice: &Choice,
        acts: Vec<Act>,
    ) -> Result<(), CoreError> {
        let now = self.clock.now_ms();
        let absolute = session.terms.lifetimes.absolute_seconds.saturating_mul(1_000);
        let consents = self.consents()?;
        for Act { state, purposes, basis } in acts {
            let event = ConsentEvent {
                id: self.ulid()?,
                state,
                purposes,
                legal_basis: basis,
                at: match state {
                    ConsentState::Noticed => now.saturating_sub(shown_ms(choice)),
                    _ => now,
                },
                valid_until: (state == ConsentState::Given)
                    .then(|| session.created_at.saturating_add(absolute)),
                notice: notice.clone(),
                lang: session.terms.lang.clone(),
                gpc: choice.gpc,
                source: source(choice, session.terms.client),
            };
            consents.insert_act(record, &event)?;
        }
        Ok(())
    }

    /// Counts the shorter life from now, so that who takes a purpose back can still read, export and
    /// erase what there is. It never lengthens the life.
    fn shorten(&self, session: &mut Session, before_ms: u64) -> Result<(), CoreError> {
        let life = session.terms.lifetimes.life_seconds(session.terms.purposes);
        let from = before_ms.saturating_sub(life.saturating_mul(1_000)).min(self.clock.now_ms());
        if from > session.last_at {
            session.last_at = from;
            self.store().touch(from)?;
        }
        Ok(())
    }

    /// Puts changed terms into force.
    fn changed(&self, session: &Session) -> Result<(), CoreError> {
        self.store().put_terms(&session.terms)?;
        self.plan_end(session)?;
        self.plan_listing()?;
        self.keep_proof(session)
    }

    /// Keeps ready what the site wants to be left of the record after an erasure: then there may be
    /// no key to open the record with.
    fn keep_proof(&self, session: &Session) -> Result<(), CoreError> {
        let store = self.store();
        let (stored, _) = self.recorded()?;
        let Some((id, told)) = stored.newest.as_ref().filter(|_| session.terms.proof_days > 0)
        else {
            return Ok(store.delete_consent_proof()?);
        };
        let record = ConsentRecord::new(id, session.conversation, told, stored.newest_events());
        let proof = signed::sign(&record.proof(), |text| self.keyring.sign_receipt(text))
            .ok_or(SessionError::Failed)?;
        Ok(store.put_consent_proof(&proof)?)
    }
}

impl SessionTerms {
    /// Follows an answer to the notice in force.
    fn follow(&mut self, agreed: &Agreed) {
        let notice = &agreed.told.notice;
        self.notice = notice.version.clone();
        self.purposes = agreed.purposes;
        self.lifetimes = agreed.lifetimes;
        self.proof_days = notice.proof_days;
        for holder in notice.recipients.iter().map(Holder::of) {
            if !self.recipients.contains(&holder) {
                self.recipients.push(holder);
            }
        }
    }
}

impl ConsentStored {
    fn notice(&self) -> Option<&Notice> {
        self.newest.as_ref().map(|(_, told)| &told.notice)
    }
}

const fn common(one: Purposes, other: Purposes) -> Purposes {
    Purposes {
        remember: one.remember && other.remember,
        improve: one.improve && other.improve,
        analytics: one.analytics && other.analytics,
    }
}

/// For how long the notice had been shown, in milliseconds, as far as it is believed.
fn shown_ms(choice: &Choice) -> u64 {
    let seconds = choice.shown_seconds.unwrap_or_default().min(NOTICE_SHOWN_SECONDS_MAX);
    u64::from(seconds) * 1_000
}

fn source(choice: &Choice, client: Client) -> ConsentSource {
    choice.source.clone().unwrap_or(ConsentSource {
        kind: match client {
            Client::Widget => SourceKind::Widget,
            Client::Sdk => SourceKind::Sdk,
        },
        version: None,
        host: None,
    })
}
