//! Logs, traces and metrics: what the rest of the system learns of a failure.
//!
//! # The order of layers
//!
//! Layers that log, trace or count requests stand outside of Backstop, so that they see the response that the client
//! receives, also after a panic:
//!
//! ```
//! use axum::{Router, routing::get};
//! use backstop::Backstop;
//! use tower_http::trace::TraceLayer;
//!
//! let backstop = Backstop::production().build()?;
//! let app: Router = Router::new()
//!     .route("/", get(|| async { "hello" }))
//!     .layer(backstop.layer())
//!     // `on_failure(())`, because Backstop logs each failure already.
//!     .layer(TraceLayer::new_for_http().on_failure(()));
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! A layer that must stand inside sees no response to a panic, because a panic unwinds through it. If it counts requests
//! or saves a session, put a second layer of the same Backstop inside it. The two respond once, and report once:
//!
//! ```
//! use axum::{Router, routing::get};
//! use backstop::Backstop;
//! use tower_http::trace::TraceLayer;
//!
//! let backstop = Backstop::production().build()?;
//! let app: Router = Router::new()
//!     .route("/", get(|| async { "hello" }))
//!     .layer(backstop.layer())
//!     .layer(TraceLayer::new_for_http()) // or another that must stand inside
//!     .layer(backstop.layer());
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! # The span of the request
//!
//! A failure with a status of 500 or above, a panic and a body that fails are recorded on the current span, in those of
//! these fields that the span declares. Below 500 nothing is recorded, because OpenTelemetry's [conventions for
//! HTTP](https://opentelemetry.io/docs/specs/semconv/http/http-spans/) count that as no error of a server.
//!
//! | field | value |
//! | --- | --- |
//! | `error.type` | the type of the error, else the status |
//! | `otel.status_code` | `ERROR`, which `tracing-opentelemetry` makes the status of its span |
//! | `otel.status_description` | the outermost message of the cause chain, redacted |
//!
//! ```
//! use backstop::Backstop;
//! use http::Request;
//! use tower_http::trace::TraceLayer;
//! use tracing::field::Empty;
//!
//! let tracing = TraceLayer::new_for_http().on_failure(()).make_span_with(|request: &Request<_>| {
//!     tracing::info_span!(
//!         "request",
//!         otel.kind = "server",
//!         http.request.method = %request.method(),
//!         error.type = Empty,
//!         otel.status_code = Empty,
//!         otel.status_description = Empty,
//!     )
//! });
//! # let _: axum::Router = axum::Router::new().layer(tracing);
//! ```
//!
//! # The access log
//!
//! The response of a failure has the [`Failure`] in its extensions, for every layer outside of Backstop: an access log,
//! an audit trail, a counter. It has the type, the cause chain, the origin and the id, whatever the client sees. A
//! response that passes untouched has it only if its status is 500 or above.
//!
//! ```
//! use axum::extract::Request;
//! use axum::middleware::{Next, from_fn};
//! use axum::response::Response;
//! use axum::{Router, routing::get};
//! use backstop::{Backstop, Failure};
//!
//! async fn access_log(request: Request, next: Next) -> Response {
//!     let path = request.uri().path().to_owned();
//!     let response = next.run(request).await;
//!     match response.extensions().get::<Failure>() {
//!         Some(failure) => tracing::info!(
//!             path,
//!             status = response.status().as_u16(),
//!             id = %failure.id(),
//!             origin = failure.origin().as_str(),
//!             error = failure.type_name(),
//!         ),
//!         None => tracing::info!(path, status = response.status().as_u16()),
//!     }
//!     response
//! }
//!
//! let backstop = Backstop::production().build()?;
//! let app: Router = Router::new()
//!     .route("/", get(|| async { "hello" }))
//!     .layer(backstop.layer())
//!     .layer(from_fn(access_log));
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! # Metrics
//!
//! [`on_error`] sees every failure, with those of bodies, which have no response of their own. Labels need few values:
//! the class of the status, the [`Origin`] and the type of the error have as many as the program has types. Messages,
//! ids and paths have no limit. With the crate `metrics`:
//!
//! ```
//! use backstop::Backstop;
//!
//! let backstop = Backstop::production()
//!     .on_error(|event| {
//!         let failure = event.failure();
//!         metrics::counter!(
//!             "http_failures_total",
//!             "status_class" => if failure.status().is_server_error() { "5xx" } else { "4xx" },
//!             "origin" => failure.origin().as_str(),
//!             "error_type" => failure.error_type().into_owned(),
//!         )
//!         .increment(1);
//!     })
//!     .build()?;
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! With OpenTelemetry:
//!
//! ```
//! use backstop::Backstop;
//! use opentelemetry::{KeyValue, global};
//!
//! let failures = global::meter("shop").u64_counter("shop.http.failures").build();
//! let backstop = Backstop::production()
//!     .on_error(move |event| {
//!         let failure = event.failure();
//!         failures.add(1, &[
//!             KeyValue::new("http.response.status_code", i64::from(event.status().as_u16())),
//!             KeyValue::new("error.type", failure.error_type().into_owned()),
//!             KeyValue::new("backstop.origin", failure.origin().as_str()),
//!         ]);
//!     })
//!     .build()?;
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! # Clients that disconnect
//!
//! A client that goes away is no failure: it gets no response, and nothing is reported. [`Backstop::stats`] counts it,
//! and the log has a record at DEBUG level.
//!
//! ```
//! use backstop::Backstop;
//!
//! let backstop = Backstop::production().build()?;
//! let disconnects = backstop.stats().disconnects;
//! metrics::counter!("http_disconnects_total", "awaited" => "head").absolute(disconnects.before_response());
//! metrics::counter!("http_disconnects_total", "awaited" => "body").absolute(disconnects.in_body());
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! Backstop notices it by what the server does then: it drops the future or the body before its end. So does a layer
//! outside that gives up on the request, such as a timeout, and the end of the runtime. A stream of events that never
//! ends on its own counts when its client leaves. A body of at most 64 KiB that is in memory does not count.
//!
//! # The names of our own
//!
//! Attributes that OpenTelemetry has no name for are below `backstop.`: `backstop.id`, `backstop.origin`,
//! `backstop.handled`, `backstop.fingerprint`, in the log as in the records of `backstop-opentelemetry`.
//!
//! [`Backstop::stats`]: crate::Backstop::stats
//! [`Failure`]: crate::Failure
//! [`Origin`]: crate::Origin
//! [`on_error`]: crate::Builder::on_error
