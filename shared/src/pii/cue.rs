//! Words that say what a number beside them is.
//!
//! Words are compared whole, in the folded view (without marks, without case), so `Téléphone`
//! and `TELEPHONE` are one entry. The nearest word that says anything decides: in "call me about
//! order 1234567890" that is "order".

use super::fold::{byte, byte_before, is_letter};
use core::cmp::Ordering;

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
    for count in 0..MAX_WORDS {
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
        let is_label = matches!(byte_before(bytes, start), b'[' | b'=')
            && matches!(byte(bytes, end), b']' | b'_' | b'-');
        let word = Word::new(bytes, start, end);
        since_number += 1;
        match if is_label { None } else { word.look_up(BEFORE) } {
            Some(b'+') => return Cue::Phone,
            Some(b'=') => return Cue::Card,
            Some(b'-') => return Cue::Other,
            Some(b'#') => since_number = 0,
            Some(b'~') if since_number <= 2 => return Cue::Phone,
            _ if word.is_compound_number() => return Cue::Other,
            // "Desk: 123", but not "my desk is at 123".
            _ if !is_label && count == 0 && word.look_up(BESIDE) == Some(b'+') => {
                return Cue::Phone;
            }
            _ => {}
        }
        end = start;
    }
    Cue::None
}

/// What the word right after `end` says: `655 437 108 office`, `(mobile)`, `1234567 euros`.
pub(super) fn after(bytes: &[u8], end: usize) -> Cue {
    let mut start = end;
    while start < end + 3 && matches!(byte(bytes, start), b' ' | b'-' | b'(' | b',' | b'/' | b'\n')
    {
        start += 1;
    }
    let mut word_end = start;
    while word_end <= start + MAX_WORD && is_letter(byte(bytes, word_end)) {
        word_end += 1;
    }
    match Word::new(bytes, start, word_end).look_up(BESIDE) {
        Some(b'+') => Cue::Phone,
        Some(_) => Cue::Other,
        None if matches!(byte(bytes, start), b'$' | b'%') => Cue::Other,
        None => Cue::None,
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

    /// `Kundennummer`, `ordernummer`: the number of something that is no telephone.
    fn is_compound_number(&self) -> bool {
        self.as_bytes().strip_suffix(b"nummer").is_some_and(|first| !first.is_empty())
    }

    /// The sign behind this word in `list`: a binary search, in which the middle is the word that
    /// the middle byte belongs to.
    fn look_up(&self, list: &[u8]) -> Option<u8> {
        let mut rest = list;
        while !rest.is_empty() {
            let middle = rest.len() / 2;
            let is_space = |byte: &u8| *byte == b' ';
            let start = rest.get(..middle)?.iter().rposition(is_space).map_or(0, |space| space + 1);
            let length = rest.get(start..)?.iter().position(is_space).unwrap_or(rest.len() - start);
            let (sign, word) = rest.get(start..start + length)?.split_last()?;
            rest = match word.cmp(self.as_bytes()) {
                Ordering::Equal => return Some(*sign),
                Ordering::Less => rest.get(start + length + 1..).unwrap_or_default(),
                Ordering::Greater => rest.get(..start.saturating_sub(1))?,
            };
        }
        None
    }
}

/// The words before a number, each with what it says: `+` telephones and what one does with them,
/// `=` payment cards, `-` what else has a number, `#` "number" and `~` whose it is. English,
/// German, French, Spanish, Italian, Dutch and Polish; the commonest words of Portuguese,
/// Swedish, Danish, Norwegian, Czech, Finnish, Hungarian and Romanian. Sorted by word.
///
/// One string, not a list of strings: the addresses of five hundred words would weigh more in the
/// browser than the words.
static BEFORE: &[u8] =
    b"account- aktenzeichen- amex= amount- anfrage- angerufen+ anruf+ anrufen+ answer+ answering+ \
    appel+ appeler+ appelez+ appelle+ appelles+ appels+ article- articolo- articulo- artikel- \
    artykul- asin- auftrag- auftrage- auftrags- ausweis- awb- balance- bankleitzahl- batch- \
    bedrag- bel+ bellen+ belt+ bereikbaar+ bereiken+ bestallning- bestatigung- bestelling- \
    bestellingen- bestellnr- bestellung- bestellungen- betaling- betrag- bic- biglietto- bilet- \
    bill- billet- billete- blz- boeking- bon- bonifico- booking- buchung- bug- build- call+ \
    callback+ called+ caller+ calling+ calls+ card= cards= carta= cartao= carte= cartes= case- \
    cc= cell+ cellphone+ cellular+ cellulare+ cellulari+ celular+ celulares+ cena- checksum- \
    chf- chiama+ chiamami+ chiamare+ chiamarmi+ chiamata+ chiamate+ chiamatemi+ claim- client- \
    cliente- code- codes- codice- codigo- colis- commande- commandes- commit- complaint- compte- \
    confirmation- consegna- contact+ contactar+ contactarme+ contacter+ contactez+ contacto+ \
    container- contattarmi+ contattatemi+ conto- contract- contrat- contrato- contratto- cost- \
    costs- creditcard= creditcards= cuenta- cusip- customer- debit= deine~ delivery- dial+ \
    dialed+ dialled+ discover= docket- dollars- dossier- dostawa- durchwahl+ dzwon+ dzwoncie+ \
    dzwonic+ ean- employee- encomenda- entrega- envio- epoch- erreichbar+ erreichen+ erreicht+ \
    eur- euros- expediente- expedition- extension+ factura- facturas- facture- facturen- \
    factures- factuur- fahrschein- faks+ faktura- fakture- faktury- fakturze- fall- fattura- \
    fatture- fatura- fax+ faxes+ faxnummer+ festnetz+ festnetznummer+ fijo+ fisso+ fixe+ fixes+ \
    flight- fon+ gbp- gebeld+ gsm+ gtin- guid- haar~ handy+ handynr+ handynummer+ hash- \
    helpline+ her~ his~ hotline+ iban- id- identifier- ids- ihre~ imei- importe- importo- \
    incidencia- invoice- invoices- isbn- isin- ismn- isrc- issn- issue- item- jego~ jej~ \
    joignable+ joignables+ joindre+ kaart= kaarten= kaartnummer= karcie= karta= karte= \
    kartennummer= karty= kenmerk- key- klant- klient- klienta- kod- komorka+ komorke+ komorki+ \
    komorkowego+ komorkowy+ konta- kontaktowy+ konto- kontonummer- kort= kortnummer= \
    kreditkarte= kreditkarten= kreditkartennummer= kunde- kwota- landline+ lei- levering- \
    licence- license- lieferung- ligar+ ligue+ liguem+ livraison- llama+ llamada+ llamadas+ \
    llamadme+ llamame+ llamar+ llamarme+ llame+ llamen+ localizarme+ lot- lots- maestro= \
    mastercard= meine~ meiner~ member- membership- message+ messages+ meu~ mi~ mia~ mijn~ min~ \
    mine~ minha~ mio~ mitt~ mob+ mobiel+ mobielnummer+ mobieltje+ mobil+ mobile+ mobiles+ \
    mobilni+ mobilnummer+ mobiltelefon+ mobilul+ model- moj~ mon~ montant- movil+ my~ nasz~ no# \
    nostro~ notre~ nr# nro# nuestro~ num# number# numbers# numer# numeri# numero# numeroserie- \
    nummer# nummerweergave+ objednavka- objednavku- objednavky- oddzwon+ oddzwonic+ onze~ order- \
    ordered- ordernummer- orders- ordine- ordini- ordre- ordrenummer- otp- our~ pacco- package- \
    paczka- paczke- paczki- pagamento- page- pago- paiement- paket- pakket- pana~ pani~ paquete- \
    paragon- parcel- part- passcode- passport- password- patient- payment- pedido- pedidos- ph+ \
    phone+ phonenumber+ phones+ pin- plate- platnosc- pln- plz- pnr- po- policy- population- \
    portable+ postal- postcode- postleitzahl- pratica- precio- preis- prenotazione- prezzo- \
    price- prijs- prix- prodotto- product- producto- produit- produkt- przelew- przesylka- \
    przesylke- przesylki- puhelin+ puhelinnumero+ pull- purchase- quittung- rang+ rappeler+ \
    rappelez+ rappelle+ rastreio- reach+ reached+ recapiti+ recapito+ receipt- rechnung- \
    rechnungen- recibo- record- recu- ref- reference- referencia- referencyjny- referentie- \
    rekening- rekeningnummer- request- reserva- reservation- reservering- reservierung- \
    rezerwacja- rezerwacji- ricevuta- richiamami+ richiamare+ richiamatemi+ riferimento- ring+ \
    ringa+ ringe+ ringer+ row- ruckruf+ ruckrufnummer+ rueckruf+ rueckrufnummer+ ruf+ rufen+ \
    rufnummer+ ruft+ seguimiento- sendung- sendungen- serial- seriale- serie- seriennr- seryjny- \
    shipment- shipping- siren- siret- sku- sms+ son~ spedizione- sprawa- sprawy- stacjonarny+ \
    standard+ steuer- student- su~ suivi- sum- summe- suna+ sunati+ suo~ swift- switchboard+ \
    tan- tarjeta= tarjetas= tax- tel+ telefon+ telefone+ telefonem+ telefonico+ telefoniczny+ \
    telefonie+ telefonisch+ telefonnr+ telefonnummer+ telefono+ telefonos+ telefonszam+ \
    telefonu+ telefony+ telefoon+ telefoonnr+ telefoonnummer+ telegram+ telemoveis+ telemovel+ \
    telephone+ telephoner+ telephones+ telephonique+ terugbellen+ texted+ their~ ticket- \
    tickets- timestamp- tlf+ total- tracciamento- track- tracking- transaction- transfer- \
    transferencia- tuo~ twoj~ uberweisung- ulid- umowa- umowy- unsere~ upc- usd- uuid- uw~ vat- \
    version- vertrag- verzending- viber+ vin- virement- visa= voicemail+ volat+ volejte+ \
    vorgang- votre~ waybill- whatsapp+ year- your~ zadzwon+ zadzwonic+ zadzwonicie+ zahlung- \
    zamowienia- zamowienie- zamowieniu- zavolat+ zending- zijn~ zip- zuruckrufen+ zurueckrufen+";

/// The words right beside a number: `+` which telephone it is, `-` what it counts. Sorted by word.
static BESIDE: &[u8] =
    b"anrufen+ biuro+ buero+ bureau+ buro+ bytes- cell+ cellphone+ cellulare+ celular+ cent- \
    cents- chf- czk- desk+ dienstlich+ dkk- dollar- dollars- erreichbar+ eur- euro- euros- fax+ \
    festnetz+ fijo+ fisso+ fixe+ followers- franken- gb- gbp- geschaftlich+ gsm+ handy+ huf- \
    inr- items- jpy- kantoor+ kb- kg- kilo- km- komorka+ komorkowy+ kr- landline+ mb- meter- \
    meters- metres- miles- mobiel+ mobil+ mobile+ movil+ ms- nok- office+ oficina+ people- \
    percent- phone+ pieces- pln- points- portable+ pound- pounds- privat+ prozent- punkte- \
    rupees- seconds- sek- stacjonarny+ steps- stuck- stueck- subscribers- tel+ telefon+ \
    telefono+ telefonu+ telefoon+ telephone+ times- tokens- ufficio+ units- usd- users- views- \
    years- yen- zl- zloty- zlotych-";

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
        assert_eq!(cue_of("Desk: 123"), Cue::Phone);
        assert_eq!(cue_of("The desk is at 123"), Cue::None);
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
        for (list, signs) in [(BEFORE, "+=-#~"), (BESIDE, "+-")] {
            let words: Vec<&str> = str::from_utf8(list).unwrap().split(' ').collect();
            for entry in &words {
                let (word, sign) = entry.split_at(entry.len() - 1);
                assert!(signs.contains(sign), "{entry}");
                assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{entry}");
                assert!((1..=MAX_WORD).contains(&word.len()), "{entry}");
                let found = Word::new(word.as_bytes(), 0, word.len()).look_up(list);
                assert_eq!(found, sign.bytes().next(), "{entry}");
            }
            assert!(words.is_sorted_by(|one, next| one[..one.len() - 1] < next[..next.len() - 1]));
            for word in ["a", "zzz", "", "cal", "calls1"] {
                assert_eq!(Word::new(word.as_bytes(), 0, word.len()).look_up(list), None, "{word}");
            }
        }
    }
}
