//! `validator`: a 422 that lists what is invalid.

use http::StatusCode;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use super::pointer::Pointer;
use crate::error::handler_error::Error;

impl From<ValidationErrors> for Error {
    /// A 422 with one error for each failed check, ordered by field name: its JSON Pointer, the code of the check, and
    /// its message. A check without a message is described by its code alone. Its parameters are never shown, because
    /// they include the invalid value, which may be a password.
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
    #[track_caller]
    fn from(errors: ValidationErrors) -> Self {
        let mut items = Vec::new();
        collect(&mut items, &Pointer::root(), &errors);
        Self::many(items).with_status(StatusCode::UNPROCESSABLE_ENTITY)
    }
}

fn collect(items: &mut Vec<Error>, at: &Pointer, errors: &ValidationErrors) {
    let mut members: Vec<_> = errors.errors().iter().collect();
    members.sort_by_key(|(name, _)| *name);
    for (name, kind) in members {
        // The name under which `validator` lists checks of the whole struct.
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
    Error::unprocessable(text)
        .with_code(error.code.as_ref())
        .with_field("pointer", pointer.to_string())
}
