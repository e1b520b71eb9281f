//! Words that say what a number beside them is.
//!
//! Words are compared whole, in the folded view (without marks, without case), so `Téléphone`
//! and `TELEPHONE` are one entry. The nearest word that says anything decides: in "call me about
//! order 1234567890" that is "order".

use super::fold::{byte, byte_before, is_letter};

/// How far before a number its word may be, in folded bytes and in words: a clause.
const MAX_DISTANCE: usize = 64;
const MAX_WORDS: usize = 6;

/// Longer words are no cues.
const MAX_WORD: usize = 24;

/// What the words beside a number say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// That it is a telephone number.
    Phone,
    /// That it is the number of a payment card.
    Card,
    /// That it is something else: an order, an invoice, an amount.
    Other,
    /// Nothing.
    None,
}

/// What the words before `at` say.
pub(super) fn before(bytes: &[u8], at: usize) -> Cue {
    let floor = at.saturating_sub(MAX_DISTANCE);
    let mut end = at;
    // "my number", "my new number": a word may stand between.
    let mut since_number = MAX_WORDS;
    for _ in 0..MAX_WORDS {
        while end > floor && !is_letter(byte_before(bytes, end)) {
            end -= 1;
        }
        let mut start = end;
        while start > floor && is_letter(byte_before(bytes, start)) {
            start -= 1;
        }
        if start == end {
            break;
        }
        // The label in a placeholder is no word of the text.
        if matches!(byte_before(bytes, start), b'[' | b'=') && matches!(byte(bytes, end), b']' | b'_' | b'-') {
            end = start;
            continue;
        }
        let word = Word::new(bytes, start, end);
        let cue = word.cue();
        if cue != Cue::None {
            return cue;
        }
        if since_number < 2 && word.is_in(POSSESSIVES) {
            return Cue::Phone;
        }
        since_number = if word.is_in(NUMBERS) { 0 } else { since_number + 1 };
        end = start;
    }
    Cue::None
}

/// What the word right after `end` says: `655 437 108 office`, `(mobile)`, `1234567 euros`.
pub(super) fn after(bytes: &[u8], end: usize) -> Cue {
    let mut start = end;
    while start < end + 3 && matches!(byte(bytes, start), b' ' | b'-' | b'(' | b',' | b'/' | b'\n') {
        start += 1;
    }
    if matches!(byte(bytes, start), b'$' | b'%') {
        return Cue::Other;
    }
    let mut word_end = start;
    while word_end < start + MAX_WORD && is_letter(byte(bytes, word_end)) {
        word_end += 1;
    }
    let word = Word::new(bytes, start, word_end);
    if word.is_in(LABELS) {
        Cue::Phone
    } else if word.is_in(UNITS) {
        Cue::Other
    } else {
        Cue::None
    }
}

/// A word in lower case, of [`MAX_WORD`] letters at most.
struct Word {
    letters: [u8; MAX_WORD],
    length: usize,
}

impl Word {
    /// The word `bytes[start..end]`, or an empty one when it is too long.
    fn new(bytes: &[u8], start: usize, end: usize) -> Self {
        let mut letters = [0; MAX_WORD];
        let length = if end - start > MAX_WORD { 0 } else { end - start };
        for (at, letter) in letters.iter_mut().enumerate().take(length) {
            *letter = byte(bytes, start + at).to_ascii_lowercase();
        }
        Self { letters, length }
    }

    fn as_bytes(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }

    fn cue(&self) -> Cue {
        if self.is_in(PHONE) {
            Cue::Phone
        } else if self.is_in(CARD) {
            Cue::Card
        } else if self.is_in(OTHER) || self.is_compound_number() {
            Cue::Other
        } else {
            Cue::None
        }
    }

    /// `Kundennummer`, `ordernummer`: the number of something that is no telephone.
    fn is_compound_number(&self) -> bool {
        self.as_bytes().strip_suffix(b"nummer").is_some_and(|first| !first.is_empty())
    }

