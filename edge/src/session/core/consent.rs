//! Consent: what a visitor's answer changes, at once and in full, and the record of it.
//!
//! An answer is carried out in two steps. What it takes back is taken back first, by the
//! conversation alone ([`Core::take_back`]): nobody has to be asked, and nothing that fails later
//! undoes it. What it gives is asked of the workspace, which knows the notice in force and what the
//! site offers, and is given after that ([`Core::give`]).

mod acts;
mod receipt;
#[cfg(test)]
mod tests;

use serde_json::value::RawValue;
use sotto_shared::consent::record::{Held, Told};
use sotto_shared::consent::{
    Choice, ConsentEvent, ConsentSource, ConsentState, Notice, NoticeVersion, Purposes, SourceKind,
};
use sotto_shared::limits::{CONSENT_ACTS, NOTICE_SHOWN_SECONDS_MAX};
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
use crate::workspace::command::{Agreed, Answer, Reported, SiteRef};

/// What taking back has come to.
#[derive(Debug)]
pub struct TakenBack {
    /// Whether the chat was taken back now: a reply that is under way stops.
    pub ends_chat: bool,
    /// Whether anything was recorded.
    pub is_changed: bool,
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

/// An answer as it goes into a record.
#[derive(Clone, Copy)]
struct AnswerGiven<'a> {
    /// The record; `None` for a conversation that has none.
    record: Option<&'a str>,
    /// The notice that it is about.
    notice: &'a NoticeVersion,
    choice: &'a Choice,
    /// When, Unix milliseconds.
    at: u64,
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
        if let Some(key) = &self.vault_key {
            key.keep_held(Some(held));
        }
        Ok((stored, held))
    }

    /// What the record was found to say since its key was opened, if nothing was added to it since:
    /// a message need not open it again.
    fn held(&self) -> Result<Option<Held>, CoreError> {
        Ok(self.vault_key.as_deref().ok_or(CoreError::Locked)?.held())
    }

    /// Refuses what needs the consent to the chat where the record does not show it.
    ///
    /// # Errors
    /// [`SessionError::ConsentWithdrawn`]; [`SessionError::ConsentUnproven`] if it was never given,
    /// or if a purpose is in force that nobody gave; [`CoreError::Consent`] if the record cannot be
    /// read.
    pub(super) fn check_consent(&self, terms: &SessionTerms) -> Result<(), CoreError> {
        let held = match self.held()? {
            Some(held) => held,
            None => self.recorded()?.1,
        };
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
        self.record_answer(session, told, choice, &Held::default(), session.created_at)?;
        self.keep_proof(session)?;
        let (stored, held) = self.recorded()?;
        self.receipt(session, &stored, &held)
    }

    /// Takes back what an answer does not give any more: a purpose, the chat, by withdrawal or
    /// objection. Steps and their refusals:
    /// 1. The conversation lives, and its token is used where it was given to.
    /// 2. The record is there: [`SessionError::ConsentUnproven`], [`CoreError::Consent`].
    /// 3. What is taken back is recorded and does not hold from here on, however often that was done
    ///    before. That is so even where the rest is refused.
    /// 4. An answer that takes nothing back, or gives something, is counted:
    ///    [`SessionError::RateLimited`].
    /// 5. What ended stays ended: [`SessionError::ConsentWithdrawn`].
    /// 6. Where something is given, or another notice is answered to, the workspace is asked, as long
    ///    as the record has room for it: [`SessionError::Full`]. The host page's banner gives nothing.
    ///
    /// # Errors
    /// As above.
    pub fn take_back(&self, caller: &Caller, choice: &Choice) -> Result<TakenBack, CoreError> {
        // 1
        let mut session = self.open_for(caller)?;
        // 2
        let (stored, before) = self.recorded()?;
        if before.chat.is_none() {
            return Err(SessionError::ConsentUnproven.into());
        }
        // 3
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
        let is_changed = !acts.is_empty();
        if is_changed {
            let record = stored.newest.as_ref().map(|(id, _)| id.as_str());
            let notice = session.terms.notice.clone();
            let now = self.clock.now_ms();
            let given = AnswerGiven { record, notice: &notice, choice, at: now };
            self.append(&session, &given, acts)?;
            let before_ms = ends_at(&session);
            session.terms.purposes = common(session.terms.purposes, wanted);
            shorten(&mut session, before_ms, now);
            self.changed(&session)?;
        }
        let ends_chat = before.has_chat() && !choice.chat;
        let is_wider = !answered.purposes.contains_all(wanted);
        let gives = choice.chat
            && !choice.is_of_host()
            && (choice.notice != session.terms.notice || is_wider);
        // 4
        if (gives || !is_changed)
            && let Err(refused) = self.count(Counted::Change)
        {
            return match refused {
                CoreError::Refused(limit) if is_changed => {
                    Ok(TakenBack { ends_chat, is_changed, next: Next::Refuse(limit) })
                }
                refused => Err(refused),
            };
        }
        let next = if !choice.chat {
            Next::Done
        } else if !before.has_chat() {
            // 5
            Next::Refuse(SessionError::ConsentWithdrawn)
        } else if !gives {
            Next::Done
        } else if stored.events.len() >= CONSENT_ACTS {
            // 6
            Next::Refuse(SessionError::Full)
        } else {
            let terms = session.terms;
            let answer = Answer {
                site: SiteRef { number: terms.site, generation: terms.generation },
                origin: terms.origin,
                lang: terms.lang,
                choice: choice.clone(),
            };
            Next::Ask(terms.workspace.to_hex(), Box::new(answer))
        };
        Ok(TakenBack { ends_chat, is_changed, next })
    }

    /// Gives what the workspace found to be offered, under the notice in force. Where that is
    /// another than before, the conversation goes on under it, with a record of its own; who
    /// received text by an earlier one stays a recipient. Whether anything was recorded comes back.
    ///
    /// # Errors
    /// [`SessionError`] if the conversation has ended in the meantime, or the consent to it.
    pub fn give(
        &self,
        caller: &Caller,
        choice: &Choice,
        agreed: &Agreed,
    ) -> Result<bool, CoreError> {
        let mut session = self.open_for(caller)?;
        let (stored, before) = self.recorded()?;
        if !before.has_chat() {
            return Err(SessionError::ConsentWithdrawn.into());
        }
        let is_known = stored.notice().is_some_and(|notice| notice.version == choice.notice);
        session.terms.follow(agreed, is_known);
        if is_known {
            let answered = Answered {
                before: &before,
                chat: true,
                purposes: agreed.purposes,
                objections: choice.objections,
                notice: stored.notice(),
                is_first: false,
            };
            let acts = acts(answered);
            if acts.is_empty() {
                return Ok(false);
            }
            let record = stored.newest.as_ref().map(|(id, _)| id.as_str());
            let at = self.clock.now_ms();
            let given = AnswerGiven { record, notice: &choice.notice, choice, at };
            self.append(&session, &given, acts)?;
        } else {
            let at = self.clock.now_ms();
            self.record_answer(&session, &agreed.told, choice, &before, at)?;
        }
        self.changed(&session)?;
        Ok(true)
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

    /// Begins the record of a notice with the first answer to it.
    fn record_answer(
        &self,
        session: &Session,
        told: &Told,
        choice: &Choice,
        before: &Held,
        at: u64,
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
        let given = AnswerGiven { record: Some(&record), notice: &notice.version, choice, at };
        self.append(session, &given, acts(answered))
    }

    /// Appends acts to a record.
    fn append(
        &self,
        session: &Session,
        given: &AnswerGiven<'_>,
        acts: Vec<Act>,
    ) -> Result<(), CoreError> {
        let AnswerGiven { record, notice, choice, at } = *given;
        let absolute = session.terms.lifetimes.absolute_seconds.saturating_mul(1_000);
        let consents = self.consents()?;
        if let Some(key) = &self.vault_key {
            key.keep_held(None);
        }
        for Act { state, purposes, basis } in acts {
            let event = ConsentEvent {
                id: self.ulid()?,
                state,
                purposes,
                legal_basis: basis,
                at: match state {
                    ConsentState::Noticed => at.saturating_sub(shown_ms(choice)),
                    _ => at,
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

    /// Puts changed terms into force. The list and the audit log have to hear of it.
    fn changed(&self, session: &Session) -> Result<(), CoreError> {
        self.store().put_terms(&session.terms)?;
        self.plan_end(session)?;
        self.plan_listing()?;
        self.note(Reported::ConsentChanged)?;
        self.keep_proof(session)
    }
}

/// Counts the shorter life from now, so that who takes a purpose back can still read, export and
/// erase what there is. It never lengthens the life.
fn shorten(session: &mut Session, before_ms: u64, now: u64) {
    let life = session.terms.lifetimes.life_seconds(session.terms.purposes);
    let from = before_ms.saturating_sub(life.saturating_mul(1_000)).min(now);
    session.terms.idle_from = session.terms.idle_from.max(from);
}

impl SessionTerms {
    /// Follows an answer to the notice in force. A longer life is taken over only with a notice
    /// that says so.
    fn follow(&mut self, agreed: &Agreed, is_known: bool) {
        let notice = &agreed.told.notice;
        self.notice = notice.version.clone();
        self.purposes = agreed.purposes;
        self.lifetimes =
            if is_known { self.lifetimes.shortened_to(agreed.lifetimes) } else { agreed.lifetimes };
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
