//! The copy in words, for a person: what HTML and plain text show, in the language of the
//! conversation.

use sotto_shared::consent::{ConsentEvent, ConsentState, OptionalPurpose, Purpose, Purposes};
use sotto_shared::wire::admin::{Hold, HoldReason};
use sotto_shared::wire::conversation::{Conversation, Message, MessageState};
use sotto_shared::wire::rights::{Review, ReviewOutcome, ReviewReason};
use sotto_shared::wire::session::Holder;
use sotto_shared::wire::stream::Author;

use crate::language::Language;
use crate::routes::page::date;

/// A copy in words.
pub(super) struct Words {
    /// Language of the words.
    pub(super) language: Language,
    /// Language of what was said (BCP 47).
    pub(super) lang: String,
    /// Its title.
    pub(super) title: &'static str,
    /// What it is.
    pub(super) lead: &'static str,
    /// What is to be known of the conversation: a label, and what it is.
    pub(super) facts: Vec<(&'static str, String)>,
    /// Heading of the messages.
    pub(super) messages_title: &'static str,
    /// The messages.
    pub(super) messages: Vec<Said>,
    /// Heading of what the visitor did about the consent.
    pub(super) consent_title: &'static str,
    /// What the visitor did about it.
    pub(super) consent: Vec<String>,
    /// Heading of the signed text.
    pub(super) signed_title: &'static str,
    /// What the signed text is good for.
    pub(super) signed_lead: &'static str,
    /// The signed text: the copy as JSON, as it was signed.
    pub(super) signed: String,
}

/// One message.
pub(super) struct Said {
    /// Who said it.
    pub(super) who: String,
    /// Whether the AI did, and where from it comes in IPTC's words.
    pub(super) ai: Option<String>,
    /// When, and what became of it.
    pub(super) notes: Vec<String>,
    /// What was said; `None` if it was removed.
    pub(super) text: Option<String>,
    /// The documents behind it.
    pub(super) sources: Vec<String>,
}

impl Words {
    /// The words for a signed copy.
    pub(super) fn of(copy: &Conversation) -> Self {
        let lang = copy.lang.clone().unwrap_or_default();
        let language = Language::of(&lang);
        let say = |english, german| match language {
            Language::English => english,
            Language::German => german,
        };
        Self {
            language,
            lang,
            title: say("Copy of a conversation", "Kopie eines Gesprächs"),
            lead: say(
                "This is everything that is stored of this conversation. Words in square brackets such as [EMAIL_1] stand for values that were taken out before anything was stored.",
                "Das ist alles, was von diesem Gespräch gespeichert ist. Wörter in eckigen Klammern wie [EMAIL_1] stehen für Werte, die herausgenommen wurden, bevor etwas gespeichert wurde.",
            ),
            facts: facts(copy, &say),
            messages_title: say("What was said", "Was gesagt wurde"),
            messages: copy.messages.iter().map(|message| said(message, &say)).collect(),
            consent_title: say("What you agreed to", "Wozu Sie zugestimmt haben"),
            consent: copy.consent.iter().map(|event| act(event, &say)).collect(),
            signed_title: say("Signed original", "Signiertes Original"),
            signed_lead: say(
                "The same as JSON, signed by the service. Whoever has it can tell that nothing in it was changed, with the keys that the service publishes or by sending it to POST /v1/receipts/verify.",
                "Dasselbe als JSON, vom Dienst signiert. Damit lässt sich feststellen, dass nichts daran geändert wurde: mit den Schlüsseln, die der Dienst veröffentlicht, oder mit POST /v1/receipts/verify.",
            ),
            // Plain members always serialise.
            signed: serde_json::to_string(copy).unwrap_or_default(),
        }
    }
}

/// Chooses between English and German.
type Say<'a> = &'a dyn Fn(&'static str, &'static str) -> &'static str;

fn facts(copy: &Conversation, say: Say<'_>) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        (say("Conversation", "Gespräch"), copy.conversation.to_hex()),
        (say("Begun", "Begonnen"), date(copy.created_at)),
    ];
    facts.extend(copy.exported_at.map(|at| (say("Copy made", "Kopie erstellt"), date(at))));
    facts.push((
        say("Erases itself", "Löscht sich selbst"),
        format!(
            "{}, {}",
            date(copy.ends_at),
            say("if nothing more is said", "wenn nichts mehr gesagt wird")
        ),
    ));
    facts.push((say("Used for", "Verwendet für"), purposes(copy, say)));
    if copy.objections != Purposes::default() {
        facts.push((say("Objected to", "Widersprochen"), listed(copy.objections, say)));
    }
    if let Some(at) = copy.restricted_at {
        let since = say("since", "seit");
        facts.push((
            say("Restricted", "Eingeschränkt"),
            format!("{since} {}: {}", date(at), say("kept and not used", "nur gespeichert")),
        ));
    }
    facts.extend(copy.review.as_ref().map(|review| {
        (say("Review by a person", "Prüfung durch einen Menschen"), reviewed(review, say))
    }));
    facts.extend(
        copy.hold.as_ref().map(|hold| (say("Legal hold", "Aufbewahrungspflicht"), held(hold, say))),
    );
    facts.push((
        say("Others who received text", "Andere, die Text erhalten haben"),
        recipients(copy.recipients.as_deref().unwrap_or_default(), say),
    ));
    facts.push((
        say("Version of the notice", "Fassung des Hinweises"),
        copy.notice.as_str().to_owned(),
    ));
    facts
}

