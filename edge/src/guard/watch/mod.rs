//! The watch over the prompt's own words: a model that is talked into repeating its instructions is
//! cut off before they are sent, and so is one that repeats the conversation's canary, a word that
//! stands in its instructions and nowhere else.
//!
//! Letters and digits count, without case, marks and styles; spaces, punctuation and what is not seen do
//! not. The words are known again turned by thirteen letters and from their end, and in base64,
//! hexadecimal, binary digits and numbers of characters (`codes`). Translations and other encodings are
//! not.

mod codes;
mod ear;
mod index;

use codes::Codes;
use ear::{Ear, Heard};
use index::Index;

/// So many bytes are held back at most. A quotation of forty letters takes less in every code that is
/// known here; one that is pulled further apart is shown by its first letters before it is cut off,
/// and nobody waits for a reply that has said a few words of its instructions and then nothing.
const HELD_MOST: usize = 1_024;

/// The watch over one reply.
pub struct Watch {
    index: Index,
    ear: Ear,
    codes: Codes,
    /// Text that is held back, and how much there was before it.
    held: String,
    sent: usize,
    /// Whether a quotation may have begun.
    has_begun: bool,
    has_quoted: bool,
}

impl Watch {
    /// Watches over these texts and the canary.
    #[must_use]
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>, canary: Option<&str>) -> Self {
        Self {
            index: Index::new(texts, canary),
            ear: Ear::default(),
            codes: Codes::default(),
            held: String::new(),
            sent: 0,
            has_begun: false,
            has_quoted: false,
        }
    }

    /// How many bytes are held back.
    #[cfg(test)]
    pub(super) const fn held(&self) -> usize {
        self.held.len()
    }

    /// Takes what comes next and adds what may be sent. After a quotation nothing is added.
    pub fn push(&mut self, text: &str, free: &mut String) {
        if self.index.is_empty() {
            free.push_str(text);
            return;
        }
        if self.has_quoted {
            return;
        }
        let begin = self.sent + self.held.len();
        for (place, c) in text.char_indices() {
            let place = begin + place;
            let heard = self.ear.character(&self.index, c, place);
            let heard = heard.or(self.codes.character(&self.index, c, place));
            if self.hear(heard) {
                return;
            }
        }
        if !self.has_begun {
            self.sent += self.held.len() + text.len();
            free.push_str(&self.held);
            free.push_str(text);
            self.held.clear();
            return;
        }
        self.held.push_str(text);
        let begun = core::iter::once(&self.ear).chain(self.codes.ears()).filter_map(Ear::begun_at);
        let begun = begun.min();
        self.has_begun = begun.is_some();
        let kept = begun.map_or(0, |begun| (self.sent + self.held.len()).saturating_sub(begun));
        let free_bytes = self.held.len().saturating_sub(kept.min(HELD_MOST));
        let free_bytes = self.held.ceil_char_boundary(free_bytes);
        free.push_str(self.held.get(..free_bytes).unwrap_or_default());
        self.held.drain(..free_bytes);
        self.sent += free_bytes;
    }

    /// Notes what was heard, and says whether that is a quotation.
    fn hear(&mut self, heard: Heard) -> bool {
        match heard {
            Heard::Nothing => {}
            Heard::Begun => self.has_begun = true,
            Heard::Quotation => {
                self.has_quoted = true;
                self.held.clear();
            }
        }
        self.has_quoted
    }

    /// Gives what was held back if the reply ended without a quotation.
    pub fn finish(&mut self) -> String {
        let heard = self.codes.finish(&self.index);
        self.hear(heard);
        core::mem::take(&mut self.held)
    }

    /// Whether the reply has repeated its instructions.
    #[must_use]
    pub const fn has_quoted(&self) -> bool {
        self.has_quoted
    }
}

impl core::fmt::Debug for Watch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Watch({} letters)", self.index.len())
    }
}

