//! `pii eval DIR`: the figures of the README, from the cases in a directory.
//!
//! Each file of cases is optional; a figure is given for each that is there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sotto_shared::pii::{Policy, detect};

use super::scan::{Span, spans};

/// One figure: what was counted, of how many, and what is to be reached.
#[derive(Debug, Serialize)]
struct Figure {
    what: String,
    hits: usize,
    of: usize,
    share: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<f64>,
}

impl Figure {
    fn new(what: impl Into<String>, (hits, of): (usize, usize)) -> Self {
        let share = if of == 0 { 0.0 } else { hits as f64 / of as f64 };
        Self { what: what.into(), hits, of, share, at_least: None, at_most: None }
    }

    fn at_least(self, share: f64) -> Self {
        Self { at_least: Some(share), ..self }
    }

    fn at_most(self, share: f64) -> Self {
        Self { at_most: Some(share), ..self }
    }

    fn is_reached(&self) -> bool {
        self.at_least.is_none_or(|least| self.share >= least)
            && self.at_most.is_none_or(|most| self.share <= most)
    }
}

pub(super) fn run(cases: &Path) -> Result<()> {
    if !cases.is_dir() {
        bail!("{} is no directory", cases.display());
    }
    let mut figures = Vec::new();
    for measure in [research, presidio, numbers, phones, adversarial, negatives, values] {
        figures.extend(measure(cases)?);
    }
    figures.extend(orders());
    for figure in &figures {
        println!("{}", serde_json::to_string(figure)?);
    }
    println!("\n| what | reached | to reach | |\n|---|---|---|---|");
    for figure in &figures {
        let goal = match (figure.at_least, figure.at_most) {
            (Some(least), _) => format!("≥ {}", percent(least)),
            (_, Some(most)) => format!("≤ {}", percent(most)),
            _ => String::new(),
        };
        let verdict = if figure.is_reached() { "" } else { "missed" };
        let Figure { what, hits, of, share, .. } = figure;
        println!("| {what} | {} ({hits} of {of}) | {goal} | {verdict} |", percent(*share));
    }
    Ok(())
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// The lines of a file of cases; none when it is not there.
fn read<T: for<'a> Deserialize<'a>>(cases: &Path, name: &str) -> Result<Vec<T>> {
    let path = cases.join(name);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    text.lines()
        .enumerate()
        .map(|(at, line)| {
            serde_json::from_str(line).with_context(|| format!("{name}, line {}", at + 1))
        })
        .collect()
}

fn found(text: &str) -> Vec<Span> {
    spans(text, &Policy::scan())
}

/// Whether the findings cover `start..end` without a gap.
fn covers(found: &[Span], start: usize, end: usize) -> bool {
    let mut at = start;
    for (from, to, _) in found {
        if *from <= at && at < *to {
            at = *to;
        }
    }
    at >= end
}

/// The span of `value` in `text`, in code points.
fn span_of(text: &str, value: &str) -> (usize, usize) {
    let start = text.find(value).unwrap_or(0);
    let before = text.get(..start).unwrap_or_default().chars().count();
    (before, before + value.chars().count())
}

fn share(outcomes: impl Iterator<Item = bool>) -> (usize, usize) {
    outcomes.fold((0, 0), |(hits, of), hit| (hits + usize::from(hit), of + 1))
}

#[derive(Deserialize)]
struct Research {
    text: String,
    spans: Vec<(usize, usize, String)>,
}

/// The seven types that are compared, with the set's own names.
const TYPES: [(&str, &str); 7] = [
    ("EMAIL_ADDRESS", "EMAIL_ADDRESS"),
    ("PHONE_NUMBER", "PHONE_NUMBER"),
    ("CREDIT_CARD", "CREDIT_CARD"),
    ("IBAN_CODE", "IBAN_CODE"),
    ("US_SSN", "US_SSN"),
    ("IP_ADDRESS", "IP_ADDRESS"),
    ("DOMAIN_NAME", "URL"),
];

fn research(cases: &Path) -> Result<Vec<Figure>> {
    let rows: Vec<Research> = read(cases, "presidio_research.jsonl")?;
    let mut recall = [(0, 0); TYPES.len()];
    let mut precision = [(0, 0); TYPES.len()];
    for row in &rows {
        let found = found(&row.text);
        for (place, (gold_name, entity)) in TYPES.iter().enumerate() {
            let mine: Vec<Span> = found.iter().filter(|span| span.2 == *entity).copied().collect();
            let gold: Vec<_> = row
                .spans
                .iter()
                .filter(|(_, _, name)| name == gold_name || name == entity)
                .collect();
            for (start, end, _) in &gold {
                add(&mut recall, place, covers(&mine, *start, *end));
            }
            for (start, end, _) in &mine {
                add(&mut precision, place, gold.iter().any(|(s, e, _)| start < e && s < end));
            }
        }
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let all = |shares: &[(usize, usize)]| {
        shares.iter().fold((0, 0), |(hits, of), share| (hits + share.0, of + share.1))
    };
    let mut figures = vec![
        Figure::new("presidio_research, 7 types: recall", all(&recall)).at_least(0.97),
        Figure::new("presidio_research, 7 types: precision", all(&precision)).at_least(0.97),
    ];
    for (place, (_, entity)) in TYPES.iter().enumerate() {
        let goal = match *entity {
            "PHONE_NUMBER" => 0.92,
            "CREDIT_CARD" => 0.99,
            _ => 0.0,
        };
        let (recall, precision) = (at(&recall, place), at(&precision, place));
        figures.push(Figure::new(format!("{entity}: recall"), recall).at_least(goal));
        let goal = if *entity == "PHONE_NUMBER" { goal } else { 0.0 };
        figures.push(Figure::new(format!("{entity}: precision"), precision).at_least(goal));
    }
    Ok(figures)
}

fn add(shares: &mut [(usize, usize)], place: usize, hit: bool) {
    if let Some((hits, of)) = shares.get_mut(place) {
        *hits += usize::from(hit);
        *of += 1;
    }
}

fn at(shares: &[(usize, usize)], place: usize) -> (usize, usize) {
    shares.get(place).copied().unwrap_or_default()
}

#[derive(Deserialize)]
struct Presidio {
    text: String,
    entity: String,
    strength: String,
    #[serde(default)]
    spans: Option<Vec<(usize, usize, String)>>,
    #[serde(default)]
    presidio_head: Vec<(usize, usize, String, f64)>,
}

/// Entities of Presidio that are categories here.
const ENTITIES: [&str; 30] = [
    "ABA_ROUTING_NUMBER",
    "CA_SIN",
    "CREDIT_CARD",
    "CRYPTO",
    "DE_HEALTH_INSURANCE",
    "DE_ID_CARD",
    "DE_PASSPORT",
    "DE_SOCIAL_SECURITY",
    "DE_TAX_ID",
    "DE_TAX_NUMBER",
    "DE_VAT_ID",
    "EMAIL_ADDRESS",
    "ES_NIE",
    "ES_NIF",
    "FI_PERSONAL_IDENTITY_CODE",
    "IBAN_CODE",
    "IP_ADDRESS",
    "IT_FISCAL_CODE",
    "IT_VAT_CODE",
    "MAC_ADDRESS",
    "PHONE_NUMBER",
    "PL_PESEL",
    "SE_PERSONNUMMER",
    "TR_NATIONAL_ID",
    "UK_DRIVING_LICENCE",
    "UK_NHS",
    "UK_NINO",
    "URL",
    "US_ITIN",
    "US_SSN",
];

fn presidio(cases: &Path) -> Result<Vec<Figure>> {
    let rows: Vec<Presidio> = read(cases, "presidio_cases.jsonl")?;
    let mut by_entity: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.strength == "must") {
        let Some(entity) = ENTITIES.iter().find(|entity| **entity == row.entity) else { continue };
        let found = found(&row.text);
        let spans: Vec<(usize, usize)> = match &row.spans {
            Some(spans) => spans.iter().map(|span| (span.0, span.1)).collect(),
            None => row
                .presidio_head
                .iter()
                .filter(|span| span.2 == row.entity)
                .map(|span| (span.0, span.1))
                .collect(),
        };
        let is_covered = spans.iter().all(|(start, end)| covers(&found, *start, *end));
        let (hits, of) = by_entity.entry(entity).or_default();
        *hits += usize::from(is_covered);
        *of += 1;
        if !is_covered && std::env::var_os("SOTTO_MISSES").is_some() {
            eprintln!("presidio {entity}: {:?} {found:?}", row.text);
        }
    }
    if by_entity.is_empty() {
        return Ok(Vec::new());
    }
    let all = by_entity.values().fold((0, 0), |(hits, of), share| (hits + share.0, of + share.1));
    let mut figures = vec![Figure::new("presidio_cases, must", all).at_least(0.95)];
    let missed = by_entity.iter().filter(|(_, share)| share.0 < share.1);
    figures.extend(missed.map(|(entity, share)| Figure::new(format!("… {entity}"), *share)));
    Ok(figures)
}

#[derive(Deserialize)]
struct Value {
    #[serde(alias = "module", alias = "validator")]
    kind: String,
    #[serde(default)]
    args: Vec<serde_json::Value>,
    value: String,
    valid: bool,
}

/// Modules whose numbers are categories here, with the word a sentence would name them by.
#[rustfmt::skip]
const NUMBERS: [(&str, &str); 66] = [
    ("stdnum.at.vnr", "SVNR"), ("stdnum.be.nn", "Rijksregisternummer"), ("stdnum.be.bis", "NISS"),
    ("stdnum.be.ssn", "NISS"), ("stdnum.bg.egn", "ЕГН"), ("stdnum.bic", "BIC"),
    ("stdnum.bitcoin", "wallet"), ("stdnum.ca.sin", "SIN"), ("stdnum.ch.ssn", "AHV"),
    ("stdnum.ch.vat", "VAT number"), ("stdnum.ch.uid", "UID"), ("stdnum.cz.rc", "rodné číslo"),
    ("stdnum.cz.dic", "DIČ"), ("stdnum.sk.rc", "rodné číslo"), ("stdnum.sk.dph", "DPH"),
    ("stdnum.de.idnr", "Steuer-ID"), ("stdnum.de.stnr", "Steuernummer"),
    ("stdnum.de.vat", "USt-ID"), ("stdnum.dk.cpr", "CPR"), ("stdnum.dk.cvr", "CVR"),
    ("stdnum.ee.ik", "isikukood"), ("stdnum.ee.kmkr", "KMKR"), ("stdnum.es.dni", "DNI"),
    ("stdnum.es.nie", "NIE"), ("stdnum.es.nif", "NIF"), ("stdnum.es.cif", "CIF"),
    ("stdnum.eu.vat", "VAT number"), ("stdnum.fi.hetu", "hetu"), ("stdnum.fi.alv", "ALV"),
    ("stdnum.fi.ytunnus", "Y-tunnus"), ("stdnum.fr.nir", "NIR"), ("stdnum.fr.siren", "SIREN"),
    ("stdnum.fr.siret", "SIRET"), ("stdnum.fr.tva", "TVA"), ("stdnum.fr.nif", "NIF"),
    ("stdnum.gb.nhs", "NHS number"), ("stdnum.gb.utr", "UTR"), ("stdnum.gb.vat", "VAT number"),
    ("stdnum.gr.amka", "AMKA"), ("stdnum.gr.vat", "ΑΦΜ"), ("stdnum.hr.oib", "OIB"),
    ("stdnum.iban", "IBAN"), ("stdnum.ie.pps", "PPS number"), ("stdnum.ie.vat", "VAT number"),
    ("stdnum.imei", "IMEI"), ("stdnum.is_.kennitala", "kennitala"),
    ("stdnum.it.codicefiscale", "codice fiscale"), ("stdnum.lt.asmens", "asmens kodas"),
    ("stdnum.mac", "MAC address"), ("stdnum.nl.bsn", "BSN"), ("stdnum.nl.btw", "BTW-nummer"),
    ("stdnum.no.fodselsnummer", "fødselsnummer"), ("stdnum.no.mva", "MVA"),
    ("stdnum.pl.pesel", "PESEL"), ("stdnum.pl.nip", "NIP"), ("stdnum.pt.nif", "NIF"),
    ("stdnum.ro.cnp", "CNP"), ("stdnum.se.personnummer", "personnummer"),
    ("stdnum.si.emso", "EMŠO"), ("stdnum.tr.tckimlik", "TC kimlik"),
    ("stdnum.us.itin", "ITIN"), ("stdnum.us.ssn", "SSN"), ("stdnum.us.ein", "EIN"),
    ("stdnum.us.rtn", "routing number"), ("stdnum.luhn_", ""), ("stdnum.lv.pk", "personas kods"),
];

/// Validators whose values are categories here. A locale chooses among telephone and tax numbers.
const VALIDATORS: [(&str, &str); 9] = [
    ("isEmail", "e-mail"),
    ("isIBAN", "IBAN"),
    ("isBIC", "BIC"),
    ("isCreditCard", "card number"),
    ("isIP", "IP"),
    ("isMACAddress", "MAC"),
    ("isJWT", "token"),
    ("isBtcAddress", "wallet"),
    ("isIMEI", "IMEI"),
];

/// Regions whose numbers count.
const REGIONS: [&str; 34] = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV",
    "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO", "GB", "CH",
    "US", "CA",
];

