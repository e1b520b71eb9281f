//! Speeds: a line of JSON each, and a table of what matters.

use std::fmt::Write as _;

use serde::Serialize;

use super::corpora::{Corpus, Kind};
use crate::size::Size;

/// One engine on one corpus.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Speed {
    engine: String,
    corpus: String,
    mb_per_s: f64,
    messages_per_s: f64,
    /// Time for a byte, in that of the same engine for a byte of chat.
    times_chat: f64,
    #[serde(skip)]
    kind: Kind,
}

impl Speed {
    /// The speeds of an engine that took so many seconds for each corpus. The first is chat.
    pub(super) fn all(engine: &str, corpora: &[&Corpus], seconds: &[f64]) -> Vec<Self> {
        let per_byte = |corpus: &Corpus, seconds: f64| seconds / corpus.bytes.max(1) as f64;
        let rows = || corpora.iter().zip(seconds.iter().copied());
        let chat = rows().next().map_or(1.0, |(corpus, seconds)| per_byte(corpus, seconds));
        rows()
            .map(|(corpus, seconds)| Self {
                engine: engine.to_owned(),
                corpus: corpus.name.clone(),
                mb_per_s: rounded(1e-6 / per_byte(corpus, seconds)),
                messages_per_s: (corpus.messages as f64 / seconds).round(),
                times_chat: rounded(per_byte(corpus, seconds) / chat),
                kind: corpus.kind,
            })
            .collect()
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Chat of every engine, of hostile texts the slowest of each kind, and what the scrubber weighs.
pub(super) fn table(speeds: &[Speed], size: &Size) -> String {
    let mut table = String::from(
        "| engine | text | MB/s | messages/s | time per byte, in chat's |\n|---|---|---|---|---|\n",
    );
    let mut engines: Vec<&str> = speeds.iter().map(|speed| speed.engine.as_str()).collect();
    engines.dedup();
    for engine in engines {
        for kind in [Kind::Chat, Kind::Plain, Kind::English, Kind::Mix, Kind::Character] {
            let slowest = speeds
                .iter()
                .filter(|speed| speed.engine == engine && speed.kind == kind)
                .max_by(|one, other| one.times_chat.total_cmp(&other.times_chat));
            let Some(Speed { corpus, mb_per_s, messages_per_s, times_chat, .. }) = slowest else {
                continue;
            };
            let slowest = match kind {
                Kind::Chat | Kind::Plain | Kind::English => "",
                Kind::Mix => "the slowest mix, ",
                Kind::Character => "the slowest character, ",
            };
            let _ = writeln!(
                table,
                "| {engine} | {slowest}{corpus} | {mb_per_s} | {messages_per_s} | {times_chat} |"
            );
        }
    }
    let Size { raw, brotli, .. } = size;
    let _ = writeln!(table, "\nThe scrubber alone as Wasm: {raw} bytes, {brotli} with brotli 11.");
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_by_byte_and_compared_with_chat() {
        let corpus = |name: &str, kind, bytes, messages| Corpus {
            name: name.to_owned(),
            kind,
            bytes,
            messages,
            file: String::new(),
        };
        let corpora = [
            corpus("chat", Kind::Chat, 2_000_000, 100),
            corpus("a", Kind::Mix, 1_000_000, 1),
            corpus("b", Kind::Mix, 1_000_000, 1),
        ];
        let corpora: Vec<&Corpus> = corpora.iter().collect();
        let size = Size::of("s", b"12345").unwrap();
        let speeds = Speed::all("e", &corpora, &[0.02, 0.005, 0.03]);
        assert_eq!(
            serde_json::to_string(&speeds[0]).unwrap(),
            r#"{"engine":"e","corpus":"chat","mb_per_s":100.0,"messages_per_s":5000.0,"times_chat":1.0}"#
        );
        assert_eq!(
            table(&speeds, &size).lines().skip(2).collect::<Vec<_>>(),
            [
                "| e | chat | 100 | 5000 | 1 |",
                "| e | the slowest mix, b | 33.33 | 33 | 3 |",
                "",
                &format!("The scrubber alone as Wasm: 5 bytes, {} with brotli 11.", size.brotli),
            ]
        );
    }
}
