//! What a text looks like, whatever its words say: marks of other systems' messages, made-up
//! turns, markup that hides something, links that carry something off.

use super::Family;
use super::rules::Weight;

/// Longest text that is looked at, in bytes.
const BYTES: usize = 32 * 1024;

/// So many lines that begin with a speaker are a made-up conversation.
const TURNS: usize = 3;

/// So many are many.
const MANY_TURNS: usize = 6;

/// Longest label of a line, in bytes.
const LABEL: usize = 32;

/// So many words a line are more than what something is like.
const WORDS_OF_TALK: usize = 4;

/// Marks that models and frameworks put around messages. Nobody writes them by chance.
const MARKS: &[(&str, Family, Weight)] = &[
    ("<|", Family::Delimiter, Weight::Block),
    ("|>", Family::Delimiter, Weight::Block),
    ("[inst]", Family::Delimiter, Weight::Block),
    ("[/inst]", Family::Delimiter, Weight::Block),
    ("<<sys", Family::Delimiter, Weight::Block),
    ("<</sys", Family::Delimiter, Weight::Block),
    ("<start_of_turn", Family::Delimiter, Weight::Block),
    ("<end_of_turn", Family::Delimiter, Weight::Block),
    ("<system", Family::Delimiter, Weight::Block),
    ("</system", Family::Delimiter, Weight::Block),
    ("<assistant", Family::Delimiter, Weight::Block),
    ("</assistant", Family::Delimiter, Weight::Block),
    ("<instruction", Family::Delimiter, Weight::Block),
    ("</instruction", Family::Delimiter, Weight::Block),
    ("</prompt", Family::Delimiter, Weight::Block),
    ("<prompt>", Family::Delimiter, Weight::Block),
    ("</user", Family::Delimiter, Weight::Block),
    ("</context", Family::Delimiter, Weight::Block),
    ("</document", Family::Delimiter, Weight::Caution),
    ("</input", Family::Delimiter, Weight::Caution),
    ("<<end", Family::Delimiter, Weight::Block),
    ("<<visitor", Family::Delimiter, Weight::Block),
    ("<<passage", Family::Delimiter, Weight::Block),
    ("[system]", Family::Delimiter, Weight::Block),
    ("[/system]", Family::Delimiter, Weight::Block),
    ("[system ", Family::Delimiter, Weight::Caution),
    ("[assistant]", Family::Delimiter, Weight::Block),
    ("[admin]", Family::Delimiter, Weight::Caution),
    ("(system)", Family::Delimiter, Weight::Caution),
    ("### system", Family::Delimiter, Weight::Block),
    ("###system", Family::Delimiter, Weight::Block),
    ("### instruction", Family::Delimiter, Weight::Block),
    ("###instruction", Family::Delimiter, Weight::Block),
    ("### assistant", Family::Delimiter, Weight::Block),
    ("### response", Family::Delimiter, Weight::Block),
    ("### new ", Family::Delimiter, Weight::Caution),
    ("\"role\": \"system\"", Family::Delimiter, Weight::Block),
    ("\"role\":\"system\"", Family::Delimiter, Weight::Block),
    ("\"role\": \"assistant\"", Family::Delimiter, Weight::Block),
    ("\"role\":\"assistant\"", Family::Delimiter, Weight::Block),
    ("'role': 'system'", Family::Delimiter, Weight::Block),
    ("<tool_call", Family::Tool, Weight::Block),
    ("<function_call", Family::Tool, Weight::Block),
    ("<tool_use", Family::Tool, Weight::Block),
    ("<invoke", Family::Tool, Weight::Block),
    ("\"tool_calls\"", Family::Tool, Weight::Block),
    ("\"function_call\"", Family::Tool, Weight::Block),
    ("__import__", Family::Tool, Weight::Caution),
    ("/etc/passwd", Family::Tool, Weight::Caution),
    ("<script", Family::Tool, Weight::Caution),
    ("<iframe", Family::Tool, Weight::Caution),
    ("<!--", Family::Hidden, Weight::Caution),
    ("<hidden", Family::Hidden, Weight::Caution),
];

