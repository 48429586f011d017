//! What the code that `#[derive(HttpError)]` writes needs, under one name that is no part of the API.

use std::any::type_name;
use std::fmt::Display;
use std::sync::Arc;

pub use axum_core::response::{IntoResponse, Response};
pub use http::{HeaderMap, StatusCode};
use http::{HeaderName, HeaderValue};
pub use serde::Serialize;
pub use serde_json::Value;

use crate::error::{Repr, respond as carry, shown};
use crate::{HttpError, problem};

/// The status of this number, which the derive has checked.
#[must_use]
pub fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Whether every error response has a member of this name, so that no field can have it.
#[must_use]
pub const fn is_reserved(name: &str) -> bool {
    problem::is_reserved(name)
}

/// The field as JSON; `null` where its `Serialize` fails.
#[must_use]
pub fn value<T: Serialize + ?Sized>(field: &T) -> Value {
    serde_json::to_value(field).unwrap_or_default()
}

/// Adds the header, unless the field's text can be no header.
pub fn header<T: Display + ?Sized>(headers: &mut HeaderMap, name: &str, field: &T) {
    if let Ok(name) = HeaderName::from_bytes(name.as_bytes())
        && let Ok(value) = HeaderValue::try_from(shown(field))
    {
        headers.append(name, value);
    }
}

/// Adds the header where the field is `Some`.
pub fn optional_header<T: Display>(headers: &mut HeaderMap, name: &str, field: &Option<T>) {
    if let Some(field) = field {
        header(headers, name, field);
    }
}

/// The error as a response. No `?` made it an [`Error`](crate::Error), so it has no place.
#[must_use]
pub fn respond<E: HttpError>(error: E) -> Response {
    carry(Arc::new(Repr::http(
        Box::new(error),
        type_name::<E>(),
        None,
    )))
}
