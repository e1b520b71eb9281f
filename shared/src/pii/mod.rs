//! The scrubber: finds personal data of recognised patterns and replaces it by typed placeholders.
//!
//! The same code runs twice. The browser puts numbered placeholders such as `[EMAIL_1]` in place
//! of what it finds and keeps the map back ([`scrub_for_browser`], [`PlaceholderMap`]); the edge
//! reads the text again and puts unnumbered ones in place of what is left ([`scrub_for_edge`],
//! [`StreamScrubber`]), because it cannot know who sent it. What the edge has read is
//! [`Scrubbed`], and nothing else is accepted by a session, a provider or storage.
//!
//! How a text is read, one file per step:
//!
//! 1. `fold`: a folded view, one byte for each character that matters, with the way back
//!    to the original. Full-width letters, foreign digits, odd spaces and invisible characters
//!    look plain in it. ASCII text is its own folded view.
//! 2. `detect` walks over the words and numbers of the view once and asks a detector where a
//!    candidate can be: at an `@`, at the first digit of a number, at a word that announces a
//!    password. The detectors (`email`, `card`, `iban`, `phone`; `ident` with the table of national
//!    numbers in `rules`; `secret`, `net`, `place`, and a site's own `pattern`s) each look a bounded
//!    distance to either side, so the time is linear in the length of any text. `cue` says what the
//!    words beside a candidate call it, from the lists in `words`; `check` knows check digits.
//! 3. `settle`: of candidates that overlap the longest, then the more certain, then the earlier.
//! 4. Findings are ranges of the *original* text.
//!
//! Names and free descriptions are not recognised, and no pattern could: the text remains
//! personal data after scrubbing. Numbers without a check digit, a written grouping or a word
//! beside them that says what they are stay as they are.
//!
//! There is no regular expression, no unsafe code and no panic here, and nothing is allocated for
//! a message in which nothing is found.

mod category;
mod policy;

mod detect;
mod fold;
mod settle;
mod short;
mod view;

mod card;
mod check;
mod cue;
mod email;
mod iban;
mod ident;
mod net;
mod pattern;
mod phone;
mod place;
mod rules;
mod run;
mod secret;
mod words;

mod placeholder;

mod browser;
mod edge;
mod map;
mod numbers;
mod stream;

mod promises;

#[cfg(test)]
mod corpus;

pub use browser::{BrowserScrub, Chip, preview, scrub_for_browser, scrub_found};
pub use category::{CATEGORIES, Category, CategoryInfo, Counts, Tier};
pub use detect::{Certainty, Finding, Reason, detect};
pub use edge::{Scrubbed, scrub_for_edge};
pub use map::{MapError, PlaceholderMap};
pub use numbers::{from_numbers, into_numbers};
pub use pattern::PatternError;
pub use placeholder::{Segment, Segments, restore, segments, stable_len};
pub use policy::{Policy, SwitchError};
#[doc(hidden)]
pub use promises::check_promises;
pub use stream::StreamScrubber;
