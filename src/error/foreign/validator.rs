//! `validator`: a 422 that lists what is invalid.

use std::borrow::Cow;

use http::StatusCode;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::error::http_error::HttpError;
use crate::problem::{FieldError, ProblemType};

/// A 422 with one error for each failed check, ordered by field name: its JSON Pointer, the code of the check, and
/// its message. A check without a message is described by its code alone. Its parameters and its own text are never
/// shown or reported, because they include the invalid value, which may be a password.
///
/// ```
/// use validator::Validate;
///
/// #[derive(Validate)]
/// struct Order {
///     #[validate(length(min = 1, message = "must not be empty"))]
///     name: String,
/// }
///
/// fn check(order: &Order) -> backstop::Result<()> {
///     Ok(order.validate()?)
/// }
///
/// // {"status": 422, "errors": [{"detail": "must not be empty", "pointer": "#/name", "code": "length"}], …}
/// let error = check(&Order { name: String::new() }).unwrap_err();
/// assert_eq!(error.status(), 422);
/// ```
#[diagnostic::do_not_recommend]
impl HttpError for ValidationErrors {
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }

    fn errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        collect(&mut errors, &mut Vec::new(), self);
        errors
    }

    fn catalogue() -> Vec<ProblemType> {
        vec![ProblemType::new(StatusCode::UNPROCESSABLE_ENTITY)]
    }

    fn __is_list(&self) -> bool {
        true
    }
}

fn collect(found: &mut Vec<FieldError>, path: &mut Vec<String>, errors: &ValidationErrors) {
    let mut members: Vec<_> = errors.errors().iter().collect();
    members.sort_by_key(|(name, _)| *name);
    for (name, kind) in members {
        let depth = path.len();
        // The name under which `validator` lists checks of the whole struct.
        if name != "__all__" {
            path.push(name.to_string());
        }
        match kind {
            ValidationErrorsKind::Struct(errors) => collect(found, path, errors),
            ValidationErrorsKind::List(errors) => {
                for (index, errors) in errors {
                    path.push(index.to_string());
                    collect(found, path, errors);
                    path.pop();
                }
            }
            ValidationErrorsKind::Field(errors) => {
                found.extend(errors.iter().map(|error| field_error(path, error)));
            }
        }
        path.truncate(depth);
    }
}

fn field_error(path: &[String], error: &ValidationError) -> FieldError {
    let text: Cow<'static, str> = match &error.message {
        Some(message) => message.clone(),
        None => format!("fails the check `{}`", error.code).into(),
    };
    FieldError::new(text)
        .with_code(error.code.as_ref())
        .with_pointer(path)
}
