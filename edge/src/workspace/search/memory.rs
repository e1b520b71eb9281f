//! Reading passages that have no index: which of a question's words they hold, and where, and how
//! well they fit by BM25. Words are what the index takes for words: letters and digits, in small
//! letters, without marks.

use super::super::command::Passage;
use super::terms::Term;
use super::{CANDIDATES, Candidate, PLACES, count};

/// How soon a word that comes again counts less, and how much a long passage loses: the values of
/// the index.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// How much a word counts in a title, a text and a heading, in the order of [`PLACES`]: as in the
/// index.
const COLUMNS: [f64; 3] = [3.0, 1.0, 5.0];

/// The stems of a question's words, ready to be compared.
pub(super) struct Lexicon {
    terms: usize,
    stems: Vec<Entry>,
}

struct Entry {
    /// Which of the question's words it is a stem of.
    term: usize,
    stem: String,
    is_prefix: bool,
}

/// A passage that was read.
pub(super) struct Read {
    passage: Passage,
    /// How often each stem stands in each place.
    hits: Vec<[u32; 3]>,
    /// All of its words.
    words: u32,
}

impl Lexicon {
    pub(super) fn new(terms: &[Term]) -> Self {
        let entries = terms.iter().enumerate().flat_map(|(term, one)| {
            one.stems().map(move |stem| Entry {
                term,
                stem: stem.0.chars().filter_map(fold).collect(),
                is_prefix: stem.is_prefix(),
            })
        });
        Self { terms: terms.len(), stems: entries.collect() }
    }

    /// Reads a passage.
    pub(super) fn read(&self, passage: Passage) -> Read {
        let mut hits = vec![[0; 3]; self.stems.len()];
        let mut words = 0;
        let mut word = String::new();
        let places = [&passage.title, &passage.text, &passage.heading];
        for (place, text) in places.into_iter().enumerate() {
            let mut end = |word: &mut String| {
                if word.is_empty() {
                    return;
                }
                words += 1;
                for (entry, hits) in self.stems.iter().zip(&mut hits) {
                    if entry.matches(word)
                        && let Some(hits) = hits.get_mut(place)
                    {
                        *hits += 1;
                    }
                }
                word.clear();
            };
            for c in text.chars() {
                if c.is_ascii_alphanumeric() {
                    word.push(c.to_ascii_lowercase());
                } else if is_mark(c) {
                } else if c.is_alphanumeric() {
                    word.extend(c.to_lowercase().filter_map(fold));
                } else {
                    end(&mut word);
                }
            }
            end(&mut word);
        }
        Read { passage, hits, words }
    }
}

impl Entry {
    fn matches(&self, word: &str) -> bool {
        if self.is_prefix { word.starts_with(&self.stem) } else { word == self.stem }
    }
}

impl Read {
    /// Whether it holds a word of the question anywhere.
    pub(super) fn holds(&self, lexicon: &Lexicon, term: usize) -> bool {
        let mut stems = lexicon.stems.iter().enumerate();
        stems.any(|(at, entry)| entry.term == term && self.holds_stem(at))
    }

    /// Whether it holds a stem anywhere.
    pub(super) fn holds_stem(&self, at: usize) -> bool {
        self.hits.get(at).is_some_and(|hits| hits.iter().any(|hits| *hits > 0))
    }

    /// How much the best place of each word counts.
    fn factors(&self, lexicon: &Lexicon) -> Vec<f64> {
        let mut factors = vec![0.0; lexicon.terms];
        for (hits, entry) in self.hits.iter().zip(&lexicon.stems) {
            let Some(best) = factors.get_mut(entry.term) else { continue };
            for (_, (_, factor)) in hits.iter().zip(PLACES).filter(|(hits, _)| **hits > 0) {
                *best = f64::max(*best, factor);
            }
        }
        factors
    }

    /// BM25, for passages of `mean` words.
    fn score(&self, weights: &[f64], mean: f64) -> f64 {
        let length = 1.0 - B + B * f64::from(self.words) / mean;
        let term = |(hits, weight): (&[u32; 3], &f64)| {
            let often: f64 =
                hits.iter().zip(COLUMNS).map(|(n, factor)| f64::from(*n) * factor).sum();
            weight * often * (K1 + 1.0) / (often + K1 * length)
        };
        self.hits.iter().zip(weights).map(term).sum()
    }
}

/// What the index found and what was read here in one order, best first. Both are measured here,
/// since the index's own rank is over its own passages.
pub(super) fn ranked(
    lexicon: &Lexicon,
    indexed: Vec<Candidate>,
    read: Vec<Read>,
    all: f64,
    with: &[f64],
) -> Vec<Candidate> {
    // As the index weighs words: one that stands in half of all passages says next to nothing.
    let weight = |with: &f64| ((all - with + 0.5) / (with + 0.5)).ln().max(1e-6);
    let weights: Vec<f64> = with.iter().map(weight).collect();
    let words: f64 = read.iter().map(|read| f64::from(read.words)).sum();
    let mean = (words / count(u64::try_from(read.len()).unwrap_or(u64::MAX))).max(1.0);
    let mut scored: Vec<(f64, Candidate)> = read
        .into_iter()
        .filter(|read| read.hits.iter().flatten().any(|hits| *hits > 0))
        .map(|read| {
            let score = read.score(&weights, mean);
            let factors = read.factors(lexicon);
            (score, Candidate { passage: read.passage, factors })
        })
        .collect();
    best_first(&mut scored);
    scored.truncate(CANDIDATES as usize);
    scored.extend(indexed.into_iter().map(|candidate| {
        let read = lexicon.read(candidate.passage);
        let score = read.score(&weights, mean);
        (score, Candidate { passage: read.passage, factors: candidate.factors })
    }));
    best_first(&mut scored);
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}

fn best_first(scored: &mut [(f64, Candidate)]) {
    scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
}

/// A small letter without its mark; nothing for a mark that stands by itself. As in the index, what
/// has no mark but a stroke or another letter in it (`ø`, `ß`, `æ`) stays as it is.
const fn fold(c: char) -> Option<char> {
    Some(match c {
        c if is_mark(c) => return None,
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ȁ' | 'ȃ' | 'ạ'..='ặ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ȅ' | 'ȇ' | 'ẹ'..='ệ' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' | 'ǧ' => 'g',
        'ĥ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ǐ' | 'ȉ' | 'ȋ' | 'ỉ' | 'ị' => 'i',
        'ĵ' => 'j',
        'ķ' | 'ǩ' => 'k',
        'ĺ' | 'ļ' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ǹ' => 'n',
        'ò'..='ö' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ǒ' | 'ȍ' | 'ȏ' | 'ọ'..='ợ' => 'o',
        'ŕ' | 'ŗ' | 'ř' | 'ȑ' | 'ȓ' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ǔ' | 'ȕ' | 'ȗ' | 'ụ'..='ự' => {
            'u'
        }
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' | 'ỳ'..='ỹ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        c => c,
    })
}

/// A combining mark.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}
