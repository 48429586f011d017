//! `garde`: a 422 that lists what was wrong.

use garde::Report;
use garde::error::Path;
use http::StatusCode;

use crate::error::Error;
use crate::error::foreign::pointer::Pointer;

impl From<Report> for Error {
    /// A 422 with one error for each failed rule, in the report's order: its JSON Pointer and its message.
    ///
    /// ```
    /// use garde::Validate;
    ///
    /// #[derive(Validate)]
    /// struct Order {
    ///     #[garde(length(min = 1))]
    ///     name: String,
    /// }
    ///
    /// fn check(order: &Order) -> backstop::Result<()> {
    ///     Ok(order.validate()?)
    /// }
    ///
    /// // {"status": 422, "errors": [{"detail": "length is lower than 1", "pointer": "#/name"}], …}
    /// assert!(check(&Order { name: String::new() }).is_err());
    /// ```
    #[track_caller]
    fn from(report: Report) -> Self {
        let items = report.into_inner().into_iter().map(|(path, error)| {
            Self::msg(error.message().to_owned())
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .field("pointer", pointer(&path).to_string())
        });
        Self::many(items.collect::<Vec<_>>()).status(StatusCode::UNPROCESSABLE_ENTITY)
    }
}

/// The path's parts, read off its serialised form: `Display` joins them with dots that keys can have too.
fn pointer(path: &Path) -> Pointer {
    let parts = serde_json::to_value(path).unwrap_or_default();
    let mut pointer = Pointer::root();
    for part in parts.as_array().into_iter().flatten() {
        let [kind, name] = part.as_array().map_or(&[][..], Vec::as_slice) else {
            continue;
        };
        // A newtype has no name in its JSON.
        if kind != "none" {
            pointer = pointer.join(name.as_str().unwrap_or_default());
        }
    }
    pointer
}