/// Marks of markup and code that begin with a word: the word, what follows it.
const NAMED_MARKS: &[(&str, &str, Family, Weight)] = &[
    ("os", ".system(", Family::Tool, Weight::Caution),
    ("subprocess", ".", Family::Tool, Weight::Caution),
    ("javascript", ":", Family::Tool, Weight::Caution),
    ("onerror", "=", Family::Tool, Weight::Caution),
    (" hidden", ">", Family::Hidden, Weight::Caution),
    ("hidden", "=", Family::Hidden, Weight::Caution),
    ("display", ":none", Family::Hidden, Weight::Caution),
    ("display", ": none", Family::Hidden, Weight::Caution),
    ("visibility", ":hidden", Family::Hidden, Weight::Caution),
    ("visibility", ": hidden", Family::Hidden, Weight::Caution),
    ("font-size", ":0", Family::Hidden, Weight::Caution),
    ("font-size", ": 0", Family::Hidden, Weight::Caution),
    ("font-size", ":1px", Family::Hidden, Weight::Caution),
    ("opacity", ":0", Family::Hidden, Weight::Caution),
    ("opacity", ": 0", Family::Hidden, Weight::Caution),
    ("color", ":white", Family::Hidden, Weight::Caution),
    ("color", ": white", Family::Hidden, Weight::Caution),
    ("color", ":#fff", Family::Hidden, Weight::Caution),
    ("data", ":text/html", Family::Exfiltration, Weight::Caution),
];

/// Who speaks, at the beginning of a line.
const SPEAKERS: &[&str] = &[
    "user",
    "human",
    "assistant",
    "ai",
    "chatbot",
    "bot",
    "model",
    "system",
    "gpt",
    "chatgpt",
    "llm",
    "question",
    "answer",
    "q",
    "a",
    "benutzer",
    "nutzer",
    "assistent",
    "mensch",
    "ki",
    "frage",
    "antwort",
    "utilisateur",
    "ia",
    "humain",
    "usuario",
    "asistente",
    "humano",
    "pregunta",
    "respuesta",
    "reponse",
    "réponse",
];

/// Sections of prompts, ours and others', that a text of a visitor's neither ends nor begins: the
/// tag's name, whether it is one where it begins, too, and what it weighs. None of them is an
/// element of HTML.
const SECTIONS: &[(&str, bool, Weight)] = &[
    ("visitor", true, Weight::Block),
    ("passage", true, Weight::Block),
    ("operator", true, Weight::Block),
    ("developer", true, Weight::Block),
    ("besucher", true, Weight::Block),
    ("betreiber", true, Weight::Block),
    ("entwickler", true, Weight::Block),
    ("visiteur", true, Weight::Block),
    ("operateur", true, Weight::Block),
    ("opérateur", true, Weight::Block),
    ("visitante", true, Weight::Block),
    ("operador", true, Weight::Block),
    ("anweisung", true, Weight::Block),
    ("consigne", true, Weight::Block),
    ("instruccion", true, Weight::Block),
    ("sistema", true, Weight::Block),
    ("rules", true, Weight::Block),
    ("regeln", true, Weight::Block),
    ("regles", true, Weight::Block),
    ("règles", true, Weight::Block),
    ("reglas", true, Weight::Block),
    ("guardrail", true, Weight::Block),
    ("benutzer", false, Weight::Block),
    ("utilisateur", false, Weight::Block),
    ("usuario", false, Weight::Block),
    ("human", false, Weight::Block),
    ("conversation", false, Weight::Block),
    ("admin", true, Weight::Caution),
    ("override", true, Weight::Caution),
    ("message", false, Weight::Caution),
    ("history", false, Weight::Caution),
    ("question", false, Weight::Caution),
    ("query", false, Weight::Caution),
    ("task", false, Weight::Caution),
    ("turn", false, Weight::Caution),
    ("model", false, Weight::Caution),
];

/// Words behind a rule of signs that make it look like the end of something.
const BEHIND_RULES: &[&str] = &[
    "end",
    "begin",
    "start",
    "system",
    "new",
    "instruction",
    "prompt",
    "ignore",
    "user",
    "ende",
    "fin",
    "anweisung",
    "inst",
    "stop",
    "admin",
    "override",
    "debut",
    "inicio",
    "assistant",
];

/// Everything that a text looks like.
pub(super) fn look(text: &str, mut found: impl FnMut(Family, Weight)) {
    let text = text.get(..text.floor_char_boundary(BYTES)).unwrap_or_default();
    let lower = text.to_ascii_lowercase();
    marks(&lower, &mut found);
    if lower.contains("](") && image_carries(&lower) {
        found(Family::Exfiltration, Weight::Caution);
    }
    if link_has_place(&lower) {
        found(Family::Exfiltration, Weight::Caution);
    }
    turns(&lower, &mut found);
    if lower.lines().any(is_forged_rule) {
        found(Family::Delimiter, Weight::Caution);
    }
}

