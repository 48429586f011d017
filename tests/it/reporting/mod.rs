//! What is reported of a failure, with what context, and to where.

mod deep_values;
#[cfg(feature = "axum")]
mod fingerprint;
#[cfg(feature = "frames")]
mod frames;
mod interleaving;
mod log;
#[cfg(all(feature = "axum", feature = "tracing-subscriber"))]
mod logged_errors;
#[cfg(feature = "tracing-opentelemetry")]
mod opentelemetry;
mod pipeline;
mod report;
mod reporters;
mod scope;
#[cfg(all(feature = "axum", feature = "spool"))]
mod secrets;
#[cfg(all(feature = "axum", feature = "tracing-opentelemetry"))]
mod span_fields;
#[cfg(feature = "tracing-subscriber")]
mod span_scopes;
#[cfg(all(feature = "spool", unix))]
mod spool;
#[cfg(all(feature = "spool", unix))]
mod spool_directory;
#[cfg(all(feature = "spool", unix))]
mod spool_kills;
#[cfg(feature = "frames")]
mod stripped;
mod tasks;
#[cfg(feature = "tracing-subscriber")]
mod tracing;

/// No wait is longer.
const LONG: std::time::Duration = std::time::Duration::from_secs(60);