fn numbers(cases: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut outcomes = Vec::new();
    for (file, names) in
        [("stdnum_cases.jsonl", &NUMBERS[..]), ("validatorjs_cases.jsonl", &VALIDATORS[..])]
    {
        let rows: Vec<Value> = read(cases, file)?;
        for row in rows.iter().filter(|row| row.valid) {
            let locale = row.args.first().and_then(serde_json::Value::as_str).unwrap_or_default();
            let region = locale.rsplit('-').next().unwrap_or_default();
            let cue = match names.iter().find(|(name, _)| *name == row.kind) {
                // Options widen what is valid beyond what the word means.
                Some((_, cue)) if row.args.is_empty() || row.kind == "isCreditCard" => *cue,
                Some(_) => continue,
                None if row.kind == "isTaxID" && REGIONS.contains(&region) => "tax number",
                None if row.kind == "isPassportNumber" && REGIONS.contains(&region) => {
                    "passport number"
                }
                None if row.kind == "isVAT" && REGIONS.contains(&region) => "VAT number",
                None if row.kind == "isIdentityCard" && REGIONS.contains(&region) => {
                    "identity number"
                }
                None if row.kind == "isMobilePhone" && REGIONS.contains(&region) => "mobile",
                None => continue,
            };
            let text = format!("My {cue} is {}, thanks", row.value);
            let (start, end) = span_of(&text, row.value.trim());
            let hit = covers(&found(&text), start, end);
            if !hit && std::env::var_os("SOTTO_MISSES").is_some() {
                eprintln!("{} {text:?} {:?}", row.kind, found(&text));
            }
            outcomes.push(hit);
        }
    }
    if !outcomes.is_empty() {
        let all = share(outcomes.into_iter());
        figures
            .push(Figure::new("stdnum, validator.js: valid values with a cue", all).at_least(0.98));
    }
    Ok(figures)
}