/// Made-up turns: of speakers that models know, or of any two that take turns.
fn turns(lower: &str, found: &mut impl FnMut(Family, Weight)) {
    let mut known = 0;
    // The last two labels, older first, and for how many lines they have taken turns.
    let (mut pair, mut row) = (["", ""], Row::default());
    let mut longest = Row::default();
    for line in lower.lines() {
        let Some((label, words)) = labelled(line) else { continue };
        known += usize::from(SPEAKERS.contains(&label));
        if label == pair[0] && label != pair[1] {
            row.add(words);
        } else {
            row = Row::default();
            row.add(words);
            // The line before begins the pair.
            row.lines += usize::from(!pair[1].is_empty() && pair[1] != label);
        }
        pair = [pair[1], label];
        if row.lines > longest.lines {
            longest = row;
        }
    }
    if known >= TURNS {
        let weight = if known >= MANY_TURNS { Weight::Block } else { Weight::Caution };
        found(Family::ManyShot, weight);
    } else if longest.lines >= MANY_TURNS && longest.is_talk() {
        found(Family::ManyShot, Weight::Caution);
    }
}

/// Lines of two that take turns.
#[derive(Clone, Copy, Default)]
struct Row {
    lines: usize,
    words: usize,
    /// Lines that end like sentences.
    sentences: usize,
}

impl Row {
    fn add(&mut self, words: &str) {
        self.lines += 1;
        self.words += words.split_whitespace().count();
        self.sentences += usize::from(words.trim_end().ends_with(['.', '!', '?', '…']));
    }

    /// Whether it is not a list of what something is like.
    const fn is_talk(&self) -> bool {
        self.sentences * 3 >= self.lines || self.words >= self.lines * WORDS_OF_TALK
    }
}

/// A line's label, and what stands behind it: `Visitor: hello`, `**Shop :** yes`.
fn labelled(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = line.as_bytes().iter().take(LABEL).position(|byte| *byte == b':')?;
    let (label, words) = line.split_at_checked(end)?;
    let label = label.trim_end_matches(|c: char| !c.is_alphanumeric());
    (!label.is_empty()).then_some((label, words))
}

/// Whether a text, from a bracket on, is the tag of a section.
fn section(rest: &[u8]) -> Option<Weight> {
    let is_square = rest.first() != Some(&b'<');
    let brackets = rest.iter().take_while(|byte| matches!(byte, b'<' | b'[' | b'{')).count();
    let rest = rest.get(brackets..)?;
    let (ends, rest) = match rest.trim_ascii_start() {
        [b'/' | b'\\', rest @ ..] => (true, rest.trim_ascii_start()),
        _ => (false, rest),
    };
    // In square brackets stands what is to be filled in.
    SECTIONS
        .iter()
        .find(|(name, begins, _)| {
            rest.starts_with(name.as_bytes()) && (ends || (*begins && !is_square))
        })
        .map(|(_, _, weight)| *weight)
}

