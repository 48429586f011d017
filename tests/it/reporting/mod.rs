//! What is reported of a failure, with what context, and to where.

#[cfg(feature = "frames")]
mod frames;
mod interleaving;
mod log;
#[cfg(all(feature = "reports", feature = "tracing-opentelemetry"))]
mod opentelemetry;
#[cfg(feature = "reports")]
mod pipeline;
mod report;
#[cfg(feature = "reports")]
mod reporters;
mod scope;
#[cfg(all(feature = "axum", feature = "spool"))]
mod secrets;
#[cfg(all(feature = "spool", unix))]
mod spool;
#[cfg(feature = "reports")]
mod tasks;
#[cfg(feature = "tracing-subscriber")]
mod tracing;
