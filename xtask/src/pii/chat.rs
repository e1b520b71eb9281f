//! A corpus of chat, generated: what visitors of shops, clinics and offices write, in six
//! languages, with personal data in some of it. The same seed gives the same messages.

/// Pseudo-random numbers (Knuth's MMIX multiplier): good enough to vary sentences.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }
}

/// Openings, most messages have one.
const OPENINGS: &[&str] = &[
    "Hi",
    "Hello there",
    "Good morning",
    "Hallo zusammen",
    "Guten Tag",
    "Bonjour",
    "Buenos días",
    "Buongiorno",
    "Goedemiddag",
    "Thanks for the quick answer",
    "Sorry to bother you again",
    "",
];

/// What is asked. `{n}` becomes a number of some digits.
const REQUESTS: &[&str] = &[
    "where is my order {n}? It should have been here on Tuesday.",
    "I would like to change the delivery address, the parcel is still in the warehouse.",
    "how long does the battery last, and can I take it on a plane?",
    "the app closes itself when I open the settings, version 4.12.3.",
    "do you have the blue one in size 42, or only the black one?",
    "I was charged twice, 49.90 each, on the 3rd of this month.",
    "wann wird die Rechnung {n} storniert? Ich habe sie schon zweimal reklamiert.",
    "kann ich den Termin am Donnerstag um 14:30 Uhr auf nächste Woche verschieben?",
    "der Gutschein funktioniert nicht, es kommt immer die Meldung, dass er abgelaufen sei.",
    "est-ce que la livraison est gratuite à partir de 50 euros ?",
    "je n'arrive plus à me connecter depuis hier soir, que dois-je faire ?",
    "¿puedo devolver el producto si la caja está abierta?",
    "vorrei sapere se il ristorante è aperto la domenica a pranzo.",
    "kan ik de bestelling {n} nog annuleren, of is het daarvoor te laat?",
    "what happens with my data when I close the account?",
    "the invoice {n} shows the wrong company name, please correct it.",
    "is there a lift in the building, and how far is it from the station?",
    "the colour on the picture looks different from the one that arrived, which is a pity.",
];

/// Closings.
const CLOSINGS: &[&str] = &[
    "Thank you!",
    "Thanks a lot for your help.",
    "Danke im Voraus.",
    "Merci d'avance !",
    "Gracias.",
    "Grazie mille.",
    "Alvast bedankt.",
    "",
    "",
    "",
    "",
];

/// Personal data: one message in seven has some.
const PERSONAL: &[&str] = &[
    "You can reach me at jane.{n}@mail.example.",
    "Please call me on +49 30 {n}.",
    "Meine Handynummer ist 0151 {n}.",
    "Mon adresse est claire.{n}@courrier.example.",
    "The card was 4111 1111 1111 1111.",
    "IBAN DE89 3704 0044 0532 0130 00, bitte dorthin überweisen.",
    "My password is Tulip{n}! and it does not work.",
    "It came from 203.0.113.77.",
];

/// So many messages.
pub(super) fn messages(count: usize) -> Vec<String> {
    let mut random = Random(2_026);
    (0..count).map(|_| message(&mut random)).collect()
}

fn message(random: &mut Random) -> String {
    let mut text = String::new();
    let opening = random.pick(OPENINGS);
    if !opening.is_empty() {
        text.push_str(opening);
        text.push_str(", ");
    }
    for _ in 0..=random.below(2) {
        fill(random.pick(REQUESTS), random, &mut text);
        text.push(' ');
    }
    if random.below(7) == 0 {
        fill(random.pick(PERSONAL), random, &mut text);
        text.push(' ');
    }
    text.push_str(random.pick(CLOSINGS));
    text.truncate(text.trim_end().len());
    text
}

fn fill(template: &str, random: &mut Random, into: &mut String) {
    let mut parts = template.split("{n}");
    into.push_str(parts.next().unwrap_or_default());
    for part in parts {
        for _ in 0..7 {
            into.push(char::from(b'1' + random.below(9) as u8));
        }
        into.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::messages;

    #[test]
    fn messages_are_the_same_each_time_and_differ() {
        let corpus = messages(200);
        assert_eq!(corpus, messages(200));
        let distinct: std::collections::BTreeSet<_> = corpus.iter().collect();
        assert!(distinct.len() > 150 && corpus.iter().all(|message| message.len() > 20));
    }
}