    fn is_in(&self, sorted: &[&str]) -> bool {
        sorted.binary_search_by(|word| word.as_bytes().cmp(self.as_bytes())).is_ok()
    }
}

/// Telephones and what one does with them, in English, German, French, Spanish, Italian, Dutch,
/// Polish; the commonest words of Portuguese, Swedish, Danish, Norwegian, Czech, Finnish,
/// Hungarian and Romanian. Sorted.
static PHONE: &[&str] = &[
    "angerufen", "anruf", "anrufen", "answer", "answering", "appel", "appeler", "appelez",
    "appelle", "appelles", "appels", "bel", "bellen", "belt", "bereikbaar", "bereiken", "call",
    "callback", "called", "caller", "calling", "calls", "cell", "cellphone", "cellular",
    "cellulare", "cellulari", "celular", "celulares", "chiama", "chiamami", "chiamare",
    "chiamarmi", "chiamata", "chiamate", "chiamatemi", "contact", "contactar", "contactarme",
    "contacter", "contactez", "contacto", "contattarmi", "contattatemi", "desk", "dial", "dialed",
    "dialled", "durchwahl", "dzwon", "dzwoncie", "dzwonic", "erreichbar", "erreichen", "erreicht",
    "extension", "faks", "fax", "faxes", "faxnummer", "festnetz", "festnetznummer", "fijo",
    "fisso", "fixe", "fixes", "fon", "gebeld", "gsm", "handy", "handynr", "handynummer",
    "helpline", "hotline", "joignable", "joignables", "joindre", "komorka", "komorke", "komorki",
    "komorkowego", "komorkowy", "kontaktowy", "landline", "ligar", "ligue", "liguem", "llama",
    "llamada", "llamadas", "llamadme", "llamame", "llamar", "llamarme", "llame", "llamen",
    "localizarme", "message", "messages", "mobiel", "mobielnummer", "mobieltje", "mobil", "mobile",
    "mobiles", "mobilni", "mobilnummer", "mobiltelefon", "mobilul", "movil", "nummerweergave",
    "oddzwon", "oddzwonic", "office", "phone", "phonenumber", "phones", "portable", "puhelin",
    "puhelinnumero", "rang", "rappeler", "rappelez", "rappelle", "reach", "reached", "recapiti",
    "recapito", "richiamami", "richiamare", "richiamatemi", "ring", "ringa", "ringe", "ringer",
    "ruckruf", "ruckrufnummer", "rueckruf", "rueckrufnummer", "ruf", "rufen", "rufnummer", "ruft",
    "sms", "stacjonarny", "standard", "suna", "sunati", "switchboard", "tel", "telefon",
    "telefone", "telefonem", "telefonico", "telefoniczny", "telefonie", "telefonisch", "telefonnr",
    "telefonnummer", "telefono", "telefonos", "telefonszam", "telefonu", "telefony", "telefoon",
    "telefoonnr", "telefoonnummer", "telegram", "telemoveis", "telemovel", "telephone",
    "telephoner", "telephones", "telephonique", "terugbellen", "texted", "tlf", "viber",
    "voicemail", "volat", "volejte", "whatsapp", "zadzwon", "zadzwonic", "zadzwonicie", "zavolat",
    "zuruckrufen", "zurueckrufen",
];

