//! What the log is told of a failed call.

use super::ApiError;
use crate::log::{Loggable, Told};

impl Loggable for ApiError {
    fn told(&self) -> Told {
        match self {
            Self::Config(error) => error.told(),
            Self::Binding(name) => Told::new("a binding is missing or failed:").name(name),
            Self::Address(_) => {
                Told::new("the configured source of the client's address gives none")
            }
            Self::Jurisdiction(said) => {
                Told::new("an object could not be made in the configured jurisdiction").said(said)
            }
            Self::Session(error) => Told::new("session").because(&error.told()),
            Self::Workspace(error) => Told::new("workspace").because(&error.told()),
            Self::Random(error) => error.told(),
            Self::Internal(what) => Told::new(what),
            // What is the caller's own doing is not logged; its code says enough.
            refused => Told::new(refused.facts().code.name()),
        }
    }
}
