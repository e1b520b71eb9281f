//! Parameters of a query.

/// The first value of this name. What is read here is words and numbers, which are not escaped.
pub(super) fn value<'a>(query: Option<&'a str>, name: &str) -> Option<&'a str> {
    query?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_by_its_whole_name() {
        assert_eq!(value(None, "after"), None);
        assert_eq!(value(Some("after=12"), "after"), Some("12"));
        assert_eq!(value(Some("a=1&after="), "after"), Some(""));
        assert_eq!(value(Some("after=1&after=2"), "after"), Some("1"));
        assert_eq!(value(Some("thereafter=1&aft=2&after"), "after"), None);
    }
}
