//! What is read: chat, chat without personal data, chat in English, and texts that cost a careless
//! scanner much.
//!
//! Each engine reads the same files. A message in them is a line `repeats bytes` and then so many
//! bytes, which stand for themselves repeated so often.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::chat::{self, Wanted};

/// Messages of chat.
const MESSAGES: usize = 12_000;

/// Bytes of a hostile text, about.
const HOSTILE_BYTES: usize = 1_000_000;

/// One corpus.
pub(super) struct Corpus {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) bytes: usize,
    pub(super) messages: usize,
    /// Its file in the directory of the corpora.
    pub(super) file: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Chat,
    /// Chat in which nothing is to be found.
    Plain,
    /// Chat in one language, nearly all of it ASCII.
    English,
    /// A mix made to be hard, repeated.
    Mix,
    /// One character, repeated.
    Character,
}

impl Kind {
    /// Whether people write so.
    pub(super) fn is_chat(self) -> bool {
        matches!(self, Self::Chat | Self::Plain | Self::English)
    }
}

/// Starts of values, half of them, and words that announce them.
const MIXES: [&str; 46] = [
    "sk-a1",
    "key=",
    "1 ",
    "1-",
    "1.",
    "1/",
    "12 34 56 ",
    "4111 ",
    "4111-1111-",
    "0 ",
    "+1",
    "+49 ",
    "(0",
    "1(2)",
    "123456789 ",
    "01.01.",
    "12:30 ",
    "a@",
    "a.",
    "@a.b ",
    "a@b.",
    "a at b dot ",
    "jane.doe",
    "DE89 ",
    "DE",
    "AB12",
    "a1",
    "x1Y_",
    "eyJ",
    "sk-",
    "://",
    "www.",
    "%40",
    "&#64;",
    "::1 ",
    "1.1.1.",
    "0:",
    "password ",
    "password is ",
    "my phone is ",
    "call 1 ",
    "id no ",
    "<<<A",
    "-----BEGIN ",
    "é1",
    "1\u{200b}",
];

/// Characters besides those of ASCII: accented, Cyrillic, Greek, full-width, Arabic digit, wide
/// space, dash, invisible, pictured.
const CHARACTERS: [char; 12] =
    ['é', 'ß', 'ж', 'а', 'ο', '１', 'Ａ', '٣', '\u{2003}', '–', '\u{200b}', '🙂'];

/// Writes every corpus into `dir`.
///
/// # Errors
/// If a file cannot be written.
pub(super) fn write(dir: &Path) -> Result<Vec<Corpus>> {
    if dir.exists() {
        fs::remove_dir_all(dir).context("the corpora of the last run")?;
    }
    fs::create_dir_all(dir)?;
    let mut corpora = Vec::new();
    let mut add = |name: String, kind: Kind, messages: &[(usize, String)]| -> Result<()> {
        let file = format!("{:03}", corpora.len());
        let mut text = String::new();
        for (repeats, piece) in messages {
            let _ = write!(text, "{repeats} {}\n{piece}", piece.len());
        }
        fs::write(dir.join(&file), text)?;
        let bytes = messages.iter().map(|(repeats, piece)| repeats * piece.len()).sum();
        corpora.push(Corpus { name, kind, bytes, messages: messages.len(), file });
        Ok(())
    };
    for (name, kind, wanted) in [
        ("chat", Kind::Chat, Wanted::Mixed),
        ("chat without personal data", Kind::Plain, Wanted::Plain),
        ("chat in English", Kind::English, Wanted::English),
    ] {
        let messages: Vec<_> =
            chat::messages(MESSAGES, wanted).into_iter().map(|text| (1, text)).collect();
        add(name.to_owned(), kind, &messages)?;
    }
    let repeated = |piece: &str| [(HOSTILE_BYTES / piece.len(), piece.to_owned())];
    for piece in MIXES {
        add(format!("1 MB of {piece:?}"), Kind::Mix, &repeated(piece))?;
    }
    let ascii = (1..128_u8).map(char::from);
    for char in ascii.chain(CHARACTERS) {
        let piece = char.to_string();
        add(format!("1 MB of {piece:?}"), Kind::Character, &repeated(&piece))?;
    }
    Ok(corpora)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Folder;

    #[test]
    fn corpora_are_written_as_they_are_described() {
        let folder = Folder::new();
        let corpora = write(folder.path()).unwrap();
        let mix = corpora.iter().find(|corpus| corpus.name == "1 MB of \"12 34 56 \"").unwrap();
        assert_eq!((mix.kind, mix.bytes, mix.messages), (Kind::Mix, 999_999, 1));
        assert_eq!(folder.read(&mix.file), "111111 9\n12 34 56 ");
        let chat = corpora.first().unwrap();
        assert_eq!((chat.kind, chat.messages), (Kind::Chat, MESSAGES));
        let text = folder.read(&chat.file);
        let (header, rest) = text.split_once('\n').unwrap();
        let bytes: usize = header.strip_prefix("1 ").unwrap().parse().unwrap();
        assert!(rest.get(bytes..).unwrap().starts_with("1 "));
    }
}
