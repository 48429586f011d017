//! [`Passthrough`].

/// Marks a response, in its extensions, that no Backstop may touch, such as a proxied one.
///
/// ```
/// use axum::Extension;
/// use axum::response::IntoResponse;
/// use backstop::layers::Passthrough;
/// use http::StatusCode;
///
/// let response = (StatusCode::BAD_GATEWAY, Extension(Passthrough), "as upstream sent it").into_response();
/// # assert!(response.extensions().get::<Passthrough>().is_some());
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a unit marker is constructed by its name"
)]
pub struct Passthrough;
