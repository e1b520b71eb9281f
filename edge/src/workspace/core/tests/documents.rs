//! Documents: put, searched, removed.

use super::*;

#[test]
fn documents_are_put_replaced_searched_and_removed() {
    let (fixture, secret) = Fixture::with_site(settings());
    let entry = fixture
        .put(
            secret,
            "faq.md",
            "# Shop\n\n## Delivery\n\nWe deliver in three days.\n\n## Returns\n\nFree returns.\n",
        )
        .unwrap();
    assert_eq!((entry.title.as_str(), entry.passages), ("Shop", 2));
    fixture.put(secret, "more.md", "# Payment\n\nBy invoice.\n").unwrap();
    let turn = fixture.turn("When do you deliver?").unwrap();
    assert_eq!(turn.passages.len(), 1);
    assert_eq!(turn.passages[0].id, "faq.md#delivery");
    assert_eq!(turn.passages[0].text, "We deliver in three days.");

    fixture.put(secret, "faq.md", "# Shop\n\n## Delivery\n\nWe deliver in five days.\n").unwrap();
    assert_eq!(fixture.turn("deliver").unwrap().passages[0].text, "We deliver in five days.");
    assert!(fixture.turn("returns").unwrap().passages.is_empty());
    let Ok(AdminReply::Documents(list)) = fixture.admin(secret, AdminAction::ListDocuments(1))
    else {
        panic!("no list");
    };
    let names: Vec<_> = list.documents.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["faq.md", "more.md"]);

    let remove =
        || fixture.admin(secret, AdminAction::DeleteDocument { site: 1, name: "faq.md".into() });
    assert_eq!(remove(), Ok(AdminReply::Done));
    assert_eq!(remove(), Err(WorkspaceError::DocumentUnknown));
    assert!(fixture.turn("deliver").unwrap().passages.is_empty());
    assert_eq!(fixture.turn("invoice").unwrap().passages.len(), 1);
}

/// A value of a document that an earlier turn quoted is still the site's own in the next one,
/// whichever passages that one is given.
#[test]
fn values_in_documents_are_the_sites_own_until_they_go() {
    let (fixture, secret) = Fixture::with_site(settings());
    let rules = || fixture.core().rules(&ReadRules { site: 1 }).map_err(refused).unwrap();
    let contact = "# Contact\n\nCall 030 9018200 or write to desk@shop.example.\n";
    fixture.put(secret, "contact.md", contact).unwrap();
    fixture.clock.advance(1);
    fixture.put(secret, "press.md", "# Press\n\npress@shop.example, desk@shop.example\n").unwrap();
    assert_eq!(
        rules().exempt,
        ["privacy@shop.example", "press@shop.example", "desk@shop.example", "030 9018200"]
    );
    let turn = fixture.turn("Do you have tea?").unwrap();
    assert!(turn.passages.is_empty());
    let said = scrub_for_edge("+49 30 9018200, desk@shop.example", &turn.rules.policy()).0;
    assert_eq!(said.as_str(), "+49 30 9018200, desk@shop.example");
    assert_eq!(
        fixture.public(None).unwrap().site.exempt,
        ["privacy@shop.example"],
        "the public settings are no list of what is in documents"
    );

    let gone = AdminAction::DeleteDocument { site: 1, name: "contact.md".into() };
    fixture.admin(secret, gone).unwrap();
    assert_eq!(rules().exempt, ["privacy@shop.example", "press@shop.example", "desk@shop.example"]);
}

#[test]
fn documents_have_rules() {
    let (fixture, secret) = Fixture::with_site(settings());
    let field = |error| match error {
        WorkspaceError::InvalidValue { field, .. } => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(fixture.put(secret, "../x", "x").unwrap_err()), "name");
    let big = "x".repeat(limits::DOCUMENT_BYTES + 1);
    assert_eq!(field(fixture.put(secret, "big.md", &big).unwrap_err()), "document");
    let put = AdminAction::PutDocument {
        site: 1,
        name: "a.pdf".into(),
        media_type: "application/pdf".into(),
        text: String::new(),
        confidential: None,
    };
    assert_eq!(field(fixture.admin(secret, put).unwrap_err()), "media_type");
    let unknown = fixture.admin(secret, AdminAction::ListDocuments(9));
    assert_eq!(unknown, Err(WorkspaceError::SiteUnknown));
    for n in 0..limits::DOCUMENTS_PER_SITE {
        fixture.put(secret, &format!("d{n}"), "").unwrap();
        fixture.clock.advance(1_000);
    }
    assert!(fixture.put(secret, "d0", "again").is_ok());
    assert!(matches!(
        fixture.put(secret, "one-more", ""),
        Err(WorkspaceError::LimitReached { .. })
    ));
}
