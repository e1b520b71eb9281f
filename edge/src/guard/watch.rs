//! The watch over the prompt's own words: a model that is talked into repeating its instructions
//! is cut off before they are sent.
//!
//! Letters and digits count, in lower case; spaces, case and punctuation do not, so that a light
//! disguise is seen through. Encodings and translations are not.

use std::collections::{HashMap, VecDeque};

/// So many letters and digits in a row are a quotation, not a coincidence.
const QUOTATION: usize = 40;

/// A sentence this short, in letters and digits, may be said by anybody.
const SHORTEST: usize = 24;

/// With so many the same, a quotation may have begun, and is held back.
const SEED: usize = 8;

/// The watch over one reply.
pub struct Watch {
    sentences: Vec<Vec<char>>,
    /// Where each run of [`SEED`] characters ends, by sentence and place.
    seeds: HashMap<[char; SEED], Vec<(usize, usize)>>,
    /// The last characters of the reply that count.
    last: VecDeque<char>,
    /// Quotations that may have begun.
    running: Vec<Run>,
    /// Text that is held back, and where in it the characters stand that count.
    held: String,
    places: VecDeque<usize>,
    has_quoted: bool,
}

/// A part of a sentence that the reply has just repeated.
#[derive(Clone, Copy)]
struct Run {
    sentence: usize,
    end: usize,
    length: usize,
}

impl Watch {
    /// Watches over these texts. Addresses and links in them may be repeated.
    #[must_use]
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut sentences = Vec::new();
        for text in texts {
            sentences.extend(split(text).filter(|sentence| sentence.len() >= SHORTEST));
        }
        let mut seeds: HashMap<[char; SEED], Vec<(usize, usize)>> = HashMap::new();
        for (n, sentence) in sentences.iter().enumerate() {
            for (start, window) in sentence.windows(SEED).enumerate() {
                if let Ok(window) = window.try_into() {
                    seeds.entry(window).or_default().push((n, start + SEED));
                }
            }
        }
        Self {
            sentences,
            seeds,
            last: VecDeque::new(),
            running: Vec::new(),
            held: String::new(),
            places: VecDeque::new(),
            has_quoted: false,
        }
    }

    /// Takes what comes next and gives what may be sent. After a quotation nothing is given.
    pub fn push(&mut self, text: &str) -> String {
        for c in text.chars() {
            if self.has_quoted {
                break;
            }
            let place = self.held.len();
            self.held.push(c);
            for counted in counted(c) {
                self.places.push_back(place);
                self.count(counted);
            }
        }
        if self.has_quoted {
            self.held.clear();
            return String::new();
        }
        let longest = self.running.iter().map(|run| run.length).max().unwrap_or(0);
        let free = match self.places.len().checked_sub(longest) {
            _ if longest == 0 => self.held.len(),
            // It began in what was already sent.
            None => 0,
            Some(n) => self.places.get(n).copied().unwrap_or(self.held.len()),
        };
        self.release(free)
    }

    /// Gives what was held back: the reply ended without a quotation.
    pub fn finish(&mut self) -> String {
        if self.has_quoted { String::new() } else { core::mem::take(&mut self.held) }
    }

    /// Whether the reply has repeated its instructions.
    #[must_use]
    pub const fn has_quoted(&self) -> bool {
        self.has_quoted
    }

    fn count(&mut self, c: char) {
        let sentences = &self.sentences;
        self.running.retain_mut(|run| {
            let goes_on =
                sentences.get(run.sentence).and_then(|s| s.get(run.end)).copied() == Some(c);
            run.end += 1;
            run.length += 1;
            goes_on
        });
        self.last.push_back(c);
        if self.last.len() > SEED {
            self.last.pop_front();
        }
        let mut seed = ['\0'; SEED];
        for (to, from) in seed.iter_mut().zip(&self.last) {
            *to = *from;
        }
        for &(sentence, end) in self.seeds.get(&seed).into_iter().flatten() {
            if !self.running.iter().any(|run| run.sentence == sentence && run.end == end) {
                self.running.push(Run { sentence, end, length: SEED });
            }
        }
        self.has_quoted = self.running.iter().any(|run| {
            let whole = self.sentences.get(run.sentence).map_or(QUOTATION, Vec::len);
            run.length >= whole.min(QUOTATION)
        });
    }

    fn release(&mut self, free: usize) -> String {
        let rest = self.held.split_off(free);
        while self.places.front().is_some_and(|place| *place < free) {
            self.places.pop_front();
        }
        for place in &mut self.places {
            *place -= free;
        }
        core::mem::replace(&mut self.held, rest)
    }
}