#[derive(Deserialize)]
struct Phone {
    region: String,
    #[serde(rename = "type")]
    kind: String,
    e164: String,
    international: String,
    national: String,
}

fn phones(cases: &Path) -> Result<Vec<Figure>> {
    let rows: Vec<Phone> = read(cases, "phone_examples.jsonl")?;
    let rows: Vec<&Phone> = rows
        .iter()
        .filter(|row| REGIONS.contains(&row.region.as_str()))
        .filter(|row| matches!(row.kind.as_str(), "FIXED_LINE" | "MOBILE" | "FIXED_LINE_OR_MOBILE"))
        .collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let check = |frame: &str, value: fn(&Phone) -> &str| {
        share(rows.iter().map(|row| {
            let text = frame.replace("{}", value(row));
            let (start, end) = span_of(&text, value(row));
            let hit = covers(&found(&text), start, end);
            if !hit && std::env::var_os("SOTTO_MISSES").is_some() {
                eprintln!("{} {text:?}", row.region);
            }
            hit
        }))
    };
    let (compact, spaced) =
        (check("{} it is", |row| &row.e164), check("{} it is", |row| &row.international));
    Ok(vec![
        Figure::new("phones, international", (compact.0 + spaced.0, compact.1 + spaced.1))
            .at_least(1.0),
        Figure::new(
            "phones, national with a cue",
            check("My phone is {}, thanks", |row| &row.national),
        )
        .at_least(0.97),
    ])
}

