//! The browser's pass: numbered placeholders, and the map back.

use super::placeholder::{parse, write};
use super::settle::insert;
use super::{Category, Certainty, Finding, PlaceholderMap, Policy, Reason, detect};
use core::ops::Range;

/// The text is read again after its findings were replaced, because words that were far apart
/// are closer then. In ordinary text the second reading finds nothing; so many are made at most.
const MAX_READINGS: usize = 8;

/// A visitor's text, ready to be sent.
#[derive(Clone, Default)]
pub struct BrowserScrub {
    /// What is sent: placeholders in place of values, placeholder-like text escaped.
    pub text: String,
    /// What was replaced, in order.
    pub chips: Vec<Chip>,
}

/// One value that a placeholder stands for, as the composer shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Chip {
    /// What it is.
    pub category: Category,
    /// What is sent instead, `[EMAIL_1]`.
    pub placeholder: String,
    /// What the visitor typed.
    pub value: String,
    /// Where it is in what the visitor typed, in UTF-16 code units as the browser counts.
    pub utf16: Range<u32>,
    /// Why it is hidden.
    pub reason: Reason,
    /// How sure that is.
    pub certainty: Certainty,
}

impl core::fmt::Debug for BrowserScrub {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "BrowserScrub({} bytes, {:?})", self.text.len(), self.chips)
    }
}

impl core::fmt::Debug for Chip {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {:?}", self.placeholder, self.utf16)
    }
}

/// Replaces what `policy` wants found and adds the values to `map`. The edge finds nothing more
/// in the result: it reads with the same code.
pub fn scrub_for_browser(text: &str, policy: &Policy, map: &mut PlaceholderMap) -> BrowserScrub {
    scrub_found(text, |text| detect(text, policy), map)
}

/// The same with what `find` finds, which may be [`detect`] in a Wasm module of its own.
pub fn scrub_found(
    text: &str,
    mut find: impl FnMut(&str) -> Vec<Finding>,
    map: &mut PlaceholderMap,
) -> BrowserScrub {
    let mut findings = find(text);
    let mut readings = 1;
    loop {
        let mut numbered = map.clone();
        let (scrub, placed) = build(text, &findings, &mut numbered);
        let more = if placed.is_empty() || readings == MAX_READINGS {
            Vec::new()
        } else {
            find(&scrub.text)
        };
        if more.is_empty() {
            *map = numbered;
            return scrub;
        }
        for finding in more {
            let mut start = original(&placed, finding.start);
            let mut end = original(&placed, finding.end);
            // A key block may close around what was found before.
            findings.retain(|earlier| {
                let is_apart = earlier.end <= start || end <= earlier.start;
                if !is_apart {
                    start = start.min(earlier.start);
                    end = end.max(earlier.end);
                }
                is_apart
            });
            insert(&mut findings, Finding { start, end, ..finding });
        }
        readings += 1;
    }
}

/// The same while the visitor types: what would be replaced, and by what, with `map` unchanged.
#[must_use]
pub fn preview(text: &str, policy: &Policy, map: &PlaceholderMap) -> BrowserScrub {
    scrub_for_browser(text, policy, &mut map.clone())
}

/// What was put where: the end of a replacement in the new text, and in the original.
type Placed = Vec<(usize, usize)>;

fn build(text: &str, findings: &[Finding], map: &mut PlaceholderMap) -> (BrowserScrub, Placed) {
    let mut scrub = BrowserScrub { text: String::with_capacity(text.len()), chips: Vec::new() };
    let mut placed = Vec::new();
    let mut at = 0;
    let mut utf16 = 0;
    for finding in findings {
        let before = text.get(at..finding.start).unwrap_or_default();
        escape(before, at, &mut scrub.text, &mut placed);
        utf16 += utf16_len(before);
        let value = text.get(finding.start..finding.end).unwrap_or_default();
        let start = utf16;
        utf16 += utf16_len(value);
        let mut placeholder = String::new();
        write(finding.category, map.number(finding.category, value), &mut placeholder);
        scrub.text.push_str(&placeholder);
        placed.push((scrub.text.len(), finding.end));
        scrub.chips.push(Chip {
            category: finding.category,
            placeholder,
            value: value.to_owned(),
            utf16: start..utf16,
            reason: finding.reason,
            certainty: finding.certainty,
        });
        at = finding.end;
    }
    escape(text.get(at..).unwrap_or_default(), at, &mut scrub.text, &mut placed);
    (scrub, placed)
}

/// Writes `text`, which starts at `offset` of the original, with its placeholder-like parts
/// escaped.
fn escape(text: &str, offset: usize, into: &mut String, placed: &mut Placed) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'['
            && let Some(found) = parse(text.as_bytes(), at)
        {
            into.push_str(text.get(written..found.first_escape).unwrap_or_default());
            into.push('=');
            written = found.first_escape;
            placed.push((into.len(), offset + written));
        }
    }
    into.push_str(text.get(written..).unwrap_or_default());
}

/// The original position of `at`, a position of the new text outside every replacement.
fn original(placed: &Placed, at: usize) -> usize {
    match placed.iter().rfind(|(new, _)| *new <= at) {
        Some((new, original)) => original + (at - new),
        None => at,
    }
}

