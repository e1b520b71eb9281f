//! What a hostile model writes, through the whole of [`output`](super::output): a reader of CommonMark
//! that is not ours finds no image, no HTML and no link that is not allowed in what comes out.

use pulldown_cmark::{Event, Options, Parser, Tag};
use sotto_shared::pii::{Policy, Scrubbed};

use super::links::LinkRules;
use super::output::{Output, Told};

/// What hostile Markdown is made of.
const FRAGMENTS: &[&str] = &[
    "[",
    "]",
    "(",
    ")",
    "![",
    "](",
    "!",
    "<",
    ">",
    "`",
    "``",
    "```",
    "~~~",
    "\n",
    "\n\n",
    "\\",
    " ",
    "    ",
    "  ",
    "\t",
    "|",
    "a",
    "x y",
    "# ",
    "- ",
    "1. ",
    "> ",
    "* ",
    "---\n",
    "|---|---|\n",
    "| ",
    "&#64;",
    "&commat;",
    "&lt;",
    "&#91;",
    "&Tab;",
    "&colon;",
    "\"",
    "'",
    ":",
    "]:",
    "[a]: ",
    "[a]",
    "![a]",
    "[^1]: ",
    "[^1]",
    "[1]",
    "[1]:",
    "[9](",
    "【1】",
    "[ ] ",
    "[!NOTE]",
    "$",
    "$$",
    "~~",
    "**",
    "https://evil.example/p.png?q=s",
    "https://shop.example/a",
    "https://shop.example:80",
    "www.evil.example",
    "http://",
    "https://",
    "HTTPS://",
    "//evil.example/p",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:a@shop.example",
    "ftp://evil.example",
    "@evil.example/",
    ".evil.example",
    "jo@x.com",
    "!jo@x.com(",
    "jo@x.com: ",
    "<jo@x.com>",
    "+49 30 1234567",
    "password: x",
    "Passwort: `a",
    "4111 1111 1111 1111",
    "<img src=x>",
    "<img src=//evil.example/p",
    "<p style=\"background:url(https://evil.example)\">",
    "<b>",
    "</b",
    "<!--",
    "-->",
    "<?x",
    "<![CDATA[",
    "<!DOCTYPE",
    "<details open ontoggle=x>",
    "<a href=x>",
    "<script>",
    "<https://",
    "<https://shop.example>",
    "<https://evil.example>",
    "<javascript:x>",
    "![x](https://evil.example/p)",
    "[x](https://shop.example/a)",
    "[x](https://evil.example)",
    "[x](<https://evil.example> 'a')",
    "[x](https://a.example ![y](https://evil.example/p.png?q=s))",
    "`a`",
    "``a ` b``",
    "`<img src=x>`",
    "`a | b`",
    "```html\n<img src=x>\n```\n",
    "  ```\n",
    "   ~~~\n",
    "> ```\n",
    "- ```\n",
    "    ```\n",
    "\u{200b}",
    "\u{e0041}",
    "\u{2028}",
    "ä",
    "😀",
    "\u{a0}",
];

/// What seems to begin and end code.
const CODE: &[&str] = &[
    "`",
    "``",
    "```",
    "~~~",
    "\n",
    "\n    ```\n",
    "\n  ```\n",
    "> ```\n",
    "- ```\n",
    "- ",
    "> ",
    "    ",
    "  ",
    " ",
    "a",
    "<i>",
    "`<i>`",
    "|",
    "\n\n",
    "\\",
    "|-|\n",
    "\t",
    "1. ",
    "![a](https://b.c)",
];

/// So many replies take about a second where nothing is optimised.
const CASES: usize = 3_000;

/// A generator of pseudo-random numbers that always begins the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// What comes out of the guard for a reply in pieces of these many characters.
fn guarded(reply: &str, rules: &LinkRules, mut size: impl FnMut() -> usize) -> String {
    let told = Told { passages: 2, ..Told::default() };
    let mut output = Output::new(Policy::chat(), rules.clone(), &told);
    let mut sent = Scrubbed::default();
    let mut chars = reply.chars().peekable();
    while chars.peek().is_some() {
        sent.append(&output.push(&chars.by_ref().take(size()).collect::<String>()));
    }
    sent.append(&output.finish());
    sent.into_string()
}

/// What a reader of CommonMark finds that may not be there.
fn strange(text: &str, rules: &LinkRules) -> Option<String> {
    let tables = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let github = tables
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST;
    [Options::empty(), github].into_iter().find_map(|options| {
        Parser::new_ext(text, options).find_map(|event| match event {
            Event::Start(Tag::Image { dest_url, .. }) => Some(format!("image {dest_url}")),
            Event::Start(Tag::Link { dest_url, .. })
                if !rules.allow(&dest_url) && !dest_url.contains('@') =>
            {
                Some(format!("link {dest_url}"))
            }
            Event::Start(Tag::HtmlBlock) => Some("a block of HTML".into()),
            Event::Html(html) | Event::InlineHtml(html) => Some(format!("HTML {html}")),
            _ => None,
        })
    })
}