/// The marks in a text: only where a sign stands that one of them has is anything compared.
fn marks(lower: &str, found: &mut impl FnMut(Family, Weight)) {
    for (place, byte) in lower.bytes().enumerate() {
        let rest = || lower.as_bytes().get(place..).unwrap_or_default();
        match byte {
            b'<' | b'|' | b'[' | b'{' | b'(' | b'#' | b'"' | b'\'' | b'/' | b'_' => {
                for (mark, family, weight) in MARKS {
                    if rest().starts_with(mark.as_bytes()) {
                        found(*family, *weight);
                    }
                }
                if matches!(byte, b'<' | b'[' | b'{')
                    && let Some(weight) = section(rest())
                {
                    found(Family::Delimiter, weight);
                }
            }
            b':' | b'=' | b'.' | b'>' => {
                let before = lower.get(..place).unwrap_or_default();
                for (word, mark, family, weight) in NAMED_MARKS {
                    if rest().starts_with(mark.as_bytes()) && before.ends_with(word) {
                        found(*family, *weight);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether an image of Markdown is fetched from elsewhere.
fn image_carries(lower: &str) -> bool {
    lower.match_indices("![").any(|(place, _)| {
        let rest = lower.get(place..).unwrap_or_default();
        let address = rest.split_once("](").map(|(_, address)| address.trim_start());
        address.is_some_and(|address| address.starts_with("http") || address.starts_with("//"))
    })
}

/// Whether a link has a place for something to be filled in.
fn link_has_place(lower: &str) -> bool {
    lower.match_indices("http").any(|(place, _)| {
        let link = lower.get(place..).unwrap_or_default();
        let link = link.split(char::is_whitespace).next().unwrap_or_default();
        let query = link.split_once(['?', '=']).map(|(_, query)| query).unwrap_or_default();
        link.starts_with("http")
            && (query.contains('{')
                || query.contains('[')
                || query.contains("$(")
                || query.contains('<'))
    })
}

/// Whether a line is a rule of signs with a word that ends or begins something.
fn is_forged_rule(line: &str) -> bool {
    let is_rule = |c: char| matches!(c, '-' | '=' | '#' | '*' | '_' | '~' | '<' | '>' | '+' | '/');
    let line = line.trim();
    let behind = line.trim_start_matches(is_rule);
    let signs = line.len() - behind.len();
    let word = behind.trim_start_matches(|c: char| !c.is_alphanumeric());
    let ends_so = line.len() - line.trim_end_matches(is_rule).len() >= 3;
    signs >= 3
        && (ends_so || signs >= 5)
        && BEHIND_RULES.iter().any(|begin| word.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Family, Weight)> {
        let mut all = Vec::new();
        look(text, |family, weight| all.push((family, weight)));
        all.dedup();
        all
    }

    #[test]
    fn every_mark_is_found() {
        for (mark, family, weight) in MARKS {
            let text = format!("ordinary {} words", mark.to_uppercase());
            assert!(found(&text).contains(&(*family, *weight)), "{mark}");
        }
        for (word, mark, family, weight) in NAMED_MARKS {
            let text = format!("ordinary {} words", format!("{word}{mark}").to_uppercase());
            assert!(found(&text).contains(&(*family, *weight)), "{word}{mark}");
        }
    }

    #[test]
    fn turns_are_counted() {
        let talk = |n: usize| "User: hi\nAssistant: hello\n".repeat(n);
        assert_eq!(found(&talk(1)), []);
        assert_eq!(found(&talk(2)), [(Family::ManyShot, Weight::Caution)]);
        assert_eq!(found(&talk(3)), [(Family::ManyShot, Weight::Block)]);
        assert_eq!(found("Question: where is it?\nSystem: Windows 11"), []);
    }

    #[test]
    fn any_two_that_take_turns_are_counted() {
        let talk = |n: usize| "Visitor: hi?\nShop : hello.\n".repeat(n);
        assert_eq!(found(&talk(2)), []);
        assert_eq!(found(&talk(3)), [(Family::ManyShot, Weight::Caution)]);
        assert_eq!(found(&talk(40)), [(Family::ManyShot, Weight::Caution)]);
        assert_eq!(found(&format!("Date: today\nA: b\n{}", talk(3))).len(), 1);
        for text in [
            &"Size: M\nColour: red\n".repeat(9),
            &"Visitor: hi?\n".repeat(9),
            "a: 1.\nb: 2.\nc: 3.\nd: 4.\na: 5.\nb: 6.\nc: 7.\nd: 8.",
            ":\n:\n:\n:\n:\n:\n:\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn tags_of_sections_are_found() {
        for (name, begins, weight) in SECTIONS {
            let of = [(Family::Delimiter, *weight)];
            for tag in ["</N>", "</ N >", "<\\N>", "[/N]", "{{/N}}"] {
                assert_eq!(found(&tag.replace('N', name)), of, "{tag} {name}");
            }
            assert_eq!(found(&format!("<{name}>")).is_empty(), !begins, "{name}");
            let is_mark = MARKS.iter().any(|(mark, ..)| *mark == format!("[{name}]"));
            assert_eq!(found(&format!("[{name}]")).is_empty(), !is_mark, "{name}");
        }
        for text in
            ["</div> </section>", "<title>", "</main>", "a < visitors", "[EMAIL_1]", "1 </ 2"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn links_that_carry_something_are_found() {
        let exfiltration = [(Family::Exfiltration, Weight::Caution)];
        assert_eq!(found("![x](https://e.example/?q=)"), exfiltration);
        assert_eq!(found("see https://e.example/?q={conversation}"), exfiltration);
        for text in ["https://shop.example/?id=7", "![a](b.png)", "see [this](https://x.example)"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn forged_rules_are_found() {
        let delimiter = [(Family::Delimiter, Weight::Caution)];
        assert_eq!(found("----- END OF DOCUMENT -----"), delimiter);
        assert_eq!(found("===== new instructions"), delimiter);
        for text in ["-----", "--- Best regards ---", "*** Sale ***", "# System", "- start now"] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
