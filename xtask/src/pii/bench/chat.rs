//! A corpus of chat, generated: two of three messages are a visitor's, one is an answer; one in
//! seven has personal data; the rest has the numbers that chat is full of (orders, prices, times,
//! dates, versions). A message keeps to one of 16 languages. The same seed gives the same messages.

use super::texts::{LANGUAGES, Language};
use crate::pii::random::Random;

/// Local parts of addresses.
const NAMES: [&str; 6] = ["jane", "m.mustermann", "claire", "info", "p-nowak", "ana_lopez"];

/// Which messages are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All that chat is.
    Mixed,
    /// None with personal data.
    Plain,
    /// English ones alone.
    English,
}

/// So many messages.
pub(super) fn messages(count: usize, wanted: Wanted) -> Vec<String> {
    let mut random = Random::new(2_026);
    (0..count).map(|_| message(&mut random, wanted)).collect()
}

fn message(random: &mut Random, wanted: Wanted) -> String {
    let place = random.below(100);
    let Some(language) = language(if wanted == Wanted::English { 0 } else { place }) else {
        return String::new();
    };
    let is_visitor = random.below(3) > 0;
    let is_personal = random.below(7) == 0;
    let mut parts = Vec::new();
    if is_visitor && random.below(10) < 6 {
        parts.push(format!("{},", random.pick(language.openings)));
    }
    let (sentences, most) =
        if is_visitor { (language.visitor, 2) } else { (language.assistant, 3) };
    let mut at = random.below(sentences.len());
    for _ in 0..=random.below(most) {
        // The next one each time: nobody says one thing twice.
        at = (at + 1) % sentences.len();
        parts.extend(sentences.get(at).map(|sentence| filled(sentence, random)));
    }
    if is_personal && wanted != Wanted::Plain {
        parts.push(filled(random.pick(language.personal), random));
    }
    if is_visitor && random.below(10) < 4 {
        parts.push(random.pick(language.closings).to_owned());
    }
    parts.join(" ")
}

/// The language of a place below a hundred.
fn language(place: usize) -> Option<&'static Language> {
    let mut end = 0;
    LANGUAGES.iter().find(|language| {
        end += language.weight;
        place < end
    })
}

/// A sentence with its braces filled in.
fn filled(sentence: &str, random: &mut Random) -> String {
    let mut parts = sentence.split(['{', '}']);
    let mut text = parts.next().unwrap_or_default().to_owned();
    while let (Some(slot), Some(after)) = (parts.next(), parts.next()) {
        text.push_str(&value(slot, random));
        text.push_str(after);
    }
    text
}

fn value(slot: &str, random: &mut Random) -> String {
    match slot {
        "order" => match random.below(6) {
            0 => random.digits(7),
            1 => random.digits(10),
            2 => format!("#{}", random.digits(5)),
            3 => format!("A-{}", random.digits(6)),
            4 => format!("2026-{}", random.digits(5)),
            _ => format!("{}-{}", random.digits(3), random.digits(7)),
        },
        "day" => (10 + random.below(19)).to_string(),
        "month" => (1 + random.below(12)).to_string(),
        "hour" => (8 + random.below(12)).to_string(),
        "minute" => random.pick(&["00", "15", "30", "45"]).to_owned(),
        "price" => (5 + random.below(395)).to_string(),
        "count" => (2 + random.below(8)).to_string(),
        "digits" => random.digits(7),
        "name" => random.pick(&NAMES).to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sotto_shared::pii::{Policy, detect};

    use super::*;

    const COUNT: usize = 12_000;

    #[test]
    fn messages_are_the_same_each_time_and_differ() {
        let corpus = messages(COUNT, Wanted::Mixed);
        assert_eq!(corpus, messages(COUNT, Wanted::Mixed));
        let distinct: BTreeSet<_> = corpus.iter().collect();
        assert!(distinct.len() > COUNT * 3 / 4, "{}", distinct.len());
        assert!(corpus.iter().all(|message| !message.contains(['{', '}'])));
    }

    #[test]
    fn every_slot_is_known_and_the_weights_make_a_hundred() {
        assert_eq!(LANGUAGES.iter().map(|language| language.weight).sum::<usize>(), 100);
        let mut random = Random::new(1);
        for language in &LANGUAGES {
            for sentences in [language.visitor, language.assistant, language.personal] {
                assert!(!sentences.is_empty());
                for slot in
                    sentences.iter().flat_map(|text| text.split(['{', '}']).skip(1).step_by(2))
                {
                    assert!(!value(slot, &mut random).is_empty(), "{slot}");
                }
            }
        }
    }

    /// What ordinary support chat looks like: if this changes, figures cannot be compared.
    #[test]
    fn lengths_scripts_and_findings_are_those_of_chat() {
        let corpus = messages(COUNT, Wanted::Mixed);
        let mut lengths: Vec<usize> = corpus.iter().map(String::len).collect();
        lengths.sort_unstable();
        let median = lengths[COUNT / 2];
        assert!((100..180).contains(&median), "{median}");
        assert!(lengths[COUNT / 20] < 70 && lengths[COUNT * 19 / 20] > 240);
        let foreign = corpus.iter().filter(|message| !message.is_ascii()).count();
        assert!((COUNT * 2 / 5..COUNT * 3 / 5).contains(&foreign), "{foreign}");
        let policy = Policy::chat();
        let found = |corpus: &[String]| {
            corpus.iter().filter(|message| !detect(message, &policy).is_empty()).count()
        };
        let personal = found(&corpus);
        assert!((COUNT / 8..COUNT / 6).contains(&personal), "{personal}");
        assert!(messages(COUNT, Wanted::English).iter().all(|message| message.is_ascii()));
        let alarms = found(&messages(COUNT, Wanted::Plain));
        assert!(alarms < COUNT / 200, "{alarms}");
    }
}
