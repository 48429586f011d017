//! A provider's logger, whatever its type.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ::opentelemetry::InstrumentationScope;
use ::opentelemetry::logs::{Logger, LoggerProvider};

use crate::record::Record;

/// The name of the records' instrumentation scope.
const SCOPE: &str = "backstop";
/// The semantic conventions that the attributes follow.
const SCHEMA: &str = "https://opentelemetry.io/schemas/1.44.0";

pub(crate) trait Emit: Send + Sync {
    /// Emits a record, and returns whether the provider wanted it; `None` if the provider panicked.
    fn emit(&self, record: Record) -> Option<bool>;
}

/// The logger of a provider.
pub(crate) fn logger<P>(provider: &P) -> Box<dyn Emit>
where
    P: LoggerProvider,
    P::Logger: Send + Sync + 'static,
{
    let scope = InstrumentationScope::builder(SCOPE)
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_schema_url(SCHEMA)
        .build();
    Box::new(provider.logger_with_scope(scope))
}

impl<L: Logger + Send + Sync> Emit for L {
    fn emit(&self, record: Record) -> Option<bool> {
        let emit = || {
            let is_wanted = self.event_enabled(record.severity, SCOPE, Some(record.event));
            if is_wanted {
                let mut log = self.create_log_record();
                record.write(&mut log);
                Logger::emit(self, log);
            }
            is_wanted
        };
        // Processors and exporters are the application's. If one panics, the rest of the batch must not be sent twice.
        catch_unwind(AssertUnwindSafe(emit)).ok()
    }
}
