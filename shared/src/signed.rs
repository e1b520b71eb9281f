//! Signed documents: JSON objects that carry their signature as their last member.
//!
//! The signature is Ed25519 over the document's compact JSON without that member: members in their
//! order, no white space, strings escaped as serde escapes them. Verifying reads the document and
//! writes it in that form again, so that a copy that was printed in another form still verifies.
//!
//! What is signed is never anything else than a whole JSON object of ours, so that a signature of a
//! document is none over a bare text, nor a checkpoint's of the audit log.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::VerifyingKey;
use serde::Serialize;

use crate::json::Value;
use crate::wire::session::Signature;

/// Name of the last member.
const SIGNATURE: &str = "signature";

/// The one algorithm.
pub const ALGORITHM: &str = "Ed25519";

/// The signed documents there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What a visitor agreed to.
    ConsentReceipt,
    /// What is left of it after an erasure.
    ConsentProof,
    /// That a conversation was erased.
    ErasureReceipt,
    /// A visitor's copy of a conversation.
    ConversationCopy,
}

/// A public key that may have signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its number; `None` for a key of which only the bytes are known.
    pub kid: Option<u8>,
    /// The key.
    pub bytes: [u8; 32],
}

/// A document with a signature that nobody has looked at yet.
#[derive(Debug)]
pub struct Document {
    kind: Kind,
    kid: u8,
    signature: ed25519_dalek::Signature,
    text: String,
}

/// Why a text is none of our signed documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// It is not one JSON object, or has a number that none of ours has.
    NotAnObject,
    /// Its last member is not a signature of ours.
    NotSigned,
    /// It is none of the kinds of documents that are signed.
    UnknownKind,
}

/// What came of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One of the keys signed it, and nothing was changed since.
    Valid,
    /// None of the keys has the number that it names.
    UnknownKey,
    /// The key that it names did not sign it as it stands.
    Changed,
}

impl Kind {
    const ALL: [Self; 4] =
        [Self::ConsentReceipt, Self::ConsentProof, Self::ErasureReceipt, Self::ConversationCopy];

    /// The name, which stands in the document's member `kind`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConsentReceipt => "consent_receipt",
            Self::ConsentProof => "consent_proof",
            Self::ErasureReceipt => "erasure_receipt",
            Self::ConversationCopy => "conversation_copy",
        }
    }

    /// Receipts of erasures are older than the member `kind`: they are told by their own members.
    fn of(document: &Value) -> Option<Self> {
        match document.get("kind") {
            Value::String(name) => Self::ALL.into_iter().find(|kind| kind.name() == name),
            Value::Null => (document.get("erased_at").unsigned().is_some()
                && document.get("recovery_days").unsigned().is_some())
            .then_some(Self::ErasureReceipt),
            _ => None,
        }
    }
}

/// Signs a document: its compact JSON with the signature as its last member. `None` if it is not an
/// object with members, or one that would not be read again as it is written.
pub fn sign(document: &impl Serialize, sign: impl FnOnce(&[u8]) -> Signature) -> Option<String> {
    let mut text = unsigned(document)?;
    let signature = serde_json::to_string(&sign(text.as_bytes())).ok()?;
    text.pop();
    text.push_str(",\"signature\":");
    text.push_str(&signature);
    text.push('}');
    Some(text)
}

/// The signature of a document that has a member for it, which is to be left out of it still.
/// `None` as for [`sign`].
pub fn signature(
    document: &impl Serialize,
    sign: impl FnOnce(&[u8]) -> Signature,
) -> Option<Signature> {
    Some(sign(unsigned(document)?.as_bytes()))
}

