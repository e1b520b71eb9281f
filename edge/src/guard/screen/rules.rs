//! The pattern files, read once, and how a text's words are held against them.
//!
//! A line of a family is `block:` or `caution:` and a pattern, items in their order:
//!
//! | item | means |
//! |---|---|
//! | `word`, `begin*` | this word; any word that begins so |
//! | `@class` | a word of a class in `words.txt` |
//! | `a\|@b\|c*` | one of them |
//! | `~3` | up to three other words before the next item |
//! | `!a\|@b` | none of them among the next three words |
//! | `^`, `$` | a sentence begins, ends |
//!
//! Everything is written as the screen reads it: small letters without marks.

use super::Family;
use super::lexicon::{Class, Lexicon};

/// How far a `!` looks.
const FORBIDDEN_WITHIN: u32 = 3;

/// What a pattern stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Odd.
    Caution,
    /// Nothing else than an attempt.
    Block,
}

#[derive(Debug)]
struct Step {
    class: Class,
    /// Other words that may stand before it.
    gap: u32,
    is_forbidden: bool,
}

/// A pattern.
#[derive(Debug)]
struct Pattern {
    family: Family,
    weight: Weight,
    steps: Vec<Step>,
}

/// Every pattern, and the words that they are made of.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) lexicon: Lexicon,
    patterns: Vec<Pattern>,
    classes: usize,
}

/// The words of a text that patterns ask for: class and place.
#[derive(Debug, Default)]
pub(super) struct Hits(Vec<(Class, u32)>);

impl Hits {
    /// Adds a word.
    pub(super) fn add(&mut self, lexicon: &Lexicon, word: &str, place: u32) {
        self.0.extend(lexicon.classes(word).map(|class| (class, place)));
    }
}

/// The places of each class in a text, as bits: a place is a bit, a word of bits sixty-four places.
struct Places {
    words: usize,
    /// Where the bits of a class begin; 0 for one that the text has no word of.
    begin: Vec<u32>,
    bits: Vec<u64>,
}

impl Places {
    fn new(hits: &Hits, classes: usize) -> Self {
        let last = hits.0.iter().map(|(_, place)| *place).max().unwrap_or(0);
        let words = last as usize / 64 + 1;
        // The first bits are nobody's, so that 0 stands for none.
        let mut places = Self { words, begin: vec![0; classes], bits: vec![0; words] };
        for (class, place) in &hits.0 {
            let Some(begin) = places.begin.get_mut(usize::from(*class)) else { continue };
            if *begin == 0 {
                *begin = u32::try_from(places.bits.len()).unwrap_or(0);
                places.bits.resize(places.bits.len() + words, 0);
            }
            if let Some(bits) = places.bits.get_mut(*begin as usize + *place as usize / 64) {
                *bits |= 1 << (place % 64);
            }
        }
        places
    }

    /// The places of a class; none if there are none.
    fn of(&self, class: Class) -> Option<&[u64]> {
        let begin = self.begin.get(usize::from(class)).copied().filter(|begin| *begin > 0)?;
        self.bits.get(begin as usize..begin as usize + self.words)
    }
}

impl Rules {
    /// Reads the classes and the families.
    pub(super) fn read<'a>(
        words: &'a str,
        families: impl Iterator<Item = (Family, &'a str)>,
    ) -> Self {
        let mut reader = Reader::default();
        for line in lines(words) {
            if let Some((name, members)) = line.split_once(':') {
                let class = reader.class(&format!("@{name}"));
                reader.words.extend(members.split_whitespace().map(|word| (word, class)));
            }
        }
        let mut patterns = Vec::new();
        for (family, text) in families {
            for line in lines(text) {
                let (weight, items) = match line.split_once(':') {
                    Some(("block", items)) => (Weight::Block, items),
                    Some(("caution", items)) => (Weight::Caution, items),
                    _ => continue,
                };
                patterns.push(Pattern { family, weight, steps: reader.steps(items) });
            }
        }
        // Later classes are made of earlier ones: a word of one is a word of the other.
        let inherited: Vec<_> = reader
            .unions
            .iter()
            .flat_map(|(union, member)| {
                let of_member = reader.words.iter().filter(move |(_, class)| class == member);
                of_member.map(move |(word, _)| (*word, *union))
            })
            .collect();
        let lexicon = Lexicon::new(reader.words.iter().copied().chain(inherited));
        Self { lexicon, patterns, classes: reader.names.len() }
    }

    /// Every pattern that a text's words fit.
    pub(super) fn matching(&self, hits: &Hits, mut each: impl FnMut(Family, Weight)) {
        let places = Places::new(hits, self.classes);
        let (mut reached, mut next) = (Vec::new(), Vec::new());
        for pattern in &self.patterns {
            if pattern.fits(&places, &mut reached, &mut next) {
                each(pattern.family, pattern.weight);
            }
        }
    }
}

