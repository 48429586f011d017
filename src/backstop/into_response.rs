//! An error as a response, which carries it to the layer.

use std::sync::Arc;

use axum_core::response::{IntoResponse, Response};

use crate::error::{Error, HttpError, Repr, StatusMap, declared, layerless_response};
use crate::scope::current_dispatch;

/// The response of an error that implements [`HttpError`] by hand, for its `IntoResponse`.
/// `#[derive(HttpError)]` generates that implementation.
///
/// As the response of an [`Error`], it is a small, safe problem document until
/// [`Backstop::layer`](crate::Backstop::layer) replaces it.
///
/// ```
/// use axum::response::{IntoResponse, Response};
/// use backstop::HttpError;
/// use http::StatusCode;
///
/// #[derive(Debug)]
/// struct SoldOut;
///
/// impl std::fmt::Display for SoldOut {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("sold out")
///     }
/// }
///
/// impl std::error::Error for SoldOut {}
///
/// impl HttpError for SoldOut {
///     fn status(&self) -> StatusCode {
///         StatusCode::CONFLICT
///     }
/// }
///
/// impl IntoResponse for SoldOut {
///     fn into_response(self) -> Response {
///         backstop::respond(self)
///     }
/// }
///
/// assert_eq!(SoldOut.into_response().status(), StatusCode::CONFLICT);
/// ```
#[must_use]
pub fn respond<E: HttpError>(error: E) -> Response {
    response(declared(error))
}

impl IntoResponse for Error {
    /// A small, safe problem document, which [`Backstop::layer`](crate::Backstop::layer) replaces with the negotiated
    /// response.
    fn into_response(self) -> Response {
        response(Arc::clone(self.repr()))
    }
}

/// The status is decided here, by the Backstop around the handler, so that the layers in between see the one that the
/// client receives.
fn response(repr: Arc<Repr>) -> Response {
    let (status, decided_by) = match current_dispatch() {
        Some(dispatch) => (dispatch.statuses().status(&repr), Some(dispatch.number())),
        None => (StatusMap::default().status(&repr), None),
    };
    layerless_response(repr, status, decided_by)
}