fn utf16_len(text: &str) -> u32 {
    text.chars().map(|char| char.len_utf16() as u32).sum()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::pii::{restore, scrub_for_edge};
    use proptest::prelude::*;

    fn scrub(text: &str, map: &mut PlaceholderMap) -> String {
        scrub_for_browser(text, &Policy::chat(), map).text
    }

    #[test]
    fn values_become_numbered_placeholders() {
        let mut map = PlaceholderMap::new();
        assert_eq!(scrub("I am jane@example.com", &mut map), "I am [EMAIL_1]");
        assert_eq!(
            scrub("Not jim@example.com but Jane@Example.com, +49 30 1234567", &mut map),
            "Not [EMAIL_2] but [EMAIL_1], [PHONE_1]"
        );
        assert_eq!(map.value(Category::Email, 2), Some("jim@example.com"));
    }

    #[test]
    fn a_preview_changes_nothing() {
        let map = PlaceholderMap::new();
        let shown = preview("jane@example.com", &Policy::chat(), &map);
        assert_eq!(shown.text, "[EMAIL_1]");
        assert!(map.is_empty());
        assert_eq!(map.next(Category::Email), 1);
    }

    #[test]
    fn marks_are_in_utf16() {
        let mut map = PlaceholderMap::new();
        let scrub = scrub_for_browser("🙂é jane@example.com 🙂", &Policy::chat(), &mut map);
        assert_eq!(scrub.chips[0].utf16, 4..20);
        assert_eq!(scrub.chips[0].value, "jane@example.com");
    }

    #[test]
    fn typed_placeholders_are_escaped_and_come_back() {
        for (typed, sent) in [
            ("[EMAIL_1]", "[=EMAIL_1]"),
            ("[=EMAIL_1]", "[==EMAIL_1]"),
            ("is [phone 2] jane@example.com [PHONE]?", "is [=phone 2] [EMAIL_1] [=PHONE]?"),
            ("[[CARD]] [x] [EMAIL", "[[=CARD]] [x] [EMAIL"),
        ] {
            let mut map = PlaceholderMap::new();
            let text = scrub(typed, &mut map);
            assert_eq!(text, sent);
            assert_eq!(scrub_for_edge(&text, &Policy::chat()).0.as_str(), sent);
            assert_eq!(restore(&text, &map), typed);
        }
    }

    #[test]
    fn debug_prints_no_value() {
        let scrub = preview("jane@example.com", &Policy::chat(), &PlaceholderMap::new());
        assert_eq!(format!("{scrub:?}"), "BrowserScrub(9 bytes, [[EMAIL_1] 0..16])");
    }

    /// Text in which values, cues, placeholders and disguises meet at random.
    pub(in crate::pii) fn soup() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just(" ".to_owned()),
            Just("\n".to_owned()),
            "[0-9]{1,7}",
            "[-+(). /_,:@\\[\\]=]{1,2}",
            "[a-zé\u{200b}中🙂]{1,4}",
            prop::sample::select(vec![
                "jane@example.com",
                "jim (at) mail [dot] example.org",
                "+49 30 1234567",
                "(415) 555-0132",
                "4111 1111 1111 1111",
                "5555555555554444",
                "DE89 3704 0044 0532 0130 00",
                "GB29NWBK60161331926819",
                "call me ",
                "phone ",
                "order ",
                "Tel. ",
                "fax: ",
                " ext. 12",
                "x99",
                " mobile",
                "[EMAIL_1]",
                "[PHONE]",
                "[=CARD_2]",
                "[email 1]",
                "2024-03-14 ",
                "020 7946 0958",
                "5403926876",
                "000",
                "@",
                "[EMA",
                "password is ",
                "PIN: ",
                "hunter2!",
                "219-09-9998",
                "my SSN 219099998",
                " is my BSN",
                "192.168.1.17",
                "2001:db8::1",
                "00:1A:2B:3C:4D:5E",
                "born 12 May 1984 ",
                "tax id ",
                "DE 136 695 976",
                "86095742719",
                "BIC DEUTDEFF",
                "https://a:secret1@b.example/",
                "-----BEGIN KEY-----\nMIIB\n",
                "AKIAIOSFODNN7EXAMPLE",
                "52.5200, 13.4049",
                "exp 12/27",
                "address 12 Baker Street",
            ])
            .prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_was_typed_comes_back(text in soup()) {
            let mut map = PlaceholderMap::new();
            let scrub = scrub_for_browser(&text, &Policy::chat(), &mut map);
            // One value in two spellings comes back in the first one.
            let is_one_spelling = scrub.chips.iter().all(|chip| {
                scrub.chips.iter().all(|other| chip.placeholder != other.placeholder || chip.value == other.value)
            });
            prop_assume!(is_one_spelling);
            prop_assert_eq!(restore(&scrub.text, &map), text);
        }

        #[test]
        fn the_edge_finds_nothing_more(text in soup()) {
            let scrub = preview(&text, &Policy::chat(), &PlaceholderMap::new());
            let (edge, counts) = scrub_for_edge(&scrub.text, &Policy::chat());
            prop_assert_eq!(edge.as_str(), scrub.text);
            prop_assert!(counts.is_empty());
        }

        #[test]
        fn marks_are_where_the_values_are(text in soup()) {
            let scrub = preview(&text, &Policy::chat(), &PlaceholderMap::new());
            let units: Vec<u16> = text.encode_utf16().collect();
            for chip in scrub.chips {
                let part = &units[chip.utf16.start as usize..chip.utf16.end as usize];
                prop_assert_eq!(String::from_utf16(part).unwrap(), chip.value);
            }
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,80}") {
            let mut map = PlaceholderMap::new();
            let scrub = scrub_for_browser(&text, &Policy::chat(), &mut map);
            let _ = restore(&scrub.text, &map);
        }
    }
}
