//! `dist/_headers`: what the platform sends with static files. The Worker sets its own.
//!
//! Every rule that matches a path applies. A value that a later rule sets is *added* to an earlier
//! one, so a rule that wants another value first takes the header away (`! Name`).

/// What a page may do: run its own scripts and the widget's Wasm, talk to its own origin.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";

/// What the page on which a conversation is erased may do besides: send its form, and nothing of the
/// widget.
const ERASE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The rules, broadest first.
const RULES: [(&str, &[Line]); 5] = [
    (
        "/*",
        &[
            Line::Set("Content-Security-Policy", PAGE_POLICY),
            Line::Set("Cross-Origin-Opener-Policy", "same-origin"),
            Line::Set("Cross-Origin-Resource-Policy", "same-origin"),
            Line::Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
            Line::Set("Referrer-Policy", "no-referrer"),
            Line::Set("Strict-Transport-Security", "max-age=31536000"),
            Line::Set("X-Content-Type-Options", "nosniff"),
        ],
    ),
    // A form that is sent without a referrer would be sent with the origin `null` too.
    (
        "/erase",
        &[
            Line::Unset("Content-Security-Policy"),
            Line::Set("Content-Security-Policy", ERASE_POLICY),
            Line::Unset("Referrer-Policy"),
            Line::Set("Referrer-Policy", "same-origin"),
        ],
    ),
    // Any site may load it. Its name is stable, so a fix reaches every page within five minutes.
    (
        "/embed.js",
        &[
            Line::Set("Access-Control-Allow-Origin", "*"),
            Line::Unset("Cross-Origin-Resource-Policy"),
            Line::Set("Cross-Origin-Resource-Policy", "cross-origin"),
            Line::Unset("Cache-Control"),
            Line::Set("Cache-Control", "public, max-age=300"),
        ],
    ),
    // Named after their content, so never changed.
    (
        "/assets/*",
        &[
            Line::Set("Access-Control-Allow-Origin", "*"),
            Line::Unset("Cross-Origin-Resource-Policy"),
            Line::Set("Cross-Origin-Resource-Policy", "cross-origin"),
            Line::Unset("Cache-Control"),
            Line::Set("Cache-Control", "public, max-age=31536000, immutable"),
        ],
    ),
    (
        "/assets/releases.json",
        &[Line::Unset("Cache-Control"), Line::Set("Cache-Control", "no-cache")],
    ),
];

/// One line of a rule.
enum Line {
    Set(&'static str, &'static str),
    Unset(&'static str),
}

/// The file's text.
pub(crate) fn text() -> String {
    let mut text = String::new();
    for (path, lines) in &RULES {
        text.push_str(path);
        text.push('\n');
        for line in *lines {
            match line {
                Line::Set(name, value) => text.push_str(&format!("  {name}: {value}\n")),
                Line::Unset(name) => text.push_str(&format!("  ! {name}\n")),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a rule sets a header that a broader one set, the two values would be joined.
    #[test]
    fn a_header_is_taken_away_before_it_is_set_again() {
        let lines = |path: &str| {
            let rule = RULES.iter().find(|(rule, _)| *rule == path).unwrap();
            rule.1
                .iter()
                .map(|line| match line {
                    Line::Set(name, _) => format!("+{name}"),
                    Line::Unset(name) => format!("-{name}"),
                })
                .collect::<Vec<_>>()
        };
        let everywhere = lines("/*");
        for path in ["/embed.js", "/assets/*", "/erase"] {
            let lines = lines(path);
            for set in lines.iter().filter(|line| everywhere.contains(line)) {
                let unset = set.replacen('+', "-", 1);
                let before = lines.iter().take_while(|line| line != &set);
                assert!(before.into_iter().any(|line| *line == unset), "{path} {set}");
            }
        }
    }

    /// The platform ends a header at the line's end, after 2,000 characters, and a file after
    /// 100 rules.
    #[test]
    fn the_file_stays_within_the_platforms_limits() {
        let text = text();
        assert!(text.lines().all(|line| line.len() < 2_000));
        assert!(text.contains("\n  Content-Security-Policy: default-src 'none'; script-src"));
        assert!(!text.contains("  'self'"));
        assert!(text.contains("/embed.js\n  Access-Control-Allow-Origin: *\n"));
    }
}
