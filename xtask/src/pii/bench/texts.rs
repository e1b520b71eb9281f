//! The sentences of the chat corpus, by language: shops, clinics, landlords, software.
//!
//! In braces stand numbers that are drawn: `{order}` an order number in one of several forms,
//! `{day}` 1 to 28, `{month}` 1 to 12, `{hour}` and `{minute}`, `{price}` 5 to 399, `{count}` 2 to 9,
//! `{digits}` seven digits, `{name}` a local part of an address.

/// What is said in one language.
pub(super) struct Language {
    /// Its part of the corpus, in messages of a hundred.
    pub(super) weight: usize,
    pub(super) openings: &'static [&'static str],
    /// What visitors ask and tell.
    pub(super) visitor: &'static [&'static str],
    /// What is answered.
    pub(super) assistant: &'static [&'static str],
    /// Sentences with personal data.
    pub(super) personal: &'static [&'static str],
    pub(super) closings: &'static [&'static str],
}

pub(super) const LANGUAGES: [Language; 16] = [
    ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, DUTCH, POLISH, PORTUGUESE, SWEDISH, DANISH, FINNISH,
    CZECH, ROMANIAN, TURKISH, GREEK, UKRAINIAN,
];

const ENGLISH: Language = Language {
    weight: 36,
    openings: &[
        "Hi",
        "Hello there",
        "Good morning",
        "hey",
        "Thanks for the quick answer",
        "Sorry to bother you again",
        "ok",
    ],
    visitor: &[
        "where is my order {order}? It should have been here on Tuesday.",
        "I would like to change the delivery address, the parcel is still in the warehouse.",
        "how long does the battery last, and can I take it on a plane?",
        "the app closes itself when I open the settings, version 4.{count}.3 on an older phone.",
        "do you have the blue one in size {day}, or only the black one?",
        "I was charged twice, {price}.90 each, on {month}/{day}/2026.",
        "what happens with my data when I close the account?",
        "the invoice {order} shows the wrong company name, please correct it.",
        "is there a lift in the building, and how far is it from the station?",
        "the colour on the picture looks different from the one that arrived, which is a pity.",
        "could I move my appointment from {hour}:{minute} to next Thursday, any time after 4 pm?",
        "it says error 0x80070{count}57 and then nothing happens, I already restarted it {count} times.",
        "does the {price} plan include more than {count} users?",
        "I only received {count} of the 12 items, the tracking page says delivered at {hour}:{minute}.",
        "my partner is allergic to nuts, which of the menus are safe?",
        "no that is not what I meant",
        "what are your opening hours between Christmas and New Year?",
    ],
    assistant: &[
        "I am sorry to hear that. Orders that leave our warehouse before {hour}:{minute} usually arrive within {count} working days.",
        "You can return unused items within 30 days; the refund is paid to the method you used, which takes up to {count} days.",
        "Here is what you can try: open the settings, choose \"Network\", and switch the second option off and on again.",
        "The room is on the {count}rd floor, has a lift, and costs {price}.00 per night with breakfast.",
        "According to the documentation, the limit is 1,000 requests per minute and 50,000 per day; beyond that, requests are answered with status 429.",
        "Yes, both sizes are in stock: the small one weighs 1.{count} kg and the large one 2.{count} kg.",
        "If it still does not work after that, please tell me which version you use and I will look further.",
    ],
    personal: &[
        "You can reach me at {name}.{digits}@mail.example.",
        "Please call me on +44 20 7946 0{day}{month} after {hour}:{minute}.",
        "My phone number is 0151 {digits}.",
        "The card was 4111 1111 1111 1111, it expires 0{count}/28.",
        "My password is Tulip{digits}! and it does not work.",
        "It came from 203.0.113.{day}.",
        "My passport number is C01X{digits}.",
    ],
    closings: &["Thank you!", "Thanks a lot for your help.", "Cheers", "Best regards"],
};

