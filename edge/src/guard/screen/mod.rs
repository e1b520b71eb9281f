//! A screen for texts that try to take the model over: hygiene, not a wall. docs/guard.md has its
//! measured recall and its false positives, and what it does not claim.
//!
//! A text is read as words without disguise (`view`, `fold`) and held against patterns
//! (`rules`, over the files in `families/` and `words.txt`), looked at for its `shape`, and
//! where it holds a code (`decode`) that is read as well. All of it is linear in the text, and the
//! text is bounded. Each family has texts of its own that it has to find and look-alikes that it
//! has to pass, in `cases/`.

mod decode;
mod fold;
mod lexicon;
mod rules;
mod shape;
mod view;

use std::cell::OnceCell;

pub(super) use decode::sextet;
use decode::undone;
pub(super) use fold::{Folded, fold};
use rules::{Hits, Rules, Weight};

/// What the screen says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Pass,
    /// It is odd: the model is told to be careful with it.
    Caution,
    /// It is an attempt: it is answered without a model.
    Block,
}

/// A kind of attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Leave the instructions.
    Override,
    /// Tell the instructions.
    Extraction,
    /// Be somebody else.
    Persona,
    /// What looks like the end of a section, or like the system's words.
    Delimiter,
    /// Words in a code.
    Encoded,
    /// Tools, code or a fixed output.
    Tool,
    /// Made-up turns.
    ManyShot,
    /// Words of the conversation in a link or an image.
    Exfiltration,
    /// Being whom the model obeys.
    Authority,
    /// Out or in through another language or form.
    Translation,
    /// No refusal.
    Refusal,
    /// Words that a reader does not see.
    Hidden,
}

/// What the screen found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screened {
    /// What to do.
    pub verdict: Verdict,
    /// What it looks like, each family once.
    pub families: Vec<Family>,
}

/// So many odd things at once are an attempt.
const ODD_AT_ONCE: usize = 4;

/// Letters of words that were pulled apart, from which on that is odd.
const APART: usize = 10;

/// Hidden characters from which on they are odd. A soft hyphen or two come with copied text.
const HIDDEN: usize = 4;

impl Verdict {
    /// Its name, for the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Caution => "caution",
            Self::Block => "block",
        }
    }
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 12] = [
        Self::Override,
        Self::Extraction,
        Self::Persona,
        Self::Delimiter,
        Self::Encoded,
        Self::Tool,
        Self::ManyShot,
        Self::Exfiltration,
        Self::Authority,
        Self::Translation,
        Self::Refusal,
        Self::Hidden,
    ];

    /// Its name, for the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::Extraction => "extraction",
            Self::Persona => "persona",
            Self::Delimiter => "delimiter",
            Self::Encoded => "encoded",
            Self::Tool => "tool",
            Self::ManyShot => "manyshot",
            Self::Exfiltration => "exfiltration",
            Self::Authority => "authority",
            Self::Translation => "translation",
            Self::Refusal => "refusal",
            Self::Hidden => "hidden",
        }
    }

    const fn patterns(self) -> &'static str {
        match self {
            Self::Override => include_str!("families/override.txt"),
            Self::Extraction => include_str!("families/extraction.txt"),
            Self::Persona => include_str!("families/persona.txt"),
            Self::Delimiter => include_str!("families/delimiter.txt"),
            Self::Encoded => include_str!("families/encoded.txt"),
            Self::Tool => include_str!("families/tool.txt"),
            Self::ManyShot => include_str!("families/manyshot.txt"),
            Self::Exfiltration => include_str!("families/exfiltration.txt"),
            Self::Authority => include_str!("families/authority.txt"),
            Self::Translation => include_str!("families/translation.txt"),
            Self::Refusal => include_str!("families/refusal.txt"),
            Self::Hidden => include_str!("families/hidden.txt"),
        }
    }
}

/// Screens a text.
#[must_use]
pub fn screen(text: &str) -> Screened {
    rules(|rules| {
        let mut found = Found::default();
        let seen = words(rules, text, &mut found);
        shape::look(text, |family, weight| found.add(family, weight));
        if seen.apart >= APART || seen.hidden >= HIDDEN {
            found.add(Family::Hidden, Weight::Caution);
        }
        if seen.hidden > 0 {
            // What is hidden may stand between words where it was taken for nothing.
            let apart = text.replace(|c| fold(c) == Folded::Hidden, " ");
            words(rules, &apart, &mut found);
        }
        if !seen.tagged.is_empty() {
            behind(rules, &seen.tagged, Family::Hidden, &mut found);
        }
        for text in undone(text) {
            behind(rules, &text, Family::Encoded, &mut found);
        }
        // Whoever speaks of codes may have used one.
        if found.has(Family::Encoded) {
            for text in decode::turned(text) {
                let mut turned = Found::default();
                words(rules, &text, &mut turned);
                if !turned.0.is_empty() {
                    found.add(Family::Encoded, Weight::Block);
                }
            }
        }
        found.screened()
    })
}

/// Everything that was found, each family with its greatest weight.
#[derive(Debug, Default)]
struct Found(Vec<(Family, Weight)>);

impl Found {
    fn add(&mut self, family: Family, weight: Weight) {
        match self.0.iter_mut().find(|(known, _)| *known == family) {
            Some((_, known)) => *known = (*known).max(weight),
            None => self.0.push((family, weight)),
        }
    }

    fn has(&self, family: Family) -> bool {
        self.0.iter().any(|(known, _)| *known == family)
    }

    fn screened(mut self) -> Screened {
        self.0.sort_unstable();
        let blocks = self.0.iter().any(|(_, weight)| *weight == Weight::Block);
        let verdict = if blocks || self.0.len() >= ODD_AT_ONCE {
            Verdict::Block
        } else if self.0.is_empty() {
            Verdict::Pass
        } else {
            Verdict::Caution
        };
        Screened { verdict, families: self.0.into_iter().map(|(family, _)| family).collect() }
    }
}

/// Holds a text's words against the patterns.
fn words(rules: &Rules, text: &str, found: &mut Found) -> view::Seen {
    let mut hits = Hits::default();
    let seen =
        view::read(text, &rules.lexicon, |word, place| hits.add(&rules.lexicon, word, place));
    rules.matching(&hits, |family, weight| found.add(family, weight));
    seen
}

/// Holds a text against the patterns that stood behind something: that alone is odd, and what it
/// says is an attempt if the patterns know it.
fn behind(rules: &Rules, text: &str, family: Family, found: &mut Found) {
    let mut inner = Found::default();
    words(rules, text, &mut inner);
    let weight = if inner.0.is_empty() { Weight::Caution } else { Weight::Block };
    found.add(family, weight);
}

/// Works with the rules, which are read when they are first needed.
fn rules<T>(work: impl FnOnce(&Rules) -> T) -> T {
    thread_local! {
        static RULES: OnceCell<Rules> = const { OnceCell::new() };
    }
    RULES.with(|rules| {
        work(rules.get_or_init(|| {
            let families = Family::ALL.into_iter().map(|family| (family, family.patterns()));
            Rules::read(include_str!("words.txt"), families)
        }))
    })
}

#[cfg(test)]
mod tests;
