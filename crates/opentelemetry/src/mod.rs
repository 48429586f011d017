//! OpenTelemetry.

mod attributes;
mod record;
mod stacktrace;
mod value;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use opentelemetry::InstrumentationScope;
use opentelemetry::logs::{Logger, LoggerProvider};

use self::record::Record;
use super::fit::fit;
use super::{Delivery, Reporter};
use crate::error::caught;
use crate::report::Report;

/// Hands each report, as one log record, to the application's own OpenTelemetry provider. From there its exporter takes
/// it to a collector, and the collector to any store: this is the path past one machine.
///
/// ```
/// use backstop::{Backstop, reporters::OpenTelemetry};
/// use opentelemetry_sdk::logs::SdkLoggerProvider;
///
/// // `.with_batch_exporter(LogExporter::builder().with_http().build()?)` of `opentelemetry-otlp` makes it send.
/// let provider = SdkLoggerProvider::builder().build();
/// let backstop = Backstop::production()
///     .reporter(OpenTelemetry::new(provider.clone()))
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
///
/// The record follows the [conventions for exceptions in
/// logs](https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/) of 2026:
///
/// | of the record | what it is |
/// |---|---|
/// | event name | `http.server.request.exception`, without a request `exception` |
/// | timestamp, observed timestamp | when it failed, when the provider was given it |
/// | severity | `INFO`, `WARN`, `ERROR` or `FATAL` |
/// | trace context | the report's trace and span id, so that it stands in its trace |
/// | body | the messages of the cause chain, one line for people |
/// | `error.id`, `log.record.uid` | the report's id: the one that the client was told. Stores may drop a second record of it |
/// | `exception.type`, `.message`, `.stacktrace` | the error; the cause chain and the frames as text |
/// | `error.type` | the error's type, else the status, as in the line that [`log`](crate::Builder::log) writes |
/// | `error.mechanism`, `.handled`, `.fingerprint` | by which way it came, whether it was dealt with, what groups it |
/// | `http.request.*`, `http.route`, `http.response.status_code`, `url.*`, `user_agent.original` | request and response |
/// | `user.*`, `thread.*` | who asked, and where it ran |
/// | `backstop.breadcrumbs`, `.logs`, `.metadata`, `.feature_flags`, `.app`, `.device` | as in the serialised [`Report`], in maps and lists |
/// | `backstop.transaction`, `.suppressed`, `.trimmed` | the same |
///
/// The report's attributes are the record's under their own names, so that they can be searched for; one whose name is
/// taken above stands under `backstop.attributes.`. What is nested deeper than 16 is JSON in a text, because receivers
/// refuse messages that are nested too deep.
///
/// `service.name`, `service.version` and `deployment.environment.name` belong to the provider's resource: set them
/// there. A record takes at most 64,000 bytes, less than what stores take of one; a larger report is made smaller and
/// says what went.
///
/// `Delivered` means that the provider has taken the record. It keeps and sends by itself, and does not tell what became
/// of it: no [`Spool`](crate::reporters) in front can help, and [`flush`](crate::Backstop::flush) does not wait for it.
/// Shut it down after the Backstop. Give it a batch processor; a simple one sends while this reporter waits. A
/// provider that does not want records of that severity has them [`Filtered`](crate::Outcome::Filtered).
///
/// Where `opentelemetry-appender-tracing` sends the log to the same provider, the line of each failure goes out too, under
/// the same `error.id`: switch it off with [`log(false)`](crate::Builder::log), or filter the target `backstop`.
pub struct OpenTelemetry {
    logger: Box<dyn Emit>,
}

/// The name of the records' instrumentation scope.
const SCOPE: &str = "backstop";
/// The conventions that the names are from.
const SCHEMA: &str = "https://opentelemetry.io/schemas/1.44.0";
/// Grafana Loki takes 64 KiB of attributes with a record, and is the strictest that is known.
const MAX_BYTES: usize = 64_000;

impl OpenTelemetry {
    /// Sends by a provider. Give it a clone, and keep one to shut it down.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "providers are handles, and a reporter is given what is its own"
    )]
    pub fn new<P>(provider: P) -> Self
    where
        P: LoggerProvider,
        P::Logger: Send + Sync + 'static,
    {
        let scope = InstrumentationScope::builder(SCOPE)
            .with_version(env!("CARGO_PKG_VERSION"))
            .with_schema_url(SCHEMA)
            .build();
        Self {
            logger: Box::new(provider.logger_with_scope(scope)),
        }
    }

    fn send(&self, report: &Report) -> Delivery {
        let Some(record) = fit(report, MAX_BYTES, Record::of) else {
            return Delivery::Rejected;
        };
        // Processors and exporters are the application's: one that panics must not have other reports sent twice.
        match caught(|| self.logger.emit(record)) {
            Some(true) => Delivery::Delivered,
            Some(false) => Delivery::Filtered,
            None => Delivery::RETRY,
        }
    }
}

impl fmt::Debug for OpenTelemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenTelemetry").finish_non_exhaustive()
    }
}

impl Reporter for OpenTelemetry {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        batch.iter().map(|report| self.send(report)).collect()
    }

    fn name(&self) -> Cow<'static, str> {
        "OpenTelemetry".into()
    }
}

/// A logger of any type.
trait Emit: Send + Sync {
    /// Whether the record was wanted.
    fn emit(&self, record: Record) -> bool;
}

impl<L: Logger + Send + Sync> Emit for L {
    fn emit(&self, record: Record) -> bool {
        let is_wanted = self.event_enabled(record.severity, SCOPE, Some(record.event));
        if is_wanted {
            let mut log = self.create_log_record();
            record.write(&mut log);
            Logger::emit(self, log);
        }
        is_wanted
    }
}
