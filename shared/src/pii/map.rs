//! The map back from placeholders to values. It lives in the browser and never leaves it.

use super::Category;
use super::category::LABELS;
use super::placeholder::{parse, write};
use super::policy::canonical;
use core::fmt;

/// Values that one conversation's map holds. What is found beyond becomes an unnumbered
/// placeholder: hidden, but not put back. A person's messages hold a handful.
const MAX_VALUES: usize = 1_000;

/// Bytes that [`PlaceholderMap::decode`] reads: room for the values above, far below what
/// sessionStorage holds for an origin.
const MAX_ENCODED: usize = 256 * 1024;

const VERSION: &str = "sotto-map-1";

/// Which value each numbered placeholder of a conversation stands for.
#[derive(Clone)]
pub struct PlaceholderMap {
    /// Sorted by category and canonical form.
    entries: Vec<Entry>,
    /// The highest number given so far, by category.
    last: [u32; LABELS.len()],
}

#[derive(Clone)]
struct Entry {
    category: Category,
    number: u32,
    canonical: String,
    value: String,
}

/// Why a stored map cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapError {
    /// Longer than any map that [`PlaceholderMap::encode`] writes.
    TooLong,
    /// Written by another version.
    Version,
    /// Not a map: cut off or altered.
    Malformed,
}

impl PlaceholderMap {
    /// An empty map: numbers start at 1.
    #[must_use]
    pub fn new() -> Self {
        Self { entries: Vec::new(), last: [0; LABELS.len()] }
    }

    /// The same map, in which the next number of `category` is at least `number`.
    #[must_use]
    pub fn with_next(mut self, category: Category, number: u32) -> Self {
        self.raise_next(category, number);
        self
    }

    /// Makes the next number of `category` at least `number`.
    pub fn raise_next(&mut self, category: Category, number: u32) {
        if let Some(last) = self.last.get_mut(category.by_label() as usize) {
            *last = (*last).max(number.saturating_sub(1));
        }
    }

    /// Makes sure that no number in `text`, a message of the transcript, is given again.
    pub fn raise_from_text(&mut self, text: &str) {
        for (category, number) in numbers(text) {
            self.raise_next(category, number + 1);
        }
    }

    /// The number that the next new value of `category` gets.
    #[must_use]
    pub fn next(&self, category: Category) -> u32 {
        self.last.get(category.by_label() as usize).map_or(1, |last| last + 1)
    }

    /// What the visitor typed for `[LABEL_number]`, in its first spelling.
    #[must_use]
    pub fn value(&self, category: Category, number: u32) -> Option<&str> {
        let category = category.by_label();
        self.entries
            .iter()
            .find(|entry| entry.number == number && entry.category == category)
            .map(|entry| entry.value.as_str())
    }

    /// How many values it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets every value; numbers go on.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Forgets the values that `text` has no placeholder for; numbers go on.
    pub fn keep_of(&mut self, text: &str) {
        let used = numbers(text);
        self.entries.retain(|entry| used.contains(&(entry.category, entry.number)));
    }

    /// The number of `value`: the one it has, or the next. `None` when the map is full.
    pub(super) fn number(&mut self, category: Category, value: &str) -> Option<u32> {
        let category = category.by_label();
        let canonical = canonical(category, value);
        let place = match self.find(category, &canonical) {
            Ok(place) => return self.entries.get(place).map(|entry| entry.number),
            Err(place) => place,
        };
        let number = self.next(category);
        if self.entries.len() >= MAX_VALUES || number > MAX_NUMBER {
            return None;
        }
        self.raise_next(category, number + 1);
        let value = value.to_owned();
        self.entries.insert(place, Entry { category, number, canonical, value });
        Some(number)
    }

