//! What is looked for: one table, from which the documentation's table is made as well.

use core::fmt;

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

macro_rules! categories {
    ($($category:ident $entity:literal $label:literal $tier:ident $switch:ident
        $rule:literal $source:literal;)*) => {
        /// A kind of personal data. The discriminant is the row of [`CATEGORIES`], which says what
        /// each is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Category {
            $(#[doc = $rule] $category,)*
        }

        /// Every category, in the order of [`Category`].
        pub const CATEGORIES: [CategoryInfo; [$(Category::$category),*].len()] = [$(CategoryInfo {
            category: Category::$category,
            entity: $entity,
            label: $label,
            tier: Tier::$tier,
            switchable: is_switchable(stringify!($switch)),
            rule: $rule,
            source: $source,
        },)*];
    };
}

/// `fixed` or `switchable`.
const fn is_switchable(word: &str) -> bool {
    word.len() == "switchable".len()
}

categories! {
    Email "EMAIL_ADDRESS" "EMAIL" A fixed
        "local part, @ or (at), a domain that ends in a label of letters; beside a word for e-mail also `jane at example dot com`"
        "RFC 5321, 4.5.3.1; RFC 5890";
    Card "CREDIT_CARD" "CARD" A fixed
        "issuer prefix, its lengths, Luhn check digit; groups may be separated"
        "ISO/IEC 7812-1; the card schemes' published prefixes";
    Iban "IBAN_CODE" "IBAN" A fixed
        "country's exact length and mod 97; groups may be separated"
        "ISO 13616; SWIFT IBAN registry";
    Phone "PHONE_NUMBER" "PHONE" C switchable
        "international with + or 00; area code in parentheses; grouped as phones are; or any grouping beside a word for telephone"
        "ITU-T E.164, E.123";
    Secret "API_KEY" "SECRET" A fixed
        "a provider's key prefix and shape, JSON Web Token, PEM block, password in a URL, token parameter, long mixed base64"
        "the providers' documentation; RFC 7519; RFC 7468; RFC 3986, 3.2.1";
    Password "PASSWORD" "PASSWORD" C fixed
        "what follows `password is`, `PIN:`, `verification code` in 28 languages and looks like one"
        "usage";
    Ip "IP_ADDRESS" "IP" A switchable
        "IPv4 of four octets, IPv6 in full or with ::; not a version"
        "RFC 791; RFC 4291, 2.2";
    Mac "MAC_ADDRESS" "MAC" A switchable
        "six pairs of hexadecimal digits, all joined by : or by -; not all equal"
        "IEEE 802";
    Imei "IMEI" "IMEI" C switchable
        "15 digits with Luhn beside a word for a device"
        "3GPP TS 23.003";
    Crypto "CRYPTO" "CRYPTO" A switchable
        "Bitcoin base58 and bech32, Ethereum 0x and 40 hexadecimal digits"
        "BIP 13, BIP 173, EIP-55";
    UsSsn "US_SSN" "SSN" B switchable
        "3-2-4 digits, no void area, group or serial"
        "Social Security Administration";
    UsItin "US_ITIN" "TAX_ID" B switchable
        "9xx-7x to 9x-xxxx"
        "Internal Revenue Service";
    CaSin "CA_SIN" "SSN" B switchable
        "3-3-3 digits, Luhn, first digit not 0 or 8"
        "Employment and Social Development Canada";
    DeTaxId "DE_TAX_ID" "TAX_ID" A switchable
        "11 digits, ISO 7064 mod 11,10, one digit twice or thrice among the first ten"
        "Abgabenordnung, section 139b";
    DeTaxNumber "DE_TAX_NUMBER" "TAX_ID" B switchable
        "10 or 11 digits in the states' groups with slashes"
        "German tax offices";
    DeVatId "DE_VAT_ID" "TAX_ID" A switchable
        "DE and 9 digits, ISO 7064 mod 11,10"
        "Umsatzsteuergesetz, section 27a";
    VatId "VAT_ID" "TAX_ID" A switchable
        "country prefix and its length, EU, GB, XI, CH, NO"
        "EU Council Directive 2006/112, article 215";
    ItVat "IT_VAT_CODE" "TAX_ID" C switchable
        "11 digits, Luhn"
        "Agenzia delle Entrate";
    TaxId "TAX_ID" "TAX_ID" C switchable
        "digits and letters beside a word for tax number"
        "usage";
    DeSocial "DE_SOCIAL_SECURITY" "SSN" A switchable
        "12 characters, birth date inside, cross-sum check digit"
        "VKVV, section 4";
    DeHealth "DE_HEALTH_INSURANCE" "SSN" B switchable
        "letter and 9 digits, cross-sum check digit"
        "SGB V, section 290";
    FrNir "FR_NIR" "SSN" A switchable
        "15 characters, sex, month, key 97 minus mod 97"
        "INSEE";
    ItFiscal "IT_FISCAL_CODE" "TAX_ID" A switchable
        "16 characters with its check letter, digits replaced by letters too"
        "Agenzia delle Entrate";
    EsNif "ES_NIF" "ID" A switchable
        "8 digits and the letter of mod 23; 7 digits with separator or cue"
        "Ministerio del Interior";
    EsNie "ES_NIE" "ID" A switchable
        "X, Y or Z, 7 digits and the letter of mod 23"
        "Ministerio del Interior";
    NlBsn "NL_BSN" "ID" C switchable
        "9 digits, weighted sum mod 11"
        "Rijksdienst voor Identiteitsgegevens";
    BeNn "BE_NN" "ID" A switchable
        "11 digits, birth date, 97 minus mod 97"
        "Rijksregister";
    PlPesel "PL_PESEL" "ID" B switchable
        "11 digits, birth date, weighted sum mod 10"
        "Ministerstwo Cyfryzacji";
    SePersonnummer "SE_PERSONNUMMER" "ID" B switchable
        "10 or 12 digits, birth date, Luhn; 12 digits alone suffice"
        "Skatteverket";
    NoFnr "NO_FODSELSNUMMER" "ID" A switchable
        "11 digits, birth date, two check digits mod 11"
        "Skatteetaten";
    DkCpr "DK_CPR" "ID" B switchable
        "birth date, hyphen, 4 digits"
        "CPR-kontoret";
    FiHetu "FI_PERSONAL_IDENTITY_CODE" "ID" A switchable
        "birth date, century sign, 3 digits, character of mod 31"
        "Digi- ja vaestotietovirasto";
    UkNino "UK_NINO" "SSN" A switchable
        "two letters of allowed prefixes, 6 digits, A to D"
        "HM Revenue and Customs, NIM39110";
    UkNhs "UK_NHS" "SSN" C switchable
        "10 digits, weighted sum mod 11"
        "NHS Data Dictionary";
    AtSvnr "AT_SVNR" "SSN" B switchable
        "4 digits and birth date, weighted sum mod 11"
        "Dachverband der Sozialversicherungstraeger";
    ChAhv "CH_AHV" "SSN" A switchable
        "756 and 10 digits, EAN-13 check digit"
        "Zentrale Ausgleichsstelle";
    PtNif "PT_NIF" "TAX_ID" C switchable
        "9 digits, weighted sum mod 11"
        "Autoridade Tributaria";
    IePps "IE_PPS" "ID" B switchable
        "7 digits and the letter of mod 23, a second letter counted"
        "Department of Social Protection";
    CzRc "CZ_SK_RODNE_CISLO" "ID" B switchable
        "birth date, slash, 4 digits, mod 11"
        "law 133/2000 Sb.";
    EeLtCode "EE_LT_PERSONAL_CODE" "ID" B switchable
        "11 digits, birth date, two-step mod 11"
        "EVS 585:2007";
    LvCode "LV_PERSONAL_CODE" "ID" B switchable
        "birth date, hyphen, 5 digits, weighted sum mod 11"
        "Pilsonibas un migracijas lietu parvalde";
    RoCnp "RO_CNP" "ID" B switchable
        "13 digits, birth date, weighted sum mod 11"
        "law 105/1996";
    BgEgn "BG_EGN" "ID" B switchable
        "10 digits, birth date, weighted sum mod 11"
        "GRAO";
    GrAmka "GR_AMKA" "SSN" B switchable
        "11 digits, birth date, Luhn"
        "IDIKA";
    HrOib "HR_OIB" "TAX_ID" B switchable
        "11 digits, ISO 7064 mod 11,10"
        "Porezna uprava";
    SiEmso "SI_EMSO" "ID" B switchable
        "13 digits, birth date, weighted sum mod 11"
        "law ZCRP";
    IsKennitala "IS_KENNITALA" "ID" B switchable
        "birth date, 4 digits, weighted sum mod 11"
        "Registers Iceland";
    TrId "TR_NATIONAL_ID" "ID" A switchable
        "11 digits with two check digits"
        "Nufus ve Vatandaslik Isleri";
    NationalId "NATIONAL_ID" "ID" C switchable
        "digits and letters beside a word for identity number"
        "usage";
    SocialId "SOCIAL_SECURITY" "SSN" C switchable
        "digits and letters beside a word for social security or health insurance"
        "usage";
    BirthDate "DATE_OF_BIRTH" "BIRTH_DATE" C switchable
        "a date beside a word for birth"
        "usage";
    Passport "PASSPORT" "PASSPORT" C switchable
        "digits and letters beside a word for passport"
        "usage; ICAO 9303";
    DeIdCard "DE_ID_CARD" "PASSPORT" B switchable
        "letter and 8 or 9 characters with the check digit of weights 7, 3, 1"
        "ICAO 9303, part 3";
    Mrz "MRZ" "PASSPORT" A switchable
        "a machine-readable line of 30, 36 or 44 characters with fillers"
        "ICAO 9303, part 3";
    UkLicence "UK_DRIVING_LICENCE" "LICENCE" B switchable
        "16 characters, name, birth date, initials"
        "DVLA";
    Licence "US_DRIVER_LICENSE" "LICENCE" C switchable
        "digits and letters beside a word for driving licence"
        "usage";
    Plate "LICENSE_PLATE" "PLATE" C switchable
        "letters and digits beside a word for number plate"
        "usage";
    Bic "BIC_SWIFT" "BIC" C switchable
        "8 or 11 characters of the standard's form beside a word for it"
        "ISO 9362";
    Aba "ABA_ROUTING_NUMBER" "ACCOUNT" C switchable
        "9 digits, weights 3, 7, 1 mod 10, beside a word for it"
        "American Bankers Association";
    Account "US_BANK_NUMBER" "ACCOUNT" C switchable
        "digits beside a word for bank account"
        "usage";
    Cvv "CARD_CVV" "CVV" C switchable
        "3 or 4 digits beside a word for the card's security code"
        "usage";
    CardExpiry "CARD_EXPIRY" "EXPIRY" C switchable
        "month and year beside a word for expiry"
        "usage";
    Address "STREET_ADDRESS" "ADDRESS" C switchable
        "house number and street beside a word for address"
        "usage";
    Postcode "POSTCODE" "POSTCODE" C switchable
        "a code with digits beside a word for postcode"
        "usage";
    Geo "GEO_COORDINATES" "LOCATION" B switchable
        "a pair of degrees with four decimals or more"
        "ISO 6709";
    Url "URL" "URL" A switchable
        "scheme, www., or a known lower-case top-level domain; off in chat"
        "RFC 3986";
    Custom "CUSTOM" "CUSTOM" A switchable
        "a pattern of the site's own"
        "the site's settings";
}

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
        SWITCHABLE & self.bit() != 0
    }

    /// The one that stands for all categories with the same label: placeholders are numbered by
    /// label.
    pub(super) fn by_label(self) -> Self {
        Self::from_label(self.label()).unwrap_or(self)
    }

    /// This category's bit in a set of them.
    pub(super) const fn bit(self) -> u128 {
        1 << self as u32
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
const SWITCHABLE: u128 = {
    let mut bits = 0;
    let mut row = 0;
    while row < CATEGORIES.len() {
        bits |= (CATEGORIES[row].switchable as u128) << row;
        row += 1;
    }
    bits
};

/// How many values of each category were found: what logs and metrics may know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Counts([u32; CATEGORIES.len()]);

impl Counts {
    pub(super) const fn new() -> Self {
        Self([0; CATEGORIES.len()])
    }

    /// How many of `category`.
    #[must_use]
    pub fn get(&self, category: Category) -> u32 {
        self.0.get(category.by_label() as usize).copied().unwrap_or(0)
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
            .zip(self.0)
            .map(|((category, _), count)| (*category, count))
            .filter(|(_, count)| *count > 0)
    }

    /// Adds what another text contained.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = mine.saturating_add(theirs);
        }
    }

    pub(super) fn count(&mut self, category: Category) {
        if let Some(count) = self.0.get_mut(category.by_label() as usize) {
            *count = count.saturating_add(1);
        }
    }
}

impl Default for Counts {
    fn default() -> Self {
        Self::new()
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
            let first = CATEGORIES.iter().find(|row| row.label == info.label).unwrap();
            assert_eq!(Category::from_label(info.label), Some(first.category));
            assert_eq!(info.category.by_label(), first.category);
        }
    }

    #[test]
    fn email_card_iban_and_secrets_cannot_be_switched_off() {
        let fixed: Vec<_> =
            CATEGORIES.iter().filter(|row| !row.switchable).map(|row| row.category).collect();
        use Category::{Card, Email, Iban, Password, Secret};
        assert_eq!(fixed, [Email, Card, Iban, Secret, Password]);
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
