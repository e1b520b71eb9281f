//! What is looked for: one table, from which the documentation's table is made as well.

use core::fmt;

/// A kind of personal data. The discriminant is the row of [`CATEGORIES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// An e-mail address.
    Email,
    /// The number of a payment card.
    Card,
    /// An international bank account number.
    Iban,
    /// A telephone number, its extension included.
    Phone,
}

/// How much has to speak for a candidate before it is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Structure or check digit alone.
    A,
    /// Written separators, or a cue word beside it.
    B,
    /// A cue word beside it, always.
    C,
}

/// One row of [`CATEGORIES`].
#[derive(Clone, Copy, Debug)]
pub struct CategoryInfo {
    /// The category of this row.
    pub category: Category,
    /// The entity's name in Microsoft Presidio, which other tools know.
    pub entity: &'static str,
    /// The word in the placeholder: `[LABEL_1]`. Upper-case ASCII letters and single `_`.
    pub label: &'static str,
    /// The weakest evidence that suffices.
    pub tier: Tier,
    /// Whether a site may switch the category off.
    pub switchable: bool,
    /// What is recognised, in words.
    pub rule: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// Every category, in the order of [`Category`].
pub const CATEGORIES: [CategoryInfo; 4] = [
    CategoryInfo {
        category: Category::Email,
        entity: "EMAIL_ADDRESS",
        label: "EMAIL",
        tier: Tier::A,
        switchable: false,
        rule: "local part, @ or (at), a domain that ends in a label of letters",
        source: "RFC 5321, 4.5.3.1; RFC 5890",
    },
    CategoryInfo {
        category: Category::Card,
        entity: "CREDIT_CARD",
        label: "CARD",
        tier: Tier::A,
        switchable: false,
        rule: "issuer prefix, its lengths, Luhn check digit; groups may be separated",
        source: "ISO/IEC 7812-1; the card schemes' published prefixes",
    },
    CategoryInfo {
        category: Category::Iban,
        entity: "IBAN_CODE",
        label: "IBAN",
        tier: Tier::A,
        switchable: false,
        rule: "country's exact length and mod 97; groups may be separated",
        source: "ISO 13616; SWIFT IBAN registry",
    },
    CategoryInfo {
        category: Category::Phone,
        entity: "PHONE_NUMBER",
        label: "PHONE",
        tier: Tier::C,
        switchable: true,
        rule: "international with + or 00; area code in parentheses; grouped as phones are; or \
               any grouping beside a word for telephone",
        source: "ITU-T E.164, E.123",
    },
];

impl Category {
    /// The word in the placeholder, `EMAIL`.
    #[must_use]
    pub fn label(self) -> &'static str {
        LABELS.get(self as usize).map_or("", |(_, label)| label)
    }

    /// The entity's name in Microsoft Presidio, `EMAIL_ADDRESS`.
    #[must_use]
    pub fn entity(self) -> &'static str {
        self.info().map_or("", |row| row.entity)
    }

    /// Whether a site may switch the category off.
    #[must_use]
    pub fn switchable(self) -> bool {
        SWITCHABLE & (1 << self as u32) != 0
    }

    /// This category's row.
    fn info(self) -> Option<&'static CategoryInfo> {
        CATEGORIES.get(self as usize)
    }

    /// The category of a placeholder's word, in any case of its letters.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        LABELS
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(label))
            .map(|(category, _)| *category)
    }
}

/// Category and label of each row. Taken out of the table at compile time, like [`SWITCHABLE`], so
/// that the widget does not carry the table's prose.
pub(super) const LABELS: [(Category, &str); CATEGORIES.len()] = {
    let mut labels = [(Category::Email, ""); CATEGORIES.len()];
    let mut row = 0;
    while row < CATEGORIES.len() {
        labels[row] = (CATEGORIES[row].category, CATEGORIES[row].label);
        row += 1;
    }
    labels
};

/// A bit for each category that a site may switch off.
const SWITCHABLE: u32 = {
    let mut bits = 0;
    let mut row = 0;
    while row < CATEGORIES.len() {
        bits |= (CATEGORIES[row].switchable as u32) << row;
        row += 1;
    }
    bits
};

/// How many values of each category were found: what logs and metrics may know.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([u32; CATEGORIES.len()]);

impl Counts {
    pub(super) const fn new() -> Self {
        Self([0; CATEGORIES.len()])
    }

    /// How many of `category`.
    #[must_use]
    pub fn get(&self, category: Category) -> u32 {
        self.0.get(category as usize).copied().unwrap_or(0)
    }

    /// How many altogether.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// The categories found, with how many of each.
    pub fn iter(&self) -> impl Iterator<Item = (Category, u32)> + '_ {
        LABELS
            .iter()
            .map(|(category, _)| (*category, self.get(*category)))
            .filter(|(_, count)| *count > 0)
    }

    /// Adds what another text contained.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = mine.saturating_add(theirs);
        }
    }

    pub(super) fn count(&mut self, category: Category) {
        if let Some(count) = self.0.get_mut(category as usize) {
            *count = count.saturating_add(1);
        }
    }
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(c, n)| (c.label(), n))).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Counts {
    /// `{"EMAIL":1}`: labels of what was found.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(category, count)| (category.label(), count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (row, info) in CATEGORIES.iter().enumerate() {
            assert_eq!(info.category as usize, row);
            assert_eq!(info.category.label(), info.label);
            assert_eq!(info.category.entity(), info.entity);
            assert_eq!(info.category.switchable(), info.switchable);
            assert_eq!(Category::from_label(info.label), Some(info.category));
        }
    }

    #[test]
    fn email_card_and_iban_cannot_be_switched_off() {
        for category in [Category::Email, Category::Card, Category::Iban] {
            assert!(!category.switchable());
        }
    }

    #[test]
    fn labels_have_the_alphabet_that_placeholders_are_read_by() {
        for row in &CATEGORIES {
            assert!(
                row.label.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'),
                "{}",
                row.label
            );
            assert!(!row.label.contains("__"));
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn counts_are_logged_by_label() {
        let mut counts = Counts::default();
        counts.count(Category::Phone);
        counts.count(Category::Phone);
        assert_eq!(serde_json::to_string(&counts).unwrap(), r#"{"PHONE":2}"#);
    }
}
