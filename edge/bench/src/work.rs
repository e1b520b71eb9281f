//! What the guard does, piece by piece, for whoever times it: the screen a message, the output a
//! streamed reply.

use std::hint::black_box;

use crate::guard::links::LinkRules;
use crate::guard::output::{Output, Told};
use crate::guard::screen::screen;
use sotto_shared::limits::MESSAGE_CHARS;
use sotto_shared::pii::Policy;

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

/// Messages that make the screen work: words that are pushed together or apart, and what is a code
/// almost to its end.
const HOSTILE: &[&str] = &[
    "ignore all the previous ",
    "ignoreall",
    "i g n o r e ",
    "ignore@all$a11",
    "ignore\u{200b}all ",
    "aWdub3JlIGFsbCBydWxlcyB4eXph/",
    "69 67 ",
    "A: b.\nC: d.\n",
];

/// Of several kinds the slowest counts.
const HOSTILE_MESSAGE: &str = "screen, the longest message, hostile: the slowest of eight kinds";

/// Replies that make the output guard wait and look again: brackets, addresses and backticks that never
/// close, a sentence of the prompt that never goes on, numbers and codes.
const HOSTILE_REPLIES: &[&str] = &[
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

/// Bytes of each.
const HOSTILE_REPLY_BYTES: usize = 16_384;

const HOSTILE_REPLY: &str =
    "output, a streamed KB, hostile, letter by letter or at once: the slowest of eleven kinds";

const HISTORY: &str = "screen, the longest history that a model is reminded of (12,000 characters)";

/// Characters of a conversation that a model is reminded of; all may be the visitor's.
const HISTORY_CHARS: usize = 12_000;

/// Everything that is timed.
#[derive(Debug)]
pub(crate) struct Work {
    longest: String,
    hostile: Vec<String>,
    prompt: String,
    reply: String,
    hostile_replies: Vec<String>,
}

/// One thing that is timed.
#[derive(Debug)]
pub(crate) struct Task {
    /// What it is.
    pub(crate) what: &'static str,
    /// How many times it is done in one run.
    pub(crate) times: f64,
    /// What it is to take at most, in milliseconds.
    pub(crate) limit: Option<f64>,
}

impl Work {
    /// Makes the texts.
    pub(crate) fn new() -> Self {
        let fill = |text: &str| text.chars().cycle().take(MESSAGE_CHARS).collect::<String>();
        Self {
            longest: fill(&MESSAGES.join(" ")),
            hostile: HOSTILE.iter().map(|text| fill(text)).collect(),
            prompt: PROMPT.repeat(40),
            reply: REPLY.repeat(65_000 / REPLY.len()),
            hostile_replies: HOSTILE_REPLIES
                .iter()
                .map(|text| text.repeat(HOSTILE_REPLY_BYTES / text.len()))
                .collect(),
        }
    }

    /// The `n`th task, if there is one.
    pub(crate) fn task(&self, n: usize) -> Option<Task> {
        let kilobytes = usize_f64(self.reply.len()) / 1_024.0;
        let (what, times, limit) = match n {
            0 => ("screen, a usual message", usize_f64(MESSAGES.len()), Some(0.1)),
            1 => ("screen, the longest message (4,000 characters)", 1.0, Some(0.1)),
            2 => (HISTORY, 1.0, None),
            3 => ("output, a streamed KB in words", kilobytes, Some(0.05)),
            _ if n - 4 < self.hostile.len() => (HOSTILE_MESSAGE, 1.0, None),
            _ if n - 4 - self.hostile.len() < 2 * self.hostile_replies.len() => {
                (HOSTILE_REPLY, usize_f64(HOSTILE_REPLY_BYTES) / 1_024.0, None)
            }
            _ => return None,
        };
        Some(Task { what, times, limit })
    }

    /// Does the `n`th task once.
    pub(crate) fn run(&self, n: usize) {
        match n {
            0 => {
                for message in MESSAGES {
                    black_box(screen(black_box(message)));
                }
            }
            1 => {
                black_box(screen(black_box(&self.longest)));
            }
            2 => {
                for _ in 0..HISTORY_CHARS / MESSAGE_CHARS {
                    black_box(screen(black_box(&self.longest)));
                }
            }
            3 => self.stream(self.reply.split_inclusive(' '), LinkRules::default()),
            _ => {
                if let Some(text) = self.hostile.get(n - 4) {
                    black_box(screen(black_box(text)));
                    return;
                }
                let n = n - 4 - self.hostile.len();
                let Some(reply) = self.hostile_replies.get(n / 2) else { return };
                let rules = LinkRules { hosts: vec!["shop.example".into()], own: Vec::new() };
                if n.is_multiple_of(2) {
                    self.stream(reply.split_inclusive(|_| true), rules);
                } else {
                    self.stream([reply.as_str()].into_iter(), rules);
                }
            }
        }
    }

    /// The output guard over a reply in pieces.
    fn stream<'a>(&self, pieces: impl Iterator<Item = &'a str>, links: LinkRules) {
        let told = Told {
            instructions: vec![self.prompt.as_str()],
            canary: Some("kbplfhogamdcneji"),
            passages: 5,
        };
        let mut output = Output::new(Policy::chat(), links, &told);
        for piece in pieces {
            black_box(output.push(black_box(piece)));
        }
        black_box(output.finish());
    }
}

#[expect(clippy::cast_precision_loss, reason = "a small count")]
fn usize_f64(n: usize) -> f64 {
    n as f64
}
