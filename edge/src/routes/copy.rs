//! What is wanted of `GET /v1/conversation`.

use crate::error::ApiError;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What a client needs to go on; no export.
    Resume,
    /// The signed copy.
    Copy,
}

/// Reads what a query wants.
///
/// # Errors
/// 400 `invalid_value`
pub fn wanted(query: &str) -> Result<Wanted, ApiError> {
    match value(query, "purpose") {
        Some("resume") => Ok(Wanted::Resume),
        None | Some("export") => Ok(Wanted::Copy),
        Some(_) => {
            Err(ApiError::InvalidValue { field: "purpose", rule: "must be resume or export" })
        }
    }
}

/// A value of a query by its name. Ours hold nothing that would have to be escaped.
fn value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_an_export_unless_a_client_says_that_it_resumes() {
        for (query, wanted_of) in [
            ("", Wanted::Copy),
            ("purpose=export", Wanted::Copy),
            ("purpose=resume", Wanted::Resume),
            ("x=1&purpose=resume", Wanted::Resume),
            ("xpurpose=resume", Wanted::Copy),
        ] {
            assert_eq!(wanted(query), Ok(wanted_of), "{query}");
        }
        for query in ["purpose=", "purpose=read", "purpose=Resume"] {
            assert!(wanted(query).is_err(), "{query}");
        }
    }
}
