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
