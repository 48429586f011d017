//! The Tower layer.
//!
//! # What becomes an error response
//!
//! | failure | response |
//! | --- | --- |
//! | a handler returned an [`Error`](crate::Error) | in the client's format; if the status is below 400, with the error's own status |
//! | the service failed in `call` or `poll_ready` | 504, 503, 413 or 500, depending on the kind of error, or as an [`Error`](crate::Error) in its cause chain says |
//! | a panic in `poll_ready`, `call` or `poll` | 500; what is left of the service's future is dropped |
//! | a response of 400 or above with an empty body, of whatever content type | the same status |
//! | a text of 400 or above: `text/plain`, or without a content type | the same status; below 500 its text is the detail |
//! | a text of 500 or above that is encoded, late or long, or labeled as JSON, XML or no valid type | the same status |
//! | the body fails or panics after the head was sent | the stream ends with an error, so that the connection is reset |
//!
//! With [`replace_bodies`](crate::settings::Disclosure::replace_bodies) also a response of 500 or above that has a body
//! of another type, like JSON.
//!
//! # What passes untouched
//!
//! 1. Responses below 400 that carry no error, and upgrades.
//! 2. Responses with a body that has a content type other than `text/plain`, and those of gRPC.
//! 3. Text below 500 that cannot be read at once: with a content encoding or a charset other than UTF-8, of unknown
//!    length or above 16 KiB, or whose end has not arrived.
//! 4. Responses with [`Passthrough`] in their extensions. Mark those of an upstream server with it if you proxy: its
//!    empty and text errors are else taken for the application's own.
//!
//! At 500 or above these are still logged and reported, and so is an error that a [`Passthrough`] response carries,
//! unless they are [`Expected`]. A client that disconnects is not a failure; [`stats`](crate::Backstop::stats) counts it.
//!
//! # What other layers learn
//!
//! Each error response, and every response of 500 or above that passes untouched, has the [`Failure`](crate::Failure) in
//! its extensions: `response.extensions().get::<Failure>()`. [`guide::telemetry`](crate::guide::telemetry) has an access
//! log, spans and metrics.
//!
//! # Headers
//!
//! A replaced response keeps its headers (`WWW-Authenticate`, `Allow`, `Retry-After`, cookies, …), except those that
//! describe its body, and its reason phrase. An error response has `x-error-id`, `X-Content-Type-Options: nosniff`,
//! `Vary: Accept` where `Accept` has chosen the format, and `Cache-Control: no-store`.
//!
//! Two things allow caches to store it: a `Cache-Control` of the error
//! ([`with_header`](crate::Error::with_header)), and one that a response of 404, 405, 410 or 414 has already. Caches may
//! store those even unasked (RFC 9110, section 15.1), so that `(NOT_FOUND, [(CACHE_CONTROL, "public, max-age=60")])`
//! means what it says. All clients that a cache answers then see the same id.
//!
//! # gRPC
//!
//! A POST with the content type of gRPC or gRPC-Web gets an error response of its protocol: the same HTTP status, an
//! empty body, `grpc-status`, `grpc-message` with what a problem would have as its detail or title, and `x-error-id` as
//! metadata. It is never a 200, which others on the way would take for a success; tonic's client and gRPC's C core read
//! `grpc-status` all the same. A `grpc-status` that the error or its response has is kept.
//!
//! | HTTP status | `grpc-status` |
//! | --- | --- |
//! | 400, 422 | 3 `INVALID_ARGUMENT` |
//! | 401 | 16 `UNAUTHENTICATED` |
//! | 403 | 7 `PERMISSION_DENIED` |
//! | 404 | 5 `NOT_FOUND` for an [`Error`](crate::Error), else 12 `UNIMPLEMENTED`: there is no such method |
//! | 405, 415, 501 | 12 `UNIMPLEMENTED` |
//! | 409 | 10 `ABORTED` |
//! | 413, 429 | 8 `RESOURCE_EXHAUSTED` |
//! | 502, 503 | 14 `UNAVAILABLE` |
//! | 504 | 4 `DEADLINE_EXCEEDED` |
//! | any other | 13 `INTERNAL` |
//!
//! The Connect protocol is not covered: its clients get the same error responses as all others, and go by the status.
//!
//! # Order
//!
//! Put this layer inside layers that encode or decorate every response, so that error responses are encoded and
//! decorated too, and outside those that can fail, so that it responds to their failures. In `Router::layer` the last
//! one added is the outermost.
//!
//! | layer | place | elsewhere |
//! | --- | --- | --- |
//! | CORS | outside; `expose_headers` shows scripts `x-error-id` | a panic has no CORS headers, so scripts cannot read the response |
//! | compression | outside | an encoded text below 500 stays as it is, for those clients that accept the encoding; one warning per process |
//! | traces, metrics | outside; both log a 5xx, unless `TraceLayer` has `on_failure(())` | they see no panics and no errors of services |
//! | request ids | outside: `SetRequestIdLayer`, `PropagateRequestIdLayer`, then this | a panic has no id, and `keep_headers` does not find it |
//! | a status for every response | outside | an error below 400 is restored |
//! | decompression of requests | inside | its 415 stays bare |
//! | timeouts, limits, load shedding | inside | their 408, 413, 503 and 504 stay bare, and are neither logged nor reported |
//! | authentication | inside | its 401 and 403 stay bare |
//! | sensitive headers | anywhere | reports redact by the name of a header |
//! | `NormalizePathLayer` | around the whole router, which it must precede | as a layer of the router it comes after routing |
//! | `HandleErrorLayer` | not needed; inside, it may return an [`Error`](crate::Error) | |
//! | `CatchPanicLayer` | not needed | inside, its response is replaced; the report is that of the panic if the panic hook is installed |
//!
//! Scripts of other origins read `x-error-id` only if `Access-Control-Expose-Headers` names it; the id is in the body
//! too. `CorsLayer::permissive()` exposes all headers to requests without credentials.
//!
//! Because this layer never fails, it fits [`axum::Router::layer`] and the outside of a `ServiceBuilder` alike:
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
//! An error that [`map_error`](crate::Builder::map_error) gives a status has it already for the layers inside, such as
//! sessions and metrics. A panic unwinds through them: what counts or traces every response belongs outside.
//!
//! Around a whole `Router` it does not see the matched route; as a layer of the `Router`, as above, it does. The
//! response to a HEAD request has the headers of GET's in both places, but around a `Router` not `Content-Length` if the
//! body has a text as its detail, because the router has dropped that text.
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
mod content_type;
mod event_stream;
mod exchange;
mod expected;
mod future;
mod headers;
mod layer;
mod panic_to_error;
mod passthrough;
mod progress;
mod replay;
mod service;

pub use self::expected::Expected;
pub use self::future::BackstopFuture;
pub use self::layer::BackstopLayer;
pub use self::passthrough::Passthrough;
pub use self::service::BackstopService;
