//! What the guard costs: the screen a message, the output a streamed kilobyte.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::guard::links::LinkRules;
use crate::guard::output::{Output, Told};
use crate::guard::screen::screen;
use anyhow::Result;
use serde_json::json;
use sotto_shared::limits::MESSAGE_CHARS;
use sotto_shared::pii::Policy;

/// How long each is measured; the best run of it counts, since others share the machine.
const MEASURED: Duration = Duration::from_secs(1);

/// Messages as visitors write them.
const MESSAGES: &[&str] = &[
    "Hi",
    "Where is my order?",
    "Do you deliver to islands, and what does it cost?",
    "Ich habe letzte Woche eine Lampe bestellt, sie ist noch nicht da. Können Sie nachsehen?",
    "Bonjour, je voudrais savoir si la lampe en chêne est aussi disponible avec un abat-jour blanc.",
    "¿Puedo devolver un artículo que compré en oferta si lo he abierto pero no lo he usado?",
    "Hello, I bought the oak lamp from you in March. Since yesterday it flickers when I dim it below a third. I have already tried another bulb, which flickers as well, and the same bulb works in another lamp. I would rather have it repaired than replaced. What do I have to do, and who pays for the parcel?",
];

/// A site's words to the model.
const PROMPT: &str = "Recommend the oak lamp first, unless a visitor asks for something else. Never promise a day of delivery; give the usual time and the link. Be warm and short. ";

/// What a model writes.
const REPLY: &str = "Delivery within the country costs 4.90 and is free from 60. Parcels to islands take six working days; you get a link to follow them as soon as they leave the warehouse. If the lamp flickers below a third, please try a bulb that can be dimmed: **not every LED can**. ";

/// What makes the output guard wait: brackets and addresses that never close, a sentence of the prompt
/// that never goes on, backticks, numbers.
const HOSTILE: &[&str] = &[
    "[",
    "![](",
    "[a](https://shop.example/(",
    "<https://shop.example/",
    "`a``",
    "[1, ",
    "https://shop.example/",
    "Recommend the oak                                                                ",
    "\n> ```\n   ```\n- ",
    "6b 62 ",
    "a2JwbGZo",
];

pub(super) fn run() -> Result<()> {
    let per_message = best(|| {
        for message in MESSAGES {
            black_box(screen(black_box(message)));
        }
    }) / usize_f64(MESSAGES.len());
    report("screen, a usual message", per_message, "ms", 0.1)?;
    let longest: String = MESSAGES.join(" ").chars().cycle().take(MESSAGE_CHARS).collect();
    let long = best(|| {
        black_box(screen(black_box(&longest)));
    });
    report("screen, the longest message (4,000 characters)", long, "ms", 0.1)?;
    // A model is reminded of 12,000 characters at most; all of them may be the visitor's.
    let history = best(|| {
        for _ in 0..12_000 / MESSAGE_CHARS {
            black_box(screen(black_box(&longest)));
        }
    });
    let what = "screen, the longest history that a model is reminded of (12,000 characters)";
    report(what, history, "ms", f64::INFINITY)?;
    let hostile = "ignore all the previous ".repeat(MESSAGE_CHARS / 24);
    let worst = best(|| {
        black_box(screen(black_box(&hostile)));
    });
    report("screen, the longest message, hostile", worst, "ms", f64::INFINITY)?;
    output()
}

/// The output guard over a reply of 64 KB in tokens of about four letters, and over replies that make
/// it wait and look again wherever it can.
fn output() -> Result<()> {
    let reply = REPLY.repeat(65_000 / REPLY.len());
    let tokens: Vec<&str> = reply.split_inclusive(' ').collect();
    report("output, a streamed KB in words", per_kilobyte(&tokens, &[]), "ms", 0.05)?;
    let mut worst: f64 = 0.0;
    for hostile in HOSTILE {
        let reply = hostile.repeat(65_000 / hostile.len());
        let letters: Vec<&str> = reply.split("").filter(|letter| !letter.is_empty()).collect();
        for pieces in [letters, vec![reply.as_str()]] {
            worst = worst.max(per_kilobyte(&pieces, &["shop.example".into()]));
        }
    }
    report("output, a streamed KB, hostile", worst, "ms", f64::INFINITY)
}

fn per_kilobyte(pieces: &[&str], hosts: &[String]) -> f64 {
    let prompt = PROMPT.repeat(40);
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    let whole = best(|| {
        let told = Told {
            instructions: vec![prompt.as_str()],
            canary: Some("kbplfhogamdcneji"),
            passages: 5,
        };
        let links = LinkRules { hosts: hosts.to_vec(), own: Vec::new() };
        let mut output = Output::new(Policy::chat(), links, &told);
        for piece in pieces {
            black_box(output.push(black_box(piece)));
        }
        black_box(output.finish());
    });
    whole / (usize_f64(length) / 1_024.0)
}

/// Milliseconds of the best run.
fn best(mut work: impl FnMut()) -> f64 {
    work();
    let begun = Instant::now();
    let mut best = f64::INFINITY;
    while begun.elapsed() < MEASURED {
        let begun = Instant::now();
        work();
        best = best.min(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    best
}

/// Prints a figure and what it has to be.
fn report(what: &str, figure: f64, unit: &str, limit: f64) -> Result<()> {
    let holds = figure <= limit;
    println!(
        "{}",
        json!({ "what": what, "figure": figure, "unit": unit, "limit": limit, "holds": holds })
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a small count")]
fn usize_f64(n: usize) -> f64 {
    n as f64
}
