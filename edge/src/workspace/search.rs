//! Finding the passages that answer a question, and knowing when none does.
//!
//! The words of the question that say something (stop words and placeholders are left out) are
//! looked up in the full-text index, joined by OR and ranked by BM25. Rank alone cannot tell
//! "fits best" from "fits": a small collection gives every question some best passage. So each
//! word is weighed by how rare it is among the site's passages, and a passage has to hold
//! a fair share of the question's whole weight, in which words that no passage has weigh most. A
//! word in a passage's heading counts twice, since the passage is about it; a single word of
//! several has to be that important.

use super::command::Passage;
use super::store::Store;
use crate::sql::{Sql, SqlError};

/// Passages given back at most.
const PASSAGES: usize = 4;

/// Words of a question that are looked up; a longer question is cut.
const WORDS: usize = 12;

/// The share of the question's weight that a passage has to hold.
const SHARE_MIN: f64 = 0.34;

/// The same for a passage that holds only one word of several.
const SHARE_MIN_OF_ONE: f64 = 0.5;

/// How much more a word in a passage's heading counts than one in its text.
const HEADING_FACTOR: f64 = 2.0;

/// The same for a word that only the document's title has, which all its passages share.
const TITLE_FACTOR: f64 = 0.5;

/// The share of what the best passage holds that the others have to hold.
const SHARE_MIN_OF_BEST: f64 = 0.5;

/// A word of a question, made ready for the index.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    stem: String,
    /// Another stem that it may have come from.
    or: Option<String>,
}

/// The passages of a site that fit a question, best first; none if none does.
///
/// # Errors
/// [`SqlError`]
pub fn search<S: Sql>(
    store: &Store<'_, S>,
    site: u16,
    question: &str,
) -> Result<Vec<Passage>, SqlError> {
    let terms = terms(question);
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    let queries = terms.iter().map(Term::query).collect::<Vec<_>>();
    let ids = store.best_matches(site, &queries.join(" OR "))?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let all = count(store.count_passages(site)?);
    let mut whole = 0.0;
    let mut held = vec![Held::default(); ids.len()];
    for places in store.places(site, &queries, &ids)? {
        let with = count(places.count);
        // The inverse document frequency of BM25, which is never negative in this form.
        let weight = ((all - with + 0.5) / (with + 0.5)).ln_1p();
        whole += weight;
        // The best place counts, so the places follow from the least to the most important.
        let mut factors = vec![0.0; ids.len()];
        for (matching, factor) in
            [(places.title, TITLE_FACTOR), (places.text, 1.0), (places.heading, HEADING_FACTOR)]
        {
            for (best, id) in factors.iter_mut().zip(&ids) {
                if matching.contains(id) {
                    *best = factor;
                }
            }
        }
        for (held, factor) in held.iter_mut().zip(factors) {
            held.words += usize::from(factor > 0.0);
            held.weight += weight * factor;
        }
    }
    let best = held.iter().map(|held| held.weight).fold(0.0, f64::max);
    let fits =
        |held: &Held| held.is_enough(whole, terms.len()) && held.weight >= best * SHARE_MIN_OF_BEST;
    let fitting = ids.iter().zip(&held).filter(|(_, held)| fits(held)).take(PASSAGES);
    let passages = fitting.map(|(id, _)| store.passage(*id)).collect::<Result<Vec<_>, _>>()?;
    Ok(passages.into_iter().flatten().collect())
}

/// What a passage holds of a question.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    words: usize,
    weight: f64,
}

impl Held {
    fn is_enough(self, whole: f64, words: usize) -> bool {
        let one_of_several = self.words == 1 && words > 1;
        self.weight >= whole * if one_of_several { SHARE_MIN_OF_ONE } else { SHARE_MIN }
    }
}

impl Term {
    fn new(word: &str) -> Self {
        Self { stem: stem(word).to_owned(), or: participle_stem(word).map(str::to_owned) }
    }

    /// The term in the index's query language: quoted, so that nothing in it is an operator; long
    /// ones match every word that begins with them.
    fn query(&self) -> String {
        let one = |stem: &str| {
            let star = if stem.chars().count() >= PREFIX_CHARS { "*" } else { "" };
            format!("\"{stem}\"{star}")
        };
        match &self.or {
            None => one(&self.stem),
            Some(or) => format!("({} OR {})", one(&self.stem), one(or)),
        }
    }
}

/// Terms from this length on match what begins with them.
const PREFIX_CHARS: usize = 4;

/// The words of a question that say something, each once, their endings taken off.
fn terms(question: &str) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    let plain = without_placeholders(question).to_lowercase();
    for word in plain.split(|c: char| !c.is_alphanumeric()) {
        let says_something = word.chars().count() >= 2 || word.chars().all(is_ideograph);
        if word.is_empty() || !says_something || STOP_WORDS.contains(&word) {
            continue;
        }
        let term = Term::new(word);
        if !terms.contains(&term) && terms.len() < WORDS {
            terms.push(term);
        }
    }
    terms
}

