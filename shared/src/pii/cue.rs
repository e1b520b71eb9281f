//! Words that say what a number beside them is.
//!
//! Words are compared whole, in the folded view (without marks, without case), so `Téléphone`
//! and `TELEPHONE` are one entry. The nearest word that says anything decides: in "call me about
//! order 1234567890" that is "order".

use super::fold::{byte, byte_before, fold_char, is_letter};
use super::secret;
use core::cmp::Ordering;

/// How far before a number its word may be, in folded bytes and in words: a clause.
const MAX_DISTANCE: usize = 64;
const MAX_WORDS: usize = 6;

/// How far after a value its name may begin and how many words may stand before it.
const MAX_AFTER: usize = 48;
const MAX_WORDS_AFTER: usize = 4;

/// Longer words are no cues.
const MAX_WORD: usize = 24;

/// What the words beside a value say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    Phone,
    Card,
    Email,
    Tax,
    Identity,
    /// Social security and health insurance.
    Social,
    Passport,
    Birth,
    Account,
    Bic,
    /// A password, a PIN, a code to log in with.
    Password,
    /// A payment card's security code.
    Cvv,
    Expiry,
    Licence,
    Plate,
    Postcode,
    Address,
    Device,
    Version,
    /// Something else: an order, an invoice, an amount.
    Other,
    /// Nothing.
    None,
}

impl Cue {
    /// What a word's sign means, unless it only speaks together with another word.
    fn from_sign(sign: u8) -> Option<Self> {
        Some(match sign {
            b'+' => Self::Phone,
            b'@' => Self::Email,
            b'T' => Self::Tax,
            b'I' => Self::Identity,
            b'S' => Self::Social,
            b'P' => Self::Passport,
            b'D' => Self::Birth,
            b'A' => Self::Account,
            b'B' => Self::Bic,
            b'W' => Self::Password,
            b'V' => Self::Cvv,
            b'X' => Self::Expiry,
            b'L' => Self::Licence,
            b'N' => Self::Plate,
            b'Z' => Self::Postcode,
            b'H' => Self::Address,
            b'G' => Self::Device,
            b'v' => Self::Version,
            b'-' => Self::Other,
            _ => return None,
        })
    }

    /// Whether a number of a person, of whatever office, is named.
    pub(super) fn is_identity(self) -> bool {
        matches!(self, Self::Tax | Self::Identity | Self::Social | Self::Passport | Self::Licence)
    }

    /// Whether the words speak of something that is no telephone.
    pub(super) fn excludes_phone(self) -> bool {
        !matches!(self, Self::Phone | Self::None | Self::Email | Self::Birth | Self::Address)
    }
}

