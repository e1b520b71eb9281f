//! What a visitor wrote becomes [`Scrubbed`], in one place for every route that takes text.

use core::cell::Cell;
use std::sync::Arc;

use sotto_shared::pii::{Counts, Policy, Scrubbed, scrub_for_edge};

use super::Edge;
use super::by_site::{self, BySite};
use crate::auth::access::Access;
use crate::clock::{Clock as _, PlatformClock};
use crate::error::ApiError;
use crate::guard::characters::plain;
use crate::http::request_id::RequestId;
use crate::log;
use crate::object::{self, CallError};
use crate::workspace::command::{ReadRules, ScrubRules, WorkspaceError};

thread_local! {
    /// The policies of sites that this isolate has met. One with every list full takes some 50 KB
    /// of its 128 MB.
    static POLICIES: Cell<BySite<Arc<Policy>>> = Cell::default();
}

impl Edge {
    /// What is looked for in the messages of the site that a token was given for. It is asked for
    /// at most once a minute in an isolate.
    ///
    /// A site that is gone has no policy of its own: the common one holds, and the session refuses
    /// what it would have to ask the site for.
    ///
    /// # Errors
    /// 503 `unavailable`, 500 `internal` if the workspace does not answer, without which there
    /// would be no reply either.
    pub(super) async fn policy(&self, access: &Access) -> Result<Arc<Policy>, ApiError> {
        let site = (access.workspace, access.site);
        let now = PlatformClock.now_ms();
        if let Some(policy) = by_site::with(&POLICIES, |policies| policies.get(&site, now)) {
            return Ok(policy);
        }
        let command = ReadRules { site: access.site };
        let rules = object::call(&self.env, &access.workspace.to_hex(), &command).await;
        let policy = asked(rules)?;
        by_site::with(&POLICIES, |policies| policies.put(site, Arc::clone(&policy), now));
        Ok(policy)
    }

    /// Takes hidden characters out of a visitor's words and replaces what the site's policy wants
    /// found. How much was found of what goes to the log.
    pub(super) fn scrub(&self, text: &str, policy: &Policy) -> Scrubbed {
        let (text, counts) = scrub(text, policy);
        if !counts.is_empty() {
            line(&self.request, &counts).write();
        }
        text
    }
}

/// The policy that a workspace's answer means.
fn asked(rules: Result<ScrubRules, CallError<WorkspaceError>>) -> Result<Arc<Policy>, ApiError> {
    match rules {
        Ok(rules) => Ok(Arc::new(rules.policy())),
        Err(
            CallError::NoSuchObject
            | CallError::Refused(WorkspaceError::Unknown | WorkspaceError::SiteUnknown),
        ) => Ok(Arc::new(Policy::chat())),
        Err(error) => Err(error.into()),
    }
}

fn scrub(text: &str, policy: &Policy) -> (Scrubbed, Counts) {
    scrub_for_edge(&plain(text), policy)
}

fn line(request: &RequestId, counts: &Counts) -> log::Line {
    log::info("scrubbed").request(request).counts(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sotto_shared::wire::site::ScrubSettings;

    fn rules() -> ScrubRules {
        ScrubRules {
            scrub: ScrubSettings { off: vec!["IP".into()], patterns: vec!["'KD'-9{6}".into()] },
            exempt: vec!["hello@shop.example".into(), "+49 30 901820".into()],
        }
    }

    fn scrubbed(text: &str, policy: &Policy) -> String {
        scrub(text, policy).0.into_string()
    }

    #[test]
    fn a_message_is_read_by_the_sites_policy() {
        let policy = asked(Ok(rules())).unwrap();
        for passes in ["Is it hello@shop.example?", "Call 030 901820?", "192.0.2.7", "[EMAIL_1]"] {
            assert_eq!(scrubbed(passes, &policy), passes);
        }
        assert_eq!(
            scrubbed("KD-123456, jo@other.example, +49 30 1234567", &policy),
            "[CUSTOM], [EMAIL], [PHONE]"
        );
    }

    /// Promise 4: what a site can set takes nothing of it back.
    #[test]
    fn promise_4_hidden_characters_carry_no_value_past_the_policy() {
        let policy = asked(Ok(rules())).unwrap();
        assert_eq!(scrubbed("jo\u{200b}@oth\u{202e}er.example", &policy), "[EMAIL]");
        assert_eq!(scrubbed("K\u{2060}D-123456", &policy), "[CUSTOM]");
    }

    #[test]
    fn a_site_that_is_gone_has_the_common_policy() {
        for gone in [
            CallError::NoSuchObject,
            CallError::Refused(WorkspaceError::Unknown),
            CallError::Refused(WorkspaceError::SiteUnknown),
        ] {
            let policy = asked(Err(gone)).unwrap();
            assert_eq!(scrubbed("hello@shop.example, 192.0.2.7", &policy), "[EMAIL], [IP]");
        }
    }

    #[test]
    fn a_workspace_that_does_not_answer_lets_nothing_through() {
        for broken in [
            CallError::Unreachable(object::Unreachable::Status(500)),
            CallError::Refused(WorkspaceError::Failed),
        ] {
            assert_eq!(asked(Err(broken.clone())).unwrap_err(), ApiError::Workspace(broken));
        }
    }

    #[test]
    fn the_log_is_told_how_much_was_found_and_never_what() {
        let policy = asked(Ok(rules())).unwrap();
        let text = "Jane, jane@other.example and jim@other.example, KD-123456, [EMAIL_1]";
        let (_, counts) = scrub(text, &policy);
        assert_eq!(
            line(&RequestId::for_test(), &counts).into_text(),
            "{\"level\":\"info\",\"event\":\"scrubbed\",\
             \"request_id\":\"0000000001041061050R3GG28A\",\"EMAIL\":2,\"CUSTOM\":1}"
        );
    }

    #[test]
    fn policies_stay_with_the_isolate() {
        let site = (sotto_shared::id::WorkspaceId::from_bytes([7; 32]), 7);
        assert!(by_site::with(&POLICIES, |policies| policies.get(&site, 0)).is_none());
        by_site::with(&POLICIES, |policies| policies.put(site, Arc::default(), 0));
        assert!(by_site::with(&POLICIES, |policies| policies.get(&site, 0)).is_some());
    }
}
