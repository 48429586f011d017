//! [`Expected`].

/// Marks an error response, in its extensions, whose failure is expected, like a readiness probe that is answered with
/// 503: it is logged at DEBUG level, counted as [`Expected`](crate::stats::Outcome::Expected), and not reported. What
/// clients see stays the same.
///
/// For an [`Error`](crate::Error) there is [`Error::expected`](crate::Error::expected).
///
/// ```
/// use axum::{Extension, Json};
/// use axum::response::IntoResponse;
/// use backstop::layers::Expected;
/// use http::StatusCode;
///
/// async fn readiness() -> impl IntoResponse {
///     (StatusCode::SERVICE_UNAVAILABLE, Extension(Expected), Json("loading the model"))
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a unit marker is constructed by its name"
)]
pub struct Expected;
