//! `validator`: a 422 that lists what was wrong.

use http::StatusCode;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::error::Error;
use crate::error::foreign::pointer::Pointer;

impl From<ValidationErrors> for Error {
    /// A 422 with one error for each failed check, in the order of their names: its JSON Pointer, the check's
    /// code, and its message. A check without a message is told by its code alone, never with its parameters:
    /// among these is the value that failed, which may be a password.
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
    /// assert!(check(&Order { name: String::new() }).is_err());
    /// ```
    #[track_caller]
    fn from(errors: ValidationErrors) -> Self {
        let mut items = Vec::new();
        collect(&mut items, &Pointer::root(), &errors);
        Self::many(items).status(StatusCode::UNPROCESSABLE_ENTITY)
    }
}

fn collect(items: &mut Vec<Error>, at: &Pointer, errors: &ValidationErrors) {
    let mut members: Vec<_> = errors.errors().iter().collect();
    members.sort_by_key(|(name, _)| *name);
    for (name, kind) in members {
        // Checks of the whole struct stand under this name.
        let pointer = if name == "__all__" {
            at.clone()
        } else {
            at.join(name)
        };
        match kind {
            ValidationErrorsKind::Struct(errors) => collect(items, &pointer, errors),
            ValidationErrorsKind::List(errors) => {
                for (index, errors) in errors {
                    collect(items, &pointer.join(&index.to_string()), errors);
                }
            }
            ValidationErrorsKind::Field(errors) => {
                items.extend(errors.iter().map(|error| item(&pointer, error)));
            }
        }
    }
}

fn item(pointer: &Pointer, error: &ValidationError) -> Error {
    let text = match &error.message {
        Some(message) => message.clone(),
        None => format!("fails the check `{}`", error.code).into(),
    };
    Error::msg(text)
        .status(StatusCode::UNPROCESSABLE_ENTITY)
        .code(error.code.as_ref())
        .field("pointer", pointer.to_string())
}
