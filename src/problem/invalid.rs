//! A text that is no problem.

use std::borrow::Cow;
use std::fmt;

/// The reason why a text is no problem document, from [`Problem::from_json`](super::Problem::from_json) and
/// [`Problem::from_xml`](super::Problem::from_xml).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidProblem {
    reason: Cow<'static, str>,
}

impl InvalidProblem {
    pub(super) fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for InvalidProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no problem document: {}", self.reason)
    }
}

impl std::error::Error for InvalidProblem {}