/// What else has a number, in the same languages. Sorted.
static OTHER: &[&str] = &[
    "account", "aktenzeichen", "amount", "anfrage", "article", "articolo", "articulo", "artikel",
    "artykul", "asin", "auftrag", "auftrage", "auftrags", "ausweis", "awb", "balance",
    "bankleitzahl", "batch", "bedrag", "bestallning", "bestatigung", "bestelling", "bestellingen",
    "bestellnr", "bestellung", "bestellungen", "betaling", "betrag", "bic", "biglietto", "bilet",
    "bill", "billet", "billete", "blz", "boeking", "bon", "bonifico", "booking", "buchung", "bug",
    "build", "case", "cena", "checksum", "chf", "claim", "client", "cliente", "code",
    "codes", "codice", "codigo", "colis", "commande", "commandes", "commit", "complaint", "compte",
    "confirmation", "consegna", "container", "conto", "contract", "contrat", "contrato",
    "contratto", "cost", "costs", "cuenta", "cusip", "customer", "delivery", "docket", "dollars",
    "dossier", "dostawa", "ean", "employee", "encomenda", "entrega", "envio", "epoch", "eur",
    "euros", "expediente", "expedition", "factura", "facturas", "facture", "facturen", "factures",
    "factuur", "fahrschein", "faktura", "fakture", "faktury", "fakturze", "fall", "fattura",
    "fatture", "fatura", "flight", "gbp", "gtin", "guid", "hash", "iban", "id", "identifier",
    "ids", "imei", "importe", "importo", "incidencia", "invoice", "invoices", "isbn", "isin",
    "ismn", "isrc", "issn", "issue", "item", "kenmerk", "key", "klant", "klient", "klienta", "kod",
    "konta", "konto", "kontonummer", "kunde", "kwota", "lei", "levering", "licence", "license",
    "lieferung", "livraison", "lot", "lots", "member", "membership", "model", "montant",
    "numeroserie", "objednavka", "objednavku", "objednavky", "order", "ordered", "ordernummer",
    "orders", "ordine", "ordini", "ordre", "ordrenummer", "otp", "pacco", "package", "paczka",
    "paczke", "paczki", "pagamento", "page", "pago", "paiement", "paket", "pakket", "paquete",
    "paragon", "parcel", "part", "passcode", "passport", "password", "patient", "payment",
    "pedido", "pedidos", "pin", "plate", "platnosc", "pln", "plz", "pnr", "po", "policy",
    "population", "postal", "postcode", "postleitzahl", "pratica", "precio", "preis",
    "prenotazione", "prezzo", "price", "prijs", "prix", "prodotto", "product", "producto",
    "produit", "produkt", "przelew", "przesylka", "przesylke", "przesylki", "pull", "purchase",
    "quittung", "rastreio", "receipt", "rechnung", "rechnungen", "recibo", "record", "recu", "ref",
    "reference", "referencia", "referencyjny", "referentie", "rekening", "rekeningnummer",
    "request", "reserva", "reservation", "reservering", "reservierung", "rezerwacja", "rezerwacji",
    "ricevuta", "riferimento", "row", "seguimiento", "sendung", "sendungen", "serial", "seriale",
    "serie", "seriennr", "seryjny", "shipment", "shipping", "siren", "siret", "sku", "spedizione",
    "sprawa", "sprawy", "steuer", "student", "suivi", "sum", "summe", "swift", "tax", "ticket",
    "tickets", "timestamp", "total", "tracciamento", "track", "tracking", "transaction",
    "transfer", "transferencia", "uberweisung", "ulid", "umowa", "umowy", "upc", "usd", "uuid",
    "vat", "version", "vertrag", "verzending", "vin", "virement", "vorgang", "waybill", "year",
    "zahlung", "zamowienia", "zamowienie", "zamowieniu", "zending", "zip",
];

/// Payment cards. Sorted.
static CARD: &[&str] = &[
    "amex", "card", "cards", "carta", "cartao", "carte", "cartes", "cc", "creditcard", "creditcards", "debit", "discover", "kaart", "kaarten", "kaartnummer", "karcie", "karta", "karte", "kartennummer", "karty", "kort", "kortnummer", "kreditkarte", "kreditkarten", "kreditkartennummer", "maestro", "mastercard", "tarjeta", "tarjetas", "visa",
];

