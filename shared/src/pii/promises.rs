//! What must hold for any text, in one place: property tests, the corpus of found bugs and the
//! fuzz target ask for the same.

use super::{
    PlaceholderMap, Policy, StreamScrubber, detect, restore, scrub_for_browser, scrub_for_edge,
};

/// Reads `text` in every way and checks what the module promises.
///
/// # Panics
/// If a promise is broken. For tests alone.
#[doc(hidden)]
#[expect(clippy::panic, reason = "a broken promise must stop the fuzzer")]
pub fn check_promises(text: &str) {
    let policy = Policy::scan();
    let mut last = 0;
    for finding in detect(text, &policy) {
        if finding.start < last
            || finding.start >= finding.end
            || text.get(finding.start..finding.end).is_none()
        {
            panic!("findings overlap, are empty or split a character");
        }
        last = finding.end;
    }
    let chat = Policy::chat();
    let mut map = PlaceholderMap::new();
    let scrub = scrub_for_browser(text, &chat, &mut map);
    let _ = restore(&scrub.text, &map);
    let (whole, _) = scrub_for_edge(text, &chat);
    let mut scrubber = StreamScrubber::new(chat);
    let mut streamed = String::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let (chunk, after) = rest.split_at(char.len_utf8());
        streamed.push_str(scrubber.push(chunk).as_str());
        rest = after;
    }
    streamed.push_str(scrubber.finish().as_str());
    if streamed != whole.as_str() {
        panic!("a stream gives another result than the whole text");
    }
}
