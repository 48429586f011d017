//! The Tower layer.
//!
//! # What becomes an error response
//!
//! | failure | response |
//! | --- | --- |
//! | a handler returned an [`Error`](crate::Error) | in the client's format; if the status is below 400, with the error's own status |
//! | the service failed in `call` or `poll_ready` | 504, 503, 413 or 500, depending on the kind of error, or as an [`Error`](crate::Error) in its cause chain says |
//! | a panic in `poll_ready`, `call` or `poll` | 500; what is left of the service's future is dropped |
//! | an empty or `text/plain` response of 400 or above | the same status; below 500 its text is the detail |
//! | a `text/plain` response of 500 or above with a content encoding | the same status; the text is not read |
//! | the body fails or panics after the head was sent | the stream ends with an error, so that the connection is reset |
//!
//! # What passes untouched
//!
//! 1. Responses below 400 that carry no error, and upgrades.
//! 2. Responses with a body that has a content type other than `text/plain`, and gRPC.
//! 3. Text below 500 that cannot be read at once: with a content encoding or a charset other than UTF-8, of unknown
//!    length or above 16 KiB, or whose end has not arrived.
//! 4. Responses with [`Passthrough`] in their extensions.
//!
//! At 500 or above these are still logged and reported, and so is an error that a [`Passthrough`] response carries,
//! unless they are [`Expected`]. A client that disconnects is not a failure.
//!
//! # Order
//!
//! Put this layer inside layers that encode or decorate every response (compression, CORS, request ids), so that error
//! responses are encoded and decorated too, and outside timeouts, limits and authentication, so that it responds to
//! their failures. Because it never fails, it fits [`axum::Router::layer`] and the outside of a `ServiceBuilder` alike:
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
//! An error that [`map_status`](crate::Builder::map_status) gives a status has it already for the layers inside, such as
//! sessions and metrics. A panic unwinds through them: what counts or traces every response belongs outside.
//!
//! Around a whole `Router` it sees neither the matched route nor, in the response to a HEAD request, the text of a
//! rejection. As a layer of the `Router`, as above, it sees both.
//!
//! # Scope
//!
//! The [`Scope`](crate::Scope) of the request is current in `call`, in every `poll`, and in every `poll_frame` of a
//! guarded body. It is created on first use; a request that does not use it pays for three swaps of a
//! thread-local.
//!
//! # Bodies
//!
//! A body of at most 64 KiB that is in memory passes as it is: one poll shows whether it is. All others are guarded, which
//! costs one allocation.

mod bare;
mod body;
mod classify;
mod exchange;
mod expected;
mod future;
mod headers;
mod layer;
mod panic_to_error;
mod passthrough;
mod peek;
mod service;

pub use self::expected::Expected;
pub use self::future::BackstopFuture;
pub use self::layer::BackstopLayer;
pub use self::passthrough::Passthrough;
pub use self::service::BackstopService;
