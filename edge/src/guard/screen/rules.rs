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

/// How many words a pattern can span.
const WINDOW: u32 = 63;

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
}

/// The words of a text that patterns ask for: class and place, sorted.
#[derive(Debug, Default)]
pub(super) struct Hits(Vec<(Class, u32)>);

impl Hits {
    /// Adds a word.
    pub(super) fn add(&mut self, lexicon: &Lexicon, word: &str, place: u32) {
        self.0.extend(lexicon.classes(word).map(|class| (class, place)));
    }

    /// Sorts them, once all are there.
    pub(super) fn sort(&mut self) {
        self.0.sort_unstable();
    }

    /// The places of a class.
    fn of(&self, class: Class) -> &[(Class, u32)] {
        let from = self.0.partition_point(|(other, _)| *other < class);
        let rest = self.0.get(from..).unwrap_or_default();
        let count = rest.partition_point(|(other, _)| *other == class);
        rest.get(..count).unwrap_or_default()
    }

    /// The places of a class within a window, as bits.
    fn bits(&self, class: Class, from: u32) -> u64 {
        let places = self.of(class);
        let first = places.partition_point(|(_, place)| *place < from);
        let mut bits = 0;
        for (_, place) in places.get(first..).unwrap_or_default() {
            match place - from {
                within @ 0..=WINDOW => bits |= 1 << within,
                _ => break,
            }
        }
        bits
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
        Self { lexicon, patterns }
    }

    /// Every pattern that a text's words fit.
    pub(super) fn matching<'a>(
        &'a self,
        hits: &'a Hits,
    ) -> impl Iterator<Item = (Family, Weight)> + 'a {
        let fit = self.patterns.iter().filter(|pattern| pattern.fits(hits));
        fit.map(|pattern| (pattern.family, pattern.weight))
    }
}

impl Pattern {
    fn fits(&self, hits: &Hits) -> bool {
        let wanted = self.steps.iter().filter(|step| !step.is_forbidden);
        if wanted.into_iter().any(|step| hits.of(step.class).is_empty()) {
            return false;
        }
        let Some((first, rest)) = self.steps.split_first() else { return false };
        hits.of(first.class).iter().any(|(_, place)| follows(rest, hits, *place))
    }
}

/// Whether the steps follow a word. Each step turns the places that can be reached into those that
/// the next one can start from, so that every way is followed at once.
fn follows(steps: &[Step], hits: &Hits, from: u32) -> bool {
    let mut reached: u64 = 1;
    for step in steps {
        let bits = hits.bits(step.class, from);
        if step.is_forbidden {
            let mut before = 0;
            for distance in 1..=FORBIDDEN_WITHIN {
                before |= bits >> distance;
            }
            reached &= !before;
        } else {
            let mut next = 0;
            for distance in 1..=step.gap + 1 {
                next |= reached << distance;
            }
            reached = next & bits;
        }
        if reached == 0 {
            return false;
        }
    }
    true
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
                gap = words.parse().unwrap_or(0);
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
        hits.sort();
        rules.matching(&hits).next().is_some()
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
    fn sentences_keep_words_apart() {
        assert!(!fits("@verb ~2 rules", "Ignore that. Rules apply."));
        assert!(fits("@verb ~4 rules", "Ignore that. Rules apply."));
    }
}