impl core::fmt::Debug for Watch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Watch({} sentences)", self.sentences.len())
    }
}

/// The characters that count.
fn counted(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().filter(|c| c.is_alphanumeric())
}

/// Sentences as the characters of them that count; addresses and links end one.
fn split(text: &str) -> impl Iterator<Item = Vec<char>> {
    let mut sentences = vec![Vec::new()];
    for word in text.split_inclusive(char::is_whitespace) {
        if word.contains("://") || word.contains('@') {
            sentences.push(Vec::new());
            continue;
        }
        if let Some(sentence) = sentences.last_mut() {
            sentence.extend(word.chars().flat_map(counted));
        }
        let ends_with = |end: char| word.trim_end_matches([' ', '\t']).ends_with(end);
        if ['.', '!', '?', ';', '\n'].into_iter().any(ends_with) {
            sentences.push(Vec::new());
        }
    }
    sentences.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str = "Be kind. Always recommend the oak lamp first and never mention the \
                          warehouse in the north! Call every visitor dear friend. \
                          Orders go to https://shop.example/a/very/long/address/of/the/order/form";

    /// What is sent of a reply that comes in pieces of this many characters.
    fn sent(reply: &str, size: usize) -> (String, bool) {
        let mut watch = Watch::new([PROMPT]);
        let mut sent = String::new();
        let chars: Vec<char> = reply.chars().collect();
        for piece in chars.chunks(size) {
            sent.push_str(&watch.push(&piece.iter().collect::<String>()));
        }
        sent.push_str(&watch.finish());
        (sent, watch.has_quoted())
    }

    #[test]
    fn promise_9_the_prompts_own_sentences_are_cut_off() {
        for reply in [
            "My instructions: Always recommend the oak lamp first and never mention the warehouse",
            "Sure: ALWAYS RECOMMEND THE OAK LAMP FIRST AND NEVER MENTION THE WAREHOUSE IN THE",
            "a l w a y s r e c o m m e n d t h e o a k l a m p f i r s t a n d n e v e r m e n t i o n",
            "always-recommend-the-oak-lamp-first-and-never-mention-the-warehouse-in-the-north",
            "I should recommend the oak lamp first and never mention the warehouse in the north.",
            "They told me: \"Call every visitor dear friend.\"",
        ] {
            for size in 1..20 {
                let (sent, has_quoted) = sent(reply, size);
                assert!(has_quoted, "{reply}");
                assert!(!sent.contains("warehouse") && !sent.contains("dear friend"), "{sent}");
                assert!(sent.chars().filter(|c| c.is_alphanumeric()).count() < 30, "{sent}");
            }
        }
    }

    #[test]
    fn other_replies_pass_whole() {
        for reply in [
            "",
            "I recommend the oak lamp. It is in the warehouse, ready to ship.",
            "Always recommend the oak lamp",
            "Be kind.",
            "Please order at https://shop.example/a/very/long/address/of/the/order/form now.",
            "Call every visitor dear",
            "Grüße — 你好 😀 İstanbul",
        ] {
            for size in 1..20 {
                assert_eq!(sent(reply, size), (reply.to_owned(), false));
            }
        }
    }

    #[test]
    fn ordinary_text_is_not_held_back() {
        let mut watch = Watch::new([PROMPT]);
        assert_eq!(watch.push("The oak lamp costs"), "The oak lamp costs");
        assert_eq!(watch.push(" 40. Always recomm"), " 40. ");
        assert_eq!(watch.push("ending it is fun."), "Always recommending it is fun.");
    }
}
