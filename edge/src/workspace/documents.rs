//! Documents: Markdown or plain text, split into passages that a search can quote.
//!
//! Markdown is split at its headings (`#` and underlined ones, not inside code fences), and a
//! section that is too long at its blank lines. Plain text is split at blank lines alone. The
//! texts stay as they stand in the document.

use std::collections::BTreeMap;

use sotto_shared::limits;
use sotto_shared::pii::{Category, Policy, detect};

use super::command::Passage;

/// Longest passage, in characters: a screen of a phone, and a model's context holds several.
const PASSAGE_CHARS: usize = 1_200;

/// Longest title or heading that is kept, in characters.
const HEADING_CHARS: usize = 160;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `text/markdown`
    Markdown,
    /// `text/plain`
    Plain,
}

/// A document taken apart.
#[derive(Clone)]
pub struct Document {
    /// Its first heading, else its name.
    pub title: String,
    /// Its passages, in their order.
    pub passages: Vec<Passage>,
    /// The values in it that the scrubber would hide, each once, at most
    /// [`limits::DOCUMENT_VALUES`]: in a document they are the site's own.
    pub own_values: Vec<String>,
}

impl Format {
    /// The format of a media type.
    #[must_use]
    pub fn parse(media_type: &str) -> Option<Self> {
        [Self::Markdown, Self::Plain].into_iter().find(|format| format.media_type() == media_type)
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown",
            Self::Plain => "text/plain",
        }
    }
}

/// Whether a text can be the name of a document: `[A-Za-z0-9._-]{1,120}`, beginning with a letter
/// or digit, so that it stands in a URL as it is.
#[must_use]
pub fn is_name(name: &str) -> bool {
    name.len() <= limits::DOCUMENT_NAME_CHARS
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
}

/// Takes a document apart.
#[must_use]
pub fn split(name: &str, format: Format, text: &str) -> Document {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let own_values = own_values(&text);
    let sections = match format {
        Format::Markdown => sections(&text),
        Format::Plain => vec![Section { heading: String::new(), text }],
    };
    let title = sections
        .iter()
        .map(|section| section.heading.as_str())
        .find(|heading| !heading.is_empty())
        .unwrap_or(name)
        .to_owned();
    let mut anchors = Anchors::default();
    let mut passages = Vec::new();
    for section in &sections {
        for piece in pieces(&section.text) {
            passages.push(Passage {
                id: format!("{name}#{}", anchors.next(&section.heading)),
                document: name.to_owned(),
                media_type: format.media_type().to_owned(),
                title: title.clone(),
                heading: section.heading.clone(),
                text: piece,
            });
        }
    }
    Document { title, passages, own_values }
}

/// Addresses, telephone numbers and the like. A password or a key in a document is a mistake and
/// stays one.
fn own_values(text: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for finding in detect(text, &Policy::chat()) {
        if values.len() == limits::DOCUMENT_VALUES {
            break;
        }
        let value = text.get(finding.start..finding.end).unwrap_or_default();
        let is_secret = matches!(finding.category, Category::Secret | Category::Password);
        if !is_secret && !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }
    values
}

impl core::fmt::Debug for Document {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Document {{ {} passages }}", self.passages.len())
    }
}

struct Section {
    heading: String,
    text: String,
}

/// Splits Markdown at its headings.
fn sections(text: &str) -> Vec<Section> {
    let mut sections = vec![Section { heading: String::new(), text: String::new() }];
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let trimmed = line.trim_start();
        let marks = ["```", "~~~"].into_iter().find(|marks| trimmed.starts_with(marks));
        match (fence, marks) {
            (None, Some(marks)) => fence = Some(marks),
            (Some(open), Some(marks)) if open == marks => fence = None,
            _ => {}
        }
        if fence.is_none()
            && let Some(heading) = atx_heading(line)
        {
            sections.push(Section { heading, text: String::new() });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        if fence.is_none()
            && is_underline(line)
            && let Some(heading) = underlined(&mut section.text)
        {
            sections.push(Section { heading, text: String::new() });
            continue;
        }
        section.text.push_str(line);
        section.text.push('\n');
    }
    sections
}

/// The text of a heading such as `## Returns ##`.
fn atx_heading(line: &str) -> Option<String> {
    let indented = line.len() - line.trim_start_matches(' ').len() > 3;
    let line = line.trim();
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    if indented || !(1..=6).contains(&level) || !(text.is_empty() || text.starts_with([' ', '\t']))
    {
        return None;
    }
    Some(plain(text.trim().trim_end_matches('#')))
}

