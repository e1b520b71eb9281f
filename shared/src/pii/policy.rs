//! What a site wants found, and which values are its own.

use super::category::LABELS;
use super::fold::{byte, fold, fold_char, is_letter, is_word};
use super::pattern::{Pattern, PatternError};
use super::{Category, detect};
use crate::limits::SCRUB_PATTERNS;

/// Exempt values that are kept; those beyond are found like any other. A site's address, phone
/// and the values in its documents are tens.
const MAX_EXEMPT: usize = 512;

/// Two telephone numbers are the same when the shorter one, at least this long, is the end of the
/// longer: `030 901820` and `+49 30 901820`.
const MIN_SUBSCRIBER_DIGITS: usize = 7;

/// Which categories are looked for, and which values pass.
#[derive(Clone)]
pub struct Policy {
    off: u128,
    /// Canonical forms, sorted.
    exempt: Vec<String>,
    patterns: Vec<Pattern>,
}

impl Policy {
    /// The policy for chat: every category but URL is on, nothing is exempt.
    #[must_use]
    pub const fn chat() -> Self {
        Self { off: Category::Url.bit(), exempt: Vec::new(), patterns: Vec::new() }
    }

    /// The policy for a scan of texts: every category is on.
    #[must_use]
    pub const fn scan() -> Self {
        Self { off: 0, exempt: Vec::new(), patterns: Vec::new() }
    }

    /// The policy for chat with rules, one in each line: `-PHONE` switches categories off,
    /// `+'KD'-9{6,8}` adds a pattern, `=030 901820` exempts a value and what is found in it. A rule
    /// that cannot be read changes nothing.
    #[must_use]
    pub fn of_rules(rules: &str) -> Self {
        let mut policy = Self::chat();
        for rule in rules.lines() {
            if let Some(label) = rule.strip_prefix('-') {
                let _ = policy.switch_off(label);
            } else if let Some(pattern) = rule.strip_prefix('+') {
                let _ = policy.add_pattern(pattern);
            } else if let Some(value) = rule.strip_prefix('=') {
                policy.exempt_value(value);
                policy.exempt_text(value);
            }
        }
        policy
    }

    /// Switches `category` on or off. Categories that cannot be switched stay on.
    #[must_use]
    pub fn with_category(mut self, category: Category, on: bool) -> Self {
        if on {
            self.off &= !category.bit();
        } else if category.switchable() {
            self.off |= category.bit();
        }
        self
    }

    /// Switches every category off whose placeholder has this word, in upper case as it stands
    /// there: `PHONE`, `TAX_ID`.
    ///
    /// # Errors
    /// If there is no such placeholder, or its categories stay on for every site.
    pub fn switch_off(&mut self, label: &str) -> Result<(), SwitchError> {
        let mut bits = 0;
        for (category, _) in LABELS.iter().filter(|(_, known)| *known == label) {
            if !category.switchable() {
                return Err(SwitchError::Fixed);
            }
            bits |= category.bit();
        }
        if bits == 0 {
            return Err(SwitchError::Unknown);
        }
        self.off |= bits;
        Ok(())
    }

    /// Whether `category` is looked for.
    #[must_use]
    pub fn is_on(&self, category: Category) -> bool {
        self.off & category.bit() == 0
    }

    /// Adds a pattern of the site's own, such as `'KD'-9{6,8}`; docs/pii.md has the syntax.
    ///
    /// # Errors
    /// If the pattern cannot be read, would hide too much, or is one too many.
    pub fn add_pattern(&mut self, pattern: &str) -> Result<(), PatternError> {
        if self.patterns.len() >= SCRUB_PATTERNS {
            return Err(PatternError::TooMany);
        }
        self.patterns.push(Pattern::parse(pattern)?);
        Ok(())
    }

    pub(super) fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Lets one value of the site pass: its address, its telephone number. Spelling, case and
    /// separators do not count.
    pub fn exempt_value(&mut self, value: &str) {
        let category = if value.contains('@') { Category::Email } else { Category::Phone };
        self.exempt_canonical(canonical(category, value));
    }

    /// Lets every value pass that is found in `text`, one of the site's documents or settings.
    pub fn exempt_text(&mut self, text: &str) {
        for finding in detect(text, self) {
            let value = text.get(finding.start..finding.end).unwrap_or_default();
            self.exempt_canonical(canonical(finding.category, value));
        }
    }

    pub(super) fn is_exempt(&self, category: Category, value: &str) -> bool {
        if self.exempt.is_empty() {
            return false;
        }
        let value = canonical(category, value);
        if self.exempt.binary_search(&value).is_ok() {
            return true;
        }
        category == Category::Phone
            && self.exempt.iter().any(|exempt| is_same_phone(exempt, &value))
    }

    fn exempt_canonical(&mut self, value: String) {
        if value.is_empty() || self.exempt.len() >= MAX_EXEMPT {
            return;
        }
        if let Err(place) = self.exempt.binary_search(&value) {
            self.exempt.insert(place, value);
        }
    }
}

/// Why a word switches nothing off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchError {
    /// No placeholder has it.
    Unknown,
    /// Its categories are looked for in every chat.
    Fixed,
}