#[derive(Deserialize)]
struct Adversarial {
    text: String,
    transform: String,
    value_span: (usize, usize),
}

/// Whether one finding covers at least three quarters of the letters and digits of the span, which
/// holds the disguise too: quotes, `mailto:`, a word in front.
fn is_hidden(text: &str, (start, end): (usize, usize)) -> bool {
    let signs = |from: usize, to: usize| {
        let chars = text.chars().skip(from).take(to.saturating_sub(from));
        chars.filter(|char| char.is_alphanumeric()).count()
    };
    found(text)
        .iter()
        .any(|(from, to, _)| 4 * signs(start.max(*from), end.min(*to)) >= 3 * signs(start, end))
}

fn adversarial(cases: &Path) -> Result<Vec<Figure>> {
    let rows: Vec<Adversarial> = read(cases, "adversarial.jsonl")?;
    let all = share(rows.iter().map(|row| {
        let hit = is_hidden(&row.text, row.value_span);
        if !hit && std::env::var_os("SOTTO_MISSES").is_some() {
            eprintln!("adversarial {}: {:?} {:?}", row.transform, row.text, found(&row.text));
        }
        hit
    }));
    Ok((all.1 > 0).then(|| Figure::new("adversarial", all).at_least(0.92)).into_iter().collect())
}