    fn find(&self, category: Category, canonical: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| {
            entry.category.cmp(&category).then_with(|| entry.canonical.as_str().cmp(canonical))
        })
    }

    /// The map as text, for the tab's sessionStorage: a version, then a line for each category
    /// (`[LABEL_n]`, where n is the next number) and for each value (`[LABEL_n]value`).
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::from(VERSION);
        for (category, _) in &LABELS {
            text.push('\n');
            write(*category, Some(self.next(*category)), &mut text);
        }
        for entry in &self.entries {
            text.push('\n');
            write(entry.category, Some(entry.number), &mut text);
            for char in entry.value.chars() {
                match char {
                    '\\' => text.push_str("\\\\"),
                    '\n' => text.push_str("\\n"),
                    _ => text.push(char),
                }
            }
        }
        text
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    ///
    /// The text is too long, of another version, or not a map. Nothing of it is used then.
    pub fn decode(text: &str) -> Result<Self, MapError> {
        if text.len() > MAX_ENCODED {
            return Err(MapError::TooLong);
        }
        let mut lines = text.split('\n');
        if lines.next() != Some(VERSION) {
            return Err(MapError::Version);
        }
        let mut map = Self::new();
        for line in lines {
            map.decode_line(line).ok_or(MapError::Malformed)?;
        }
        Ok(map)
    }

    fn decode_line(&mut self, line: &str) -> Option<()> {
        let head = parse(line.as_bytes(), 0).filter(|head| head.escapes == 0)?;
        let (category, number) = (head.category, head.number.filter(|number| *number > 0)?);
        let value = unescape(line.get(head.end..)?)?;
        if value.is_empty() {
            self.raise_next(category, number);
            return Some(());
        }
        let canonical = canonical(category, &value);
        let place = self.find(category, &canonical).err()?;
        if self.value(category, number).is_some() || self.entries.len() >= MAX_VALUES {
            return None;
        }
        self.raise_next(category, number + 1);
        self.entries.insert(place, Entry { category, number, canonical, value });
        Some(())
    }
}

/// The highest number a placeholder is written with: five digits.
const MAX_NUMBER: u32 = 99_999;

impl Default for PlaceholderMap {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for PlaceholderMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlaceholderMap({} values)", self.entries.len())
    }
}

fn unescape(field: &str) -> Option<String> {
    let mut value = String::with_capacity(field.len());
    let mut chars = field.chars();
    while let Some(char) = chars.next() {
        value.push(match char {
            '\\' => match chars.next()? {
                '\\' => '\\',
                'n' => '\n',
                _ => return None,
            },
            _ => char,
        });
    }
    Some(value)
}

