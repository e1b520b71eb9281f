//! The words that say what a value beside them is, and the table in which they are looked up.

use super::cue::Cue;
use super::secret;
use std::sync::OnceLock;

/// Longer words are none of these.
pub(super) const MAX_WORD: usize = 28;

/// What a word says about a value near it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A value behind it is this.
    Says(Cue),
    /// A kind of telephone, before its number or right behind it.
    Telephone,
    /// Where a telephone stands, right beside its number.
    Place,
    /// An amount of money, before the number or right behind it.
    Currency,
    /// What the number right before it counts.
    Unit,
    /// A payment card, unless another word makes it an identity card.
    Card,
    /// "Number": of a telephone when it is somebody's.
    Number,
    /// Whose it is.
    Whose,
    /// "Tax": with "number" or "id" the number of a person, else an amount.
    TaxWord,
    /// "Code": a secret when it is somebody's.
    Code,
    /// "Id": a person's when it is somebody's.
    Id,
    /// "Security", "health": with "number" a social one's, with "code" a card's.
    Office,
    /// "National", "personal": with "id", "code" or "number" it is a person's.
    Civil,
    /// "Is": between a value and its name.
    Link,
}

/// What the word `bytes[start..end]` of the folded view says, in any case of its letters.
pub(super) fn look_up(bytes: &[u8], start: usize, end: usize) -> Option<Meaning> {
    let word = bytes.get(start..end).filter(|word| (1..=MAX_WORD).contains(&word.len()))?;
    let table = table();
    let mut slot = hash(word);
    loop {
        let (list, at) = *table.slots.get(slot % SLOTS)?;
        let list = usize::from(list.checked_sub(1)?);
        let known = table.letters.get(usize::from(at)..)?;
        if known.get(..word.len()).is_some_and(|known| known.eq_ignore_ascii_case(word))
            && known.get(word.len()) == Some(&0)
        {
            return MEANINGS.get(list).copied();
        }
        slot += 1;
    }
}

/// Whether a word that begins like the one at `at` may open a value that no digit begins (a
/// password, an address that is spelled out) or a street's address: asked before a word is looked
/// up, since nearly none may.
pub(super) fn may_open(table: &Table, bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    let beginning = match rest {
        [first, second, third, fourth, ..] => [*first, *second, *third, *fourth],
        [first, second, third] => [*first, *second, *third, 0],
        [first, second] => [*first, *second, 0, 0],
        _ => return false,
    };
    table.openers.has(beginning)
}

/// Whether a key or a parameter may begin at `at`.
pub(super) fn may_be_key(table: &Table, bytes: &[u8], at: usize) -> bool {
    let Some([first, second, third]) = bytes.get(at..at + 3) else { return false };
    table.keys.has([*first, *second, *third, 0])
}

/// A set of beginnings, of four letters each; some others are in it by chance.
struct Beginnings([u32; 1_024]);

impl Beginnings {
    /// Whatever is no letter counts as none. Letters count without their case.
    fn place([first, second, third, fourth]: [u8; 4]) -> (usize, u32) {
        let letter = |byte: u8| if byte > b'@' { byte & 31 } else { 0 };
        let place = usize::from(letter(first)) << 5 | usize::from(letter(second));
        (place, 1 << ((letter(third) + 3 * letter(fourth)) % 32))
    }

    fn has(&self, beginning: [u8; 4]) -> bool {
        let (place, bit) = Self::place(beginning);
        self.0.get(place).is_some_and(|bits| bits & bit != 0)
    }

    fn add(&mut self, beginning: [u8; 4]) {
        let (place, bit) = Self::place(beginning);
        if let Some(bits) = self.0.get_mut(place) {
            *bits |= bit;
        }
    }
}

/// Twice the words and a half, so that a search ends after one look or two.
const SLOTS: usize = 4_096;

/// Made from [`PACKED`] when it is first asked: a table ready-made would weigh more in the browser
/// than the words.
pub(super) struct Table {
    /// For each hash the list (from 1, so that 0 is free) and where in `letters` the word begins.
    slots: [(u8, u16); SLOTS],
    /// All words, a zero behind each.
    letters: [u8; LETTERS],
    /// How words begin that may open a value.
    openers: Beginnings,
    /// How keys and parameters begin, in three letters.
    keys: Beginnings,
}

pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table {
            slots: [(0, 0); SLOTS],
            letters: [0; LETTERS],
            openers: Beginnings([0; 1_024]),
            keys: Beginnings([0; 1_024]),
        };
        let (mut word, mut end, mut list) = (0, 0, 0);
        for (at, byte) in PACKED.iter().enumerate() {
            match byte {
                b' ' => list += 1,
                b'a'..=b'z' => {
                    table.put(end, *byte);
                    end += 1;
                }
                // So many letters are those of the word before.
                _ => {
                    let same = usize::from(byte - b'A');
                    for at in 0..same {
                        let letter = table.letters.get(word + at).copied().unwrap_or_default();
                        table.put(end + at, letter);
                    }
                    (word, end) = (end, end + same);
                }
            }
            if !PACKED.get(at + 1).is_some_and(u8::is_ascii_lowercase) && *byte != b' ' {
                table.add(list, word, end);
                end += 1;
            }
        }
        for start in secret::STARTS.chunks_exact(3) {
            if let [first, second, third] = start {
                table.keys.add([*first, *second, *third, 0]);
            }
        }
        table
    })
}

impl Table {
    fn put(&mut self, at: usize, letter: u8) {
        if let Some(place) = self.letters.get_mut(at) {
            *place = letter;
        }
    }

    fn add(&mut self, list: usize, start: usize, end: usize) {
        let Some(word) = self.letters.get(start..end) else { return };
        let opens = matches!(
            MEANINGS.get(list),
            Some(Code | Says(Cue::Password | Cue::Bic | Cue::Email | Cue::Address | Cue::Key))
        );
        let letter = |at| word.get(at).copied().unwrap_or_default();
        let beginning = [letter(0), letter(1), letter(2), letter(3)];
        let mut slot = hash(word);
        while let Some(entry) = self.slots.get_mut(slot % SLOTS) {
            if entry.0 == 0 {
                *entry = (list as u8 + 1, start as u16);
                break;
            }
            slot += 1;
        }
        if opens {
            self.openers.add(beginning);
        }
    }
}

/// FNV-1a, without the case of letters.
fn hash(word: &[u8]) -> usize {
    let hash = word.iter().fold(0x811C_9DC5_u32, |hash, byte| {
        (hash ^ u32::from(byte | 0x20)).wrapping_mul(0x0100_0193)
    });
    (hash ^ hash >> 15) as usize % SLOTS
}

/// How many bytes all words take with a zero behind each.
const LETTERS: usize = {
    let (mut letters, mut list) = (0, 0);
    while list < LISTS.len() {
        letters += LISTS[list].1.len() + 1;
        list += 1;
    }
    letters
};

/// What each of [`LISTS`] says.
static MEANINGS: [Meaning; LISTS.len()] = {
    let mut meanings = [Link; LISTS.len()];
    let mut list = 0;
    while list < LISTS.len() {
        meanings[list] = LISTS[list].0;
        list += 1;
    }
    meanings
};

/// The words of [`LISTS`], list by list with a space between, each word as how many letters it
/// has in common with the one before it (`A` for none) and its other letters: the browser downloads
/// this, not the lists.
static PACKED: [u8; PACKED_LENGTH] = {
    let mut packed = [0; PACKED_LENGTH];
    pack(&mut packed);
    packed
};

const PACKED_LENGTH: usize = pack(&mut [0; LETTERS]);

/// Writes the packed words and says how many bytes they take.
const fn pack(packed: &mut [u8]) -> usize {
    let (mut length, mut list) = (0, 0);
    while list < LISTS.len() {
        let words = LISTS[list].1.as_bytes();
        let (mut before, mut at) = (0, 0);
        if list > 0 {
            packed[length] = b' ';
            length += 1;
        }
        while at < words.len() {
            let mut same = 0;
            while at > 0 && words[before + same] == words[at + same] && words[at + same] != b' ' {
                same += 1;
            }
            packed[length] = b'A' + same as u8;
            length += 1;
            before = at;
            at += same;
            while at < words.len() && words[at] != b' ' {
                packed[length] = words[at];
                length += 1;
                at += 1;
            }
            at += 1;
        }
        list += 1;
    }
    length
}

use Meaning::{
    Card, Civil, Code, Currency, Id, Link, Number, Office, Place, Says, TaxWord, Telephone, Unit,
    Whose,
};

