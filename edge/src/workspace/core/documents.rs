//! Documents: put open, with a full-text index, or confidential, sealed and without one.
//!
//! A confidential document has a random key of its own, which the workspace's key wraps and which is
//! new each time that the document is put. What stands of it in the clear is its name, its type, its
//! size, how many passages it has, and when it was put.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use sotto_shared::limits;
use sotto_shared::wire::admin::{DocumentEntry, DocumentList, Flagged};

use super::{Fault, Workspace, count, invalid, limit};
use crate::auth::seal::{SealError, SealKey, Sealer};
use crate::clock::Clock;
use crate::guard::input::printed;
use crate::guard::screen::{Verdict, screen};
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::command::{AdminReply, Passage};
use crate::workspace::documents::{self, Document, Format};
use crate::workspace::store::SealedDocument;

/// Passages are sealed together up to this size, in bytes: few rows to read, none near the 2 MB
/// that a row may have.
const PART_BYTES: usize = 64 * 1024;

/// A document that is put.
pub(super) struct Put<'a> {
    pub(super) site: u16,
    pub(super) name: &'a str,
    pub(super) media_type: &'a str,
    pub(super) text: &'a str,
    pub(super) confidential: Option<bool>,
}

/// What is sealed of a confidential document beside its passages.
#[derive(Serialize, Deserialize)]
struct About {
    title: String,
    media_type: String,
    own_values: Vec<String>,
    /// How many parts its passages are in.
    parts: u32,
    #[serde(default)]
    flagged: Vec<Flagged>,
}

/// A passage as it is sealed, without what it shares with its document.
#[derive(Serialize, Deserialize)]
struct SealedPassage {
    id: String,
    heading: String,
    text: String,
}

