//! What the conversions from the reports of `anyhow` and `eyre` share.

use std::fmt;

use crate::error::handler_error::Error;
use crate::error::std_error::{BoxError, MAX_LINKS, display};
use crate::panics::catch::catch_panic;

/// Implements `From<Report> for Error`. Both reports have the same methods, but no trait in common.
macro_rules! from_report {
    ($(#[$doc:meta])* $report:ty) => {
        impl From<$report> for $crate::error::Error {
            $(#[$doc])*
            #[track_caller]
            fn from(report: $report) -> Self {
                use $crate::error::foreign::report::{messages, unboxed};

                if !report.is::<$crate::error::BoxError>() {
                    return Self::from_report(report);
                }
                let messages = messages(report.chain());
                match report.downcast() {
                    Ok(boxed) => unboxed(boxed, messages),
                    Err(report) => Self::from_report(report),
                }
            }
        }
    };
}
pub(super) use from_report;

/// The messages of a report's cause chain.
pub(super) fn messages(chain: impl Iterator<Item: fmt::Display>) -> Vec<String> {
    chain.take(MAX_LINKS).map(display).collect()
}

/// The error of a report that was made from a box, which hides the type of what it contains. The messages that the
/// report adds on top become contexts.
#[track_caller]
pub(super) fn unboxed(boxed: BoxError, messages: Vec<String>) -> Error {
    // Counted as the report did: by `source()`, which skips the error that an `io::Error` wraps.
    let sources = std::iter::successors(boxed.source(), |error| (*error).source());
    let links = 1 + catch_panic(|| sources.take(MAX_LINKS).count()).unwrap_or_default();
    let contexts = messages.len().saturating_sub(links);
    let mut error = Error::from(boxed);
    for text in messages.into_iter().take(contexts).rev() {
        error = error.with_context(text);
    }
    error
}
