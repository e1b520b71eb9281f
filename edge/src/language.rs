//! The languages in which the edge itself speaks to visitors.

/// A language that the edge ships texts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, also for every language that is not here.
    English,
    /// German.
    German,
}

impl Language {
    /// The language for a tag (BCP 47), by its first part.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("de") { Self::German } else { Self::English }
    }

    /// The language that a browser prefers, by its header `Accept-Language`: of those that are here,
    /// the one it names with the highest weight, the first of them if several have it.
    #[must_use]
    pub fn preferred(accepted: &str) -> Self {
        let mut best = (Self::English, 0.0);
        for entry in accepted.split(',') {
            let (tag, parameters) = entry.split_once(';').unwrap_or((entry, ""));
            let weight = weight(parameters);
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let known = [Self::English, Self::German]
                .into_iter()
                .find(|language| primary.eq_ignore_ascii_case(language.tag()));
            if let Some(language) = known
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }

    /// Its tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

/// The weight that stands in an entry's parameters (`q=0.5`); 1 if none can be read.
#[must_use]
pub fn weight(parameters: &str) -> f32 {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.trim().split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
        .and_then(|(_, value)| value.trim().parse::<f32>().ok())
        .filter(|weight| (0.0..=1.0).contains(weight))
        .unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_a_browser_prefers_counts() {
        for (accepted, language) in [
            ("", Language::English),
            ("*", Language::English),
            ("de", Language::German),
            ("de-AT,de;q=0.9,en;q=0.8", Language::German),
            ("fr, DE;q=0.5", Language::German),
            ("en;q=0.3, de;q=0.4", Language::German),
            ("de;q=0.3, en;q=0.4", Language::English),
            ("de;q=0, fr", Language::English),
            ("en, de", Language::English),
            ("de; q = x", Language::German),
        ] {
            assert_eq!(Language::preferred(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn the_first_part_of_a_tag_counts() {
        assert_eq!(Language::of("de"), Language::German);
        assert_eq!(Language::of("de-AT"), Language::German);
        assert_eq!(Language::of("den"), Language::English);
        assert_eq!(Language::of("fr"), Language::English);
        assert_eq!(Language::of(""), Language::English);
    }
}
