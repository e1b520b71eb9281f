//! `cargo xtask receipts verify`: whether a receipt, a proof or a visitor's copy is what an edge
//! signed, without asking the edge. What is no such document is not verified at all.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser, ValueExt};
use sotto_shared::signed::{Document, Verdict};

use super::{NothingVerified, keys, read};

/// Options of `receipts verify`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verify {
    /// The document.
    pub(crate) document: PathBuf,
    /// Public keys, or files with one or with a set as the edge publishes it.
    pub(crate) keys: Vec<String>,
}

/// The document is not what was signed: the program ends with 1.
#[derive(Debug, PartialEq, Eq)]
struct NotSigned(Verdict);

impl Verify {
    /// Reads what follows its name on the command line.
    ///
    /// # Errors
    /// If that is none of its tasks; the sentence says what would be.
    pub(crate) fn read(parser: &mut Parser) -> Result<Self> {
        match parser.next()? {
            Some(Arg::Value(name)) if name == "verify" => {}
            _ => bail!("`receipts` takes `verify`"),
        }
        let (mut document, mut keys) = (None, Vec::new());
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("key") => keys.push(parser.value()?.string()?),
                Arg::Value(file) if document.is_none() => document = Some(PathBuf::from(file)),
                other => return Err(other.unexpected().into()),
            }
        }
        let document = document.context("`receipts verify` needs the file with the document")?;
        if keys.is_empty() {
            bail!("`receipts verify` needs --key KEY, the public key of the edge that signed");
        }
        Ok(Self { document, keys })
    }
}

/// Verifies, and prints what the document is.
///
/// # Errors
/// If it is not what was signed, or if something cannot be read.
pub(crate) fn run(options: &Verify) -> Result<()> {
    let (document, verdict) = verify(options).context(NothingVerified)?;
    match verdict {
        Verdict::Valid => {
            let (kind, kid) = (document.kind().name(), document.kid());
            println!("valid: {kind}, signed with key {kid} and not changed since");
            Ok(())
        }
        verdict => Err(NotSigned(verdict).into()),
    }
}

fn verify(options: &Verify) -> Result<(Document, Verdict)> {
    let named = || options.document.display().to_string();
    let document = Document::parse(read(&options.document)?.trim()).with_context(named)?;
    // A key whose number is not said is tried in any case.
    let verdict = document.verify(keys::all(&options.keys, keys::bare, Ok)?);
    Ok((document, verdict))
}

impl fmt::Display for NotSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Verdict::UnknownKey => "none of the keys has the number that the document names",
            Verdict::Valid | Verdict::Changed => {
                "the document was changed, or another key signed it"
            }
        })
    }
}

impl std::error::Error for NotSigned {}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;
    use ed25519_dalek::{Signer as _, SigningKey};
    use serde_json::json;
    use sotto_shared::signed::{Kind, sign};
    use sotto_shared::wire::session::Signature;

    use super::*;
    use crate::args::Command;
    use crate::args::lines::{check, refusal};
    use crate::scratch::Folder;

    /// A document, and public keys.
    struct Files(Folder);

    impl Files {
        fn new() -> Self {
            let files = Folder::new();
            let document = json!({ "kind": "consent_receipt", "id": "01A", "at": 7 });
            let signed = sign(&document, |text| Signature {
                alg: "Ed25519".into(),
                kid: 7,
                value: BASE64URL_NOPAD.encode(&key(7).sign(text).to_bytes()),
            });
            files.write("document", &signed.unwrap());
            let published =
                |kid: u8| json!({ "crv": "Ed25519", "x": x(kid), "kid": kid.to_string() });
            let set = json!({ "keys": [published(8), published(7)] });
            files.write("set", &set.to_string());
            files.write("other-set", &json!({ "keys": [published(8)] }).to_string());
            files.write("bare", &format!("{}\n", x(7)));
            Self(files)
        }

        fn verdict(&self, keys: &[&str]) -> Result<Verdict> {
            let keys = keys.iter().map(|key| {
                let file = self.0.at(key);
                if file.exists() { file.display().to_string() } else { (*key).to_owned() }
            });
            let options = Verify { document: self.0.at("document"), keys: keys.collect() };
            let (document, verdict) = verify(&options)?;
            assert_eq!((document.kind(), document.kid()), (Kind::ConsentReceipt, 7));
            Ok(verdict)
        }
    }

    fn key(kid: u8) -> SigningKey {
        SigningKey::from_bytes(&[kid; 32])
    }

    fn x(kid: u8) -> String {
        BASE64URL_NOPAD.encode(&key(kid).verifying_key().to_bytes())
    }

    #[test]
    fn a_document_verifies_with_the_key_in_every_form() {
        let files = Files::new();
        for given in [&["set"][..], &["bare"], &[&x(7)], &[&x(8), "bare"], &["other-set", "set"]] {
            assert_eq!(files.verdict(given).unwrap(), Verdict::Valid, "{given:?}");
        }
        assert_eq!(files.verdict(&["other-set"]).unwrap(), Verdict::UnknownKey);
        assert_eq!(files.verdict(&[&x(8)]).unwrap(), Verdict::Changed);
    }

    #[test]
    fn a_changed_document_does_not_verify() {
        let files = Files::new();
        let text = files.0.read("document");
        files.0.write("document", &text.replace("01A", "01B"));
        assert_eq!(files.verdict(&["set"]).unwrap(), Verdict::Changed);
        files.0.write("document", &text.replace(',', ",\n  "));
        assert_eq!(files.verdict(&["set"]).unwrap(), Verdict::Valid, "only printed in another way");
    }

    #[test]
    fn what_cannot_be_read_is_not_verified() {
        let files = Files::new();
        assert!(files.verdict(&[]).is_err());
        assert!(files.verdict(&["nothing-here"]).is_err());
        files.0.write("set", "{\"keys\":[]}");
        assert!(files.verdict(&["set"]).is_err());
        files.0.write("document", "a text");
        assert!(files.verdict(&["bare"]).is_err());
    }

    #[test]
    fn receipts_verify_needs_a_document_and_a_key() {
        let Command::Receipts(verify) = check("receipts verify r --key a --key b") else {
            panic!("not receipts verify");
        };
        assert_eq!(verify.document, PathBuf::from("r"));
        assert_eq!(verify.keys, ["a", "b"]);
        assert!(refusal("receipts").contains("`verify`"));
        assert!(refusal("receipts verify --key a").contains("document"));
        assert!(refusal("receipts verify r").contains("--key"));
    }
}