fn is_underline(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 3 && (line.bytes().all(|b| b == b'=') || line.bytes().all(|b| b == b'-'))
}

/// Takes the last line of a text away if it is a paragraph of its own: the heading above `===`.
fn underlined(text: &mut String) -> Option<String> {
    let body = text.strip_suffix('\n')?;
    let start = body.rfind('\n').map_or(0, |at| at + 1);
    let alone = start == 0 || body.get(..start).is_some_and(|before| before.ends_with("\n\n"));
    let line = body.get(start..)?;
    let is_text = line.chars().next().is_some_and(|c| !"-*+>|`0123456789".contains(c));
    if !alone || !is_text || line.trim().is_empty() {
        return None;
    }
    let heading = plain(line);
    text.truncate(start);
    Some(heading)
}

/// A heading without the marks of emphasis and code.
fn plain(heading: &str) -> String {
    heading
        .chars()
        .filter(|c| !matches!(c, '*' | '`'))
        .take(HEADING_CHARS)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Cuts a section into pieces of at most [`PASSAGE_CHARS`]: between paragraphs where it can, else
/// between lines, else between words, else anywhere.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut current = String::new();
    let paragraphs = text.split("\n\n").map(str::trim_end).filter(|one| !one.trim().is_empty());
    for paragraph in paragraphs {
        let paragraph = paragraph.trim_start_matches('\n');
        let mut rest = paragraph;
        while rest.chars().count() > PASSAGE_CHARS {
            flush(&mut pieces, &mut current);
            let (head, tail) = rest.split_at(cut(rest));
            pieces.push(head.trim().to_owned());
            rest = tail.trim_start();
        }
        let together = current.chars().count() + 2 + rest.chars().count();
        if !current.is_empty() && together > PASSAGE_CHARS {
            flush(&mut pieces, &mut current);
        }
        if !current.is_empty() {
            current.push_str("\n\n");
        }
        current.push_str(rest);
    }
    flush(&mut pieces, &mut current);
    pieces
}

fn flush(pieces: &mut Vec<String>, current: &mut String) {
    let piece = core::mem::take(current);
    if !piece.trim().is_empty() {
        pieces.push(piece);
    }
}

/// Where to cut a text that is too long, in bytes: behind the last line or the last word of the
/// first [`PASSAGE_CHARS`] characters, if that leaves at least half of them.
fn cut(text: &str) -> usize {
    let end = text.char_indices().nth(PASSAGE_CHARS).map_or(text.len(), |(at, _)| at);
    let head = text.get(..end).unwrap_or(text);
    let far = |at: &usize| *at * 2 >= end;
    head.rfind('\n')
        .filter(far)
        .or_else(|| head.rfind(char::is_whitespace).filter(far))
        .unwrap_or(end)
        .max(1)
}

/// Gives each passage of a document an anchor of its own.
#[derive(Default)]
struct Anchors(BTreeMap<String, u32>);