/// Chat's own policy: the one that visitors meet.
fn is_marked(text: &str) -> bool {
    let is_marked = !detect(text, &Policy::chat()).is_empty();
    if is_marked && std::env::var_os("SOTTO_MISSES").is_some() {
        eprintln!("marked: {text:?} {:?}", found(text));
    }
    is_marked
}

fn negatives(cases: &Path) -> Result<Vec<Figure>> {
    let path = cases.join("negatives.txt");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let texts = || text.lines().filter_map(|line| line.split_once('\t'));
    let chat = share(texts().map(|(_, text)| is_marked(text)));
    let scan = share(texts().map(|(_, text)| !found(text).is_empty()));
    Ok(vec![
        Figure::new("negatives with a finding, chat", chat).at_most(0.001),
        Figure::new("negatives with a finding, scan", scan).at_most(0.001),
    ])
}

#[derive(Deserialize)]
struct Negative {
    kind: String,
    value: String,
}

const FRAMES: [&str; 3] = [
    "My {kind} is {value}, thanks",
    "Could you look up {kind} {value} for me?",
    "It says {value} on the {kind} label.",
];

fn values(cases: &Path) -> Result<Vec<Figure>> {
    let rows: Vec<Negative> = read(cases, "negative_values.jsonl")?;
    let all = share(FRAMES.iter().flat_map(|frame| {
        rows.iter().map(|row| {
            let kind = row.kind.split(':').next().unwrap_or_default();
            is_marked(&frame.replace("{kind}", kind).replace("{value}", &row.value))
        })
    }));
    Ok((all.1 > 0)
        .then(|| Figure::new("negative_values with a finding", all).at_most(0.02))
        .into_iter()
        .collect())
}

/// Order numbers at random, the same ones each time.
fn orders() -> Vec<Figure> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut digit = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + (state >> 33) as u8 % 10)
    };
    (6..=16)
        .map(|length| {
            let texts: Vec<String> = (0..2_000)
                .map(|_| {
                    let order: String = (0..length).map(|_| digit()).collect();
                    format!("My order {order} is late")
                })
                .collect();
            let marked = share(texts.iter().map(|text| is_marked(text)));
            Figure::new(format!("order numbers of {length} digits with a finding"), marked)
                .at_most(0.02)
        })
        .collect()
}