const GERMAN: Language = Language {
    weight: 20,
    openings: &["Hallo zusammen", "Guten Tag", "Moin", "Danke für die schnelle Antwort", "Hi"],
    visitor: &[
        "wann wird die Rechnung {order} storniert? Ich habe sie schon zweimal reklamiert.",
        "kann ich den Termin am Donnerstag um {hour}:{minute} Uhr auf nächste Woche verschieben?",
        "der Gutschein über {price} Euro funktioniert nicht, es kommt immer die Meldung, dass er abgelaufen sei.",
        "meine Bestellung {order} ist seit dem {day}.{month}. unterwegs, in der Sendungsverfolgung steht aber nichts.",
        "gibt es für die Wohnung einen Stellplatz, und sind Haustiere erlaubt?",
        "die Größe fällt kleiner aus als beschrieben, ich würde gern gegen {day} umtauschen.",
        "übernimmt die Kasse die Behandlung oder muss ich die {price},50 € selbst zahlen?",
        "seit dem Update auf 7.{count}.1 lässt sich die Schaltfläche \"Prüfen\" nicht mehr anklicken.",
        "nein, das meinte ich nicht",
    ],
    assistant: &[
        "Das tut mir leid. Eine Stornierung ist bis {hour}:{minute} Uhr am Vortag kostenlos möglich, danach berechnen wir {price} Euro.",
        "Öffnen Sie bitte die Einstellungen, wählen Sie \"Konto\" und dann \"Daten herunterladen\"; der Vorgang dauert etwa {count} Minuten.",
        "Der Rückversand ist innerhalb von 30 Tagen möglich. Das Etikett liegt dem Paket bei, die Gutschrift erfolgt nach {count} Werktagen.",
        "Im Dokument \"Lieferung\" steht dazu: Möbel werden bis zur Bordsteinkante geliefert, auf Wunsch auch in die Wohnung.",
    ],
    personal: &[
        "Meine Handynummer ist 0151 {digits}.",
        "IBAN DE89 3704 0044 0532 0130 00, bitte dorthin überweisen.",
        "Sie erreichen mich unter {name}{day}@post.example.",
        "Meine Steuer-ID ist 86095742719.",
        "Ich bin am {day}.{month}.1984 geboren, falls Sie das brauchen.",
    ],
    closings: &["Danke im Voraus.", "Viele Grüße", "Mit freundlichen Grüßen", "Danke!"],
};

const FRENCH: Language = Language {
    weight: 8,
    openings: &["Bonjour", "Bonsoir", "Merci pour votre réponse"],
    visitor: &[
        "est-ce que la livraison est gratuite à partir de {price} euros ?",
        "je n'arrive plus à me connecter depuis hier soir, que dois-je faire ?",
        "ma commande {order} n'est toujours pas arrivée alors qu'elle était prévue pour le {day}/{month}.",
        "le rendez-vous de {hour}h{minute} est-il toujours maintenu ?",
        "l'appareil s'éteint après {count} minutes, même branché.",
    ],
    assistant: &[
        "Vous pouvez retourner l'article sous 30 jours ; le remboursement prend jusqu'à {count} jours ouvrés.",
        "Je suis désolé pour ce désagrément. Pourriez-vous préciser le modèle et la version affichée dans les réglages ?",
    ],
    personal: &[
        "Mon adresse est {name}.{digits}@courrier.example.",
        "Vous pouvez m'appeler au 06 12 {day} 34 5{count}.",
    ],
    closings: &["Merci d'avance !", "Cordialement", "Merci"],
};

const SPANISH: Language = Language {
    weight: 7,
    openings: &["Hola", "Buenos días", "Buenas tardes"],
    visitor: &[
        "¿puedo devolver el producto si la caja está abierta?",
        "¿dónde está mi pedido {order}? Tenía que llegar el {day}/{month}.",
        "me han cobrado {price},99 € dos veces y no entiendo por qué.",
        "la aplicación se cierra cada vez que abro el menú, versión 3.{count}.0.",
        "¿a qué hora abren mañana? La última vez fui a las {hour}:{minute} y estaba cerrado.",
    ],
    assistant: &[
        "Lo siento mucho. Los envíos nacionales tardan entre 2 y {count} días laborables desde la confirmación.",
        "Según la documentación, puede cambiar el plan en cualquier momento desde el apartado de facturación.",
    ],
    personal: &[
        "Mi correo es {name}{day}@correo.example.",
        "Mi teléfono es 612 34 {day} 5{count}.",
        "Mi DNI es 12345678Z.",
    ],
    closings: &["Gracias.", "Un saludo", "Muchas gracias"],
};