/// Passages that the screen does not pass, the first ones. What is screened is what a prompt prints:
/// a heading speaks to a model like the text below it.
fn flagged(passages: &[Passage]) -> Vec<Flagged> {
    let odd = passages.iter().filter_map(|passage| {
        let screened = screen(&printed(passage));
        (screened.verdict != Verdict::Pass).then(|| Flagged {
            passage: passage.id.clone(),
            families: screened.families.iter().map(|family| family.name().to_owned()).collect(),
        })
    });
    odd.take(limits::FLAGGED_PASSAGES).collect()
}

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Puts a document in place of the one that has its name. Unless it says so, it is as
    /// confidential as that one was, so that a script that knows nothing of it opens nothing.
    pub(super) fn put_document(&self, put: &Put<'_>) -> Result<AdminReply, Fault> {
        let Put { site, name, media_type, text, confidential } = *put;
        self.known_site(site)?;
        if !documents::is_name(name) {
            let rule = "must be 1 to 120 letters, digits, dots, dashes and underscores";
            return Err(invalid("name", rule).into());
        }
        let format = Format::parse(media_type)
            .ok_or_else(|| invalid("media_type", "must be text/markdown or text/plain"))?;
        if text.len() > limits::DOCUMENT_BYTES {
            return Err(invalid("document", "must have at most 1048576 bytes").into());
        }
        let store = self.store();
        if store.count_documents_but(site, name)? >= count(limits::DOCUMENTS_PER_SITE) {
            return Err(limit("a site has at most 500 documents").into());
        }
        let confidential = match confidential {
            Some(said) => said,
            None => store.is_confidential(site, name)?,
        };
        let document = documents::split(name, format, text);
        let entry = DocumentEntry {
            name: name.to_owned(),
            title: document.title.clone(),
            media_type: media_type.to_owned(),
            bytes: count(text.len()),
            passages: count(document.passages.len()),
            updated_at: self.clock.now_ms(),
            confidential,
            flagged: flagged(&document.passages),
        };
        if confidential {
            let others = store.confidential_bytes_but(site, name)?;
            if others.saturating_add(entry.bytes) > count(limits::CONFIDENTIAL_BYTES_PER_SITE) {
                let what = "a site has at most 1048576 bytes of confidential documents";
                return Err(limit(what).into());
            }
            let sealed = self.sealed(site, &entry, document)?;
            // Titles and names of passages are words of the document.
            let untitled =
                DocumentEntry { title: String::new(), flagged: Vec::new(), ..entry.clone() };
            store.put_sealed(site, &untitled, &sealed)?;
        } else {
            store.put_document(site, &entry, &document.passages, &document.own_values)?;
        }
        Ok(AdminReply::Document(entry))
    }

    /// A site's documents by name.
    pub(super) fn list_documents(&self, site: u16) -> Result<AdminReply, Fault> {
        self.known_site(site)?;
        let mut documents = self.store().documents(site)?;
        for opened in self.open_documents(site)? {
            if let Some(entry) = documents.iter_mut().find(|entry| entry.name == opened.name) {
                entry.title = opened.about.title;
                entry.flagged = opened.about.flagged;
            }
        }
        Ok(AdminReply::Documents(DocumentList { documents }))
    }

    /// The values in a site's documents that the scrubber would hide, each once, those of the newest
    /// documents first.
    pub(super) fn document_values(&self, site: u16) -> Result<Vec<String>, Fault> {
        let lists = self.store().value_lists(site)?;
        let mut confidential = self.open_documents(site)?;
        let (mut values, mut seen) = (Vec::new(), HashSet::new());
        for (name, list) in lists {
            let list = list.or_else(|| {
                let at = confidential.iter().position(|opened| opened.name == name)?;
                Some(confidential.swap_remove(at).about.own_values)
            });
            let new = list.unwrap_or_default().into_iter();
            values.extend(new.filter(|value| seen.insert(value.clone())));
        }
        values.truncate(limits::DOCUMENT_VALUES);
        Ok(values)
    }

    /// The passages of a site's confidential documents, opened.
    pub(super) fn confidential_passages(&self, site: u16) -> Result<Vec<Passage>, Fault> {
        let documents = self.open_documents(site)?;
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        let mut passages = Vec::new();
        let mut parts = self.store().sealed_parts(site)?.into_iter().peekable();
        for opened in documents {
            for part in 0..opened.about.parts {
                let own = parts.next_if(|(name, _)| *name == opened.name);
                let (_, sealed) = own.ok_or(SealError::NotOpened)?;
                let place = self.part_place(site, &opened.name, part);
                let plain = opened.sealer.open(&place, &sealed)?;
                let read: Vec<SealedPassage> = parse(&plain)?;
                passages.extend(read.into_iter().map(|one| Passage {
                    id: one.id,
                    document: opened.name.clone(),
                    media_type: opened.about.media_type.clone(),
                    title: opened.about.title.clone(),
                    heading: one.heading,
                    text: one.text,
                }));
            }
        }
        Ok(passages)
    }

    fn sealed(
        &self,
        site: u16,
        entry: &DocumentEntry,
        document: Document,
    ) -> Result<SealedDocument, Fault> {
        let name = entry.name.as_str();
        let key = SealKey::generate(self.random)?;
        let place = self.document_place(b"key", site, name);
        let wrapped_key = self.key()?.seal(self.random, &place, key.as_bytes())?;
        let sealer = key.sealer();
        let parts = parts(document.passages)?;
        let about = About {
            title: document.title,
            media_type: entry.media_type.clone(),
            own_values: document.own_values,
            parts: u32::try_from(parts.len()).unwrap_or(u32::MAX),
            flagged: entry.flagged.clone(),
        };
        let place = self.document_place(b"about", site, name);
        let about = sealer.seal(self.random, &place, json(&about)?.as_bytes())?;
        let parts = parts
            .iter()
            .zip(0..)
            .map(|(part, number)| {
                let place = self.part_place(site, name, number);
                sealer.seal(self.random, &place, part.as_bytes())
            })
            .collect::<Result<_, _>>()?;
        Ok(SealedDocument { name: name.to_owned(), wrapped_key, about, parts })
    }

    fn open_documents(&self, site: u16) -> Result<Vec<OpenedDocument>, Fault> {
        let sealed = self.store().sealed_documents(site)?;
        if sealed.is_empty() {
            return Ok(Vec::new());
        }
        let own = self.key()?.sealer();
        let open = |document: SealedDocument| {
            let place = self.document_place(b"key", site, &document.name);
            let key = own.open(&place, &document.wrapped_key)?;
            let key = key.as_slice().try_into().map_err(|_| SealError::NotOpened)?;
            let sealer = SealKey::from_bytes(key).sealer();
            let place = self.document_place(b"about", site, &document.name);
            let about = parse(&sealer.open(&place, &document.about)?)?;
            Ok(OpenedDocument { name: document.name, about, sealer })
        };
        sealed.into_iter().map(open).collect()
    }

    /// Binds what is sealed to its use, its workspace, its site and its document. Only the name
    /// varies in length, and it stands last.
    fn document_place(&self, what: &[u8], site: u16, name: &str) -> Vec<u8> {
        let site = site.to_be_bytes();
        [b"sotto document 1 ", what, &[0], self.id.as_bytes(), &site, name.as_bytes()].concat()
    }

    fn part_place(&self, site: u16, name: &str, part: u32) -> Vec<u8> {
        let what = [b"part".as_slice(), &part.to_be_bytes()].concat();
        self.document_place(&what, site, name)
    }
}

/// A confidential document whose key is opened.
struct OpenedDocument {
    name: String,
    about: About,
    sealer: Sealer,
}

/// Passages as JSON lists, each as long as a part may be.
fn parts(passages: Vec<Passage>) -> Result<Vec<String>, Fault> {
    let mut parts = Vec::new();
    let mut part = String::new();
    for Passage { id, heading, text, .. } in passages {
        let passage = json(&SealedPassage { id, heading, text })?;
        if !part.is_empty() && part.len() + passage.len() > PART_BYTES {
            parts.push(core::mem::take(&mut part) + "]");
        }
        part.push(if part.is_empty() { '[' } else { ',' });
        part.push_str(&passage);
    }
    if !part.is_empty() {
        parts.push(part + "]");
    }
    Ok(parts)
}

fn json(value: &impl Serialize) -> Result<String, Fault> {
    // Texts always serialise.
    serde_json::to_string(value).map_err(|_| Fault::Broken("a document could not be written"))
}

fn parse<T: serde::de::DeserializeOwned>(json: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(json).map_err(|_| Fault::Broken("a sealed document cannot be read"))
}