impl Default for Policy {
    fn default() -> Self {
        Self::chat()
    }
}

impl core::fmt::Debug for Policy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let on =
            LABELS.iter().filter(|(category, _)| self.is_on(*category)).map(|(_, label)| label);
        f.write_str("Policy ")?;
        f.debug_list().entries(on).finish()
    }
}

/// Values in which every sign counts: `1.11.1980` is not `11.1.1980`.
const IS_LITERAL: u128 = Category::Secret.bit()
    | Category::Password.bit()
    | Category::Ip.bit()
    | Category::Crypto.bit()
    | Category::BirthDate.bit()
    | Category::CardExpiry.bit()
    | Category::Address.bit()
    | Category::Geo.bit()
    | Category::Url.bit();

/// The form in which two spellings of one value are equal: folded, in lower case, without
/// separators; of a telephone number without the signs that lead abroad.
pub(super) fn canonical(category: Category, value: &str) -> String {
    if IS_LITERAL & category.bit() != 0 {
        return value.to_owned();
    }
    let folded = fold(value);
    let keeps_signs = category == Category::Email;
    let mut form = String::with_capacity(value.len());
    for byte in folded.bytes() {
        if byte.is_ascii() && (is_word(*byte) || (keeps_signs && *byte > b' ')) {
            form.push(byte.to_ascii_lowercase() as char);
        }
    }
    if value.chars().any(|char| char >= '\u{180}' && is_letter(fold_char(char).unwrap_or(b' '))) {
        // Letters of other alphabets look like Latin ones, or alike, in the folded view.
        form.push_str(value);
    }
    match form.strip_prefix("00") {
        Some(number) if category == Category::Phone => number.to_owned(),
        _ => form,
    }
}

fn is_same_phone(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let subscriber = short.trim_start_matches('0');
    let all_digits = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
    subscriber.len() >= MIN_SUBSCRIBER_DIGITS
        && long.len() - subscriber.len() <= 3
        && all_digits(short)
        && all_digits(long)
        // Without the trunk 0 of an area, seven digits are a number in every town.
        && (byte(short.as_bytes(), 0) == b'0' || short.len() > MIN_SUBSCRIBER_DIGITS + 1)
        && long.ends_with(subscriber)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::CATEGORIES;

    #[test]
    fn only_switchable_categories_can_be_switched_off() {
        let mut policy = Policy::chat();
        for row in &CATEGORIES {
            policy = policy.with_category(row.category, false);
            assert_eq!(policy.is_on(row.category), !row.switchable, "{}", row.label);
        }
        assert!(policy.with_category(Category::Phone, true).is_on(Category::Phone));
    }

    #[test]
    fn a_word_switches_off_all_that_share_it_or_nothing() {
        for row in &CATEGORIES {
            let mut policy = Policy::scan();
            let switched = policy.switch_off(row.label);
            assert_eq!(switched.is_ok(), row.switchable, "{}", row.label);
            for other in &CATEGORIES {
                let is_off = row.switchable && other.label == row.label;
                assert_eq!(policy.is_on(other.category), !is_off, "{} {}", row.label, other.label);
            }
        }
        let mut policy = Policy::chat();
        assert_eq!(policy.switch_off("PASSWORD"), Err(SwitchError::Fixed));
        for unknown in ["", "phone", "PHONE_NUMBER", "[PHONE]", "PHONE "] {
            assert_eq!(policy.switch_off(unknown), Err(SwitchError::Unknown), "{unknown}");
        }
    }

    #[test]
    fn values_of_the_sites_own_patterns_in_its_texts_pass() {
        let mut policy = Policy::chat();
        policy.add_pattern("'KD'-9{6}").unwrap();
        policy.exempt_text("Your number is on the invoice, such as KD-123456.");
        assert_eq!(detect("kd 123456 or KD-123456", &policy), []);
        assert_eq!(detect("KD-123457", &policy).len(), 1);
    }

    #[test]
    fn a_switched_off_category_is_not_found() {
        let policy = Policy::chat().with_category(Category::Phone, false);
        assert!(detect("Call +49 30 1234567", &policy).is_empty());
    }

    #[test]
    fn exempt_values_pass_in_any_spelling() {
        let mut policy = Policy::chat();
        policy.exempt_value("Shop@Example.com");
        policy.exempt_text("Our hotline: +49 (30) 901820-10, DE89 3704 0044 0532 0130 00.");
        for text in [
            "write to shop@example.com",
            "write to SHOP (at) example.com",
            "call 0049 30 90182010",
            "call 030 901820 10",
            "pay to DE89370400440532013000",
        ] {
            assert!(detect(text, &policy).is_empty(), "{text}");
        }
        assert_eq!(detect("write to jane@example.com", &policy).len(), 1);
        assert_eq!(detect("call +49 30 901820 11", &policy).len(), 1);
    }

    #[test]
    fn debug_prints_no_value() {
        let mut policy = Policy::chat();
        policy.exempt_value("shop@example.com");
        assert!(!format!("{policy:?}").contains("shop"));
    }
}
