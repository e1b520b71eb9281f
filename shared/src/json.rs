//! A small JSON reader and writer for the widget.
//!
//! A JSON library costs the browser 16 KB or more, which is more than the whole wire is worth.
//! This one reads into a tree and knows what the wire needs: integers (a fraction or exponent is
//! refused, the wire has none), strings with every escape, nesting up to
//! [`limits::JSON_DEPTH`](crate::limits::JSON_DEPTH). The edge uses serde; shared fixtures hold
//! both to the same bytes.

use crate::limits::JSON_DEPTH;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object; of a name that stands twice, the first counts.
    Object(Vec<(String, Self)>),
}

impl Value {
    /// Reads one JSON text; `None` if it is not one, or has fractions, or nests too deep.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
        let value = reader.value(JSON_DEPTH)?;
        reader.space();
        (reader.at == text.len()).then_some(value)
    }

    /// The member of an object with this name; `Null` where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Self {
        match self {
            Self::Object(members) => {
                members.iter().find(|(key, _)| key == name).map_or(&Self::Null, |(_, value)| value)
            }
            _ => &Self::Null,
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A copy of the string, if it is one.
    #[must_use]
    pub fn string(&self) -> Option<String> {
        self.as_str().map(Into::into)
    }

    /// The number, if it is one that is not negative.
    #[must_use]
    pub fn unsigned(&self) -> Option<u64> {
        match self {
            Self::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// Whether it is `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// The items of an array; nothing where it is not one.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The members of an object; nothing where it is not one.
    #[must_use]
    pub fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }
}

/// Appends `text` as a JSON string, quotes included.
pub fn write_string(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\u{0}'..='\u{1f}' => {
                out.push_str("\\u00");
                out.push(char::from(HEX[(c as usize >> 4) & 15]));
                out.push(char::from(HEX[c as usize & 15]));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// Appends decimal digits, without the formatting machinery.
pub(crate) fn write_number(out: &mut String, number: u32) {
    if number >= 10 {
        write_number(out, number / 10);
    }
    out.push((b'0' + (number % 10) as u8) as char);
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let end = self.at + word.len();
        (self.bytes.get(self.at..end)? == word.as_bytes()).then(|| {
            self.at = end;
            value
        })
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.space();
        match self.peek()? {
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'"' => self.string().map(Value::String),
            b'[' => self.array(depth),
            b'{' => self.object(depth),
            _ => self.integer(),
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.eat(b']') {
                return Some(Value::Array(items));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Some(Value::Object(members));
        }
        loop {
            self.space();
            let name = self.string()?;
            if !self.eat(b':') {
                return None;
            }
            members.push((name, self.value(depth)?));
            if self.eat(b'}') {
                return Some(Value::Object(members));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn integer(&mut self) -> Option<Value> {
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let start = self.at;
        let mut number: i64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
            self.at += 1;
        }
        let leading_zero = self.at - start > 1 && self.bytes.get(start) == Some(&b'0');
        if self.at == start || leading_zero || matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        Some(Value::Integer(if negative { -number } else { number }))
    }

    fn string(&mut self) -> Option<String> {
        if self.take()? != b'"' {
            return None;
        }
        let mut text = Vec::new();
        loop {
            match self.take()? {
                b'"' => return String::from_utf8(text).ok(),
                b'\\' => {
                    let c = self.escape()?;
                    text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                0..=0x1f => return None,
                byte => text.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.take()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.unicode(),
            other @ (b'"' | b'\\' | b'/') => char::from(other),
            _ => return None,
        })
    }

    /// A lone half of a surrogate pair has no character; it becomes U+FFFD.
    fn unicode(&mut self) -> Option<char> {
        let unit = self.hex4()?;
        if !(0xd800..0xdc00).contains(&unit) {
            return Some(char::from_u32(unit).unwrap_or('\u{fffd}'));
        }
        let back = self.at;
        if self.take() == Some(b'\\') && self.take() == Some(b'u') {
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                return char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
            }
        }
        self.at = back;
        Some('\u{fffd}')
    }

    fn hex4(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + char::from(self.take()?).to_digit(16)?;
        }
        Some(unit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn as_serde(value: &Value) -> serde_json::Value {
        match value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(bool) => (*bool).into(),
            Value::Integer(number) => (*number).into(),
            Value::String(text) => text.clone().into(),
            Value::Array(items) => items.iter().map(as_serde).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), as_serde(value))).collect()
            }
        }
    }

    #[test]
    fn reads_what_serde_reads() {
        for text in [
            "null",
            " [ ] ",
            "{}",
            r#"{"a":[1,-2,{"b":null}],"c":"\u00e4\ud83d\ude00\n\"\\\/","d":true,"e":false}"#,
            r#""plain ä€😀""#,
        ] {
            let ours = Value::parse(text).unwrap();
            assert_eq!(as_serde(&ours), serde_json::from_str::<serde_json::Value>(text).unwrap());
        }
    }

    #[test]
    fn refuses_what_is_not_json_or_not_ours() {
        for text in [
            "",
            "nul",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "01",
            "-",
            "1.5",
            "1e3",
            "\"\\x\"",
            "\"a",
            "[1 2]",
            "\"\u{1}\"",
            "1 1",
            "99999999999999999999",
            "\"\\u12\"",
        ] {
            assert_eq!(Value::parse(text), None, "{text}");
        }
        assert_eq!(Value::parse(&"[".repeat(100_000)), None);
    }

    #[test]
    fn a_lone_surrogate_becomes_the_replacement_character() {
        assert_eq!(Value::parse(r#""\ud83dx""#).unwrap().as_str(), Some("\u{fffd}x"));
        assert_eq!(Value::parse(r#""\udc00""#).unwrap().as_str(), Some("\u{fffd}"));
    }

    proptest! {
        #[test]
        fn strings_survive_writing_and_reading(text in any::<String>()) {
            let mut json = String::new();
            write_string(&mut json, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text.clone());
            let read = Value::parse(&json).unwrap();
            prop_assert_eq!(read.as_str(), Some(text.as_str()));
        }

        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = Value::parse(&text);
        }
    }
}