/// A text without what looks like a placeholder, such as `[EMAIL_1]` or `[=PHONE]`.
fn without_placeholders(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        match after.split_once(']') {
            Some((inside, behind)) if is_placeholder(inside) => {
                out.push(' ');
                rest = behind;
            }
            _ => {
                out.push('[');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn is_placeholder(inside: &str) -> bool {
    !inside.is_empty()
        && inside
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'='))
        && inside.bytes().any(|b| b.is_ascii_uppercase())
}

/// A word without the commonest endings of English and German, so that "returns" finds "return"
/// and "Lieferung" finds "liefern". What is left has at least [`STEM_CHARS`] characters.
fn stem(word: &str) -> &str {
    ENDINGS
        .iter()
        .find_map(|ending| {
            word.strip_suffix(ending).filter(|stem| stem.chars().count() >= STEM_CHARS)
        })
        .unwrap_or(word)
}

/// The stem of a German participle, so that "geliefert" finds "Lieferung".
fn participle_stem(word: &str) -> Option<&str> {
    let rest = word.strip_prefix("ge")?;
    ["et", "en", "t"]
        .iter()
        .find_map(|ending| rest.strip_suffix(ending))
        .filter(|stem| stem.chars().count() >= STEM_CHARS)
}

/// Shortest stem, in characters.
const STEM_CHARS: usize = 4;

/// Endings, longest first.
const ENDINGS: &[&str] =
    &["ungen", "ing", "ies", "ung", "ern", "ed", "es", "er", "en", "em", "s", "e", "y", "n"];

/// Words of a question that say nothing about what it asks for.
const STOP_WORDS: &[&str] = &[
    // English
    "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
    "can", "could", "did", "do", "does", "done", "for", "from", "get", "give", "had", "has",
    "have", "hello", "help", "her", "hey", "hi", "him", "his", "how", "i", "if", "in", "into",
    "is", "it", "its", "just", "know", "let", "like", "long", "many", "may", "me", "might", "more",
    "most", "much", "must", "my", "need", "no", "not", "of", "off", "on", "one", "or", "our",
    "out", "please", "question", "s", "shall", "she", "should", "so", "some", "take", "takes",
    "tell", "than", "thank", "thanks", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "those", "to", "too", "up", "us", "very", "want", "was", "we", "were", "what",
    "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
    // German
    "aber", "alle", "als", "am", "an", "auch", "auf", "aus", "bei", "bin", "bis", "bitte", "da",
    "dann", "das", "dass", "dauert", "dein", "dem", "den", "der", "des", "die", "dies", "diese",
    "dir", "du", "ein", "eine", "einem", "einen", "einer", "es", "euch", "euer", "frage", "für",
    "gibt", "habe", "haben", "hallo", "hat", "ich", "ihr", "ihre", "ihren", "im", "in", "ist",
    "ja", "kann", "kannst", "kein", "keine", "können", "könnte", "lange", "man", "mein", "meine",
    "meinen", "mich", "mir", "mit", "möchte", "muss", "nach", "nein", "nicht", "noch", "nur", "ob",
    "oder", "sehr", "sein", "seine", "sich", "sie", "sind", "so", "soll", "über", "um", "und",
    "uns", "unser", "viel", "viele", "vom", "von", "vor", "wann", "war", "warum", "was", "welche",
    "wenn", "wer", "werde", "werden", "wie", "wieso", "will", "wird", "wir", "wo", "zu", "zum",
    "zur",
];

/// Scripts without spaces have words of one character.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
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
    use sotto_shared::wire::admin::DocumentEntry;

    const SHOP: &str = "# Tea shop\n\nWe sell green tea, black tea and tea pots.\n\n\
        ## Delivery\n\nWe deliver within three working days in Germany and Austria. Delivery costs 4.90 euro and is free from 40 euro on.\n\n\
        ## Delivery abroad\n\nTo Switzerland and France we deliver within seven working days. Customs duties are paid by the customer.\n\n\
        ## Returns\n\nYou can return unopened tea within 14 days. The return label is free. We refund the price within five days.\n\n\
        ## Payment\n\nWe take credit cards, bank transfer and invoice.\n\n\
        ## Opening hours\n\nThe shop is open from Monday to Friday, 10 to 18 o'clock.\n";

    const LADEN: &str = "# Teeladen\n\n## Lieferung\n\nWir liefern innerhalb von drei Werktagen. Größere Pakete dauern länger.\n\n\
        ## Rückgabe\n\nUngeöffneter Tee kann innerhalb von 14 Tagen zurückgegeben werden.\n";

    fn filled(documents: &[(u16, &str, &str)]) -> MemorySql {
        let sql = MemorySql::new();
        schema::migrate(&sql).unwrap();
        for (site, name, text) in documents {
            let document = split(name, Format::Markdown, text);
            let entry = DocumentEntry {
                name: (*name).into(),
                title: document.title,
                media_type: "text/markdown".into(),
                bytes: 0,
                passages: document.passages.len() as u64,
                updated_at: 0,
            };
            Store(&sql).put_document(*site, &entry, &document.passages, &[]).unwrap();
        }
        sql
    }

    fn found(sql: &MemorySql, site: u16, question: &str) -> Vec<String> {
        let passages = search(&Store(sql), site, question).unwrap();
        passages.into_iter().map(|passage| passage.id).collect()
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
    fn placeholders_are_not_looked_up() {
        assert_eq!(
            terms("Is [EMAIL_1] or [=PHONE_2] for returns [see below]?"),
            [Term::new("returns"), Term::new("see"), Term::new("below")]
        );
        assert_eq!(without_placeholders("[[EMAIL_1]"), "[ ");
    }

    #[test]
    fn a_long_question_is_cut() {
        let question = (0..100).map(|n| format!("word{n}x ")).collect::<String>();
        assert_eq!(terms(&question).len(), WORDS);
    }

    #[test]
    fn at_most_four_passages_come_back() {
        let text = (0..10).map(|n| format!("# Tea {n}\n\nGreen tea.\n\n")).collect::<String>();
        let sql = filled(&[(1, "tea", &text)]);
        assert_eq!(found(&sql, 1, "green tea").len(), PASSAGES);
    }

    /// The demo shop, as `cargo xtask dev` loads it: two languages in one site.
    fn demo() -> MemorySql {
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
