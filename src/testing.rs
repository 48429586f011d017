//! Tools for the tests of an application: assertions about what was reported, quiet panics, and a pipeline that a test
//! controls.
//!
//! ```
//! use std::time::Duration;
//! use backstop::{Backstop, Error, reporters::Memory, testing};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), backstop::ConfigError> {
//! let memory = Memory::new();
//! let backstop = Backstop::production().reporter(memory.clone()).build()?;
//!
//! backstop.draft().error(Error::msg("the import found no file")).send().await;
//!
//! testing::assert_report_count(&memory, 1);
//! let report = testing::assert_reported(&memory, "found no file");
//! assert!(report.handled);
//! testing::assert_not_reported(&memory, "out of stock");
//! # Ok(()) }
//! ```
//!
//! Reports arrive a moment after the response, so [`flush`](crate::Backstop::flush) before asserting.

use std::cell::Cell;
use std::marker::PhantomData;
use std::panic;
use std::sync::{Arc, Once};

use serde_json::Value;

use crate::backstop::Builder;
use crate::pipeline::Executor;
use crate::report::report::Report;
use crate::reporters::Memory;

/// Returns the first report with `text` in a message or in the name of an error's type.
///
/// # Panics
///
/// If there is no such report.
#[track_caller]
pub fn assert_reported(memory: &Memory, text: &str) -> Arc<Report> {
    let reports = memory.reports();
    let found = reports.iter().find(|report| mentions(report, text));
    assert!(
        found.is_some(),
        "no report mentions {text:?}; there are {}",
        listed(&reports)
    );
    found.map(Arc::clone).unwrap_or_else(|| unreachable!())
}

/// Like [`assert_reported`], but the attribute `key` of the report must have this value too.
///
/// # Panics
///
/// If there is no such report.
#[track_caller]
pub fn assert_reported_with_attribute(
    memory: &Memory,
    text: &str,
    key: &str,
    value: impl Into<Value>,
) -> Arc<Report> {
    let value = value.into();
    let reports = memory.reports();
    let with_text = reports.iter().filter(|report| mentions(report, text));
    let found = with_text
        .clone()
        .find(|report| report.attributes.get(key) == Some(&value));
    let seen: Vec<Option<&Value>> = with_text.map(|report| report.attributes.get(key)).collect();
    assert!(
        found.is_some(),
        "no report that mentions {text:?} has the attribute {key:?} with the value {value}; they have {seen:?}"
    );
    found.map(Arc::clone).unwrap_or_else(|| unreachable!())
}

/// Asserts that no report has `text` in a message or in the name of an error's type.
///
/// # Panics
///
/// If there is such a report.
#[track_caller]
pub fn assert_not_reported(memory: &Memory, text: &str) {
    let mut found = memory.reports();
    found.retain(|report| mentions(report, text));
    assert!(
        found.is_empty(),
        "{text:?} was reported: {}",
        listed(&found)
    );
}

/// Asserts that there are exactly `count` reports.
///
/// # Panics
///
/// If there are more or fewer.
#[track_caller]
pub fn assert_report_count(memory: &Memory, count: usize) {
    let reports = memory.reports();
    assert!(
        reports.len() == count,
        "expected {count} reports, there are {}",
        listed(&reports)
    );
}

/// Runs the pipeline on the tokio runtime that is current when it starts, instead of on threads of its own. With paused
/// time (`#[tokio::test(start_paused = true)]`) the test then decides when a report is retried.
///
/// Nothing blocks then: neither the drop of the last handle nor
/// [`flush_blocking`](crate::Backstop::flush_blocking) waits.
pub fn on_current_runtime(mut builder: Builder) -> Builder {
    builder.pipeline_settings().executor = Executor::CurrentRuntime;
    builder
}

/// Makes the choices of [`sample_rate`](crate::settings::Reporting::sample_rate) and the waits between attempts the same
/// in every run.
///
/// ```
/// use backstop::{Backstop, settings::Reporting, testing};
///
/// let builder = Backstop::production().reporting(Reporting::new().sample_rate(0.1));
/// let backstop = testing::seed(builder, 42).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
pub fn seed(mut builder: Builder, seed: u64) -> Builder {
    builder.pipeline_settings().seed = Some(seed);
    builder
}

/// Marks a request as coming from this machine, with the `ConnectInfo` that a server would add. In development its
/// response then shows details, in every build.
///
/// ```
/// use axum::body::Body;
/// use axum::http::Request;
/// use axum::{Router, routing::get};
/// use backstop::{Backstop, Error, testing};
/// use tower::ServiceExt as _;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app: Router = Router::new()
///     .route("/", get(|| async { Err::<(), _>(Error::msg("out of tea")) }))
///     .layer(Backstop::development().build()?.layer());
///
/// let request = testing::local(Request::get("/").body(Body::empty())?);
/// let response = app.oneshot(request).await?;
/// let body = axum::body::to_bytes(response.into_body(), 64 * 1024).await?;
/// assert!(String::from_utf8_lossy(&body).contains("out of tea"));
/// # Ok(()) }
/// ```
#[cfg(feature = "axum")]
pub fn local<B>(mut request: http::Request<B>) -> http::Request<B> {
    let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    request
        .extensions_mut()
        .insert(axum::extract::ConnectInfo(peer));
    request
}

/// Keeps the panics of this thread off standard error until the guard is dropped, for tests that expect a panic. Panic
/// hooks that were installed before still run for all other threads.
///
/// ```
/// let quiet = backstop::testing::quiet_panics();
/// assert!(std::panic::catch_unwind(|| panic!("not printed")).is_err());
/// drop(quiet);
/// ```
pub fn quiet_panics() -> QuietPanics {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.try_with(|depth| depth.get() > 0).unwrap_or_default() {
                previous(info);
            }
        }));
    });
    QUIET.with(|depth| depth.set(depth.get() + 1));
    QuietPanics {
        _of_this_thread: PhantomData,
    }
}

/// A guard that keeps the panics of a thread quiet; see [`quiet_panics`].
#[derive(Debug)]
#[must_use = "panics are quiet only while the guard lives"]
pub struct QuietPanics {
    _of_this_thread: PhantomData<*const ()>,
}

impl Drop for QuietPanics {
    fn drop(&mut self) {
        let _ = QUIET.try_with(|depth| depth.set(depth.get().saturating_sub(1)));
    }
}

thread_local! {
    static QUIET: Cell<usize> = const { Cell::new(0) };
}

fn mentions(report: &Report, text: &str) -> bool {
    report.errors.iter().any(|error| {
        let type_name = error.type_name.as_deref().unwrap_or_default();
        error.message.contains(text) || type_name.contains(text)
    })
}

fn listed(reports: &[Arc<Report>]) -> String {
    let texts = reports.iter().map(|report| {
        let chain = report.errors.iter().map(|error| error.message.as_str());
        format!("\n  {}", chain.collect::<Vec<_>>().join(" <- "))
    });
    format!("{}:{}", reports.len(), texts.collect::<String>())
}
