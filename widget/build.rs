//! Turns `locales/en.json` into an enum of texts with the English words, finds the words of each
//! category of personal data in it, and takes comments and needless space out of `style/*.css`.
//! What is left goes into the Wasm, so each byte counts.

#![expect(clippy::expect_used, clippy::panic, reason = "a build that cannot go on should stop")]

use std::path::Path;
use std::{env, fs};

use sotto_shared::json::Value;
use sotto_shared::pii::CATEGORIES;

/// The sheets in the order of the cascade.
const SHEETS: [&str; 3] = ["panel.css", "gate.css", "talk.css"];

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=style");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let read = |path: &str| fs::read_to_string(path).unwrap_or_else(|_| panic!("reading {path}"));
    let write = |name: &str, text: &str| {
        fs::write(Path::new(&out).join(name), text).expect("writing into OUT_DIR");
    };

    write("texts.rs", &texts(&read("locales/en.json")));
    let sheets: String = SHEETS.iter().map(|name| read(&format!("style/{name}"))).collect();
    write("style.css", &minify(&sheets));
}

/// `Text`, one variant for each key in the order of the file; `ENGLISH`, the words, a line each;
/// `KINDS`, the text of each category, whose key is `kind_` and its placeholder's word.
fn texts(english: &str) -> String {
    let english = Value::parse(english).expect("locales/en.json is JSON");
    let mut variants = String::new();
    let mut words = String::new();
    for (key, text) in english.members() {
        let text = text.as_str().expect("a text is a string");
        let name: String = key.split('_').map(capitalised).collect();
        variants.push_str(&format!("    /// {text:?}\n    {name},\n"));
        assert!(!text.contains('\n'), "a text is one line");
        words.push_str(text);
        words.push('\n');
    }
    let count = english.members().len();
    let kinds: String = CATEGORIES
        .iter()
        .map(|row| {
            let words = row.label.split('_').map(|word| capitalised(&word.to_lowercase()));
            format!("    Text::Kind{},\n", words.collect::<String>())
        })
        .collect();
    format!(
        "/// A text, by its key in `locales/*.json`.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq)]\n\
         #[expect(clippy::enum_variant_names, reason = \"named by their keys\")]\n\
         pub(crate) enum Text {{\n{variants}}}\n\n\
         /// How many texts there are.\n\
         const TEXTS: usize = {count};\n\n\
         /// The English texts in the order of [`Text`], a line each.\n\
         const ENGLISH: &str = {words:?};\n\n\
         /// What the categories are called, in the order of [`Category`].\n\
         const KINDS: [Text; {}] = [\n{kinds}];\n",
        CATEGORIES.len()
    )
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Our sheets hold no strings with spaces, so that a blank is needed only between words.
fn minify(css: &str) -> String {
    let mut text = String::new();
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);

    let mut out = String::new();
    for word in text.split_whitespace() {
        let before = out.ends_with(['{', '}', ';', ',', ':']) || out.is_empty();
        if !before && !word.starts_with(['{', '}']) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.replace(";}", "}")
}
