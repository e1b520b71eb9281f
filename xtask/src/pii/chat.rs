//! A corpus of chat.

pub(super) fn messages(count: usize) -> Vec<String> {
    vec![String::new(); count]
}