const ITALIAN: Language = Language {
    weight: 5,
    openings: &["Buongiorno", "Salve", "Ciao"],
    visitor: &[
        "vorrei sapere se il ristorante è aperto la domenica a pranzo.",
        "l'ordine {order} risulta consegnato ma non ho ricevuto nulla.",
        "è possibile spostare la prenotazione dal {day}/{month} alla settimana dopo?",
        "il prezzo sul sito è {price},00 € ma alla cassa diventa più alto, perché?",
    ],
    assistant: &[
        "Mi dispiace per il disguido. La spedizione richiede di solito {count} giorni lavorativi.",
        "Può modificare i dati di fatturazione nella pagina del profilo, alla voce \"Pagamenti\".",
    ],
    personal: &["Il mio numero di telefono è 347 {digits}.", "Scrivetemi a {name}@posta.example."],
    closings: &["Grazie mille.", "Cordiali saluti", "Grazie"],
};

const DUTCH: Language = Language {
    weight: 5,
    openings: &["Goedemiddag", "Hallo", "Hoi"],
    visitor: &[
        "kan ik de bestelling {order} nog annuleren, of is het daarvoor te laat?",
        "hoe laat is de winkel op zaterdag open?",
        "ik heb {price} euro betaald, maar op de factuur staat een ander bedrag.",
        "de afspraak van {day}-{month} om {hour}.{minute} uur komt mij niet meer uit.",
    ],
    assistant: &[
        "Wat vervelend. U kunt het artikel binnen 30 dagen gratis terugsturen met het label uit de doos.",
        "De levertijd is nu {count} werkdagen; u krijgt bericht zodra het pakket onderweg is.",
    ],
    personal: &["Mijn nummer is 06 {digits}1.", "Mail mij op {name}{day}@post.example."],
    closings: &["Alvast bedankt.", "Groeten", "Dank u wel"],
};

const POLISH: Language = Language {
    weight: 4,
    openings: &["Dzień dobry", "Cześć", "Witam"],
    visitor: &[
        "gdzie jest moje zamówienie {order}? Miało przyjść {day}.{month}.",
        "czy mogę zwrócić produkt, jeżeli otworzyłem już pudełko?",
        "zapłaciłem {price} zł, a na koncie nadal widzę zaległość.",
        "aplikacja nie chce się uruchomić po aktualizacji do wersji 2.{count}.",
    ],
    assistant: &[
        "Przykro mi z tego powodu. Zwrot środków trwa zwykle do {count} dni roboczych.",
        "Godziny otwarcia w święta znajdzie Pan w zakładce „Kontakt”.",
    ],
    personal: &["Mój telefon to 512 34{day} 67{count}.", "Mój PESEL to 44051401359."],
    closings: &["Dziękuję.", "Pozdrawiam", "Z góry dziękuję"],
};

const PORTUGUESE: Language = Language {
    weight: 3,
    openings: &["Olá", "Bom dia", "Boa tarde"],
    visitor: &[
        "a encomenda {order} ainda não chegou, podem verificar?",
        "qual é o prazo de devolução para artigos em promoção?",
        "fui cobrado {price},50 € duas vezes no dia {day}.",
    ],
    assistant: &["Lamentamos o sucedido. O reembolso é feito no prazo de {count} dias úteis."],
    personal: &[
        "O meu telemóvel é 912 34{day} 67{count}.",
        "O meu e-mail é {name}@correio.example.",
    ],
    closings: &["Obrigado.", "Obrigada pela ajuda", "Cumprimentos"],
};

const SWEDISH: Language = Language {
    weight: 2,
    openings: &["Hej", "God morgon"],
    visitor: &[
        "var är min beställning {order}? Den skulle ha kommit i tisdags.",
        "kan jag byta storlek om jag redan har öppnat förpackningen?",
        "jag behöver flytta tiden klockan {hour}.{minute} till nästa vecka.",
    ],
    assistant: &[
        "Tråkigt att höra. Leveransen tar vanligtvis {count} arbetsdagar efter bekräftelsen.",
    ],
    personal: &["Mitt telefonnummer är 070-12{day} 45{count}."],
    closings: &["Tack!", "Vänliga hälsningar"],
};

