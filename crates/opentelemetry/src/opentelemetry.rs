//! The reporter.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use ::opentelemetry::logs::LoggerProvider;
use backstop::Report;
use backstop::reporters::{Delivery, Reporter, shrink_to};

use crate::logger::{Emit, logger};
use crate::record::Record;

/// Grafana Loki, the strictest known store, accepts 64 KiB of attributes per record.
const MAX_BYTES: usize = 64_000;

/// A reporter that hands each report, as one log record, to the application's own OpenTelemetry provider.
///
/// The [crate's documentation](crate) describes what a record contains, and what *delivered* means.
///
/// ```
/// use backstop::Backstop;
/// use backstop_opentelemetry::OpenTelemetry;
/// use opentelemetry_sdk::logs::SdkLoggerProvider;
///
/// let provider = SdkLoggerProvider::builder().build();
/// let backstop = Backstop::production().reporter(OpenTelemetry::new(provider.clone())).build()?;
/// // At the end: `backstop.close(…)` first, then `provider.shutdown()`.
/// # Ok::<(), backstop::ConfigError>(())
/// ```
pub struct OpenTelemetry {
    logger: Box<dyn Emit>,
}

impl OpenTelemetry {
    /// Emits through a provider. Give it a clone, and keep one to shut it down.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "providers are handles, and a reporter has one of its own"
    )]
    pub fn new<P>(provider: P) -> Self
    where
        P: LoggerProvider,
        P::Logger: Send + Sync + 'static,
    {
        Self {
            logger: logger(&provider),
        }
    }

    fn emit(&self, report: &Report) -> Delivery {
        let Some(record) = shrink_to(report, MAX_BYTES, Record::new) else {
            return Delivery::Rejected;
        };
        match self.logger.emit(record) {
            Some(true) => Delivery::Delivered,
            Some(false) => Delivery::Filtered,
            None => Delivery::RETRY,
        }
    }
}

impl Reporter for OpenTelemetry {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        batch.iter().map(|report| self.emit(report)).collect()
    }

    fn name(&self) -> Cow<'static, str> {
        "OpenTelemetry".into()
    }

    fn wants_frames(&self) -> bool {
        true
    }
}

impl fmt::Debug for OpenTelemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenTelemetry").finish_non_exhaustive()
    }
}
