//! Reporters that send to a vendor, against a receiver on this machine.

#[cfg(feature = "airbrake")]
mod airbrake;
#[cfg(feature = "backtrace-io")]
mod backtrace_io;
#[cfg(feature = "bugsnag")]
mod bugsnag;
#[cfg(feature = "opentelemetry")]
mod opentelemetry_logs;
#[cfg(any(
    feature = "airbrake",
    feature = "backtrace-io",
    feature = "bugsnag",
    feature = "opentelemetry",
    feature = "sentry"
))]
mod receiver;
#[cfg(feature = "sentry")]
mod sentry;
#[cfg(all(feature = "bugsnag", feature = "spool"))]
mod spool_network;