/// The numbered placeholders in a text.
fn numbers(text: &str) -> Vec<(Category, u32)> {
    let mut numbers = Vec::new();
    for at in 0..text.len() {
        if let Some(found) = parse(text.as_bytes(), at)
            && found.escapes == 0
            && let Some(number) = found.number
        {
            numbers.push((found.category, number));
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_value_has_one_number_in_any_spelling() {
        let mut map = PlaceholderMap::new();
        assert_eq!(map.number(Category::Email, "jane@example.com"), Some(1));
        assert_eq!(map.number(Category::Email, "jim@example.com"), Some(2));
        assert_eq!(map.number(Category::Email, "JANE@Example.com"), Some(1));
        assert_eq!(map.number(Category::Phone, "+49 30 1234567"), Some(1));
        assert_eq!(map.number(Category::Phone, "0049 (30) 123-4567"), Some(1));
        assert_eq!(map.value(Category::Email, 1), Some("jane@example.com"));
        assert_eq!(map.value(Category::Email, 3), None);
    }

    #[test]
    fn numbers_go_on_where_the_transcript_ended() {
        let mut map = PlaceholderMap::new().with_next(Category::Email, 4);
        map.raise_from_text("[PHONE_7] [=PHONE_90] [email 2]");
        assert_eq!(map.number(Category::Email, "jane@example.com"), Some(4));
        assert_eq!(map.number(Category::Phone, "+49 30 1234567"), Some(8));
        map.clear();
        assert_eq!(map.number(Category::Email, "jane@example.com"), Some(5));
    }

    #[test]
    fn values_that_no_text_uses_are_forgotten_and_their_numbers_are_not_given_again() {
        let mut map = PlaceholderMap::new();
        for value in ["jane@example.com", "jim@example.com", "joe@example.com"] {
            map.number(Category::Email, value);
        }
        map.number(Category::Phone, "+49 30 1234567");
        map.keep_of("write to [email 2] or [=EMAIL_1], [PHONE_1], [EMAIL_30]");
        assert_eq!(map.len(), 2);
        assert_eq!(map.value(Category::Email, 2), Some("jim@example.com"));
        assert_eq!(map.value(Category::Phone, 1), Some("+49 30 1234567"));
        assert_eq!(map.number(Category::Email, "jane@example.com"), Some(4));
    }

    #[test]
    fn a_full_map_gives_no_number() {
        let mut map = PlaceholderMap::new();
        for n in 0..MAX_VALUES {
            assert!(map.number(Category::Email, &format!("u{n}@example.com")).is_some());
        }
        assert_eq!(map.number(Category::Email, "one.more@example.com"), None);
        assert_eq!(map.number(Category::Email, "u0@example.com"), Some(1));
        assert!(PlaceholderMap::decode(&map.encode()).is_ok());
    }

    #[test]
    fn what_is_no_map_is_refused() {
        assert!(PlaceholderMap::decode("sotto-map-1\n[EMAIL_2]\n[EMAIL_1]a@b.example").is_ok());
        for (text, error) in [
            ("", MapError::Version),
            ("sotto-map-2\n[EMAIL_1]", MapError::Version),
            ("sotto-map-1\n", MapError::Malformed),
            ("sotto-map-1\n[NAME_1]", MapError::Malformed),
            ("sotto-map-1\n[EMAIL]", MapError::Malformed),
            ("sotto-map-1\n[=EMAIL_1]", MapError::Malformed),
            ("sotto-map-1\n[EMAIL_100000]", MapError::Malformed),
            ("sotto-map-1\n[EMAIL_0]a@b.example", MapError::Malformed),
            ("sotto-map-1\n[EMAIL_1]a\\", MapError::Malformed),
            ("sotto-map-1\n[EMAIL_1]a\n[EMAIL_1]b", MapError::Malformed),
            ("sotto-map-1\n[EMAIL_1]a\n[EMAIL_2]A", MapError::Malformed),
        ] {
            assert_eq!(PlaceholderMap::decode(text).err(), Some(error), "{text}");
        }
        let long = "x".repeat(MAX_ENCODED + 1);
        assert_eq!(PlaceholderMap::decode(&long).err(), Some(MapError::TooLong));
    }

    #[test]
    fn debug_prints_no_value() {
        let mut map = PlaceholderMap::new();
        map.number(Category::Email, "jane@example.com");
        assert_eq!(format!("{map:?}"), "PlaceholderMap(1 values)");
    }

    proptest! {
        #[test]
        fn a_map_survives_storage(values in proptest::collection::vec("(\\PC|[\\\\\n\t\r]){1,12}", 0..12)) {
            let mut map = PlaceholderMap::new();
            for (at, value) in values.iter().enumerate() {
                map.number(if at % 2 == 0 { Category::Phone } else { Category::Email }, value);
            }
            let read = PlaceholderMap::decode(&map.encode()).unwrap();
            prop_assert_eq!(read.encode(), map.encode());
            prop_assert_eq!(read.len(), map.len());
            prop_assert_eq!(read.last, map.last);
        }

        #[test]
        fn decoding_is_total(text in "(sotto-map-1)?(\\PC|[\n\\\\]|\\[EMAIL_[0-9]\\]){0,30}") {
            let _ = PlaceholderMap::decode(&text).map(|map| map.encode());
        }
    }
}
