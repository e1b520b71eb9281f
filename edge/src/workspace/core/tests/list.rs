//! What a workspace knows of its conversations.

use super::*;
use crate::workspace::command::Listing;

const CONVERSATION: ConversationId = ConversationId::from_bytes([7; 32]);

fn with_conversation(purposes: Purposes) -> Fixture {
    let (fixture, _) = Fixture::with_site(SiteSettings { purposes: Purposes::ALL, ..settings() });
    fixture
        .admit(|admit| {
            admit.conversation = CONVERSATION;
            admit.choice.purposes = purposes;
        })
        .unwrap();
    fixture
}

fn told(fixture: &Fixture) -> Option<Listing> {
    fixture.core().store().listed(&CONVERSATION).unwrap().map(|listed| listed.told)
}

#[test]
fn a_conversation_is_listed_with_what_it_was_admitted_with() {
    let improve = Purposes { improve: true, ..Purposes::default() };
    let listing = told(&with_conversation(improve)).unwrap();
    assert!(listing.improve && !listing.analytics && !listing.restricted);
    assert_eq!(listing.review_asked_at, None);
    let now = Fixture::new().clock.now_ms();
    assert_eq!(listing.ends_at, now + limits::RETENTION_SECONDS_DEFAULT * 1_000);
}

#[test]
fn what_comes_late_does_not_take_the_place_of_what_is_newer() {
    let fixture = with_conversation(Purposes::default());
    let listing = |number, restricted| Listing {
        number,
        restricted,
        review_asked_at: Some(number),
        ..told(&fixture).unwrap()
    };
    let tell = |listing: Listing| {
        fixture.core().list(&listing).unwrap();
        told(&fixture).unwrap()
    };
    let (first, second, third) = (listing(1, false), listing(2, true), listing(3, false));
    assert_eq!(tell(second), second);
    assert_eq!(tell(second), second, "it can be told again");
    assert_eq!(tell(first), second);
    assert_eq!(tell(third), third);
}

#[test]
fn an_erased_conversation_is_not_listed_again() {
    let fixture = with_conversation(Purposes::default());
    let late = Listing { number: 1, ..told(&fixture).unwrap() };
    let forget = Forget { conversation: CONVERSATION, why: Forgotten::Erased };
    fixture.core().forget(&forget).unwrap();
    fixture.core().list(&late).unwrap();
    assert_eq!(told(&fixture), None);
    assert!(matches!(
        Fixture::new().core().list(&late),
        Err(Fault::Refused(WorkspaceError::Unknown))
    ));
}
