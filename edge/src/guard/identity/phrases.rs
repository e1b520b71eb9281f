//! How each language asks who is writing. Phrases are separated by commas; a phrase is made of words
//! in lower case, apostrophes left out.

use crate::language::Language;

/// Phrases, separated by commas.
pub(super) type Phrases = &'static str;

/// How a language asks.
pub(super) struct Grammar {
    pub(super) language: Language,
    /// What may stand before the question.
    pub(super) leads: Phrases,
    /// Questions that need no noun.
    pub(super) whole: Phrases,
    /// Questions about whose machine it is.
    pub(super) maker: Phrases,
    /// Questions about what becomes of what is written.
    pub(super) data: Phrases,
    /// What asks about the one who writes; any noun may follow.
    pub(super) about_you: Phrases,
    /// What may also ask about a product; only [`Self::plain_nouns`] may follow.
    pub(super) about_this: Phrases,
    /// Words between a question and its noun that change nothing.
    pub(super) fillers: Phrases,
    pub(super) nouns: Phrases,
    pub(super) plain_nouns: Phrases,
    pub(super) or: &'static str,
    /// What may stand after the question.
    pub(super) tails: Phrases,
}

pub(super) const GRAMMARS: [Grammar; 2] = [
    Grammar {
        language: Language::English,
        leads: "\
            hi, hello, hey, there, ok, okay, so, and, but, wait, um, well, sorry, please, \
            excuse me, just, honestly, seriously, be honest, quick, question, tell me, can \
            you tell me, could you tell me, let me know, can i ask, may i ask, i want to \
            know, id like to know, i wonder, if, whether, first, now, then, yes, no, good \
            morning, good evening",
        whole: "\
            who are you, what are you, who is this, who am i talking to, who am i talking \
            with, who am i speaking to, who am i speaking with, who am i chatting with, who \
            am i chatting to, whom am i talking to, who is writing, who is answering, what \
            am i talking to",
        maker: "\
            who made you, who built you, who created you, who developed you, who trained you, \
            who programmed you, who designed you, who runs you, who operates you, who is \
            behind you, who owns you, which company made you, what company made you, which \
            model are you, what model are you, which model do you use, what model do you use, \
            which ai model do you use, what ai model do you use, which ai model are you, what \
            ai model are you, which ai are you, what ai are you, which ai do you use, what ai \
            do you use, which ai is this, what ai is this, which llm are you, what llm are \
            you, which llm you are, which model you are, which llm do you use, what llm do you \
            use, which language model are you, what language model are you, which language \
            model do you use, what language model do you use, which language model are you \
            running on, what language model are you running on, which model are you running \
            on, what model are you running on, what software is this chat, what software are \
            you, which software is this chat",
        data: "\
            what happens to my data, what happens with my data, what happens to my messages, \
            what happens to my information, what happens to this conversation, what happens to \
            this chat, what happens to what i write, what do you do with my data, what do you \
            do with my messages, what do you do with my information, where does my data go, \
            where do my messages go, where is my data stored, where are my messages stored, \
            do you store my data, do you store my messages, do you store this chat, do you \
            store this conversation, do you save my data, do you save my messages, do you save \
            this chat, do you save this conversation, do you keep my data, do you keep my \
            messages, do you record this chat, do you record this conversation, do you share \
            my data, do you share my data with third parties, do you share my data with \
            anyone, do you share my messages, do you sell my data, is my data safe, is my data \
            stored, is my data saved, are my messages stored, are my messages saved, are my \
            messages private, is this chat recorded, is this chat private, is this chat \
            confidential, is this chat saved, is this chat stored, is this conversation \
            recorded, is this conversation private, is this conversation confidential, is this \
            conversation saved, is this conversation stored, is this private, who can read \
            this, who can read this chat, who can read my messages, who can see my messages, \
            who sees my messages, who reads this, who reads this chat, who reads my messages, \
            who gets my data, how long do you keep my data, how long do you store my data, how \
            long do you keep my messages, how long is my data stored, how long is my data \
            kept, how long are my messages stored, how long are my messages kept, can i delete \
            my data, can i delete this chat, can i delete my messages, can i erase my data, \
            how do i delete my data, how can i delete my data, how do i delete this chat, \
            delete my data",
        about_you: "\
            are you, are u, r u, r you, you are, youre, you are not, youre not, arent you, \
            are you not, am i talking to, am i talking with, am i speaking to, am i speaking \
            with, am i chatting to, am i chatting with, am i writing to, am i writing with, \
            am i texting with, im talking to, i am talking to, do i talk to, do i speak \
            with, do i speak to, is this chat run by, is this written by, do you work as, \
            were you",
        about_this: "\
            is this, is this chat, is this just, this is, is there, is anyone",
        fillers: "\
            a, an, the, some, any, really, actually, just, even, still, truly, definitely, \
            maybe, perhaps, only, only a, kind of, sort of, by any chance, real, actual, \
            live, living, genuine, true, artificial, virtual, automated, language, large, \
            chat, intelligent, in fact",
        nouns: "\
            human, humans, person, people, being, bot, bots, chatbot, robot, machine, \
            computer, ai, program, programme, software, llm, model, assistant, agent, \
            chatgpt, gpt, claude, gemini, man, woman, someone, somebody, intelligence, real, \
            automated, alive, sentient, conscious",
        plain_nouns: "\
            human, humans, person, people, being, bot, chatbot, ai, someone",
        or: "or",
        tails: "\
            or what, or not, right, correct, huh, please, then, though, here, there, now, \
            too, are you, arent you, i wonder, behind this, behind this chat, behind it, on \
            the other end, on the other side, at the other end, answering, answering me, \
            answering this, writing, writing this, reading this, talking to me, in this \
            chat, by any chance, actually, really, honestly, or, as well",
    },
    Grammar {
        language: Language::German,
        leads: "\
            hi, hallo, hey, guten tag, guten morgen, guten abend, moin, servus, ok, okay, \
            also, und, aber, warte, äh, entschuldigung, bitte, ehrlich, mal ehrlich, sag \
            mal, sagen sie mal, sagen sie, sag, sag mir, sagen sie mir, kannst du mir sagen, \
            können sie mir sagen, eine frage, frage, kurze frage, darf ich fragen, ja, nein, \
            erst, jetzt, ich frage mich",
        whole: "\
            wer bist du, wer sind sie, was bist du, mit wem spreche ich, mit wem spreche ich \
            hier, mit wem rede ich, mit wem rede ich hier, mit wem schreibe ich, mit wem \
            schreibe ich hier, mit wem chatte ich, mit wem habe ich es zu tun, wer schreibt \
            hier, wer antwortet hier, wer antwortet mir, wer schreibt da",
        maker: "\
            wer hat dich gemacht, wer hat dich gebaut, wer hat dich entwickelt, wer hat dich \
            programmiert, wer hat dich erstellt, wer hat dich trainiert, wer hat sie gemacht, \
            wer hat sie gebaut, wer hat sie entwickelt, wer hat sie programmiert, wer hat sie \
            erstellt, wer hat sie trainiert, wer steckt hinter dir, wer steckt hinter ihnen, \
            wer steht hinter dir, wer betreibt dich, wer betreibt sie, von wem bist du, welches \
            modell bist du, welches modell sind sie, welches modell benutzt du, welches modell \
            benutzen sie, welches modell nutzt du, welches modell nutzen sie, welches modell \
            verwendest du, welches modell verwenden sie, welches sprachmodell bist du, welches \
            sprachmodell sind sie, welches sprachmodell benutzt du, welches sprachmodell nutzt \
            du, welches sprachmodell verwendest du, welches sprachmodell verwenden sie, welches \
            ki modell bist du, welches ki modell nutzt du, welche ki bist du, welche ki sind \
            sie, welche ki ist das, welche ki benutzt du, welche ki nutzt du, welche ki \
            verwenden sie, welche software ist das hier",
        data: "\
            was passiert mit meinen daten, was geschieht mit meinen daten, was machst du mit \
            meinen daten, was machen sie mit meinen daten, was macht ihr mit meinen daten, was \
            passiert mit meinen nachrichten, was geschieht mit meinen nachrichten, was passiert \
            mit diesem chat, was passiert mit dem was ich schreibe, wohin gehen meine daten, \
            wohin gehen meine nachrichten, wo landen meine daten, wo werden meine daten \
            gespeichert, werden meine daten gespeichert, werden meine nachrichten gespeichert, \
            werden meine daten weitergegeben, werden meine daten verkauft, speicherst du meine \
            daten, speicherst du meine nachrichten, speicherst du das, speichern sie meine \
            daten, speichern sie meine nachrichten, speichern sie das, speichert ihr meine \
            daten, sind meine daten sicher, sind meine nachrichten privat, ist dieser chat \
            privat, ist der chat privat, ist das hier privat, ist dieser chat vertraulich, ist \
            das hier vertraulich, wird dieser chat aufgezeichnet, wird der chat aufgezeichnet, \
            wird dieser chat gespeichert, wird der chat gespeichert, wird das gespeichert, wird \
            das hier gespeichert, wird das aufgezeichnet, wer kann das lesen, wer kann das hier \
            lesen, wer kann diesen chat lesen, wer kann meine nachrichten lesen, wer liest das, \
            wer liest das hier, wer liest hier mit, wer liest mit, wer sieht meine nachrichten, \
            wer bekommt meine daten, wie lange speicherst du meine daten, wie lange speichern \
            sie meine daten, wie lange werden meine daten gespeichert, wie lange werden meine \
            nachrichten gespeichert, kann ich meine daten löschen, kann ich diesen chat \
            löschen, wie kann ich meine daten löschen, wie lösche ich meine daten, lösche meine \
            daten, löschen sie meine daten",
        about_you: "\
            bist du, bist du nicht, sind sie, sind sie nicht, seid ihr, du bist, sie sind, \
            du bist kein, du bist keine, sie sind kein, sie sind keine, spreche ich mit, \
            spreche ich hier mit, spreche ich gerade mit, rede ich mit, rede ich hier mit, \
            rede ich gerade mit, schreibe ich mit, schreibe ich hier mit, schreibe ich \
            gerade mit, chatte ich mit, chatte ich hier mit, chatte ich gerade mit, \
            unterhalte ich mich mit, ich spreche mit, ich rede mit, ich schreibe mit, \
            antwortet hier, antwortet mir, antwortet mir hier, schreibt hier, schreibt mir, \
            schreibt mir hier, sitzt da, sitzt hier, ob du, ob sie",
        about_this: "\
            ist das, ist das hier, ist hier, ist da, das ist, das hier ist",
        fillers: "\
            ein, eine, einem, einer, einen, kein, keine, der, die, das, den, dem, wirklich, \
            eigentlich, etwa, tatsächlich, denn, doch, hier, nur, bloß, vielleicht, gerade, \
            auch, echt, echte, echter, echten, echtes, richtig, richtige, richtiger, \
            richtigen, reale, realer, realen, lebende, lebender, lebenden, lebendiger, \
            künstliche, künstlichen, virtueller, virtuelle, menschliche, menschlicher, \
            menschlichen, automatisches, so, irgendein",
        nouns: "\
            mensch, menschen, person, wesen, bot, bots, chatbot, roboter, maschine, \
            computer, ki, ai, programm, computerprogramm, software, sprachmodell, automat, \
            assistent, assistentin, mitarbeiter, mitarbeiterin, chatgpt, gpt, intelligenz, \
            menschlich, jemand, mann, frau",
        plain_nouns: "\
            mensch, menschen, bot, chatbot, jemand",
        or: "oder",
        tails: "\
            oder nicht, oder was, oder, bitte, ja, gell, nicht wahr, richtig, hier, da, \
            dran, dahinter, bist, sind, ist, am anderen ende, eigentlich, auch, in diesem \
            chat, im chat, bist du, sind sie",
    },
];
