//! Finding the passages that answer a question, and knowing when none does.
//!
//! The words of the question that say something (stop words and placeholders are left out) are
//! looked up in the full-text index, joined by OR and ranked by BM25. Rank alone cannot tell
//! "fits best" from "fits": a small collection gives every question some best passage. So each
//! word is weighed by how rare it is among the site's passages, and a passage has to hold
//! a fair share of the question's whole weight, in which words that no passage has weigh most. A
//! word in a passage's heading counts twice, since the passage is about it; a single word of
//! several has to be that important.
//!
//! Confidential documents have no index. Their passages are opened and read in `memory` each time,
//! by the same measure.

mod memory;
mod terms;

use memory::{Lexicon, Read};
use terms::{Term, terms};

use super::command::Passage;
use super::store::{CANDIDATES, Store};
use crate::sql::{Sql, SqlError};

/// Passages given back at most.
const PASSAGES: usize = 4;

/// The share of the question's weight that a passage has to hold.
const SHARE_MIN: f64 = 0.34;

/// The same for a passage that holds only one word of several.
const SHARE_MIN_OF_ONE: f64 = 0.5;

/// How much more a word in a passage's heading counts than one in its text.
const HEADING_FACTOR: f64 = 2.0;

/// The same for a word that only the document's title has, which all its passages share.
const TITLE_FACTOR: f64 = 0.5;

/// The places of a word from the least to the most important, and how much each counts: the best
/// one does.
const PLACES: [(&str, f64); 3] =
    [("title", TITLE_FACTOR), ("text", 1.0), ("heading", HEADING_FACTOR)];

/// The share of what the best passage holds that the others have to hold.
const SHARE_MIN_OF_BEST: f64 = 0.5;

/// The passages of a site that fit a question, best first; none if none does. `opened` gives the
/// passages that have no index, since they are stored sealed.
///
/// # Errors
/// [`SqlError`], and whatever `opened` fails with.
pub fn search<S: Sql, E: From<SqlError>>(
    store: &Store<'_, S>,
    site: u16,
    question: &str,
    opened: impl FnOnce() -> Result<Vec<Passage>, E>,
) -> Result<Vec<Passage>, E> {
    let terms = terms(question);
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    let all = count(store.count_passages(site)?);
    let (mut candidates, mut with) = indexed(store, site, &terms)?;
    let opened = opened()?;
    if !opened.is_empty() {
        let lexicon = Lexicon::new(&terms);
        let read: Vec<_> = opened.into_iter().map(|passage| lexicon.read(passage)).collect();
        for (at, with) in with.iter_mut().enumerate() {
            *with += count_if(&read, |read| read.holds(&lexicon, at));
        }
        let mut with_stem = Vec::new();
        for (at, stem) in terms.iter().flat_map(Term::stems).enumerate() {
            let indexed = count(store.count_matches(site, &stem.query())?);
            with_stem.push(indexed + count_if(&read, |read| read.holds_stem(at)));
        }
        candidates = memory::ranked(&lexicon, candidates, read, all, &with_stem);
    }

    let weights: Vec<f64> = with.iter().map(|with| weight(all, *with)).collect();
    let whole: f64 = weights.iter().sum();
    let held: Vec<Held> = candidates.iter().map(|one| Held::new(&one.factors, &weights)).collect();
    let best = held.iter().map(|held| held.weight).fold(0.0, f64::max);
    let fits =
        |held: &Held| held.is_enough(whole, terms.len()) && held.weight >= best * SHARE_MIN_OF_BEST;
    let fitting = candidates.into_iter().zip(&held).filter(|(_, held)| fits(held));
    Ok(fitting.map(|(one, _)| one.passage).take(PASSAGES).collect())
}

/// A passage that holds some of a question's words, and for each word how much its best place in
/// the passage counts: 0 where it is not there.
struct Candidate {
    passage: Passage,
    factors: Vec<f64>,
}

/// What the index finds, best first, and how many passages hold each word.
fn indexed<S: Sql>(
    store: &Store<'_, S>,
    site: u16,
    terms: &[Term],
) -> Result<(Vec<Candidate>, Vec<f64>), SqlError> {
    let queries = terms.iter().map(Term::query).collect::<Vec<_>>();
    let found = store.best_matches(site, &queries.join(" OR "))?;
    if found.is_empty() {
        return Ok((Vec::new(), vec![0.0; terms.len()]));
    }
    let ids = found.iter().map(|one| one.id).collect::<Vec<_>>();
    let mut candidates: Vec<Candidate> = found
        .into_iter()
        .map(|one| Candidate { passage: one.passage, factors: vec![0.0; terms.len()] })
        .collect();
    let mut with = Vec::with_capacity(terms.len());
    for (at, places) in store.places(site, &queries, &ids)?.into_iter().enumerate() {
        with.push(count(places.count));
        for (matching, (_, factor)) in
            [places.title, places.text, places.heading].iter().zip(PLACES)
        {
            for (candidate, id) in candidates.iter_mut().zip(&ids) {
                if matching.contains(id)
                    && let Some(best) = candidate.factors.get_mut(at)
                {
                    *best = factor;
                }
            }
        }
    }
    Ok((candidates, with))
}

