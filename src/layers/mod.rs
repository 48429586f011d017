//! The Tower layers: [`BackstopLayer`], which does everything at once, and its pieces, each alone.
//!
//! # What is answered
//!
//! | failure | what happens |
//! | --- | --- |
//! | a handler returned [`Error`](crate::Error) | answered in the client's format |
//! | the service failed in `call` or `poll_ready` | answered, 504, 503, 413 or 500 by the kind of error |
//! | a panic in `poll_ready`, `call` or `poll` | answered with 500; what is left of the service's future is dropped |
//! | an empty or `text/plain` response of 400 or above | answered; below 500 its text is the detail |
//! | the body fails or panics after the head has left | the stream ends in an error, so that the connection is reset |
//!
//! # What is left alone
//!
//! Responses below 400, upgrades, gRPC, bodies with a content type of their own or a content encoding, text
//! below 500 whose length is unknown or above 16 KiB, and all that carries [`Passthrough`] in its extensions.
//! From 500 on they are told to the owner all the same. A client that goes away is no failure.
//!
//! # Where it stands
//!
//! Inside layers that encode or decorate every response (compression, CORS, request ids), so that its answers
//! are too; outside timeouts, limits and authentication, so that their refusals are answered. As it never
//! fails, it fits [`axum::Router::layer`] and the outside of a `ServiceBuilder` alike:
//!
//! ```
//! use std::time::Duration;
//!
//! use axum::{Router, routing::get};
//! use backstop::Backstop;
//! use tower::ServiceBuilder;
//! use tower::timeout::TimeoutLayer;
//!
//! let backstop = Backstop::production().build()?;
//! let app: Router = Router::new().route("/", get(|| async { "hello" })).layer(
//!     ServiceBuilder::new()
//!         .layer(backstop.layer())
//!         .load_shed()
//!         .concurrency_limit(100)
//!         .layer(TimeoutLayer::new(Duration::from_secs(5))),
//! );
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! Around a whole `Router` it sees neither the matched route nor, for HEAD, the text of a refusal; inside, as
//! above, it does.
//!
//! # Scope
//!
//! A [`Scope`](crate::Scope) is bound in `call`, in every `poll` and in every `poll_frame` of a guarded body. It is
//! made when somebody asks for it; a request that does not use it pays for three swaps of a thread-local.
//!
//! # Bodies
//!
//! A body whose exact size is known and at most 64 KiB passes as it is; others are guarded, which costs one
//! allocation.

mod body;
mod catch;
mod classify;
mod future;
mod headers;
mod respond;
mod service;

pub use self::future::BackstopFuture;
pub use self::service::{BackstopLayer, BackstopService};

/// Marks a response, in its extensions, that no Backstop may touch: a proxied one, for example.
///
/// ```
/// use axum::Extension;
/// use axum::response::IntoResponse;
/// use backstop::layers::Passthrough;
/// use http::StatusCode;
///
/// let response = (StatusCode::BAD_GATEWAY, Extension(Passthrough), "as the upstream said").into_response();
/// # assert!(response.extensions().get::<Passthrough>().is_some());
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "it is a marker and is made by its name"
)]
pub struct Passthrough;
