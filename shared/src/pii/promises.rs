//! What must hold for any text, in one place: property tests, the corpus of found bugs and the
//! fuzz target ask for the same.

use super::{
    Chip, PlaceholderMap, Policy, StreamScrubber, detect, restore, scrub_for_browser,
    scrub_for_edge,
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
    if scrub_for_edge(&scrub.text, &chat).0.as_str() != scrub.text {
        panic!("the edge finds more than the browser");
    }
    // One value in two spellings comes back in the first one.
    let is_one_spelling = |chip: &Chip| {
        let mut chips = scrub.chips.iter();
        chips.all(|other| chip.placeholder != other.placeholder || chip.value == other.value)
    };
    if scrub.chips.iter().all(is_one_spelling) && restore(&scrub.text, &map) != text {
        panic!("what was typed does not come back");
    }
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
