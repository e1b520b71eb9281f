//! What a reply quotes as code, which has to stay as it is written.
//!
//! Readers of Markdown must agree with us on where code ends, or what we pass as code is alive for
//! them. So code counts as sure only where no reader can see it otherwise: in a span of one or two
//! backticks that closes on its line, and in a fence that is indented by three spaces at most, as long
//! as what follows is indented like it. Behind a fence in a quotation or deep in a list, and where
//! lines are indented less than their fence, nothing is sure. Backticks that open nothing must not be
//! sent as they are: they would open something on a later line.

/// Longest span or first line of a fence that is waited for, in bytes: a line on a screen has half of
/// that.
const LONGEST: usize = 256;

/// Longest indentation, with marks of lists and quotations, behind which a fence is looked for.
const PREFIX: usize = 64;

/// Backticks or tildes of a fence, at least.
const FENCE: usize = 3;

/// Behind so many spaces nothing closes a fence that is indented by three at most, in a list or not.
const NEVER_CLOSES: usize = 7;

/// Where in a reply we are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verbatim {
    state: State,
    /// Whether a line begins here.
    is_start: bool,
    /// Whether a span on this line holds a bar: if the line is a table's, the bar ends its cell.
    has_bar: bool,
    /// Whether code that some readers see alone is words.
    is_strict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In no fence.
    Clear,
    /// In a fence that every reader sees.
    Fence(Fence),
    /// Behind fences that some readers see, perhaps in one, until a line begins at the margin.
    Doubt { is_inside: bool },
    /// Likewise, until the end.
    Lost { is_inside: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fence {
    indent: usize,
    sign: u8,
    length: usize,
}

/// What a text begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// So many bytes of words.
    Words(usize),
    /// So many bytes of code.
    Code { length: usize, is_sure: bool },
    /// So many bytes before so many signs that open nothing and must not seem to.
    Signs { before: usize, signs: usize },
    /// Nobody can tell yet.
    Unfinished,
}

/// A piece, and where we are when some of it has been passed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) piece: Piece,
    then: State,
}

impl Default for Verbatim {
    fn default() -> Self {
        Self { state: State::Clear, is_start: true, has_bar: false, is_strict: false }
    }
}

impl Verbatim {
    /// One that takes the lines of a fence for words if some readers see none there: a backtick in
    /// them may open something behind them.
    pub(super) fn strict() -> Self {
        Self { is_strict: true, ..Self::default() }
    }

    /// What the text begins with that comes next; `is_end` if nothing will follow it.
    pub(super) fn look(&self, text: &str, is_end: bool) -> Look {
        match self.state {
            _ if text.is_empty() => self.found(Piece::Unfinished),
            State::Fence(fence) if self.is_start => self.in_fence(fence, text, is_end),
            State::Fence(_) => self.code(line(text), true),
            _ if self.is_start => self.at_start(text, is_end),
            _ if self.is_inside() => self.code(line(text), false),
            _ => self.within(text, is_end),
        }
    }

    /// Goes on behind what was looked at, or behind the beginning of it.
    pub(super) fn pass(&mut self, text: &str, look: Look) {
        if text.is_empty() {
            return;
        }
        self.state = look.then;
        self.is_start = text.ends_with('\n');
        self.has_bar |= matches!(look.piece, Piece::Code { .. }) && text.contains('|');
        self.has_bar &= !self.is_start;
    }

    /// Whether words come next for certain: nothing in them is looked at, nor where they end.
    pub(super) fn is_within(&self, text: &str) -> bool {
        let matters = |b: u8| matches!(b, b'`' | b'\n' | b'\\');
        self.state == State::Clear && !self.is_start && !text.bytes().any(matters)
    }

    const fn is_inside(&self) -> bool {
        !self.is_strict
            && matches!(
                self.state,
                State::Doubt { is_inside: true } | State::Lost { is_inside: true }
            )
    }

    const fn found(&self, piece: Piece) -> Look {
        Look { piece, then: self.state }
    }

    const fn code(&self, length: usize, is_sure: bool) -> Look {
        self.found(Piece::Code { length, is_sure })
    }

    /// A line in a fence.
    fn in_fence(&self, fence: Fence, text: &str, is_end: bool) -> Look {
        let bytes = text.as_bytes();
        let is_gap = |b: u8| b == b' ' || b == b'\t';
        let spaces = run(bytes, 0, |b| b == b' ');
        let blank = run(bytes, 0, is_gap);
        let signs = run(bytes, blank, |b| b == fence.sign);
        let end = blank + signs + run(bytes, blank + signs, is_gap);
        let is_open = end == bytes.len() && !is_end;
        if is_open && end <= LONGEST && spaces < NEVER_CLOSES {
            return self.found(Piece::Unfinished);
        }
        let has_tab = blank > spaces;
        let is_over = bytes.get(end).is_none_or(|b| *b == b'\n');
        let may_close = signs >= fence.length && is_over && (spaces < NEVER_CLOSES || has_tab);
        // Some readers take a tab behind a fence for words.
        let is_odd = bytes.iter().take(end).skip(blank).any(|b| *b == b'\t');
        let closes = may_close
            && !has_tab
            && !is_open
            && if fence.indent == 0 { spaces <= FENCE } else { spaces == fence.indent };
        let is_lost = if fence.indent == 0 {
            may_close && (is_open || is_odd)
        } else if may_close {
            !closes || is_odd
        } else {
            // A line without words ends nothing.
            spaces < fence.indent && !has_tab && !(signs == 0 && is_over)
        };
        if is_lost {
            let lost = Self { state: State::Lost { is_inside: true }, ..*self };
            return lost.at_start(text, is_end);
        }
        let then = if closes { State::Clear } else { self.state };
        Look { then, ..self.code(line(text), true) }
    }

