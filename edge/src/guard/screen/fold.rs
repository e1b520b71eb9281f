//! Letters as the screen compares them: small, Latin, without marks.

use crate::guard::characters::is_plain;

/// What a character comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::guard) enum Folded {
    /// A letter or a digit.
    Ascii(char),
    /// A letter that is several.
    Letters(&'static str),
    /// A letter of another script.
    Other(char),
    /// A mark on the letter before it.
    Mark,
    /// A character that is not seen.
    Hidden,
    /// One that is not seen and stands for another.
    Tag(char),
    /// Something between words.
    Gap,
}

/// Letters of Korean that stand for none, and look like a space or like nothing.
pub(super) const FILLERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];

/// Latin letters with marks, by the letter that they have: `À` to `ſ` in the order of Unicode.
/// A full stop stands for what is no letter or is several.
const MARKED: &str = "\
    aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y\
    aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkklllllll\
    lllnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// Folds a character.
pub(in crate::guard) fn fold(c: char) -> Folded {
    match c {
        'a'..='z' | '0'..='9' => Folded::Ascii(c),
        'A'..='Z' => Folded::Ascii(c.to_ascii_lowercase()),
        // Half of a line's end: the other half is the gap.
        '\r' => Folded::Mark,
        '\n' | '\t' | ' '..='~' => Folded::Gap,
        'ß' => Folded::Letters("ss"),
        'æ' | 'Æ' => Folded::Letters("ae"),
        'œ' | 'Œ' => Folded::Letters("oe"),
        'À'..='ſ' => marked(c),
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' => Folded::Mark,
        '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}' => Folded::Mark,
        // Selectors of a letter's form.
        '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' => Folded::Mark,
        // Joiners and marks of direction, which scripts need.
        '\u{200c}'..='\u{200f}' => Folded::Mark,
        '\u{e0020}'..='\u{e007e}' => {
            Folded::Tag(char::from(u8::try_from(u32::from(c) - 0xe0000).unwrap_or_default()))
        }
        // Whatever is taken out of a text before a model gets it stands between no letters.
        c if FILLERS.contains(&c) || !is_plain(c) => Folded::Hidden,
        // Full width, mathematical, circled, squared.
        '\u{ff10}'..='\u{ff19}' => nth(b'0', u32::from(c) - 0xff10),
        '\u{ff21}'..='\u{ff3a}' => nth(b'a', u32::from(c) - 0xff21),
        '\u{ff41}'..='\u{ff5a}' => nth(b'a', u32::from(c) - 0xff41),
        '\u{1d400}'..='\u{1d6a3}' => nth(b'a', (u32::from(c) - 0x1d400) % 26),
        '\u{1d7ce}'..='\u{1d7ff}' => nth(b'0', (u32::from(c) - 0x1d7ce) % 10),
        '\u{24b6}'..='\u{24e9}' => nth(b'a', (u32::from(c) - 0x24b6) % 26),
        '\u{1f130}'..='\u{1f149}' => nth(b'a', u32::from(c) - 0x1f130),
        '\u{1f150}'..='\u{1f169}' => nth(b'a', u32::from(c) - 0x1f150),
        '\u{1f170}'..='\u{1f189}' => nth(b'a', u32::from(c) - 0x1f170),
        '\u{1f1e6}'..='\u{1f1ff}' => nth(b'a', u32::from(c) - 0x1f1e6),
        _ if c.is_alphanumeric() => other(c),
        _ => Folded::Gap,
    }
}

/// The letter that a digit or a sign stands for in a word that has letters too.
pub(super) const fn letter_of_digit(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn nth(first: u8, n: u32) -> Folded {
    let n = u8::try_from(n).unwrap_or_default();
    Folded::Ascii(char::from(first.saturating_add(n)))
}

fn marked(c: char) -> Folded {
    let place = usize::try_from(u32::from(c) - 0xc0).unwrap_or_default();
    match MARKED.as_bytes().get(place) {
        Some(letter) if *letter != b'.' => Folded::Ascii(char::from(*letter)),
        _ => Folded::Gap,
    }
}

/// A letter of another alphabet or style: the Latin one that it looks like, or itself.
fn other(c: char) -> Folded {
    let lower = c.to_lowercase().next().unwrap_or(c);
    Folded::Other(match lower {
        'а' | 'ɑ' | 'α' | 'ᴀ' => 'a',
        'в' | 'ʙ' => 'b',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'ᴅ' => 'd',
        'е' | 'є' | 'ε' | 'ᴇ' => 'e',
        'ɡ' | 'ɢ' => 'g',
        'һ' | 'ʜ' | 'н' => 'h',
        'і' | 'ї' | 'ι' | 'ɪ' | 'ı' => 'i',
        'ј' | 'ᴊ' => 'j',
        'к' | 'κ' | 'ᴋ' => 'k',
        'ӏ' | 'ʟ' => 'l',
        'м' | 'ᴍ' => 'm',
        'п' | 'ɴ' | 'η' => 'n',
        'о' | 'ο' | 'σ' | 'ᴏ' => 'o',
        'р' | 'ρ' | 'ᴘ' => 'p',
        'ԛ' => 'q',
        'г' | 'ʀ' => 'r',
        'ѕ' | 'ꜱ' => 's',
        'т' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ᴜ' => 'u',
        'ѵ' | 'ν' | 'ᴠ' => 'v',
        'ԝ' | 'ω' | 'ᴡ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'ү' | 'γ' | 'ʏ' => 'y',
        'ᴢ' => 'z',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_off() {
        assert_eq!(MARKED.len(), usize::try_from(u32::from('ſ') - 0xc0 + 1).unwrap());
        for (marked, plain) in [
            ('É', 'e'),
            ('ü', 'u'),
            ('ñ', 'n'),
            ('ç', 'c'),
            ('ø', 'o'),
            ('ý', 'y'),
            ('Ā', 'a'),
            ('č', 'c'),
            ('đ', 'd'),
            ('ě', 'e'),
            ('ğ', 'g'),
            ('ł', 'l'),
            ('ń', 'n'),
            ('ő', 'o'),
            ('ř', 'r'),
            ('š', 's'),
            ('ț', 't'),
            ('ů', 'u'),
            ('ŵ', 'w'),
            ('ž', 'z'),
            ('ſ', 's'),
        ] {
            if marked <= 'ſ' {
                assert_eq!(fold(marked), Folded::Ascii(plain), "{marked}");
            }
        }
        assert_eq!(fold('ß'), Folded::Letters("ss"));
        assert_eq!(fold('×'), Folded::Gap);
    }

    #[test]
    fn whatever_is_taken_out_of_a_text_is_hidden() {
        for c in '\0'..=char::MAX {
            let is_hidden = matches!(fold(c), Folded::Hidden | Folded::Tag(_));
            match c {
                // It comes with every line of some texts.
                '\r' => assert_eq!(fold(c), Folded::Mark),
                c if FILLERS.contains(&c) => assert!(is_hidden && is_plain(c)),
                c => assert_eq!(is_hidden, !is_plain(c), "{c:?}"),
            }
        }
    }

    #[test]
    fn styles_and_lookalikes_are_letters() {
        for c in ['а', 'ａ', '𝐀', '𝕒', 'ⓐ', '🄰', '🅐', '🇦', 'α', 'ᴀ'] {
            assert!(matches!(fold(c), Folded::Ascii('a') | Folded::Other('a')), "{c}");
        }
        assert_eq!(fold('７'), Folded::Ascii('7'));
        assert_eq!(fold('漢'), Folded::Other('漢'));
        assert_eq!(fold('،'), Folded::Gap);
    }
}
