//! The settings of the reports.

use std::sync::Arc;

use super::fatal::EndSettings;
use super::shutdown::Shutdown;
use super::{Builder, ConfigError};
use crate::disclosure::Redactor;
use crate::pipeline::{OutcomeEvent, Pipeline, QueueLimits, RateLimit, Settings};
use crate::report::{EventSink, PanicObserver};
use crate::reporters::IntoReporter;

/// What the builder holds of them.
#[derive(Debug, Default)]
pub(super) struct ReportSettings {
    pub(super) pipeline: Settings,
    pub(super) end: EndSettings,
}

/// What a Backstop holds of them.
#[derive(Debug)]
pub(super) struct Reports {
    /// `None` where nobody is told.
    pub(super) pipeline: Option<Arc<Pipeline>>,
    pub(super) shutdown: Arc<Shutdown>,
}

/// Reports.
impl Builder {
    /// Where reports go; several reporters all get every report. Default: none, and then nothing is captured.
    ///
    /// ```
    /// use backstop::{Backstop, reporters::{Console, Tracing}};
    ///
    /// let backstop = Backstop::production()
    ///     .reporter(Tracing::new())
    ///     .reporter(Console::new())
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn reporter(mut self, reporter: impl IntoReporter) -> Self {
        self.reports.pipeline.add_reporter(reporter);
        self
    }

    /// The fraction of failures to report, from 0.0 to 1.0. Default: 1.0.
    pub const fn sample_rate(mut self, rate: f64) -> Self {
        self.reports.pipeline.sample_rate = rate;
        self
    }

    /// How many failures are reported per minute. Default: no limit.
    pub const fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.reports.pipeline.rate_limit = limit;
        self
    }

    /// How much may wait in the queue, and in each reporter's backlog.
    pub const fn queue_limits(mut self, limits: QueueLimits) -> Self {
        self.reports.pipeline.queue = limits;
        self
    }

    /// Calls back for whatever becomes of a report. Several callbacks are all called, one that panics changes
    /// nothing. What is dropped at the gates is told on the request's task, the rest on the pipeline's threads.
    pub fn on_outcome(
        mut self,
        callback: impl Fn(&OutcomeEvent<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.reports.pipeline.listeners.push(callback);
        self
    }

    /// The settings of the pipeline, for tests.
    pub(crate) const fn pipeline_settings(&mut self) -> &mut Settings {
        &mut self.reports.pipeline
    }
}

/// Checks the settings and puts the pipeline together.
pub(super) fn build(settings: ReportSettings, redactor: &Redactor) -> Result<Reports, ConfigError> {
    let ReportSettings { pipeline, end } = settings;
    let crash_timeout = pipeline.crash_timeout;
    end.check(crash_timeout)?;
    let pipeline = build_pipeline(pipeline, redactor)?;
    let shutdown = Shutdown::new(end, crash_timeout, pipeline.clone());
    Ok(Reports {
        pipeline,
        shutdown: Arc::new(shutdown),
    })
}

fn build_pipeline(
    mut settings: Settings,
    redactor: &Redactor,
) -> Result<Option<Arc<Pipeline>>, ConfigError> {
    settings.redactor = redactor.clone();
    let built = Pipeline::build(settings);
    let pipeline = built.map_err(|it| ConfigError::invalid(it.setting, it.message))?;
    Ok(pipeline.map(Arc::new))
}

/// The pipeline, as scopes and layers see it.
pub(super) fn sink(reports: &Reports) -> Option<Arc<dyn EventSink>> {
    let pipeline = Arc::clone(reports.pipeline.as_ref()?);
    Some(pipeline)
}

/// Who hears of panics.
pub(super) fn alarm(reports: &Reports) -> Option<Arc<dyn PanicObserver>> {
    let shutdown = Arc::clone(&reports.shutdown);
    Some(shutdown)
}
