//! The widget's words.
//!
//! English is built in: build.rs makes [`Text`] and its English words from `locales/en.json`.
//! Another locale arrives as the JSON text of its file, which the loader fetched with integrity.
//! All files hold the same keys in the same order (a test sees to that), so a text is found by its
//! place and the keys themselves cost the visitor nothing.

use sotto_shared::json::Value;
use sotto_shared::pii::Category;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

impl Text {
    /// What a category of personal data is called.
    pub(crate) fn kind(category: Category) -> Self {
        KINDS.get(category as usize).copied().unwrap_or(Self::KindCustom)
    }
}

/// Languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 5] = ["ar", "dv", "fa", "he", "ur"];

/// The words of one language.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    /// Language tag of the words, for the attribute `lang`.
    pub(crate) lang: String,
    words: Vec<String>,
}

impl Texts {
    /// The words of `locale`, the JSON text of a locale file; English where it is empty or of
    /// another release. `lang` is the tag that the loader resolved.
    pub(crate) fn new(lang: &str, locale: &str) -> Self {
        let words: Vec<String> = Value::parse(locale)
            .map(|file| file.members().iter().filter_map(|(_, text)| text.string()).collect())
            .unwrap_or_default();
        if words.len() == TEXTS {
            return Self { lang: lang.into(), words };
        }
        let lang = if language(lang) == "en" { lang } else { "en" };
        Self { lang: lang.into(), words: Vec::new() }
    }

    /// The words of a text.
    pub(crate) fn get(&self, text: Text) -> &str {
        let place = text as usize;
        match self.words.get(place) {
            Some(words) => words,
            None => ENGLISH.split('\n').nth(place).unwrap_or_default(),
        }
    }

    /// The words of a text with its `{names}` replaced.
    pub(crate) fn fill(&self, text: Text, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.get(text);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            for (known, value) in values {
                if *known == name {
                    out.push_str(value);
                }
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// A text with one number in it.
    pub(crate) fn count(&self, text: Text, n: u64) -> String {
        self.fill(text, &[("n", &decimal(n))])
    }

    /// A span of seconds in words, in the largest unit of which it has at least two.
    pub(crate) fn span(&self, seconds: u64) -> String {
        let (text, unit) = match seconds {
            172_800.. => (Text::Days, 86_400),
            7_200.. => (Text::Hours, 3_600),
            _ => (Text::Minutes, 60),
        };
        self.count(text, seconds.div_ceil(unit))
    }

    /// Direction of the script, for the attribute `dir`.
    pub(crate) fn dir(&self) -> &'static str {
        if RIGHT_TO_LEFT.contains(&language(&self.lang)) { "rtl" } else { "ltr" }
    }
}

/// A number in decimal digits. `core::fmt` would bring its whole machinery along.
pub(crate) fn decimal(mut number: u64) -> String {
    let mut digits = String::new();
    loop {
        digits.insert(0, char::from(b'0' + (number % 10) as u8));
        number /= 10;
        if number == 0 {
            return digits;
        }
    }
}

/// How many characters a text has. `chars().count()` would bring a faster and larger count along.
pub(crate) fn characters(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80)).sum()
}

/// The language of a tag, without script and region.
fn language(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sotto_shared::pii::CATEGORIES;

    use super::*;

    fn locales() -> Vec<(String, Vec<(String, String)>)> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/locales");
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let file = Value::parse(&fs::read_to_string(&path).unwrap()).expect("valid JSON");
                let texts = file.members().iter().map(|(key, text)| {
                    (key.clone(), text.string().expect("every text is a string"))
                });
                (path.file_stem().unwrap().to_str().unwrap().to_owned(), texts.collect())
            })
            .collect()
    }

    fn placeholders(text: &str) -> Vec<&str> {
        let mut names: Vec<_> =
            text.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn every_locale_has_the_same_keys_in_the_same_order_and_the_same_placeholders() {
        let all = locales();
        let (_, english) = all.iter().find(|(name, _)| name == "en").unwrap();
        assert!(all.len() > 1);
        for (name, texts) in &all {
            let keys = |texts: &[(String, String)]| {
                texts.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>()
            };
            assert_eq!(keys(texts), keys(english), "{name}");
            for ((key, text), (_, english)) in texts.iter().zip(english) {
                assert_eq!(placeholders(text), placeholders(english), "{name}: {key}");
                assert!(!text.trim().is_empty(), "{name}: {key}");
            }
        }
    }

    #[test]
    fn a_locale_file_is_used_and_a_foreign_one_is_not() {
        let german = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/locales/de.json"));
        let texts = Texts::new("de-AT", &german.unwrap());
        assert_eq!((texts.get(Text::Send), texts.lang.as_str()), ("Senden", "de-AT"));
        let texts = Texts::new("de", "{\"send\":\"Senden\"}");
        assert_eq!((texts.get(Text::Send), texts.lang.as_str()), ("Send", "en"));
        assert_eq!(Texts::new("en-GB", "").lang, "en-GB");
    }

    #[test]
    fn every_category_is_called_by_the_words_of_its_placeholder() {
        let (_, english) = locales().into_iter().find(|(name, _)| name == "en").unwrap();
        let texts = Texts::new("en", "");
        for row in &CATEGORIES {
            let key = ["kind_", &row.label.to_lowercase()].concat();
            let (_, words) = english.iter().find(|(known, _)| *known == key).expect(&key);
            assert_eq!(texts.get(Text::kind(row.category)), words, "{}", row.entity);
        }
    }

    #[test]
    fn names_are_replaced_and_spans_are_in_words() {
        let texts = Texts::new("en", "");
        let filled = texts.fill(Text::HiddenAs, &[("placeholder", "[EMAIL_1]"), ("value", "{x}")]);
        assert_eq!(filled, "{x}, sent as [EMAIL_1]");
        assert_eq!(texts.span(86_400), "24 hours");
        assert_eq!(texts.span(30 * 86_400), "30 days");
        assert_eq!(texts.span(61), "2 minutes");
        assert_eq!(decimal(0) + &decimal(u64::MAX), "018446744073709551615");
        assert_eq!(["", "a", "Grüße", "我的😀"].map(characters), [0, 1, 5, 3]);
    }

    #[test]
    fn the_script_sets_the_direction() {
        let words = |lang: &str| Texts { lang: lang.into(), words: Vec::new() };
        assert_eq!(words("ar-EG").dir(), "rtl");
        assert_eq!(words("arn").dir(), "ltr");
    }
}