/// What the words before `at` say.
pub(super) fn before(bytes: &[u8], at: usize) -> Cue {
    let floor = at.saturating_sub(MAX_DISTANCE);
    let mut end = at;
    // "my number", "my new number": a word may stand between. "code", "id", "tax" and "card" say
    // little alone: the word before them is asked first.
    let (mut since_number, mut since_code, mut since_id) = (MAX_WORDS, MAX_WORDS, MAX_WORDS);
    let mut since_card = MAX_WORDS;
    let mut is_same_sentence = true;
    for count in 0..MAX_WORDS {
        while end > floor && !is_letter(byte_before(bytes, end)) {
            end -= 1;
            is_same_sentence &= !ends_sentence(bytes, end);
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
        since_code += 1;
        since_id += 1;
        since_card += 1;
        let sign = if is_label { None } else { word.look_up(BEFORE) };
        if since_card == 1 && !matches!(sign, Some(b'I' | b'P' | b'S' | b'L' | b'T')) {
            return Cue::Card;
        }
        match sign {
            Some(b'=') => since_card = 0,
            Some(b'#') => since_number = 0,
            Some(b'w') => since_code = 0,
            Some(b'i') => since_id = 0,
            Some(b't') if since_number <= 2 || since_id <= 1 || since_code <= 1 => {
                return Cue::Tax;
            }
            Some(b't') => return Cue::Other,
            Some(b'~') if since_code <= 2 => return Cue::Password,
            Some(b'~') if since_id <= 2 => return Cue::Identity,
            Some(b'~') if since_number <= 2 => return Cue::Phone,
            Some(sign) if let Some(cue) = Cue::from_sign(sign) => {
                let reaches = is_same_sentence || matches!(cue, Cue::Phone | Cue::Other);
                return if reaches { cue } else { Cue::None };
            }
            _ if word.is_compound_number() => return Cue::Other,
            // "Desk: 123", but not "my desk is at 123".
            _ if !is_label && count == 0 && word.look_up(BESIDE) == Some(b'+') => {
                return Cue::Phone;
            }
            _ => {}
        }
        end = start;
    }
    match MAX_WORDS.min(since_code).min(since_id) {
        _ if since_card < MAX_WORDS => Cue::Card,
        // "ID: 123" and "code 123" alone may be anything's.
        count if count < MAX_WORDS => Cue::Other,
        _ => Cue::None,
    }
}

/// `. ` or `! ` or `? ` at `at`; a full stop after a short word abbreviates it.
fn ends_sentence(bytes: &[u8], at: usize) -> bool {
    let ends = match byte(bytes, at) {
        b'!' | b'?' => true,
        b'.' => (1..=4).all(|back| is_letter(byte(bytes, at.wrapping_sub(back)))),
        _ => false,
    };
    ends && matches!(byte(bytes, at + 1), b' ' | b'\n')
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
    let word = Word::new(bytes, start, word_end);
    match word.look_up(BESIDE) {
        Some(b'+') => Cue::Phone,
        Some(_) => Cue::Other,
        None if matches!(byte(bytes, start), b'$' | b'%') => Cue::Other,
        None => Cue::None,
    }
}

/// What the next words after `end` say, for values that stand before their name: `… is my BSN`.
pub(super) fn named_after(bytes: &[u8], end: usize) -> Cue {
    let mut at = end;
    for _ in 0..MAX_WORDS_AFTER {
        while at < end + MAX_AFTER && matches!(byte(bytes, at), b' ' | b'(' | b',' | b':' | b'"') {
            at += 1;
        }
        let start = at;
        while at < start + MAX_WORD && is_letter(byte(bytes, at)) {
            at += 1;
        }
        if at == start {
            break;
        }
        let sign = Word::new(bytes, start, at).look_up(BEFORE);
        if let Some(cue) = sign.and_then(Cue::from_sign) {
            return if cue.is_identity() { cue } else { Cue::None };
        }
    }
    Cue::None
}

/// What a word before a value of letters announces: a password, a bank's identifier, an e-mail
/// address. "Code" alone announces nothing; "my code" and "login code" do.
pub(super) fn announces(bytes: &[u8], start: usize, end: usize) -> Option<Cue> {
    match Word::new(bytes, start, end).look_up(BEFORE)? {
        b'W' => Some(Cue::Password),
        b'B' => Some(Cue::Bic),
        b'@' => Some(Cue::Email),
        b'w' => {
            let last = start.checked_sub(1).filter(|last| byte(bytes, *last) == b' ')?;
            let mut first = last;
            while last - first < MAX_WORD && is_letter(byte_before(bytes, first)) {
                first -= 1;
            }
            (Word::new(bytes, first, last).look_up(BEFORE)? == b'~').then_some(Cue::Password)
        }
        _ => None,
    }
}

/// Whether the word that starts at `at` is one for address.
pub(super) fn is_address_word(bytes: &[u8], at: usize) -> bool {
    let mut end = at;
    while end <= at + MAX_WORD && is_letter(byte(bytes, end)) {
        end += 1;
    }
    Word::new(bytes, at, end).look_up(BEFORE) == Some(b'H')
}

/// Whether the word that starts at the character boundary `at` of `text` may open a value that
/// has few digits or none.
pub(super) fn opens(text: &str, at: usize) -> bool {
    let mut word = Word { letters: [0; MAX_WORD], length: 0 };
    let mut first = [0; 3];
    let rest = text.get(at..).unwrap_or_default();
    for (count, char) in rest.chars().enumerate() {
        let folded = fold_char(char).unwrap_or(b' ').to_ascii_lowercase();
        if let Some(first) = first.get_mut(count) {
            *first = folded;
        }
        if count == 3 && !may_open(&first, 0) {
            return false;
        }
        match word.letters.get_mut(word.length) {
            Some(letter) if is_letter(folded) => *letter = folded,
            _ => break,
        }
        word.length += 1;
    }
    may_open(&first, 0)
        && (secret::is_key_start(rest.as_bytes())
            || word.look_up(BEFORE).is_some_and(|sign| OPENING.contains(&sign)))
}

/// Signs of words that a value of few digits may follow.
const OPENING: &[u8] = b"WB@wVXZHN";

/// Whether a word with these first three bytes may open a value: a table to ask before a word is
/// looked up, since nearly all words of a text may not.
pub(super) fn may_open(bytes: &[u8], at: usize) -> bool {
    let Some([first, second, third]) = bytes.get(at..at + 3) else { return false };
    let index = triple(*first, *second, *third);
    OPENERS.get(index / 64).is_some_and(|bits| bits & (1 << (index % 64)) != 0)
}

/// Where the words of each letter begin in [`BEFORE`], and where the last ones end.
static INITIALS: [u16; 27] = {
    let mut initials = [0; 27];
    let mut letter = 0;
    let mut at = 0;
    while letter < 27 {
        while at < BEFORE.len()
            && !((at == 0 || BEFORE[at - 1] == b' ') && BEFORE[at] >= b'a' + letter as u8)
        {
            at += 1;
        }
        initials[letter] = at as u16;
        letter += 1;
    }
    initials
};

const fn triple(first: u8, second: u8, third: u8) -> usize {
    ((first & 31) as usize) << 10 | ((second & 31) as usize) << 5 | (third & 31) as usize
}

static OPENERS: [u64; 512] = {
    let mut table = [0; 512];
    let mut start = 0;
    let mut at = 0;
    while at < BEFORE.len() {
        let is_end = at + 1 == BEFORE.len() || BEFORE[at + 1] == b' ';
        if is_end {
            let mut sign = 0;
            while sign < OPENING.len() {
                if BEFORE[at] == OPENING[sign] && at - start >= 3 {
                    let index = triple(BEFORE[start], BEFORE[start + 1], BEFORE[start + 2]);
                    table[index / 64] |= 1 << (index % 64);
                }
                sign += 1;
            }
            start = at + 2;
        }
        at += 1;
    }
    let starts = secret::STARTS;
    let mut at = 0;
    while at + 2 < starts.len() {
        let index = triple(starts[at], starts[at + 1], starts[at + 2]);
        table[index / 64] |= 1 << (index % 64);
        at += 3;
    }
    table
};

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
        // Words that begin with the same letter; the list of few words is searched whole.
        let first = usize::from(self.as_bytes().first()?.wrapping_sub(b'a'));
        let mut rest = match (INITIALS.get(first), INITIALS.get(first + 1)) {
            (Some(from), Some(to)) if list.len() == BEFORE.len() => {
                list.get(usize::from(*from)..usize::from(*to))?
            }
            _ => list,
        };
        rest = rest.strip_suffix(b" ").unwrap_or(rest);
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

/// The words before a value, each with what it says: the signs of [`Cue::from_sign`], `=` payment
/// cards, `#` "number", `~` whose it is, `t` tax, `w` "code", `i` "id". In the languages of the
/// European Union, Norwegian, Icelandic, Turkish and Ukrainian, as the folded view spells them:
/// Cyrillic and Greek words in the Latin letters that `fold` reads them as. Sorted by word.
///
/// One string, not a list of strings: the addresses of a thousand words would weigh more in the
/// browser than the words.
static BEFORE: &[u8] =
    b"aadressH abaA abiA ablaufdatumX accountA acctA addressH adgangskodeW adoazonositoT \
    adoszamT adpecH adpecaH adresH adresaH adresasH adreseH adresiH adresimH adressH adresseH \
    afmT ahvS ahvnummerS ajokorttiL aktenzeichen- alvT amex= amkaS amount- anfrage- angerufen+ \
    anruf+ anrufen+ anschriftH answer+ answering+ apikeyW apitmos# apostolh- appel+ appeler+ \
    appelez+ appelle+ appelles+ appels+ arayin+ area- article- articolo- articulo- artikel- \
    artikelnr- artikelnummer- artykul- arve- arztnummerS asfalishsS asiakas- asiakasnumero- \
    asin- asmensI asmenskodasI atomikoT auftrag- auftrage- auftrags- auftragsnummer- ausweisI \
    ausweisnummerI authenticatorW authorizationW avsS awb- balance- bankkontoA bankleitzahlA \
    bankovniA bankrekeningA bankszamlaA barcode- barkod- batch- bbanA bdayD bedrag- bel+ bellen+ \
    belt+ bereikbaar+ bereiken+ bestallning- bestallningsnummer- bestatigung- bestatigungscodeW \
    bestelling- bestellingen- bestellnr- bestellnummer- bestellung- bestellungen- bestelnummer- \
    bestillingsnummer- betaling- betrag- bicB biccodeB bicswiftB biglietto- bilet- bill- billet- \
    billete- birthD birthdateD birthdayD blzA bodiucbkeL boeking- bon- bonifico- booking- bornD \
    breitheD broj# bsnI bsnrS btwT btwnrT btwnummerT buchung- bug- buildv buletinI \
    burgerservicenummerI cabA caducidadX call+ callback+ called+ caller+ calling+ calls+ capZ \
    card= cards= carnetL carta= cartao= carte= cartes= case- casenumber- cc= cedulaI cell+ \
    cellphone+ cellular+ cellulare+ cellulari+ celular+ celulares+ cena- cep+ ceptelefonu+ \
    cestovniP cfI checksum- chf- chiama+ chiamami+ chiamare+ chiamarmi+ chiamata+ chiamate+ \
    chiamatemi+ cifT cislo# cislouctuA clabeA claim- claveW client- cliente- cmetkaA cnpI codew \
    codes- codicew codigow codpostalZ colet- colis- color- colour- comanda- comenzii- commande- \
    commandes- commit- complaint- compteA conducereL conducirL confirmation- consegna- contA \
    contaA contact+ contactar+ contactarme+ contacter+ contactez+ contacto+ container- \
    contattarmi+ contattatemi+ contoA contract- contrasenaW contrat- contrato- contratto- \
    contribuableT contribuinteT contribuyenteT contulA correo@ cost- costs- country- coupon- \
    courriel@ cprI cprnrI cprnummerI credit= creditcard= creditcards= cryptogrammeV cscV csomag- \
    csomagszam- ctpaxybahhrS cuentaA cuiT curpI currency- cusip- customer- cvcV cvnV cvrT cvvV \
    cvvcodeV dahbhehT danovaT danoveT date- davcnaT ddcT ddvT debit= decimal- deine~ delivery- \
    dema- diabathpioP diabathpioyP dial+ dialed+ dialled+ dicT dieytynshH direccionH discount- \
    discover= dniI dobD docket- dogdumD dogumD dogumluD dollars- domicilioH dossier- dostawa- \
    dphT driverL driversL drivingL durchwahl+ dzbohitb+ dzimisD dzimsanasD dzimusiD dzwon+ \
    dzwoncie+ dzwonic+ ean- edpnoyT eghI egkS egnI ehicS ehliyetL einT einmalcodeW \
    einmalpasswortW eircodeZ elpastas@ email@ emailaddress@ emailadresse@ emails@ employee- \
    emsoI encomenda- enderecoH engangskodW engangskodeW enosI entrega- envio- epasts@ epoch- \
    epost@ eposta@ epostadress@ erreichbar+ erreichen+ erreicht+ error- eur- euros- exit- expX \
    expediente- expedition- expirationX expireX expiresX expiringX expiryX extension+ factura- \
    facturas- facture- facturen- factures- factuur- factuurnummer- faeddD faeddurD \
    faedingardagurD fahrschein- faks+ faktura- fakturanummer- fakture- faktury- fakturze- \
    faktypa- fall- fallnummer- farsimi+ fattura- fatture- fatura- fax+ faxes+ faxnummer+ fehler- \
    fehlercode- festnetz+ festnetznummer+ figi- fijo+ firmwarev fiscaalT fiscalT fiscaleT \
    fiscalnummerT fisso+ fixe+ fixes+ flight- float- fnrI foddD fodelseD fodelsedagD \
    fodelsedatumD fodselsdagD fodselsdatoD fodselsnrI fodselsnummerI fodtD fon+ forerkortL fpaT \
    fuehrerscheinL fuhrerscheinL fuhrerscheinnummerL gbp- gebD gebeld+ geboorteD geboortedatumD \
    geborenD geburtD geburtsdatumD geburtstagD gennhshsD gennhthkaD geratG gesloW gimesD gimimoD \
    gimusiD gsm+ gtin- gueltigX guid- guthan+ gutschein- gutscheincode- haar~ handy+ handynr+ \
    handynummer+ hapodubcrD hapodulacrD hapodzehhrD hash- hasloW healthS heimilisfangH \
    helistage+ helpline+ henkilotunnukseniI henkilotunnusI her~ hesabiA hesapA hesloW hetuI hex- \
    hexcolor- his~ hivj+ hivjon+ homep# hotline+ hringdu+ hssS http- huclo# iban- icoT idi \
    idehtufikaciuhuuI identidadI identidadeI identificationI identifieri identifikatori \
    identitaI identitatI identiteI identiteitI identityI idnrT ids- ihre~ imeiG imeisG \
    immatriculationN importe- importo- incidencia- incident- indeksZ indirizzoH inhT \
    inmatriculareN insuranceS inszI invoice- invoicenumber- invoices- iranyitoszamZ isbn- \
    isikukoodI isin- ismn- isni- iso- isrc- issn- issue- item- itinT ivaT jazdyL jego~ jej~ \
    jelszavamW jelszoW jmbagI jmbgI jogositvanyL joignable+ joignables+ joindre+ juhilubaL \
    kaart= kaarten= kaartnummer= kaleste+ karcie= kargo- karta= karte= kartennummer= \
    kartenprufnummerV karty= kenmerk- kennitalaI kennwortW kennzeichenN kentekenN key- kilpiN \
    kimlikI kinhto+ klant- klantnummer- klieht- kliendinumber- klient- klienta- klientas- \
    klients- klueht- kmkrT kodw kodasw kodew kodenw kodeordW kodikasw kodikoW kodikosW \
    kodpocztowyZ kodsw kolli- komorka+ komorke+ komorki+ komorkowego+ komorkowy+ kontaA \
    kontaktowy+ kontiA kontoA kontonrA kontonumberA kontonummerA kontonummeretA kontosA koodw \
    koodiw korekortL korkortL kort= kortnummer= krankenkasseS krankenversicherungS kreditkarte= \
    kreditkarten= kreditkartennummer= kryptogrammV kunde- kundennummer- kundenummer- kupac- kvkT \
    kvnrS kwota- lahetys- lakcimH landervorwahl- landline+ lanrS lasku- laskun- lei- levering- \
    licenceL licenseL licensesL licnaI lieferscheinnummer- lieferung- ligar+ ligue+ liguem+ \
    liveH livraison- llama+ llamada+ llamadas+ llamadme+ llamame+ llamar+ llamarme+ llame+ \
    llamen+ localizarme+ logapiasmosA logapiasmoyA loginW losenordW lot- lots- lozinkaW \
    lykilordW maestro= mail@ mailadresse@ mails@ maksukohustuslaseT mastercard= matkapuhelin+ \
    matkapuhelinnumero+ matriculaN md- medicalS medicareS meine~ meiner~ member- membership- \
    message+ messages+ meu~ mfaW mi~ mia~ mijn~ min~ mine~ minha~ mio~ mitt~ mob+ mobiel+ \
    mobielnummer+ mobieltje+ mobiiltelefon+ mobil+ mobilais+ mobilbhuu+ mobile+ mobiles+ \
    mobilni+ mobilnr+ mobilnummer+ mobilnummeret+ mobilszam+ mobiltelefon+ mobilul+ mobilus+ \
    mobitel+ mobulbhyu+ mobuleh+ model- moj~ mokesciuT momsT momsnrT momsnummerT mon~ mongoid- \
    montant- moradaH motdepasseW movil+ mtanW musteri- mutuelleS mvaT mwstT mwstnrT my~ naciD \
    nacidaD nacidoD nacimientoD nacnoptP nacnoptaP nacnoptbtP nacnoptyP naissanceD napolaW \
    napolbW napolemW narocilo- narodenaD narodeniaD narodenyD narozenD narozenaD narozeniD \
    narozeninD narudzba- narudzbe- nasS nasciD nascidaD nascidoD nascimentoD nascitaD nascutD \
    nascutaD naslovH nasteriiD nasz~ nataD nationalidI natoD nazovite+ ndbT neeD netfang@ nhsS \
    nieI nifT nifsT ninS ninoS nipT nirS nissI no# noculka- nodatkobuuT nodokluT nodzbohitb+ \
    nohta@ nopbhka- nostro~ notre~ nowta@ nowty@ npatka- npocledrbahe- nr# nro# nuestro~ num# \
    numar# numara# numarasi# number# numbers# numer# numeri# numeris# numero# numeron# \
    numeroserie- numeru# numidentS nummer# nummeret# nummern# nummernschildN nummerpladeN \
    nummerweergave+ numret# numri# numtvaT numurs# obadete+ objectid- objednavka- objednavku- \
    objednavky- ocugyputelehS oddzwon+ oddzwonic+ odhghshsL oibT okuskirteiniL onze~ order- \
    ordered- ordernumber- ordernummer- orders- ordine- ordini- ordre- ordrenr- ordrenummer- \
    ordu- organisationsnummerT orgnrT orgnummerT osebnaI osobniI osoiteH otpW our~ pacco- \
    package- paczka- paczke- paczki- pagamento- page- pago- paiement- paket- pakett- pakke- \
    pakken- pakket- pana~ pani~ papaggelia- papaggelias- paquete- paragon- parcel- parolaW \
    paroleW paroolW part- partitaT pasaportP pasaporteP pasaportuP pasaportuluiP pasaportumP \
    pasasP pasfhocalW paspoortP paspoortnummerP passP passaporteP passaportoP passcodeW passeW \
    passeportP passetP passiP passinumeroP passnrP passnummerP passordW passphraseW passportP \
    passportsP passwdW passwordW passwortW pasuP pasutijuma- pasutijums- paszportP paszportuP \
    patenteL patientS patientennummerS paxyhkyA paxyhokA payment- pazdaheD pdvT pedido- pedidos- \
    pelaths- peremptionX permisL persnrI personalausweisI personalausweisnummerI personasI \
    personaskodsI personkennzahlI personnrI personnummerI personnumretI peselI ph+ phoknnI \
    phone+ phonenumber+ phones+ pinW pincodeW pinkodW pinkodeW pinkoodiW pivaT plakaN plaqueN \
    plateN platesN platnosc- pln- plzZ pnrI po- poczta@ pocztowyZ podatekt podatkowejT \
    podatkowyT podatnikaT podehD podehaD poklicite+ policy- pontun- population- porezniT \
    portable+ posiljka- posta@ postakoduZ postalZ postaleZ postcodeZ postinumeroZ postleitzahlZ \
    postnrZ postnummerZ potniP ppsI ppsnI pratica- prawaL prawoL precio- preis- prenotazione- \
    prezzo- price- prijs- prix- prodotto- product- producto- produit- produkt- produktcode- \
    promo- prufzifferV przelew- przesylka- przesylke- przesylki- pscZ puhelimen+ puhelimeni+ \
    puhelin+ puhelinnumero+ pull- purchase- putovnicaP putovniceP pvmT pvmkodasT pvnT pwdW qr- \
    quellcode- quittung- rabatt- rabattcode- rachunekA rachunkuA racunA racunaA rang+ rappeler+ \
    rappelez+ rappelle+ rastreio- reach+ reached+ recapiti+ recapito+ receipt- rechnung- \
    rechnungen- rechnungsnummer- recibo- record- recu- ref- reference- referencia- referencyjny- \
    referentie- regN registracijaN registrationN registreI registreringsnummerN regonT \
    reikningurA reisepassP reisepassnummerP rejestracyjnaN rejestracyjnyN rekeningA \
    rekeningnummerA rekins- rekisterinumeroN releasev rendeles- rendelesszam- rendszamN request- \
    reserva- reservation- reservering- reservierung- response- revision- rezerwacja- rezerwacji- \
    rfc- rgb- ricevuta- richiamami+ richiamare+ richiamatemi+ ridicskyL riferimento- rijbewijsL \
    rijbewijsnummerL rijksregisterI rijksregisternummerI ring+ ringa+ ringe+ ringer+ ringja+ \
    rodenaD rodenjaD rodjenD rodjenaD rodneI rodnehoI rojenD rojenaD rojstvaD routingA row- \
    rsinT rtnA ruckruf+ ruckrufnummer+ rueckruf+ rueckrufnummer+ ruf+ rufen+ rufnr+ rufnummer+ \
    ruft+ rvnrS saadetis- sahkoposti@ salasanaW sanitariaS saskaitaA scadenzaX secuS securiteS \
    sedol- seguimiento- segurancaS seguridadS semverv sending- sendung- sendungen- senhaW \
    seoladhH serial- seriale- serialnumber- serie- seriennr- seriennummerG seryjny- seuranta- \
    sgkS sha- shipment- shipping- sicherheitscodeW sickforsakringS sicurezzaS sifraW sifreW \
    sifremW sigortaS simanumer+ simanumerid+ simi+ sinS siparis- siparisim- sirenT siretT \
    siunta- skambinkite+ skattenummerT skattnummerT sku- slaptazodisW slaptazodzioW sledovani- \
    sms+ snsS sociaalS socialS socialeS sofinummerI soita+ son~ sortA sortcodeA source- sozialS \
    sozialversicherungS sozialversicherungsnrS spedizione- sporing- sprawa- sprawy- spzN ssnS \
    stacjonarny+ standard+ status- steuerT steueridT steuerlicheT steuernrT steuernummerT \
    stevilka# stnrT stranka- student- su~ suivi- sum- summe- suna+ sunati+ sundinudD sunniaegD \
    sunnipaevD suo~ surucuL suti- sutijums- svS svnS svnrS swiftB swiftcodeB switchboard+ \
    synthmatikoW syntyiD syntymaaikaD syntynytD szam# szama# szamla- szamlaszamA \
    szemelyazonositoI szemelyiI szuletesiD szuletesnapD szuletettD szulettemD tajS takip- \
    talrunis+ tanW targaN tarjeta= tarjetas= taxt taxest taxpayerT taytothtaI taytothtasI tcI \
    tckimlikI tcknI tel+ telefoh+ telefoha+ telefohy+ telefon+ telefonas+ telefone+ telefonem+ \
    telefonico+ telefonicznie+ telefoniczny+ telefonie+ telefoninumber+ telefonisch+ telefonnr+ \
    telefonnumber+ telefonnummer+ telefonnumret+ telefono+ telefonom+ telefonos+ telefons+ \
    telefonska+ telefonski+ telefonszam+ telefonszama+ telefonszamat+ telefonszamom+ telefonu+ \
    telefonul+ telefonum+ telefonunuz+ telefony+ telefoon+ telefoonnr+ telefoonnummer+ telegram+ \
    telemoveis+ telemovel+ telephone+ telephoner+ telephones+ telephonique+ tellimus- tellimuse- \
    terugbellen+ texted+ their~ thl+ thlefono+ thlefonoy+ ticket- ticketnummer- tickets- \
    tilauksen- tilaus- tilausnumero- tilf+ tiliA tilinumeroA timestamp- timologio- tinT tlf+ \
    tolvupostur@ total- tozsamosciI tracciamento- track- tracking- trackingnummer- transaction- \
    transfer- transferencia- tunnusT tuo~ tvaT twelidD twoj~ uberweisung- ubezpieczeniaS ucetA \
    uctuA udehtufukacuohehI udlobsdatoX ugyfel- ugyfelszam- uhhT uidT ulid- umeul@ umowa- umowy- \
    unsere~ upc- upgradev urodzeniaD urodzilamD urodzilemD urodzonaD urodzonyD usd- ustT ustidT \
    ustidnrT utgangsdatumX utlevelP utrT uuid- uw~ uzsakymas- uzsakymo- vv vairuotojoL validadeX \
    value- vatT vatinT vegabrefP vencimientoX verfallsdatumX vergiT verificaW verificacaoW \
    verificacionW verificatiecodeW verificationW verifikationskodW verifizierungscodeW \
    verotunnusT versichertennummerS versicherungsnummerS versionv versionsv vertrag- \
    vertragsnummer- vervaldatumX verzending- viber+ vidskiptavinur- vin- virement- visa= vknT \
    vodicskyL voicemail+ volat+ volejte+ vorgang- vorgangsnummer- votre~ voucher- vozackaL \
    vozniskaL wachtwoordW waybill- waznosciX whatsapp+ wkn- wofbopckaL wohneH wohnhaftH year- \
    your~ ytunnusT zadzwon+ zadzwonic+ zadzwonicie+ zahlung- zakaz- zakaznicke- zakaznik- \
    zamoblehhr- zamowienia- zamowienie- zamowieniu- zaporkaW zasilka- zasilky- zavolat+ zbohute+ \
    zending- zendingnummer- zijn~ zipZ zipcodeZ zugangsnummer- zuruckrufen+ zurueckrufen+ zusS \
    zvaniet+";

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
        for (list, signs) in [(BEFORE, "+=-#~@TtISPDABWVXLNZHGvwi"), (BESIDE, "+-")] {
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