/// What readers make links of by themselves, and may not.
fn bare(text: &str, rules: &LinkRules) -> Option<String> {
    let small = text.to_ascii_lowercase();
    let mut at = 0;
    while let Some(rest) = small.get(at..).filter(|rest| !rest.is_empty()) {
        let begins = |begin: &&str| rest.starts_with(begin);
        let stops = |c: char| c.is_whitespace() || "<>[]()|`\"\\".contains(c);
        let address = rest.split(stops).next().unwrap();
        let plain = address.trim_end_matches(|c: char| ".,;:!?*_'".contains(c));
        let of_word = |c: char| c.is_alphanumeric() || ".@-/=&?%#".contains(c);
        at += rest.chars().next().unwrap().len_utf8();
        if let Some(begin) = ["https://", "http://", "ftp://", "xmpp:"].iter().find(|b| begins(b)) {
            // A placeholder is no host.
            if address.len() > begin.len() && !rules.allow(plain) {
                return Some(format!("an address by itself: {rest}"));
            }
            at += address.len() - 1;
        } else if begins(&"www.")
            && !small[..at - 1].ends_with(of_word)
            && !rules.allow(&format!("https://{plain}"))
        {
            return Some(format!("a host by itself: {rest}"));
        }
    }
    None
}

fn rules() -> [LinkRules; 2] {
    let own = vec!["tel:+49301234".into()];
    let hosts = vec!["shop.example".into()];
    [LinkRules { hosts: vec![], own: own.clone() }, LinkRules { hosts, own }]
}

fn check(reply: &str, case: usize, size: impl FnMut() -> usize) {
    let rules = &rules()[case % 2];
    let sent = guarded(reply, rules, size);
    let found =
        strange(&sent, rules).or_else(|| bare(&sent, rules).filter(|_| !rules.hosts.is_empty()));
    if let Some(found) = found {
        panic!("case {case}: {found}\nwritten: {reply:?}\nsent:    {sent:?}");
    }
}

/// Checks replies that are composed of these.
fn compose(fragments: &[&str]) {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for case in 0..CASES {
        let length = 1 + dice.roll(14);
        let reply: String = (0..length).map(|_| fragments[dice.roll(fragments.len())]).collect();
        let largest = [1, 3, 12, 400][dice.roll(4)];
        check(&reply, case, || 1 + dice.roll(largest));
    }
}

#[test]
fn no_image_no_html_and_no_other_link_gets_past() {
    compose(FRAGMENTS);
}

#[test]
fn nothing_gets_past_in_what_only_some_readers_take_for_code() {
    compose(CODE);
}

/// The replies of the end-to-end test, read from its file: what stands between backticks in the list.
fn attacks() -> Vec<String> {
    let file = include_str!("../../../tests/support/attacks.js");
    let list = file.split_once("export const ATTACKS = [").unwrap().1;
    let mut attacks = Vec::new();
    let mut chars = list.chars();
    while chars.by_ref().find(|c| *c == '`').is_some() {
        let mut attack = String::new();
        while let Some(c) = chars.next().filter(|c| *c != '`') {
            match c {
                '\\' => attack.push(match chars.next().unwrap() {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                }),
                other => attack.push(other),
            }
        }
        attacks.push(
            attack
                .replace("${EVIL}", "https://evil.example")
                .replace("${STRIKE}", "window.struck=1"),
        );
    }
    attacks
}

#[test]
fn the_attacks_of_the_end_to_end_test_do_nothing_in_other_readers() {
    let attacks = attacks();
    assert!(attacks.len() >= 58, "{}", attacks.len());
    for attack in &attacks {
        for case in 0..4 {
            check(&format!("Look: {attack}"), case, || if case < 2 { 1 } else { 1_000 });
            check(attack, case, || 7);
        }
    }
}

#[test]
fn the_reader_finds_what_it_has_to_find() {
    let rules = &rules()[1];
    for attack in [
        "[x](https://a.example ![y](https://evil.example/p.png?q=s))",
        "![a`]`](https://evil.example/p.png)",
        "![EMAIL](https://evil.example/p.png)",
        "[EMAIL]: https://evil.example\n\n[EMAIL]",
        "[x](https://shop.example:80&#64;evil.example/)",
        "<img src=//evil.example/p>",
        "<p style=\"background:url(https://evil.example)\">",
        "see www.evil.example",
    ] {
        assert!(strange(attack, rules).or_else(|| bare(attack, rules)).is_some(), "{attack}");
    }
}