const DANISH: Language = Language {
    weight: 2,
    openings: &["Hej", "Goddag"],
    visitor: &[
        "hvornår bliver ordre {order} sendt? Jeg bestilte den {day}. i sidste måned.",
        "er det muligt at få en kvittering på {price} kr. tilsendt igen?",
        "appen lukker ned, når jeg åbner indstillingerne.",
    ],
    assistant: &["Det er jeg ked af at høre. Pengene er på din konto inden for {count} hverdage."],
    personal: &["Skriv til {name}{day}@post.example."],
    closings: &["Mange tak", "Venlig hilsen"],
};

const FINNISH: Language = Language {
    weight: 1,
    openings: &["Hei", "Huomenta"],
    visitor: &[
        "missä tilaukseni {order} on? Sen piti tulla jo eilen.",
        "voinko siirtää ajan kello {hour}.{minute} ensi viikolle?",
    ],
    assistant: &["Pahoittelut viivästyksestä. Toimitus kestää yleensä {count} arkipäivää."],
    personal: &["Puhelinnumeroni on 040 {digits}."],
    closings: &["Kiitos!", "Ystävällisin terveisin"],
};

const CZECH: Language = Language {
    weight: 2,
    openings: &["Dobrý den", "Ahoj"],
    visitor: &[
        "kde je moje objednávka {order}? Měla dorazit {day}. {month}.",
        "lze vrátit zboží, i když je krabice otevřená?",
        "částka {price} Kč mi byla stržena dvakrát.",
    ],
    assistant: &["Omlouváme se za potíže. Vrácení peněz trvá obvykle {count} pracovních dnů."],
    personal: &["Můj telefon je 602 1{day} 45{count}."],
    closings: &["Děkuji.", "S pozdravem"],
};

const ROMANIAN: Language = Language {
    weight: 1,
    openings: &["Bună ziua", "Salut"],
    visitor: &[
        "unde este comanda mea {order}? Trebuia să ajungă marți.",
        "pot schimba adresa de livrare după plată?",
    ],
    assistant: &[
        "Ne pare rău pentru întârziere. Livrarea durează de obicei {count} zile lucrătoare.",
    ],
    personal: &["Numărul meu de telefon este 0721 1{day} 45{count}."],
    closings: &["Mulțumesc!", "O zi bună"],
};

const TURKISH: Language = Language {
    weight: 2,
    openings: &["Merhaba", "İyi günler"],
    visitor: &[
        "{order} numaralı siparişim nerede? Salı günü gelmesi gerekiyordu.",
        "kutusu açılmış ürünü iade edebilir miyim?",
        "kartımdan {price} lira iki kez çekilmiş, kontrol eder misiniz?",
    ],
    assistant: &["Üzgünüz. İade tutarı genellikle {count} iş günü içinde hesabınıza geçer."],
    personal: &["Telefon numaram 0532 1{day} 45 6{count}."],
    closings: &["Teşekkürler.", "Kolay gelsin"],
};

const GREEK: Language = Language {
    weight: 1,
    openings: &["Καλημέρα", "Γεια σας"],
    visitor: &[
        "πού βρίσκεται η παραγγελία μου {order}; Έπρεπε να έρθει την Τρίτη.",
        "μπορώ να αλλάξω την ώρα του ραντεβού από τις {hour}:{minute};",
    ],
    assistant: &[
        "Λυπόμαστε για την καθυστέρηση. Η παράδοση διαρκεί συνήθως {count} εργάσιμες ημέρες.",
    ],
    personal: &["Το τηλέφωνό μου είναι 694 {digits}."],
    closings: &["Ευχαριστώ πολύ."],
};

const UKRAINIAN: Language = Language {
    weight: 1,
    openings: &["Добрий день", "Вітаю"],
    visitor: &[
        "де моє замовлення {order}? Воно мало прийти у вівторок.",
        "чи можна перенести запис з {hour}:{minute} на наступний тиждень?",
    ],
    assistant: &["Перепрошуємо за затримку. Доставка зазвичай триває {count} робочих днів."],
    personal: &["Мій номер телефону 067 {digits}."],
    closings: &["Дякую!"],
};