    /// A line that is in no fence for sure.
    fn at_start(&self, text: &str, is_end: bool) -> Look {
        let bytes = text.as_bytes();
        // What may have been a fence in a quotation or in a list ends where a line begins without.
        let is_margin =
            matches!(self.state, State::Doubt { .. }) && !text.starts_with([' ', '\t', '>', '\n']);
        let state = if is_margin { State::Clear } else { self.state };
        let here = Self { state, is_start: false, has_bar: false, ..*self };
        let prefix = run(bytes, 0, |b| b != b'\n' && is_mark(b));
        let sign = bytes.get(prefix).copied().unwrap_or(b' ');
        let signs = run(bytes, prefix, |b| b == sign);
        let end = prefix + signs;
        if end == bytes.len() && !is_end && end <= LONGEST {
            return here.found(Piece::Unfinished);
        }
        if !matches!(sign, b'`' | b'~') || signs < FENCE {
            return match here.look(text, is_end) {
                // The prefix alone can be sent.
                Look { piece: Piece::Unfinished, .. } if prefix > 0 => {
                    here.found(Piece::Words(prefix))
                }
                look => look,
            };
        }
        let info = text.get(end..).unwrap_or_default();
        let length = info.find('\n');
        if length.is_none() && !is_end && text.len() <= LONGEST {
            return here.found(Piece::Unfinished);
        }
        let has_ticks = info.get(..length.unwrap_or(info.len())).is_some_and(|it| it.contains('`'));
        let may_be_any = prefix <= FENCE && bytes.iter().take(prefix).all(|b| *b == b' ');
        let is_sure = state == State::Clear && may_be_any;
        let is_whole = length.is_some() || is_end;
        if !is_whole || prefix > PREFIX || (has_ticks && !(is_sure && sign == b'~')) {
            return here.found(Piece::Signs { before: prefix, signs });
        }
        let then = match state {
            _ if is_sure => State::Fence(Fence { indent: prefix, sign, length: signs }),
            State::Lost { is_inside } => State::Lost { is_inside: !is_inside },
            // It ends the other one, or begins one that no line at the margin ends.
            State::Doubt { is_inside } if may_be_any => State::Lost { is_inside: !is_inside },
            State::Doubt { is_inside } => State::Doubt { is_inside: !is_inside },
            State::Clear | State::Fence(_) => State::Doubt { is_inside: true },
        };
        Look { then, ..here.code(line(text), is_sure) }
    }

    /// What stands in a line behind its beginning, outside of fences.
    fn within(&self, text: &str, is_end: bool) -> Look {
        let bytes = text.as_bytes();
        let signs = run(bytes, 0, |b| b == b'`');
        if signs == 0 {
            return self.found(words(bytes, is_end));
        }
        if signs == bytes.len() && !is_end && signs <= LONGEST {
            return self.found(Piece::Unfinished);
        }
        let nothing = self.found(Piece::Signs { before: 0, signs });
        if signs >= FENCE {
            return nothing;
        }
        let mut at = signs;
        while let Some(next) = bytes.get(at).filter(|b| **b != b'\n' && at <= LONGEST) {
            if *next != b'`' {
                at += 1;
                continue;
            }
            let closing = run(bytes, at, |b| b == b'`');
            at += closing;
            if at == bytes.len() && !is_end && at <= LONGEST {
                return self.found(Piece::Unfinished);
            }
            if closing >= FENCE {
                // For a reader that sees no fence on a line before, it may close what began there.
                return nothing;
            }
            if closing == signs {
                let has_bar = self.has_bar || bytes.iter().take(at).any(|b| *b == b'|');
                return self.code(at, !has_bar);
            }
        }
        let is_open = at == bytes.len() && !is_end && at <= LONGEST;
        if is_open { self.found(Piece::Unfinished) } else { nothing }
    }
}

/// Words up to where code may begin, or up to the line's end. What a backslash stands before goes
/// with it, and so do backticks behind one that it stands before: readers differ on those.
fn words(bytes: &[u8], is_end: bool) -> Piece {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => return Piece::Words(at + 1),
            b'`' => return Piece::Words(at),
            b'\\' => match bytes.get(at + 1) {
                None if is_end => return Piece::Words(at + 1),
                None if at == 0 => return Piece::Unfinished,
                None => return Piece::Words(at),
                Some(b'`') => match run(bytes, at + 2, |b| b == b'`') {
                    0 if at + 2 == bytes.len() && !is_end => {
                        return if at == 0 { Piece::Unfinished } else { Piece::Words(at) };
                    }
                    0 => at += 2,
                    signs => return Piece::Signs { before: at + 2, signs },
                },
                Some(next) => at += 1 + usize::from(next.is_ascii_punctuation()),
            },
            _ => at += 1,
        }
    }
    Piece::Words(at)
}

/// What may stand before the words of a line: marks of lists and of quotations.
pub(super) const fn is_mark(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || byte.is_ascii_digit()
        || matches!(byte, b'>' | b'-' | b'*' | b'+' | b'.' | b')' | b':')
}

/// How many bytes from a place on are of a kind.
fn run(bytes: &[u8], from: usize, of: impl Fn(u8) -> bool) -> usize {
    bytes.iter().skip(from).take_while(|b| of(**b)).count()
}

/// How many bytes the first line has, its end included.
fn line(text: &str) -> usize {
    text.find('\n').map_or(text.len(), |end| end + 1)
}