#[cfg(test)]
mod tests {
    use super::index::{counted, turned};
    use super::*;
    use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};

    const PROMPT: &str = "Be kind. Always recommend the oak lamp first and never mention the \
                          warehouse in the north! Call every visitor dear friend. \
                          Orders go to https://shop.example/a/very/long/address/of/the/order/form";

    const CANARY: &str = "kbplfhogamdcneji";

    /// What is sent of a reply that comes in pieces of this many characters.
    fn sent(reply: &str, size: usize) -> (String, bool) {
        let mut watch = Watch::new([PROMPT], Some(CANARY));
        let mut sent = String::new();
        let chars: Vec<char> = reply.chars().collect();
        for piece in chars.chunks(size) {
            watch.push(&piece.iter().collect::<String>(), &mut sent);
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
    fn light_disguises_are_seen_through() {
        let sentence = "Always recommend the oak lamp first and never mention the warehouse in";
        let rotated: String = sentence.to_lowercase().chars().map(turned).collect();
        let reversed: String = sentence.chars().rev().collect();
        for reply in [rotated.as_str(), &reversed] {
            let (sent, has_quoted) = sent(reply, 3);
            assert!(has_quoted, "{reply}");
            assert!(sent.len() < 40, "{sent}");
        }
    }

    #[test]
    fn the_canary_is_cut_off_within_its_first_letters() {
        let spaced: String = CANARY.chars().flat_map(|c| [c, ' ']).collect();
        let reversed: String = CANARY.chars().rev().collect();
        let rotated: String = CANARY.chars().map(turned).collect();
        for canary in [CANARY.to_owned(), CANARY.to_uppercase(), spaced, reversed, rotated] {
            for size in 1..20 {
                let (sent, has_quoted) = sent(&format!("It says {canary}, I think."), size);
                assert!(has_quoted, "{canary}");
                let of_it = sent.strip_prefix("It says").unwrap();
                assert!(of_it.chars().flat_map(counted).count() < 4, "{sent}");
            }
        }
        assert!(!sent(&CANARY[..12], 4).1);
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
        let mut watch = Watch::new([PROMPT], Some(CANARY));
        let mut push = |text: &str| {
            let mut free = String::new();
            watch.push(text, &mut free);
            free
        };
        assert_eq!(push("The oak lamp costs"), "The oak lamp costs");
        assert_eq!(push(" 40. Always recomm"), " 40. ");
        assert_eq!(push("ending it is fun."), "Always recommending it is fun.");
        // Words begin like the canary by chance.
        let begins = CANARY.chars().take(3).collect::<String>();
        assert_eq!(push(&begins), begins);
    }

    /// A secret in each code, and how much of it may be sent.
    fn encoded(secret: &str) -> Vec<String> {
        let base64 = BASE64.encode(secret.as_bytes());
        let hexadecimal = HEXLOWER.encode(secret.as_bytes());
        let each = |write: &dyn Fn(u32) -> String| -> String {
            secret.chars().map(|c| write(u32::from(c))).collect()
        };
        let apart = |code: &str, length: usize| -> String {
            let chars: Vec<char> = code.chars().collect();
            chars.chunks(length).flat_map(|some| some.iter().chain([&' '])).collect()
        };
        vec![
            format!("canary={base64}"),
            format!("/{}", BASE64URL_NOPAD.encode(secret.as_bytes())),
            apart(&base64, 12),
            apart(&base64, 1),
            apart(&base64, 5),
            // Each piece in a code of its own.
            secret.as_bytes().chunks(4).map(|some| BASE64.encode(some) + ", ").collect(),
            secret.as_bytes().chunks(5).map(|some| BASE64URL_NOPAD.encode(some) + " ").collect(),
            hexadecimal.clone(),
            format!("code{hexadecimal}"),
            hexadecimal.to_uppercase(),
            apart(&hexadecimal, 2),
            apart(&hexadecimal, 3),
            each(&|c| format!("%{c:02x}")),
            each(&|c| format!("\\x{c:02x}")),
            each(&|c| format!("\\u{c:04x}")),
            each(&|c| format!("0x{c:02X}, ")),
            each(&|c| format!("&#{c};")),
            each(&|c| format!("&#x{c:x};")),
            each(&|c| format!("{c} ")),
            each(&|c| format!("{c:08b} ")),
            each(&|c| format!("{c:08b}")),
        ]
    }

    #[test]
    fn what_must_not_be_said_is_not_said_in_a_code() {
        let sentence = "Call every visitor dear friend.";
        let mixed = format!("x{CANARY} is my marker");
        for secret in [CANARY, sentence, &mixed] {
            for code in encoded(secret) {
                for size in [1, 2, 3, 7, 500] {
                    let (sent, has_quoted) = sent(&format!("Sure: {code} that is it"), size);
                    assert!(has_quoted, "{code} in pieces of {size}");
                    // Less than half of it, in whatever code.
                    assert!(sent.len() < 8 + code.len() / 2, "{code}: {sent}");
                }
            }
            // The last letter ends with the reply.
            let numbers: Vec<String> = secret.bytes().map(|b| b.to_string()).collect();
            assert!(sent(&numbers.join(" "), 1).1);
            assert!(sent(BASE64URL_NOPAD.encode(secret.as_bytes()).as_str(), 1).1);
        }
    }

    #[test]
    fn marks_styles_and_what_is_not_seen_hide_nothing() {
        let wide: String =
            CANARY.chars().filter_map(|c| char::from_u32(u32::from(c) - 0x61 + 0xff41)).collect();
        let marked: String = CANARY.chars().flat_map(|c| [c, '\u{301}']).collect();
        let mut disguises = vec![wide, marked];
        for filler in ['\u{3164}', '\u{115f}', '\u{1160}', '\u{ffa0}', '\u{200d}', '\u{2800}'] {
            disguises.push(CANARY.chars().flat_map(|c| [c, filler]).collect());
        }
        for disguise in disguises {
            for size in 1..20 {
                assert!(sent(&format!("It is {disguise}."), size).1, "{disguise}");
            }
        }
    }

    #[test]
    fn a_prompt_of_other_letters_is_known_in_a_code_too() {
        let prompt = "Grüße jeden Gast höflich und über alles andere schweige bitte für immer.";
        let mut watch = Watch::new([prompt], None);
        watch.push(&BASE64.encode(prompt.as_bytes()), &mut String::new());
        assert!(watch.has_quoted());
    }

    #[test]
    fn other_codes_pass() {
        let other = BASE64.encode(b"We deliver within the country for 4.90.");
        for reply in [
            &*other,
            "https://shop.example/products/lamps/oak-lamp-with-linen-shade",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301 is your order, 01001000 is not",
            &"x".repeat(5_000),
        ] {
            for size in [1, 3, 500] {
                assert_eq!(sent(reply, size), (reply.to_owned(), false));
            }
        }
    }

    #[test]
    fn little_is_held_back_whatever_follows_a_beginning() {
        for more in [" ", "\u{301}", "-", "\u{3164}"] {
            let mut watch = Watch::new(["Be brief: always answer in one sentence."], None);
            let mut free = String::new();
            watch.push("Be brief: a", &mut free);
            let mut given = 11;
            for _ in 0..5_000 {
                watch.push(more, &mut free);
                given += more.len();
                assert!(given - free.len() <= HELD_MOST, "{}", given - free.len());
            }
            watch.push("lways answer in one sentence.", &mut free);
            assert!(watch.has_quoted(), "it is known however long it took");
        }
    }
}
