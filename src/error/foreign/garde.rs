//! `garde`: a 422 that lists what is invalid.

use garde::Report;
use garde::error::Path;
use http::StatusCode;

use crate::error::http_error::HttpError;
use crate::problem::{FieldError, ProblemType};

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
#[diagnostic::do_not_recommend]
impl HttpError for Report {
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }

    fn errors(&self) -> Vec<FieldError> {
        let errors = self.iter().map(|(path, error)| {
            FieldError::new(error.message().to_owned()).with_pointer(components(path))
        });
        errors.collect()
    }

    fn catalogue() -> Vec<ProblemType> {
        vec![ProblemType::new(StatusCode::UNPROCESSABLE_ENTITY)]
    }

    fn __is_list(&self) -> bool {
        true
    }
}

/// The components of a path, which are only available through its serialized form. `Display` joins them with dots,
/// which keys can contain too.
fn components(path: &Path) -> Vec<String> {
    let components = serde_json::to_value(path).unwrap_or_default();
    let mut names = Vec::new();
    for component in components.as_array().into_iter().flatten() {
        let [kind, name] = component.as_array().map_or(&[][..], Vec::as_slice) else {
            continue;
        };
        // A newtype has no name in its JSON.
        if kind != "none" {
            names.push(name.as_str().unwrap_or_default().to_owned());
        }
    }
    names
}