/// The text that is signed.
fn unsigned(document: &impl Serialize) -> Option<String> {
    let text = serde_json::to_string(document).ok()?;
    let read = Value::parse(&text)?;
    let mut again = String::new();
    write(&mut again, &read);
    let is_good =
        again == text && !read.members().is_empty() && read.get(SIGNATURE) == &Value::Null;
    is_good.then_some(text)
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// [`DocumentError`]
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let Some(Value::Object(mut members)) = Value::parse(text) else {
            return Err(DocumentError::NotAnObject);
        };
        let (_, signature) =
            members.pop().filter(|(name, _)| name == SIGNATURE).ok_or(DocumentError::NotSigned)?;
        let bytes = signature
            .get("value")
            .as_str()
            .and_then(|value| BASE64URL_NOPAD.decode(value.as_bytes()).ok())
            .and_then(|bytes| ed25519_dalek::Signature::from_slice(&bytes).ok());
        let kid = signature.get("kid").unsigned().and_then(|kid| u8::try_from(kid).ok());
        let (Some(bytes), Some(kid), Some(ALGORITHM)) = (bytes, kid, signature.get("alg").as_str())
        else {
            return Err(DocumentError::NotSigned);
        };
        let document = Value::Object(members);
        let kind = Kind::of(&document).ok_or(DocumentError::UnknownKind)?;
        let mut text = String::new();
        write(&mut text, &document);
        Ok(Self { kind, kid, signature: bytes, text })
    }

    /// What it says it is. It is worth what [`verify`](Self::verify) says.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Number of the key that it says signed it.
    #[must_use]
    pub const fn kid(&self) -> u8 {
        self.kid
    }

    /// Whether one of the keys signed it as it stands. A key without a number is tried whatever the
    /// document names.
    #[must_use]
    pub fn verify(&self, keys: impl IntoIterator<Item = PublicKey>) -> Verdict {
        let mut verdict = Verdict::UnknownKey;
        for key in keys {
            if key.kid.is_some_and(|kid| kid != self.kid) {
                continue;
            }
            let signed = VerifyingKey::from_bytes(&key.bytes)
                .and_then(|key| key.verify_strict(self.text.as_bytes(), &self.signature));
            if signed.is_ok() {
                return Verdict::Valid;
            }
            verdict = Verdict::Changed;
        }
        verdict
    }
}

impl core::fmt::Display for DocumentError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::NotAnObject => "it is not a JSON object of ours",
            Self::NotSigned => "its last member is not a signature of ours",
            Self::UnknownKind => "it is none of the kinds of documents that are signed",
        })
    }
}

impl core::error::Error for DocumentError {}

