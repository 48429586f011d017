//! `garde`: a 422 that lists what is invalid.

use garde::Report;
use garde::error::Path;
use http::StatusCode;

use super::pointer::Pointer;
use crate::error::handler_error::Error;

impl From<Report> for Error {
    /// A 422 with one error for each violated rule, in the order of the report: its JSON Pointer and its message.
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
    /// let error = check(&Order { name: String::new() }).unwrap_err();
    /// assert_eq!(error.status(), 422);
    /// ```
    #[track_caller]
    fn from(report: Report) -> Self {
        let items = report.into_inner().into_iter().map(|(path, error)| {
            Self::unprocessable(error.message().to_owned())
                .with_field("pointer", pointer(&path).to_string())
        });
        Self::many(items).with_status(StatusCode::UNPROCESSABLE_ENTITY)
    }
}

/// The pointer to a path, whose components are only available through its serialized form. `Display` joins them with
/// dots, which keys can contain too.
fn pointer(path: &Path) -> Pointer {
    let components = serde_json::to_value(path).unwrap_or_default();
    let mut pointer = Pointer::root();
    for component in components.as_array().into_iter().flatten() {
        let [kind, name] = component.as_array().map_or(&[][..], Vec::as_slice) else {
            continue;
        };
        // A newtype has no name in its JSON.
        if kind != "none" {
            pointer = pointer.join(name.as_str().unwrap_or_default());
        }
    }
    pointer
}
