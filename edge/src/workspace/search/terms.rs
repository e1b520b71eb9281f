//! The words of a question that are looked up.

/// Words of a question that are looked up; a longer question is cut.
const WORDS: usize = 12;

/// A word of a question, made ready for the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    stem: String,
    /// Another stem that it may have come from.
    or: Option<String>,
}

impl Term {
    fn new(word: &str) -> Self {
        Self { stem: stem(word).to_owned(), or: participle_stem(word).map(str::to_owned) }
    }

    /// Its stems: one, or two that it may have come from.
    pub(super) fn stems(&self) -> impl Iterator<Item = Stem<'_>> {
        core::iter::once(&self.stem).chain(&self.or).map(|stem| Stem(stem))
    }

    /// The term in the index's query language.
    pub(super) fn query(&self) -> String {
        match self.stems().map(Stem::query).collect::<Vec<_>>().as_slice() {
            [stem] => stem.clone(),
            several => format!("({})", several.join(" OR ")),
        }
    }
}

/// A stem of a term.
#[derive(Clone, Copy)]
pub(super) struct Stem<'a>(pub(super) &'a str);

impl Stem<'_> {
    /// Whether it matches every word that begins with it: a long one does.
    pub(super) fn is_prefix(self) -> bool {
        self.0.chars().count() >= PREFIX_CHARS
    }

    /// The stem in the index's query language: quoted, so that nothing in it is an operator.
    pub(super) fn query(self) -> String {
        let star = if self.is_prefix() { "*" } else { "" };
        format!("\"{}\"{star}", self.0)
    }
}

/// Stems from this length on match what begins with them.
const PREFIX_CHARS: usize = 4;

/// The words of a question that say something, each once, their endings taken off.
pub(super) fn terms(question: &str) -> Vec<Term> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