/// Appends compact JSON as serde writes it.
fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Integer(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (place, (name, value)) in members.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write_text(out, name);
                out.push(':');
                write(out, value);
            }
            out.push('}');
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    // A text always serialises.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer as _, SigningKey};

    fn key(kid: u8) -> SigningKey {
        SigningKey::from_bytes(&[kid; 32])
    }

    fn public(kid: u8) -> PublicKey {
        PublicKey { kid: Some(kid), bytes: key(kid).verifying_key().to_bytes() }
    }

    fn signature(kid: u8, text: &[u8]) -> Signature {
        let value = BASE64URL_NOPAD.encode(&key(kid).sign(text).to_bytes());
        Signature { alg: ALGORITHM.into(), kid, value }
    }

    fn signed(document: &impl Serialize) -> String {
        sign(document, |text| signature(1, text)).unwrap()
    }

    fn receipt() -> serde_json::Value {
        // Controls, quotes, and what lies beyond the basic plane.
        serde_json::json!({
            "kind": "consent_receipt",
            "a": "tab\t, return\r, feed\u{c}, back\u{8}, null\u{0}, esc\u{1b}, del\u{7f}",
            "b": ["\"quoted\\\"", "ä \u{2028} 😀", {}, [], null, true, -7, 1_763_640_000_000_u64],
        })
    }

    /// The text in the form that other tools print: indented, everything beyond ASCII escaped.
    fn reprinted(text: &str) -> String {
        let pretty = indented(text);
        let mut out = String::new();
        for unit in pretty.chars() {
            if unit.is_ascii() {
                out.push(unit);
            } else {
                for unit in unit.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04X}"));
                }
            }
        }
        out
    }

    /// White space wherever JSON takes it; serde's own printer would sort the members.
    fn indented(text: &str) -> String {
        let (mut out, mut quoted, mut escaped) = (String::new(), false, false);
        for c in text.chars() {
            let is_structure = !quoted && matches!(c, '{' | '}' | '[' | ']' | ':' | ',');
            if is_structure {
                out.push_str(" \n");
            }
            out.push(c);
            if is_structure {
                out.push_str("\r\n\t");
            }
            quoted ^= c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
        }
        out
    }

    /// The text that was signed.
    fn read_back(text: &str) -> String {
        Document::parse(text).unwrap().text
    }

    #[test]
    fn a_signed_document_verifies_however_it_is_printed() {
        let text = signed(&receipt());
        for form in [text.clone(), indented(&text), reprinted(&text)] {
            let document = Document::parse(&form).unwrap();
            assert_eq!((document.kind(), document.kid()), (Kind::ConsentReceipt, 1));
            assert_eq!(document.verify([public(2), public(1)]), Verdict::Valid);
        }
    }

    #[test]
    fn any_change_breaks_it() {
        let text = signed(&receipt());
        assert_eq!(Document::parse(&text).unwrap().verify([public(2)]), Verdict::UnknownKey);
        let unnumbered = |kid| PublicKey { kid: None, ..public(kid) };
        let document = Document::parse(&text).unwrap();
        assert_eq!(document.verify([unnumbered(2), unnumbered(1)]), Verdict::Valid);
        assert_eq!(document.verify([unnumbered(2)]), Verdict::Changed);
        for (from, to) in [
            ("-7", "7"),
            ("true", "false"),
            ("null,true", "true"),
            ("\"a\"", "\"A\""),
            ("{\"a\"", "{\"c\":1,\"a\""),
            (",\"signature\"", ",\"more\":1,\"signature\""),
            ("consent_receipt", "consent_proof"),
            ("\"kid\":1", "\"kid\":2"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            let verdict = Document::parse(&changed).unwrap().verify([public(1), public(2)]);
            assert_eq!(verdict, Verdict::Changed, "{from}");
        }
        let elsewhere = signature(1, b"x").value;
        let moved = text.replace(&signature(1, read_back(&text).as_bytes()).value, &elsewhere);
        assert_ne!(moved, text);
        assert_eq!(Document::parse(&moved).unwrap().verify([public(1)]), Verdict::Changed);
    }

    #[test]
    fn the_order_of_members_is_part_of_what_is_signed() {
        #[derive(Serialize)]
        struct Ordered {
            kind: &'static str,
            b: u8,
            a: u8,
        }
        let text = signed(&Ordered { kind: "consent_proof", b: 1, a: 2 });
        assert!(text.starts_with("{\"kind\":\"consent_proof\",\"b\":1,\"a\":2,\"signature\":{"));
        assert_eq!(Document::parse(&text).unwrap().verify([public(1)]), Verdict::Valid);
        let swapped = text.replace("\"b\":1,\"a\":2", "\"a\":2,\"b\":1");
        assert_eq!(Document::parse(&swapped).unwrap().verify([public(1)]), Verdict::Changed);
    }

    #[test]
    fn what_is_none_of_our_documents_gets_no_verdict() {
        let refused = |text: &str| Document::parse(text).unwrap_err();
        for text in ["", "text", "\"text\"", "[]", "{\"kind\":1.5}", "{} {}"] {
            assert_eq!(refused(text), DocumentError::NotAnObject, "{text}");
        }
        let text = signed(&receipt());
        assert_eq!(refused("{}"), DocumentError::NotSigned);
        assert_eq!(refused("{\"signature\":{}}"), DocumentError::NotSigned);
        let renamed = text.replace("Ed25519", "none");
        assert_eq!(refused(&renamed), DocumentError::NotSigned);
        let behind = format!("{},\"x\":1}}", &text[..text.len() - 1]);
        assert_eq!(refused(&behind), DocumentError::NotSigned);
        let unknown = signed(&serde_json::json!({ "kind": "anything", "text": "any" }));
        assert_eq!(refused(&unknown), DocumentError::UnknownKind);
        let bare = signed(&serde_json::json!({ "text": "any" }));
        assert_eq!(refused(&bare), DocumentError::UnknownKind);
    }

    #[test]
    fn what_could_not_be_read_again_is_not_signed() {
        let never = |_: &[u8]| -> Signature { panic!("nothing is signed") };
        assert_eq!(sign(&"text", never), None);
        assert_eq!(sign(&serde_json::json!({}), never), None);
        assert_eq!(sign(&serde_json::json!({ "a": 1.5 }), never), None);
        assert_eq!(sign(&serde_json::json!({ "a": u64::MAX }), never), None);
        assert_eq!(sign(&serde_json::json!({ "signature": 1 }), never), None);
    }

    /// Receipts of erasures that were given before there was a member `kind`.
    #[test]
    fn a_receipt_of_an_erasure_verifies() {
        let text = "{\"id\":\"01KAGM0000000000000000000B\",\"conversation\":\"0a\",\
            \"erased_at\":1763640000000,\"recovery_days\":30,\
            \"recipients\":[{\"name\":\"Model Inc\",\"retention_days\":30}]}";
        let signature = serde_json::to_string(&signature(1, text.as_bytes())).unwrap();
        let whole = format!("{},\"signature\":{signature}}}", &text[..text.len() - 1]);
        let document = Document::parse(&whole).unwrap();
        assert_eq!(document.kind(), Kind::ErasureReceipt);
        assert_eq!(document.verify([public(1)]), Verdict::Valid);
    }
}
