//! How a stage of the guard reads a text that comes in pieces: step by step, and what cannot be told
//! yet waits for what comes next.

/// What a stage makes of the beginning of a text.
pub(super) trait Stage {
    /// Takes so many bytes from the beginning and adds what is sent of them; `None` if nobody can tell
    /// yet, which is never at the end. A stage sees to it that it does not wait for ever.
    fn step(&mut self, text: &str, is_end: bool, sent: &mut String) -> Option<usize>;
}

/// Takes all that can be told of the held text and what comes next.
pub(super) fn go_on(
    stage: &mut impl Stage,
    held: &mut String,
    next: &str,
    is_end: bool,
    sent: &mut String,
) {
    let waited = !held.is_empty();
    if waited {
        held.push_str(next);
    }
    let text = if waited { core::mem::take(held) } else { String::new() };
    let mut rest = if waited { text.as_str() } else { next };
    while !rest.is_empty() {
        let Some(taken) = stage.step(rest, is_end, sent) else { break };
        rest = rest.get(taken.max(1)..).unwrap_or_default();
    }
    rest.clone_into(held);
}
