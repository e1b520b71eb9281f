//! Thoughts that a model writes at the beginning of its reply, between tags of its own, where no
//! server in between takes them out: they are not the answer, and are not shown.
//!
//! Only a reply that begins with such a tag has thoughts. The same tag further on is something that
//! the reply talks about.

/// How thoughts begin and end, by the models that are known to write them.
const TAGS: [(&str, &str); 4] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("[THINK]", "[/THINK]"),
];

/// Blanks before the first word that are waited with, in bytes.
const BLANKS: usize = 64;

/// Takes the thoughts out of a reply that comes in pieces.
#[derive(Default)]
pub(in crate::provider) struct Thoughts {
    at: At,
    /// What may yet be a tag: a part of one at most, and blanks before it.
    held: String,
}

#[derive(Clone, Copy, Default)]
enum At {
    /// Before the first word, where thoughts may begin.
    #[default]
    Beginning,
    /// Within thoughts, which end with this.
    Thoughts(&'static str),
    /// After thoughts: more may follow, and blanks are dropped.
    Between,
    Answer,
}

impl core::fmt::Debug for Thoughts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Thoughts({} bytes held)", self.held.len())
    }
}

impl Thoughts {
    /// Takes the next piece, and gives what of it belongs to the answer.
    pub(in crate::provider) fn without(&mut self, piece: String) -> String {
        if matches!(self.at, At::Answer) {
            return piece;
        }
        self.held.push_str(&piece);
        loop {
            match self.at {
                At::Answer => return core::mem::take(&mut self.held),
                At::Thoughts(end) => match self.held.find(end) {
                    Some(place) => {
                        self.drop_first(place + end.len());
                        self.at = At::Between;
                    }
                    None => {
                        let length = self.held.len().saturating_sub(end.len());
                        self.drop_first(self.held.ceil_char_boundary(length));
                        return String::new();
                    }
                },
                At::Beginning | At::Between => {
                    if matches!(self.at, At::Between) {
                        let blanks = self.held.len() - self.held.trim_start().len();
                        self.drop_first(blanks);
                    }
                    let words = self.held.trim_start();
                    if let Some((begin, end)) =
                        TAGS.into_iter().find(|(begin, _)| words.starts_with(begin))
                    {
                        self.drop_first(self.held.len() - words.len() + begin.len());
                        self.at = At::Thoughts(end);
                    } else if TAGS.into_iter().any(|(begin, _)| begin.starts_with(words))
                        && self.held.len() <= BLANKS
                    {
                        return String::new();
                    } else {
                        self.at = At::Answer;
                    }
                }
            }
        }
    }

    /// The reply has ended: gives what was held and is no tag after all.
    pub(in crate::provider) fn end(&mut self) -> String {
        let held = core::mem::take(&mut self.held);
        if matches!(self.at, At::Thoughts(_)) { String::new() } else { held }
    }

    fn drop_first(&mut self, bytes: usize) {
        self.held.drain(..bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&str]) -> String {
        let mut thoughts = Thoughts::default();
        let mut answer: String =
            pieces.iter().map(|piece| thoughts.without((*piece).to_owned())).collect();
        answer.push_str(&thoughts.end());
        answer
    }

    #[test]
    fn thoughts_are_taken_out_however_they_are_cut() {
        for (reply, answer) in [
            ("<think>\nWhat do they want? <b>é</b>\n</think>\n\nHello <think>", "Hello <think>"),
            ("\n <thinking>a</think></thinking>Hello", "Hello"),
            ("<thought>a</thought><think>b</think> Hello", "Hello"),
            ("[THINK]a[/THINK]Hello", "Hello"),
            ("<think></think>", ""),
            ("<think>it never ends", ""),
            ("<think>it never ends</thi", ""),
            ("  Hello", "  Hello"),
            ("<thin> air", "<thin> air"),
            ("<thi", "<thi"),
            ("<", "<"),
            ("Use <think>a</think>.", "Use <think>a</think>."),
            ("<think>a</think>Then </think> it", "Then </think> it"),
            ("", ""),
        ] {
            assert_eq!(read(&[reply]), answer, "{reply}");
            for cut in (0..=reply.len()).filter(|cut| reply.is_char_boundary(*cut)) {
                let (first, second) = reply.split_at(cut);
                assert_eq!(read(&[first, second]), answer, "{reply} cut at {cut}");
            }
            let single: Vec<String> = reply.chars().map(String::from).collect();
            let single: Vec<&str> = single.iter().map(String::as_str).collect();
            assert_eq!(read(&single), answer, "{reply} in single characters");
        }
    }

    #[test]
    fn an_answer_is_not_held() {
        let mut thoughts = Thoughts::default();
        assert_eq!(thoughts.without("H".into()), "H");
        assert_eq!(thoughts.without("<think>".into()), "<think>");
    }

    #[test]
    fn long_thoughts_take_no_room() {
        let mut thoughts = Thoughts::default();
        thoughts.without("<think>".into());
        for _ in 0..1_000 {
            assert_eq!(thoughts.without("é".repeat(100)), "");
            assert!(thoughts.held.len() < 20);
        }
        let mut blank = Thoughts::default();
        assert_eq!(blank.without(" ".repeat(BLANKS)), "");
        assert_eq!(blank.without(" ".into()).len(), BLANKS + 1);
    }
}