/// The inverse document frequency of BM25, which is never negative in this form.
fn weight(all: f64, with: f64) -> f64 {
    ((all - with + 0.5) / (with + 0.5)).ln_1p()
}

/// What a passage holds of a question.
#[derive(Clone, Copy, Debug)]
struct Held {
    words: usize,
    weight: f64,
}

impl Held {
    fn new(factors: &[f64], weights: &[f64]) -> Self {
        Self {
            words: factors.iter().filter(|factor| **factor > 0.0).count(),
            weight: factors.iter().zip(weights).map(|(factor, weight)| factor * weight).sum(),
        }
    }

    fn is_enough(self, whole: f64, words: usize) -> bool {
        let one_of_several = self.words == 1 && words > 1;
        self.weight >= whole * if one_of_several { SHARE_MIN_OF_ONE } else { SHARE_MIN }
    }
}

fn count_if(read: &[Read], holds: impl Fn(&Read) -> bool) -> f64 {
    let read = read.iter().filter(|read| holds(read)).count();
    count(u64::try_from(read).unwrap_or(u64::MAX))
}

#[expect(clippy::cast_precision_loss, reason = "a site has fewer passages than a float can count")]
fn count(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::MemorySql;
    use crate::workspace::documents::{Format, split};
    use crate::workspace::schema;
    use crate::workspace::store::SealedDocument;
    use sotto_shared::wire::admin::DocumentEntry;

    const SHOP: &str = "# Tea shop\n\nWe sell green tea, black tea and tea pots.\n\n\
        ## Delivery\n\nWe deliver within three working days in Germany and Austria. Delivery costs 4.90 euro and is free from 40 euro on.\n\n\
        ## Delivery abroad\n\nTo Switzerland and France we deliver within seven working days. Customs duties are paid by the customer.\n\n\
        ## Returns\n\nYou can return unopened tea within 14 days. The return label is free. We refund the price within five days.\n\n\
        ## Payment\n\nWe take credit cards, bank transfer and invoice.\n\n\
        ## Opening hours\n\nThe shop is open from Monday to Friday, 10 to 18 o'clock.\n";

    const LADEN: &str = "# Teeladen\n\n## Lieferung\n\nWir liefern innerhalb von drei Werktagen. Größere Pakete dauern länger.\n\n\
        ## Rückgabe\n\nUngeöffneter Tee kann innerhalb von 14 Tagen zurückgegeben werden.\n";

    /// The same documents twice: with an index, and as passages that have none.
    struct Filled {
        indexed: MemorySql,
        sealed: MemorySql,
        passages: Vec<(u16, Passage)>,
    }

    fn filled(documents: &[(u16, &str, &str)]) -> Filled {
        let (indexed, sealed) = (MemorySql::new(), MemorySql::new());
        for sql in [&indexed, &sealed] {
            schema::migrate(sql).unwrap();
        }
        let mut passages = Vec::new();
        for (site, name, text) in documents {
            let document = split(name, Format::Markdown, text);
            let entry = DocumentEntry {
                name: (*name).into(),
                title: document.title,
                media_type: "text/markdown".into(),
                bytes: 0,
                passages: document.passages.len() as u64,
                updated_at: 0,
                confidential: false,
                flagged: Vec::new(),
            };
            Store(&indexed).put_document(*site, &entry, &document.passages, &[]).unwrap();
            let entry = DocumentEntry { confidential: true, ..entry };
            let none = SealedDocument { name: (*name).into(), ..SealedDocument::default() };
            Store(&sealed).put_sealed(*site, &entry, &none).unwrap();
            passages.extend(document.passages.into_iter().map(|passage| (*site, passage)));
        }
        Filled { indexed, sealed, passages }
    }

    /// What is found with the index, which has to be what is found without it.
    fn found(filled: &Filled, site: u16, question: &str) -> Vec<String> {
        let search = |sql, opened| {
            let passages = search::<_, SqlError>(&Store(sql), site, question, || Ok(opened));
            passages.unwrap().into_iter().map(|passage| passage.id).collect()
        };
        let indexed: Vec<String> = search(&filled.indexed, Vec::new());
        let own = filled.passages.iter().filter(|(of, _)| *of == site);
        let opened = own.map(|(_, passage)| passage.clone()).collect();
        assert_eq!(search(&filled.sealed, opened), indexed, "{question}");
        indexed
    }

    #[test]
    fn a_question_finds_its_passage_first() {
        let sql = filled(&[(1, "shop", SHOP)]);
        for (question, wanted) in [
            ("When do you deliver?", "shop#delivery"),
            ("How do returns work?", "shop#returns"),
            ("can i RETURN my tea", "shop#returns"),
            ("Do you ship or deliver to Switzerland?", "shop#delivery-abroad"),
            ("Which credit cards do you take?", "shop#payment"),
            ("opening hours", "shop#opening-hours"),
            ("Are you open on Monday?", "shop#opening-hours"),
            ("When will my order be delivered?", "shop#delivery"),
            ("Do you accept vouchers or credit cards?", "shop#payment"),
        ] {
            assert_eq!(
                found(&sql, 1, question).first().map(String::as_str),
                Some(wanted),
                "{question}"
            );
        }
    }

    #[test]
    fn german_words_are_found_with_their_endings_and_without_their_dots() {
        let sql = filled(&[(1, "laden", LADEN)]);
        for question in
            ["Wann liefern Sie?", "Wie lange dauert die Lieferung?", "grossere größere Pakete"]
        {
            assert_eq!(
                found(&sql, 1, question).first().map(String::as_str),
                Some("laden#lieferung"),
                "{question}"
            );
        }
        assert_eq!(found(&sql, 1, "Ruckgabe")[0], "laden#rückgabe");
    }

    #[test]
    fn what_does_not_fit_finds_nothing() {
        let sql = filled(&[(1, "shop", SHOP)]);
        for question in [
            "What is the capital of France?",
            "What is the capital of France and who is its president?",
            "Write me a poem about quantum physics",
            "Who won the football championship?",
            "",
            "?!",
            "how do you do",
            "[EMAIL_1] [PHONE]",
        ] {
            assert_eq!(found(&sql, 1, question), Vec::<String>::new(), "{question}");
        }
    }

    #[test]
    fn a_site_sees_its_own_documents_alone() {
        let sql = filled(&[(1, "shop", SHOP), (2, "laden", LADEN)]);
        assert!(found(&sql, 2, "Monday opening hours").is_empty());
        assert!(found(&sql, 3, "delivery").is_empty());
        assert_eq!(found(&sql, 2, "Lieferung")[0], "laden#lieferung");
    }

    #[test]
    fn nothing_in_a_question_is_an_operator() {
        let sql = filled(&[(1, "shop", SHOP)]);
        for question in
            ["\"deliver", "deliver* OR NOT (", "text:deliver AND ^x", "deliver NEAR/3 -\"", "';--"]
        {
            let _ = found(&sql, 1, question);
        }
        assert_eq!(found(&sql, 1, "(\"delivery\"*")[0], "shop#delivery");
    }

    #[test]
    fn at_most_four_passages_come_back() {
        let text = (0..10).map(|n| format!("# Tea {n}\n\nGreen tea.\n\n")).collect::<String>();
        let sql = filled(&[(1, "tea", &text)]);
        assert_eq!(found(&sql, 1, "green tea").len(), PASSAGES);
    }

    /// The demo shop, as `cargo xtask dev` loads it: two languages in one site.
    fn demo() -> Filled {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/demo/documents");
        let mut documents = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, std::fs::read_to_string(path).unwrap())
            })
            .collect::<Vec<_>>();
        documents.sort();
        let documents = documents
            .iter()
            .map(|(name, text)| (1, name.as_str(), text.as_str()))
            .collect::<Vec<_>>();
        filled(&documents)
    }

    #[test]
    fn the_demo_shop_answers_its_visitors() {
        let sql = demo();
        for (question, document) in [
            ("How long does delivery take?", "delivery.md"),
            ("What does a repair cost?", "repairs.md"),
            ("When are you open?", "contact.md"),
            ("Can I return a bicycle?", "returns.md"),
            ("How can I pay?", "payment.md"),
            ("Is there a warranty on frames?", "warranty.md"),
            ("What do you do with my data?", "privacy.md"),
            ("My address is [EMAIL_1], when will my order be delivered?", "delivery.md"),
            ("Wie lange dauert die Lieferung?", "de-lieferung.md"),
            ("Was kostet eine Reparatur?", "de-werkstatt.md"),
            ("Wann ist geöffnet?", "de-kontakt.md"),
            ("Kann ich mein Fahrrad zurückgeben?", "de-rueckgabe.md"),
            ("Wann wird geliefert?", "de-lieferung.md"),
        ] {
            let all = found(&sql, 1, question);
            assert!(
                all.first().is_some_and(|first| first.starts_with(document)),
                "{question}: {all:?}"
            );
        }
        for question in [
            "Who is the president of France?",
            "Wie wird das Wetter morgen?",
            "Write a poem about the sea",
        ] {
            assert_eq!(found(&sql, 1, question), Vec::<String>::new(), "{question}");
        }
    }
}