impl Anchors {
    fn next(&mut self, heading: &str) -> String {
        let mut slug = String::new();
        for c in heading.chars().flat_map(char::to_lowercase) {
            if c.is_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        let slug = slug.trim_end_matches('-').to_owned();
        let slug = if slug.is_empty() { "text".to_owned() } else { slug };
        // `a-2` may be a heading too, so a taken one is stepped over.
        loop {
            let count = self.0.entry(slug.clone()).and_modify(|count| *count += 1).or_insert(1);
            if *count == 1 {
                return slug;
            }
            let numbered = format!("{slug}-{count}");
            if !self.0.contains_key(&numbered) {
                self.0.insert(numbered.clone(), 1);
                return numbered;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markdown(text: &str) -> Vec<(String, String, String)> {
        split("faq", Format::Markdown, text)
            .passages
            .into_iter()
            .map(|passage| (passage.id, passage.heading, passage.text))
            .collect()
    }

    fn passage(id: &str, heading: &str, text: &str) -> (String, String, String) {
        (id.into(), heading.into(), text.into())
    }

    #[test]
    fn markdown_is_split_at_its_headings() {
        let text = "\u{feff}Before.\r\n\r\n# Our *shop*\n\nWe sell tea.\n\n## Returns ##\nWithin 14 days.\n\nFree of charge.\n\n## Empty\n\n## Returns\nAgain.\n";
        assert_eq!(
            markdown(text),
            [
                passage("faq#text", "", "Before."),
                passage("faq#our-shop", "Our shop", "We sell tea."),
                passage("faq#returns", "Returns", "Within 14 days.\n\nFree of charge."),
                passage("faq#returns-2", "Returns", "Again."),
            ]
        );
        assert_eq!(split("faq", Format::Markdown, text).title, "Our shop");
    }

    #[test]
    fn underlined_headings_count_and_rules_do_not() {
        assert_eq!(
            markdown("Shop\n====\n\nText.\n\nMore\n---\n\nEnd.\n\n---\n\nAfter."),
            [
                passage("faq#shop", "Shop", "Text."),
                passage("faq#more", "More", "End.\n\n---\n\nAfter."),
            ]
        );
    }

    #[test]
    fn what_looks_like_a_heading_in_code_is_none() {
        let text = "# Install\n\n```sh\n# a comment\nrun\n```\n\n#hashtag\n";
        assert_eq!(
            markdown(text),
            [passage("faq#install", "Install", "```sh\n# a comment\nrun\n```\n\n#hashtag")]
        );
    }

    #[test]
    fn long_sections_are_cut_between_paragraphs() {
        let paragraph = "word ".repeat(100);
        let text = format!("# Long\n\n{}", format!("{paragraph}\n\n").repeat(5));
        let found = markdown(&text);
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].0, "faq#long-2");
        assert!(found.iter().all(|(_, heading, _)| heading == "Long"));
    }

    #[test]
    fn no_passage_is_too_long_and_nothing_is_lost() {
        for text in ["ä".repeat(5_000), "word ".repeat(1_000), "line\n".repeat(900)] {
            let passages = split("a.txt", Format::Plain, &text).passages;
            assert!(passages.iter().all(|one| one.text.chars().count() <= PASSAGE_CHARS));
            let count = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
            assert_eq!(passages.iter().map(|one| count(&one.text)).sum::<usize>(), count(&text));
        }
    }

    #[test]
    fn plain_text_keeps_its_signs_and_is_titled_by_its_name() {
        let document = split("a.txt", Format::Plain, "# not a heading\n\nText.");
        assert_eq!(document.title, "a.txt");
        assert_eq!(document.passages[0].text, "# not a heading\n\nText.");
        assert_eq!(document.passages[0].heading, "");
        assert!(split("a.txt", Format::Plain, " \n\n ").passages.is_empty());
    }

    #[test]
    fn anchors_are_unique_even_against_numbered_headings() {
        let found = markdown("# a\nx\n# a 2\nx\n# a\nx\n# a\nx\n# !\nx\n");
        let ids: Vec<_> = found.iter().map(|(id, _, _)| id.as_str()).collect();
        assert_eq!(ids, ["faq#a", "faq#a-2", "faq#a-3", "faq#a-4", "faq#text"]);
    }

    #[test]
    fn names_stand_in_a_url_as_they_are() {
        for good in ["faq", "faq.md", "2026-shipping_EU.md"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", ".", "..", ".env", "a/b", "a b", "ä", "a%20b", &"x".repeat(121)] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn its_addresses_and_numbers_are_the_sites_own() {
        let text = "# Contact\n\n[Write](mailto:hello@shop.example) or call +49 30 901820.\n\n\
                    hello@shop.example, the password is Xk7!pq92Z\n";
        let document = split("contact.md", Format::Markdown, text);
        assert_eq!(document.own_values, ["hello@shop.example", "+49 30 901820"]);
        let many = (0..limits::DOCUMENT_VALUES + 9)
            .map(|n| format!("u{n}@shop.example"))
            .collect::<Vec<_>>()
            .join("\n");
        let document = split("staff.txt", Format::Plain, &many);
        assert_eq!(document.own_values.len(), limits::DOCUMENT_VALUES);
        assert_eq!(document.own_values[0], "u0@shop.example");
    }

    #[test]
    fn only_two_formats_are_known() {
        assert_eq!(Format::parse("text/markdown"), Some(Format::Markdown));
        assert_eq!(Format::parse("text/plain"), Some(Format::Plain));
        assert_eq!(Format::parse("application/pdf"), None);
    }
}