/// Words after a number that say which telephone it is. Sorted.
static LABELS: &[&str] = &[
    "anrufen", "biuro", "buero", "bureau", "buro", "cell", "cellphone", "cellulare", "celular",
    "desk", "dienstlich", "erreichbar", "fax", "festnetz", "fijo", "fisso", "fixe", "geschaftlich",
    "gsm", "handy", "kantoor", "komorka", "komorkowy", "landline", "mobiel", "mobil", "mobile",
    "movil", "office", "oficina", "phone", "portable", "privat", "stacjonarny", "tel", "telefon",
    "telefono", "telefonu", "telefoon", "telephone", "ufficio",
];

/// Words after a number that make it an amount. Sorted.
static UNITS: &[&str] = &[
    "bytes", "cent", "cents", "chf", "czk", "dkk", "dollar", "dollars", "eur", "euro", "euros",
    "followers", "franken", "gb", "gbp", "huf", "inr", "items", "jpy", "kb", "kg", "kilo", "km",
    "kr", "mb", "meter", "meters", "metres", "miles", "ms", "nok", "people", "percent", "pieces",
    "pln", "points", "pound", "pounds", "prozent", "punkte", "rupees", "seconds", "sek", "steps",
    "stuck", "stueck", "subscribers", "times", "tokens", "units", "usd", "users", "views", "years",
    "yen", "zl", "zloty", "zlotych",
];

/// "Number" alone says nothing; "my number" does. Sorted.
static NUMBERS: &[&str] = &[
    "no", "nr", "nro", "num", "number", "numbers", "numer", "numeri", "numero", "nummer",
];

static POSSESSIVES: &[&str] = &[
    "deine", "haar", "her", "his", "ihre", "jego", "jej", "meine", "meiner", "meu", "mi", "mia",
    "mijn", "min", "mine", "minha", "mio", "mitt", "moj", "mon", "my", "nasz", "nostro", "notre",
    "nuestro", "onze", "our", "pana", "pani", "son", "su", "suo", "their", "tuo", "twoj", "unsere",
    "uw", "votre", "your", "zijn",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn cue_of(text: &str) -> Cue {
        let at = text.find(|char: char| char.is_ascii_digit()).unwrap();
        before(text.as_bytes(), at)
    }

    #[test]
    fn the_nearest_word_decides() {
        assert_eq!(cue_of("call me about order 123"), Cue::Other);
        assert_eq!(cue_of("order late, call 123"), Cue::Phone);
        assert_eq!(cue_of("my number is 123"), Cue::Phone);
        assert_eq!(cue_of("my order number is 123"), Cue::Other);
        assert_eq!(cue_of("Meine Kundennummer: 123"), Cue::Other);
        assert_eq!(cue_of("Meine Nummer ist 123"), Cue::Phone);
        assert_eq!(cue_of("My new number: 123"), Cue::Phone);
        assert_eq!(cue_of("my credit card number is 123"), Cue::Card);
        assert_eq!(cue_of("the number 123"), Cue::None);
        assert_eq!(cue_of("recall 123"), Cue::None);
        assert_eq!(cue_of("call one two three four five six 123"), Cue::None);
        assert_eq!(cue_of("[PHONE] 123"), Cue::None);
    }

    #[test]
    fn the_word_after_a_number_may_name_it() {
        assert_eq!(after(b"123 office", 3), Cue::Phone);
        assert_eq!(after(b"123 (mobile)", 3), Cue::Phone);
        assert_eq!(after(b"123 euros", 3), Cue::Other);
        assert_eq!(after(b"123 $", 3), Cue::Other);
        assert_eq!(after(b"123 officer", 3), Cue::None);
    }

    #[test]
    fn lists_are_sorted_and_folded() {
        for list in [PHONE, CARD, OTHER, LABELS, UNITS, NUMBERS, POSSESSIVES] {
            assert!(list.is_sorted_by(|one, next| one < next));
            for word in list {
                assert!(word.len() <= MAX_WORD && word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
            }
        }
        assert!(PHONE.iter().chain(CARD).all(|word| !OTHER.contains(word)));
    }
}