fn purposes(copy: &Conversation, say: Say<'_>) -> String {
    let chat = copy.chat.then(|| purpose(Purpose::Chat, say).to_owned());
    let optional = Some(listed(copy.purposes, say)).filter(|words| !words.is_empty());
    let words: Vec<String> = chat.into_iter().chain(optional).collect();
    if words.is_empty() {
        say("nothing any more", "nichts mehr").to_owned()
    } else {
        words.join(", ")
    }
}

fn listed(purposes: Purposes, say: Say<'_>) -> String {
    OptionalPurpose::ALL
        .into_iter()
        .filter(|one| purposes.has(*one))
        .map(|one| purpose(one.into(), say))
        .collect::<Vec<_>>()
        .join(", ")
}

fn purpose(purpose: Purpose, say: Say<'_>) -> &'static str {
    match purpose {
        Purpose::Chat => say("answering", "Antworten"),
        Purpose::Remember => say("remembering on your device", "Merken auf Ihrem Gerät"),
        Purpose::Improve => say("improving the answers", "Verbessern der Antworten"),
        Purpose::Analytics => say("daily counts", "Zählen nach Tagen"),
    }
}

fn recipients(holders: &[Holder], say: Say<'_>) -> String {
    if holders.is_empty() {
        return say("nobody", "niemand").to_owned();
    }
    holders.iter().map(|holder| kept_by(holder, say)).collect::<Vec<_>>().join("; ")
}

/// Who keeps copies, and for how long by its own terms.
fn kept_by(holder: &Holder, say: Say<'_>) -> String {
    match holder.retention_days {
        Some(1) => {
            format!("{} ({})", holder.name, say("keeps it for a day", "behält ihn einen Tag"))
        }
        Some(days) => {
            let (keeps, unit) = (say("keeps it for", "behält ihn"), say("days", "Tage"));
            format!("{} ({keeps} {days} {unit})", holder.name)
        }
        None => {
            format!("{} ({})", holder.name, say("does not say for how long", "nennt keine Dauer"))
        }
    }
}

/// Why the operator keeps it, until when, and that it binds the operator alone.
fn held(hold: &Hold, say: Say<'_>) -> String {
    let why = match hold.reason {
        HoldReason::LegalClaim => say("for a legal claim", "für einen Rechtsanspruch"),
        HoldReason::AuthorityOrder => say(
            "by order of a court or an authority",
            "auf Anordnung eines Gerichts oder einer Behörde",
        ),
    };
    let (until, still) = (
        say("until", "bis"),
        say("your erase token still erases it", "Ihr Löschkennwort löscht es trotzdem"),
    );
    format!("{why}, {until} {}; {still}", date(hold.until))
}

fn reviewed(review: &Review, say: Say<'_>) -> String {
    let mut words = format!("{} {}", say("asked for at", "erbeten am"), date(review.asked_at));
    if let Some(reason) = review.reason {
        words.push_str(match reason {
            ReviewReason::Wrong => say(" (a reply is wrong)", " (eine Antwort ist falsch)"),
            ReviewReason::Decision => say(
                " (a reply is unfair or decides something)",
                " (eine Antwort ist ungerecht oder entscheidet etwas)",
            ),
            ReviewReason::Harmful => say(
                " (a reply is offensive or dangerous)",
                " (eine Antwort ist verletzend oder gefährlich)",
            ),
            ReviewReason::Data => {
                say(" (how personal data is treated)", " (Umgang mit personenbezogenen Daten)")
            }
            ReviewReason::Other => say(" (another reason)", " (anderer Grund)"),
        });
    }
    match (review.answered_at, review.outcome) {
        (Some(at), Some(outcome)) => {
            let outcome = match outcome {
                ReviewOutcome::Confirmed => {
                    say("what the AI said stands", "die Aussage der KI gilt")
                }
                ReviewOutcome::Corrected => {
                    say("what the AI said does not hold", "die Aussage der KI gilt nicht")
                }
                ReviewOutcome::Elsewhere => {
                    say("answered in another way", "auf anderem Weg beantwortet")
                }
                ReviewOutcome::Declined => say("declined", "abgelehnt"),
            };
            words.push_str(&format!(
                "; {} {}: {outcome}",
                say("answered at", "beantwortet am"),
                date(at)
            ));
        }
        _ => words.push_str(say("; not answered yet", "; noch nicht beantwortet")),
    }
    words
}

fn said(message: &Message, say: Say<'_>) -> Said {
    let who = match message.author {
        Author::Visitor => say("You", "Sie").to_owned(),
        Author::Ai => {
            let by = [message.provider.as_deref(), message.model.as_deref()];
            let by: Vec<&str> = by.into_iter().flatten().filter(|name| !name.is_empty()).collect();
            let ai = say("AI", "KI");
            if by.is_empty() { ai.to_owned() } else { format!("{ai} ({})", by.join(", ")) }
        }
        Author::Human => say("A person", "Ein Mensch").to_owned(),
        Author::System => say("The service", "Der Dienst").to_owned(),
    };
    let mut notes = vec![date(message.at)];
    let state = match message.state {
        MessageState::Complete | MessageState::Removed => None,
        MessageState::Running => Some(say("is being written", "wird geschrieben")),
        MessageState::Cut => Some(say("cut off at the greatest length", "wegen der Länge gekürzt")),
        MessageState::Withheld => {
            Some(say("a safety check withheld the rest", "von einer Sicherheitsprüfung gekürzt"))
        }
        MessageState::Stopped => Some(say("you stopped it", "von Ihnen angehalten")),
        MessageState::Interrupted => Some(say("broke off", "abgebrochen")),
    };
    notes.extend(state.map(str::to_owned));
    notes.extend(message.changed_at.map(|at| {
        format!("{} {}", say("you corrected it at", "von Ihnen berichtigt am"), date(at))
    }));
    if message.answers_earlier_text {
        notes.push(
            say("answers what your message said before", "antwortet auf den früheren Text")
                .to_owned(),
        );
    }
    notes.extend(
        message.removed_at.map(|at| {
            format!("{} {}", say("you removed it at", "von Ihnen entfernt am"), date(at))
        }),
    );
    if message.provenance.as_ref().is_some_and(|from| from.generated_by_ai) {
        notes.push(say("generated by AI", "von KI erzeugt").to_owned());
    }
    Said {
        who,
        ai: message.provenance.as_ref().map(|from| from.digital_source_type.clone()),
        notes,
        text: (message.state != MessageState::Removed).then(|| message.text.clone()),
        sources: message.sources.iter().map(|source| source.title.clone()).collect(),
    }
}

fn act(event: &ConsentEvent, say: Say<'_>) -> String {
    let what = match event.state {
        ConsentState::Noticed => say("told about", "informiert über"),
        ConsentState::Given => say("agreed to", "zugestimmt"),
        ConsentState::Refused => say("refused", "abgelehnt"),
        ConsentState::Withdrawn => say("withdrew", "widerrufen"),
        ConsentState::Objected => say("objected to", "widersprochen"),
    };
    let purposes: Vec<&str> = event.purposes.iter().map(|one| purpose(*one, say)).collect();
    format!("{}: {what}: {}", date(event.at), purposes.join(", "))
}