/// In the languages of the European Union, Norwegian, Icelandic, Turkish and Ukrainian, as the
/// folded view spells them: without marks, Cyrillic and Greek words in the Latin letters that
/// `fold` reads them as. Each list is sorted and no word is in two.
#[rustfmt::skip]
const LISTS: &[(Meaning, &str)] = &[
    // Calling, and what is called.
    (
        Says(Cue::Phone),
        "angerufen anruf answering appel appeler appelez appelle appelles appels arayin bel bellen \
         belt bereikbaar bereiken call callback called caller calling calls cellular cellulari \
         celulares cep ceptelefonu chiama chiamami chiamare chiamarmi chiamata chiamate chiamatemi \
         contact contactar contactarme contacter contactez contacto contattarmi contattatemi dial \
         dialed dialled durchwahl dzbohitb dzwon dzwoncie dzwonic erreichen erreicht extension faks \
         farsimi faxes fixes fon gebeld guthan helistage helpline hivj hivjon hotline hringdu \
         joignable joignables joindre kaleste kinhto komorke komorki komorkowego kontaktowy ligar \
         ligue liguem llama llamada llamadas llamadme llamame llamar llamarme llame llamen \
         localizarme matkapuhelin messages mob mobieltje mobiiltelefon mobilais mobilbhuu mobiles \
         mobilni mobiltelefon mobilul mobilus mobitel mobulbhyu mobuleh nazovite nodzbohitb \
         nummerweergave obadete oddzwon oddzwonic ph phonenumber phones poklicite puhelimen \
         puhelimeni puhelin rang rappeler rappelez rappelle reach reached recapiti recapito \
         richiamami richiamare richiamatemi ring ringa ringe ringer ringja ruckruf rueckruf ruf \
         rufen ruft simanumer simanumerid simi skambinkite sms soita suna sunati switchboard \
         talrunis telefoh telefoha telefohy telefonas telefone telefonem telefonico telefonicznie \
         telefoniczny telefonie telefoninumber telefonisch telefonnumber telefonom telefonos \
         telefons telefonska telefonski telefonszama telefonszamat telefonszamom telefonul \
         telefonum telefonunuz telefony telegram telemoveis telemovel telephoner telephones \
         telephonique terugbellen texted thl thlefono thlefonoy tilf tlf viber voicemail volat \
         volejte whatsapp zadzwon zadzwonic zadzwonicie zavolat zbohute zuruckrufen zurueckrufen \
         zvaniet",
    ),
    // Kinds of telephone: they may also stand behind the number.
    (
        Telephone,
        "anrufen cell cellphone cellulare celular erreichbar fax festnetz fijo fisso fixe gsm handy \
         komorka komorkowy landline mobiel mobil mobile movil phone portable stacjonarny tel \
         telefon telefono telefonu telefoon telephone",
    ),
    // Where a telephone stands: only right beside its number.
    (
        Place,
        "biuro buero bureau buro desk dienstlich geschaftlich kantoor office oficina privat ufficio",
    ),
    (
        Says(Cue::Email),
        "correo courriel elpastas email emailaddress emailadresse emails epasts epost eposta \
         epostadress mail mailadresse mails netfang nohta nowta nowty poczta posta sahkoposti \
         tolvupostur umeul",
    ),
    (
        Says(Cue::Tax),
        "adoazonosito adoszam adoszamom afm alv atomiko btw cif contribuable contribuinte \
         contribuyente cui cvr dahbheh danova danove davcna ddc ddv dic dph edpnoy ein fiscaal \
         fiscal fiscale fpa ico idnr inh itin iva kmkr kvk maksukohustuslase mokesciu moms mva mwst \
         ndb nif nifs nip nodatkobuu nodoklu numtva oib organisationsnummer orgnr orgnummer partita \
         pdv peid phoknn piva podatkowej podatkowy podatnika porezni ptin pvm pvmkodas pvn regon \
         rsin siren siret skattenummer skattnummer steuer steuerid steueridentifikations \
         steuerliche stnr taxpayer tin tunnus tva uhh uid umsatzsteuer ust ustid utr vat vatin \
         vergi verotunnus vkn ytunnus",
    ),
    (
        Says(Cue::Identity),
        "asmens asmenskodas ausweis bsn buletin burgerservicenummer cedula cf cidadao cnp cpr curp \
         dni dowod dowodu egh egn emso enos fnr fodselsnr fodselsnummer geburtsnummer gpazdahcku \
         henkilotunnukseni henkilotunnus hetu idehtufikaciuhuu identidad identidade identificacion \
         identification identita identitat identite identiteit identiteits identiteitskaart \
         identity insz isikukood jmbag jmbg kennitala kennitalan kimlik kt licna maticna nie niss \
         obcanskeho osebna osobni persnr personalausweis personas personaskods personen \
         personkennzahl personnr personnummer personnumret pesel pnr pps ppsn prukazu registre \
         rijksregister rodne rodneho sofinummer szemelyazonosito szemelyi taytothta taytothtas tc \
         tckimlik tckn tozsamosci udehtufukacuoheh",
    ),
    (
        Says(Cue::Social),
        "ahv amka arztnummer asfalishs avs bsnr ctpaxybahhr egk ehic guvenlik hss insurance \
         krankenkasse krankenkassen krankenversicherten krankenversicherung kvnr lanr maladie \
         medical medicare medico mutuelle nas nhs nin nino nir numident nuss ocugyputeleh patient \
         patientennummer rentenversicherung rvnr sanitaria secu securite seguranca seguridad sgk \
         sickforsakring sicurezza sigorta sin sns sociaal social sociale sozial sozialversicherung \
         ssn sv svn taj ubezpieczenia versicherten versicherungsnummer zorgverzekering zus",
    ),
    (
        Says(Cue::Passport),
        "cestovni diabathpio diabathpioy nacnopt nacnopta nacnoptbt nacnopty pasaport pasaporte \
         pasaportu pasaportului pasaportum pasas paspoort pass passaporte passaporto passeport \
         passet passi passin passport passports pasu paszport paszportu potni putovnica putovnice \
         reisepass utlevel vegabref",
    ),
    (
        Says(Cue::Birth),
        "bday birth birthdate birthday born breithe dob dogdum dogum dogumlu dogumluyum dzimis \
         dzimsanas dzimusi faedd faeddur faedingardagur fodd fodelse fodelsedag fodelsedatum \
         fodselsdag fodselsdato fodt geb geboorte geboortedatum geboren geburt geburtsdatum \
         geburtstag gennhshs gennhthka gimes gimimo gimusi hapodubcr hapodulacr hapodzehhr naci \
         nacida nacido nacimiento naissance nar narodena narodenia narodeny narozen narozena \
         narozeni narozenin nasci nascida nascido nascimento nascita nascut nascuta nasterii nata \
         nato ne nee pazdahe podeh podeha rodena rodenja rodjen rodjena rojen rojena rojstva \
         sundinud sunniaeg sunnipaev syntyi syntymaaika syntynyt szuletesi szuletesnap szuletett \
         szulettem twelid ur urodzenia urodzilam urodzilem urodzona urodzony",
    ),
    (
        Says(Cue::Account),
        "aba abi account acct bankkonto bankleitzahl bankovni bankrekening bankszamla bban blz \
         cislouctu clabe cmetka compte cont conta conto contul cuenta enrutamiento hesabi hesap \
         konta konti konto kontonumber kontos logapiasmos logapiasmoy paxyhky paxyhok rachunek \
         rachunku racun racuna reikningur rekening routage routing rtn ruta saskaita sort sortcode \
         szamlaszam tili ucet uctu",
    ),
    (Says(Cue::Bic), "bic biccode bicswift swift swiftcode"),
    (
        Says(Cue::Password),
        "adgangskode adgangskoden authenticator authorization bestatigungscode clave contrasena \
         einmalcode einmalpasswort engangskod engangskode geslo haslo heslo hesloje jelszavam \
         jelszo kennwort kodeord kodeordet kodiko kodikos login losenord losenordet lozinka lozinku \
         lykilord mfa motdepasse mtan napola napolb napolem otp parola parole parool pasfhocal \
         passcode passe passord passordet passphrase passwd password passwort pin pincode pinkod \
         pinkode pinkoodi pw pwd salasana salasanani senha sicherheitscode sifra sifre sifrem \
         slaptazodis slaptazodzio synthmatiko tan verifica verificacao verificacion verificatiecode \
         verification verifikationskod verifizierungscode wachtwoord weryfikacyjny zaporka",
    ),
    (
        Says(Cue::Cvv),
        "cryptogramme csc cvc cvn cvv cvvcode kartenprufnummer kryptogramm prufziffer",
    ),
    (
        Says(Cue::Expiry),
        "ablaufdatum caduca caducidad dii exp expiration expire expires expiring expiry giltig \
         giltigt gueltig gultig kullanma lhxhs peremption platnost scadenza tepmih thru udlobsdato \
         utgangsdatum validade vencimiento verfallsdatum vervaldatum waznosci",
    ),
    (
        Says(Cue::Licence),
        "ajokortti bodiucbke carnet conducao conducere conducir dl driving ehliyet forerkort \
         fuehrerschein fuhrerschein jazdy jogositvany juhiluba korekort korkort licence license \
         licenses odhghshs okuskirteini patente permis prawa prawo prukaz ridicsky rijbewijs surucu \
         vairuotojo vodicsky vozacka vozniska wofbopcka",
    ),
    (
        Says(Cue::Plate),
        "homephuu immatriculation inmatriculare kennzeichen kenteken kilpi kyklofopias matricula \
         nummernschild nummerplade plaka plaque plate plates reg registracija registration \
         registreringsnummer rejestracyjna rejestracyjny rekisteri rendszam spz targa",
    ),
    (
        Says(Cue::Postcode),
        "cap codpostal cp eircode ihdekc indeks iranyitoszam kodpocztowy plz pocztowy postakodu \
         postal postale postcode postinumero postleitzahl postnr postnummer psc tk zip zipcode",
    ),
    (
        Says(Cue::Address),
        "aadress abito address adpec adpeca adres adresa adresas adrese adresi adresim adress \
         adresse anschrift dieytynsh direccion domicilio endereco gatuadress habite heimilisfang \
         indirizzo lakcim lieferadresse live mieszkam morada naslov osoite osoitteeni \
         rechnungsadresse seoladh vivo wohne wohnhaft woon",
    ),
    (Says(Cue::Device), "device gerat imei imeis seriennummer"),
    (
        Says(Cue::Version),
        "build chapter firmware kapitel release section semver upgrade v ver version versions",
    ),
    // Orders, invoices, parcels, products, amounts.
    (
        Says(Cue::Other),
        "aktenzeichen anfrage apostolh area article articolo articulo artikel artykul arve asiakas \
         asin auftrag auftrage auftrags awb barcode barkod barras barre barres batch bestallning \
         bestatigung bestelling bestellingen bestellnr bestellnummer bestellung bestellungen \
         bestelnummer bestilling biglietto bilet bill billet billete boeking bon booking buchung \
         bug case casenumber cena checksum claim client cliente codes colet colis color colour \
         comanda comenzii commande commandes commit complaint confirmation consegna container \
         contract contrat contrato contratto cost costs country coupon csomag currency cusip \
         customer decimal delivery dema discount docket dossier dostawa ean employee encomenda \
         entrega envio epoch error exit expediente expedition factura facturas facture facturen \
         factures factuur fahrschein faktura fakture faktury fakturze faktypa fall fattura fatture \
         fatura fehler fehlercode figi flight float gtin guid gutschein gutscheincode hash hex \
         hexcolor http iban ids incidencia incident invoice invoicenumber invoices isbn isin ismn \
         isni iso isrc issn issue item kargo kenmerk key klant klieht kliendinumber klient klienta \
         klientas klients klueht kolli kunde kupac lahetys landervorwahl lasku laskun lei levering \
         lieferscheinnummer lieferung livraison lot lots md member membership model mongoid musteri \
         narocilo narudzba narudzbe noculka nopbhka npatka npocledrbahe numeroserie objectid \
         objednavka objednavku objednavky order ordered ordernumber orders ordine ordini ordre ordu \
         pacco package paczka paczke paczki page paket pakett pakke pakken pakket pakki papaggelia \
         papaggelias paquete paragon parcel part pasutijuma pasutijums pedido pedidos pelaths po \
         policy pontun population posiljka pratica precio preis prenotazione prezzo price prijs \
         prix prodotto product producto produit produkt produktcode promo przesylka przesylke \
         przesylki pull purchase qr quellcode quittung rabatt rabattcode rastreio receipt rechnung \
         rechnungen recibo record recu ref reference referencia referencyjny referentie rekins \
         rendeles request reserva reservation reservering reservierung response revision rezerwacja \
         rezerwacji rfc rgb ricevuta riferimento row saadetis sedol seguimiento sending sendung \
         sendungen serial seriale serialnumber serie seryjny seuranta sha shipment shipping siparis \
         siparisim siunta sku sledovani source spedizione sporing sprawa sprawy status stranka \
         student suivi sum suti sutijums szamla takip tellimus tellimuse ticket tickets tilauksen \
         tilaus timestamp timologio tracciamento track tracking transfer ugyfel ulid umowa umowy \
         upc uuid uzsakymas uzsakymo value vertrag verzending vidskiptavinur vin vorgang voucher \
         waybill wkn year zakaz zakaznicke zakaznik zamoblehhr zamowienia zamowienie zamowieniu \
         zasilka zasilky zending zugangsnummer",
    ),
    // Before or behind a number.
    (Currency, "chf dollars eur euros gbp pln usd"),
    // Only right behind a number.
    (
        Unit,
        "bytes cent cents czk dkk dollar downloads entries euro followers franken gb hours hrs huf \
         inr items jpy kb kg kilo km kr mb meter meters metres miles minutes ms nok people percent \
         pieces points pound pounds prozent punkte requests rows rupees seconds sek steps stuck \
         stueck subscribers times tokens units users views years yen zl zloty zlotych",
    ),
    (
        Card,
        "amex card cards carta cartao carte cartes cc credit creditcard creditcards debit discover \
         kaardi kaart kaarten karcie karta karte karty kort kreditkarte kreditkarten maestro \
         mastercard tarjeta tarjetas visa",
    ),
    (
        Number,
        "apitmos broj cislo homep huclo no nr nro num numar numara numaram numarasi number numbers \
         numer numeri numeris numero numeron numeru nummer nummeret nummern numret numri numurs \
         stevilka szam szama",
    ),
    (
        Whose,
        "dein deine haar her his ihr ihre jego jej jouw ma mana mano mans mein meine meiner meu mi \
         mia mijn min mine minha minn minu mio mitt moe moego moeto moj moja moje mon mor mort mou \
         my nasz nostro notre nuestro onze our pana pani son su suo ta their tu tuo twoj twoja \
         unsere uw votre your zijn",
    ),
    (TaxWord, "impots impuestos podatek tax taxes"),
    (
        Code,
        "code codice codigo codul kod kodas kode koden kodikas kods kodu kood koodi",
    ),
    (Id, "id identifier identifikator nocbidhehhr"),
    (
        Civil,
        "citizen luheh national nepcohac nepcohalbhuu ocobu personal personigais",
    ),
    (
        Link,
        "ar bancario bylu conduire corrente data datas date dato datum datums driver drivers e \
         einai er es est este guida ir is ist je jest lautet lyder on tarihi till time to transit \
         vale var visuel wynosi yra zhak",
    ),
    (Says(Cue::Key), "api apikey bearer secret token"),
    (Office, "health security"),
    (
        Says(Cue::Money),
        "amount balance bedrag betaald betaling betrag bezahlt bonifico charged importe importo \
         kwota montant pagado pagamento pagato pago paid paiement paye payment platnosc przelew \
         summe total transaction transferencia uberweisung virement zahlung",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_folded_and_found() {
        let mut all = std::collections::BTreeSet::new();
        for (meaning, words) in LISTS {
            let words: Vec<&str> = words.split(' ').collect();
            assert!(words.is_sorted(), "{meaning:?}");
            for word in words {
                assert!(all.insert(word), "{word} is twice there");
                assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
                assert!((1..=MAX_WORD).contains(&word.len()), "{word}");
                let found = |word: &str| look_up(word.as_bytes(), 0, word.len());
                assert_eq!(found(word), Some(*meaning), "{word}");
                assert_eq!(found(&word.to_ascii_uppercase()), Some(*meaning), "{word}");
            }
        }
        for word in ["zzz", "", "calls1", "telefo", "telefonn", "aa"] {
            assert_eq!(look_up(word.as_bytes(), 0, word.len()), None, "{word}");
        }
    }

    #[test]
    fn only_words_that_open_a_value_may_open_one() {
        for word in ["password", "PASSWORT", "code", "BIC", "pw:", "PIN"] {
            assert!(may_open(table(), word.as_bytes(), 0), "{word}");
        }
        assert!(may_be_key(table(), b"sk-12", 0) && !may_be_key(table(), b"sky is", 0));
        for word in ["where", "ticket", "xyz", "pa", "past", "cover"] {
            assert!(!may_open(table(), word.as_bytes(), 0), "{word}");
        }
    }
}