impl Pattern {
    /// Whether the steps follow each other anywhere. Each step turns the places that were reached
    /// into those that it reaches from them, all of a text at once, so that every way is followed.
    fn fits(&self, places: &Places, reached: &mut Vec<u64>, next: &mut Vec<u64>) -> bool {
        let is_there = |step: &Step| step.is_forbidden || places.of(step.class).is_some();
        if !self.steps.iter().all(is_there) {
            return false;
        }
        let mut steps = self.steps.iter();
        let Some(first) = steps.next().and_then(|step| places.of(step.class)) else { return false };
        first.clone_into(reached);
        for step in steps {
            let Some(bits) = places.of(step.class) else { continue };
            if step.is_forbidden {
                for distance in 1..=FORBIDDEN_WITHIN {
                    earlier(bits, distance, |place, shifted| {
                        if let Some(reached) = reached.get_mut(place) {
                            *reached &= !shifted;
                        }
                    });
                }
            } else {
                next.clear();
                next.resize(reached.len(), 0);
                for distance in 1..=step.gap + 1 {
                    later(reached, distance, |place, shifted| {
                        if let Some(next) = next.get_mut(place) {
                            *next |= shifted;
                        }
                    });
                }
                for (next, bits) in next.iter_mut().zip(bits) {
                    *next &= bits;
                }
                core::mem::swap(reached, next);
            }
            if reached.iter().all(|bits| *bits == 0) {
                return false;
            }
        }
        true
    }
}

/// Bits moved to later places, by fewer than sixty-four.
fn later(bits: &[u64], distance: u32, mut each: impl FnMut(usize, u64)) {
    let mut carried = 0;
    for (place, word) in bits.iter().enumerate() {
        each(place, word << distance | carried);
        carried = word >> (64 - distance);
    }
}

/// Bits moved to earlier places, by fewer than sixty-four.
fn earlier(bits: &[u64], distance: u32, mut each: impl FnMut(usize, u64)) {
    for (place, word) in bits.iter().enumerate() {
        let behind = bits.get(place + 1).copied().unwrap_or(0);
        each(place, word >> distance | behind << (64 - distance));
    }
}

/// Reads pattern files.
#[derive(Default)]
struct Reader<'a> {
    /// Names of classes, by their numbers.
    names: Vec<String>,
    words: Vec<(&'a str, Class)>,
    /// A class, and one that is part of it.
    unions: Vec<(Class, Class)>,
}

impl<'a> Reader<'a> {
    fn class(&mut self, name: &str) -> Class {
        let place = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        Class::try_from(place).unwrap_or(Class::MAX)
    }

    fn steps(&mut self, items: &'a str) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut gap = 0;
        for item in items.split_whitespace() {
            if let Some(words) = item.strip_prefix('~') {
                // Bits are moved by fewer than sixty-four.
                gap = words.parse().unwrap_or(0).min(60);
                continue;
            }
            let is_forbidden = item.starts_with('!');
            let choice = item.trim_start_matches('!');
            steps.push(Step { class: self.choice(choice), gap, is_forbidden });
            gap = 0;
        }
        steps
    }

    /// The class of an item: one that has a name, or one of its own.
    fn choice(&mut self, choice: &'a str) -> Class {
        let is_known = self.names.iter().any(|known| known == choice);
        let class = self.class(choice);
        if is_known {
            return class;
        }
        for member in choice.split('|') {
            if member.starts_with('@') {
                let member = self.class(member);
                self.unions.push((class, member));
            } else {
                self.words.push((member, class));
            }
        }
        class
    }
}

/// Lines that say something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::super::view;
    use super::*;

    fn fits(pattern: &str, text: &str) -> bool {
        let line = format!("block: {pattern}");
        let family = [(Family::Override, line.as_str())];
        let rules = Rules::read("verb: ignor* forget\nprior: previous above", family.into_iter());
        let mut hits = Hits::default();
        view::read(text, &rules.lexicon, |word, place| hits.add(&rules.lexicon, word, place));
        let mut fits = false;
        rules.matching(&hits, |_, _| fits = true);
        fits
    }

    #[test]
    fn items_follow_each_other() {
        assert!(fits("@verb rules", "please ignore rules"));
        assert!(!fits("@verb rules", "rules I ignore"));
        assert!(!fits("@verb rules", "ignore the rules"));
        assert!(fits("@verb ~1 rules", "ignore the rules"));
        assert!(fits("@verb ~2 rules|law*", "ignoring all the laws"));
        assert!(!fits("@verb ~2 rules", "ignore all of the rules"));
    }

    #[test]
    fn every_way_is_followed() {
        assert!(fits("an ~3 by cow", "an by by cow"));
        assert!(fits("an ~1 an ~1 by", "an an or an or by"));
        assert!(fits("@verb|@prior rules", "above rules"));
    }

    #[test]
    fn what_is_forbidden_stands_nowhere_near() {
        assert!(fits("your rules !for|@prior", "what are your rules"));
        assert!(!fits("your rules !for|@prior", "your rules for returns"));
        assert!(!fits("your rules !for|@prior", "your rules, the above"));
        assert!(fits("your rules !for ~9 now", "your rules say it now"));
    }

    #[test]
    fn words_are_found_wherever_they_stand() {
        for before in 0..140 {
            let padding = "so ".repeat(before);
            assert!(
                fits("@verb ~2 rules !cow", &format!("{padding}ignore all the rules")),
                "{before}"
            );
            assert!(
                !fits("@verb ~2 rules !cow", &format!("{padding}ignore all rules of cow")),
                "{before}"
            );
        }
    }

    #[test]
    fn sentences_keep_words_apart() {
        assert!(!fits("@verb ~2 rules", "Ignore that. Rules apply."));
        assert!(fits("@verb ~4 rules", "Ignore that. Rules apply."));
    }
}
