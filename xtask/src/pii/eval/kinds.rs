//! What the numbers of python-stdnum and validator.js are called in a sentence, if they are of a
//! category here.
//!
//! A module or validator whose numbers are of no category has no words: registers of companies,
//! securities, references of payments, articles, and everything of other continents.

use serde_json::Value;

use super::regions;

/// Two words that a person would name a number by: the one used where it is issued, and a plain
/// English one.
pub(super) type Words = [&'static str; 2];

/// Modules of python-stdnum, without its own name. Several numbers of one country are listed where
/// a category covers them; regions not listed have modules for companies alone.
#[rustfmt::skip]
const MODULES: [(&str, Words); 94] = [
    ("at.tin", ["Steuernummer", "tax number"]),
    ("at.uid", ["UID-Nummer", "VAT number"]),
    ("at.vnr", ["SVNR", "social security number"]),
    ("be.bis", ["NISS", "national ID number"]),
    ("be.eid", ["identiteitskaart", "identity card number"]),
    ("be.iban", ["IBAN", "bank account"]),
    ("be.nn", ["Rijksregisternummer", "national ID number"]),
    ("be.ssn", ["NISS", "social security number"]),
    ("be.vat", ["BTW-nummer", "VAT number"]),
    ("bg.egn", ["ЕГН", "national ID number"]),
    ("bg.pnf", ["ЛНЧ", "national ID number"]),
    ("bg.vat", ["ДДС номер", "VAT number"]),
    ("bic", ["BIC", "SWIFT code"]),
    ("bitcoin", ["wallet", "bitcoin address"]),
    ("ca.sin", ["SIN", "social insurance number"]),
    ("ch.ssn", ["AHV-Nummer", "social security number"]),
    ("ch.vat", ["MWST-Nummer", "VAT number"]),
    ("cy.vat", ["ΦΠΑ", "VAT number"]),
    ("cz.bankaccount", ["číslo účtu", "account number"]),
    ("cz.dic", ["DIČ", "VAT number"]),
    ("cz.rc", ["rodné číslo", "national ID number"]),
    ("de.idnr", ["Steuer-ID", "tax ID"]),
    ("de.stnr", ["Steuernummer", "tax number"]),
    ("de.vat", ["USt-IdNr.", "VAT number"]),
    ("dk.cpr", ["CPR-nummer", "national ID number"]),
    ("ee.ik", ["isikukood", "national ID number"]),
    ("ee.kmkr", ["KMKR number", "VAT number"]),
    ("es.ccc", ["número de cuenta", "account number"]),
    ("es.dni", ["DNI", "national ID number"]),
    ("es.iban", ["IBAN", "bank account"]),
    ("es.nie", ["NIE", "national ID number"]),
    ("es.nif", ["NIF", "tax number"]),
    ("es.postal_code", ["código postal", "postcode"]),
    ("eu.oss", ["VAT number", "VAT ID"]),
    ("eu.vat", ["VAT number", "VAT ID"]),
    ("fi.alv", ["ALV-numero", "VAT number"]),
    ("fi.hetu", ["henkilötunnus", "national ID number"]),
    ("fi.veronumero", ["veronumero", "tax number"]),
    ("fr.nif", ["numéro fiscal", "tax number"]),
    ("fr.nir", ["numéro de sécurité sociale", "social security number"]),
    ("fr.tva", ["numéro de TVA", "VAT number"]),
    ("gb.nhs", ["NHS number", "health number"]),
    ("gb.utr", ["UTR", "tax number"]),
    ("gb.vat", ["VAT number", "VAT ID"]),
    ("gr.amka", ["ΑΜΚΑ", "social security number"]),
    ("gr.vat", ["ΑΦΜ", "VAT number"]),
    ("hr.oib", ["OIB", "tax number"]),
    ("hu.anum", ["adószám", "tax number"]),
    ("iban", ["IBAN", "bank account"]),
    ("ie.pps", ["PPS number", "social security number"]),
    ("ie.vat", ["VAT number", "VAT ID"]),
    ("imei", ["IMEI", "IMEI number"]),
    ("is_.kennitala", ["kennitala", "national ID number"]),
    ("is_.vsk", ["VSK-númer", "VAT number"]),
    ("it.codicefiscale", ["codice fiscale", "tax code"]),
    ("it.iva", ["partita IVA", "VAT number"]),
    ("li.peid", ["PEID", "tax number"]),
    ("lt.asmens", ["asmens kodas", "national ID number"]),
    ("lt.pvm", ["PVM kodas", "VAT number"]),
    ("lu.tva", ["numéro de TVA", "VAT number"]),
    ("lv.pk", ["personas kods", "national ID number"]),
    ("lv.pvn", ["PVN numurs", "VAT number"]),
    ("mac", ["MAC address", "MAC"]),
    ("mt.vat", ["VAT number", "VAT ID"]),
    ("nl.bsn", ["BSN", "social security number"]),
    ("nl.btw", ["BTW-nummer", "VAT number"]),
    ("nl.postcode", ["postcode", "postal code"]),
    ("no.fodselsnummer", ["fødselsnummer", "national ID number"]),
    ("no.iban", ["IBAN", "bank account"]),
    ("no.kontonr", ["kontonummer", "account number"]),
    ("no.mva", ["MVA-nummer", "VAT number"]),
    ("pl.nip", ["NIP", "tax number"]),
    ("pl.pesel", ["PESEL", "national ID number"]),
    ("pt.cc", ["cartão de cidadão", "identity card number"]),
    ("pt.nif", ["NIF", "tax number"]),
    ("ro.cf", ["CIF", "tax number"]),
    ("ro.cnp", ["CNP", "national ID number"]),
    ("ro.cui", ["CUI", "tax number"]),
    ("se.personnummer", ["personnummer", "national ID number"]),
    ("se.postnummer", ["postnummer", "postcode"]),
    ("se.vat", ["momsregistreringsnummer", "VAT number"]),
    ("si.ddv", ["DDV številka", "VAT number"]),
    ("si.emso", ["EMŠO", "national ID number"]),
    ("sk.dph", ["IČ DPH", "VAT number"]),
    ("sk.rc", ["rodné číslo", "national ID number"]),
    ("tr.tckimlik", ["TC kimlik numarası", "national ID number"]),
    ("us.atin", ["ATIN", "tax number"]),
    ("us.ein", ["EIN", "tax number"]),
    ("us.itin", ["ITIN", "tax number"]),
    ("us.ptin", ["PTIN", "tax number"]),
    ("us.rtn", ["routing number", "bank routing number"]),
    ("us.ssn", ["SSN", "social security number"]),
    ("us.tin", ["TIN", "tax number"]),
    ("vatin", ["VAT number", "VAT ID"]),
];

/// The words for a value of a python-stdnum module, `stdnum.de.idnr`.
pub(super) fn module(name: &str) -> Option<Words> {
    let name = name.strip_prefix("stdnum.")?;
    MODULES.iter().find(|(module, _)| *module == name).map(|(_, words)| *words)
}

/// Whether a module's numbers might be of a category: those of our regions, and worldwide ones.
pub(super) fn is_near(name: &str) -> bool {
    match name.trim_start_matches("stdnum.").split_once('.') {
        Some((region, _)) => region == "eu" || regions::is_counted(region.trim_end_matches('_')),
        None => true,
    }
}

/// The words for a value of a validator that was called with `args`, if the value is of a category
/// here: options that make a validator accept something else (a display name, an address in
/// brackets) put it outside.
pub(super) fn validator(name: &str, args: &[Value], value: &str) -> Option<Words> {
    let first = args.first().unwrap_or(&Value::Null);
    let has_option = |option: &str| first.get(option).is_some();
    match name {
        "isBIC" => Some(["BIC", "SWIFT code"]),
        "isBtcAddress" => Some(["wallet", "bitcoin address"]),
        "isEthereumAddress" => Some(["wallet", "ethereum address"]),
        "isCreditCard" => Some(["card number", "credit card"]),
        "isEmail" => {
            let is_other = ["allow_display_name", "require_display_name", "allow_ip_domain"]
                .iter()
                .any(|option| has_option(option));
            (!is_other).then_some(["e-mail", "email address"])
        }
        "isIBAN" => Some(["IBAN", "bank account"]),
        "isIMEI" => Some(["IMEI", "IMEI number"]),
        "isIP" => Some(["IP", "IP address"]),
        "isJWT" => Some(["token", "access token"]),
        // The category is of 48 bits; 64 are a validator's own.
        "isMACAddress" => (value.chars().filter(char::is_ascii_hexdigit).count() == 12
            && !has_option("no_separators"))
        .then_some(["MAC", "MAC address"]),
        // Fewer decimals are a place of kilometres, and not looked for.
        "isLatLong" => {
            let has_decimals = |part: &str| {
                let fraction = part.split_once('.').map_or("", |(_, fraction)| fraction);
                fraction.bytes().take_while(u8::is_ascii_digit).count() >= 4
            };
            value.split(',').all(has_decimals).then_some(["location", "coordinates"])
        }
        "isAbaRouting" => Some(["routing number", "bank routing number"]),
        "isStrongPassword" => Some(["password", "passwort"]),
        "isURL" if args.is_empty() => Some(["website", "link"]),
        _ if !is_of_regions(first) => None,
        "isIdentityCard" => Some(["identity number", "ID card number"]),
        "isLicensePlate" => Some(["number plate", "license plate"]),
        "isMobilePhone" => Some(["mobile", "phone number"]),
        "isPassportNumber" => Some(["passport number", "passport"]),
        "isPostalCode" => Some(["postcode", "postal code"]),
        "isTaxID" => Some(["tax number", "tax ID"]),
        "isVAT" => Some(["VAT number", "VAT ID"]),
        _ => None,
    }
}

/// Whether a validator's first argument names one of our regions (`DE`) or a locale of one
/// (`de-DE`), or several such.
fn is_of_regions(locale: &Value) -> bool {
    match locale {
        Value::String(locale) => regions::is_counted(locale.rsplit('-').next().unwrap_or_default()),
        Value::Array(locales) => !locales.is_empty() && locales.iter().all(is_of_regions),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn modules_have_words_or_are_left_out() {
        assert_eq!(module("stdnum.de.idnr"), Some(["Steuer-ID", "tax ID"]));
        for other in ["stdnum.fr.siren", "stdnum.isbn", "stdnum.luhn", "idnr", ""] {
            assert_eq!(module(other), None, "{other}");
        }
        for near in ["stdnum.fr.siren", "stdnum.is_.vsk", "stdnum.isbn", "stdnum.eu.nace"] {
            assert!(is_near(near), "{near}");
        }
        assert!(!is_near("stdnum.br.cnpj"));
    }

    #[test]
    fn no_module_is_listed_twice_and_each_is_of_our_regions() {
        for (at, (name, _)) in MODULES.iter().enumerate() {
            assert!(MODULES.iter().skip(at + 1).all(|(other, _)| other != name), "{name}");
            // Turkish numbers are a category of their own.
            assert!(is_near(name) || name.starts_with("tr."), "{name}");
        }
    }

    #[test]
    fn arguments_say_what_a_validator_accepts() {
        let words = |name, args: &[Value]| validator(name, args, "1");
        for (name, arg) in [
            ("isTaxID", json!("de-DE")),
            ("isVAT", json!("EL")),
            ("isMobilePhone", json!(["nb-NO", "nn-NO"])),
            ("isIBAN", json!({"whitelist": ["DE"]})),
            ("isEmail", json!({"host_blacklist": ["a.example"]})),
        ] {
            assert!(words(name, &[arg]).is_some(), "{name}");
        }
        for (name, arg) in [
            ("isTaxID", json!("pt-BR")),
            ("isMobilePhone", json!("any")),
            ("isMobilePhone", json!(["nb-NO", "zh-CN"])),
            ("isEmail", json!({"allow_display_name": true})),
            ("isISBN", json!("DE")),
        ] {
            assert_eq!(words(name, &[arg]), None, "{name}");
        }
        assert_eq!(words("isMobilePhone", &[]), None);
        assert!(validator("isLatLong", &[], "(-17.738223, 85.605469)").is_some());
        assert_eq!(validator("isLatLong", &[], "(-17.7, 85.6)"), None);
        assert!(validator("isMACAddress", &[], "01:02:03:04:05:ab").is_some());
        assert_eq!(validator("isMACAddress", &[], "01:02:03:04:05:ab:cd:ef"), None);
    }
}
