//! The settings of the reports.

use std::sync::Arc;

use super::fatal::EndSettings;
use super::shutdown::Shutdown;
use super::{Builder, ConfigError};
use crate::disclosure::Redactor;
use crate::error::Failure;
use crate::pipeline::{Executor, OutcomeEvent, Pipeline, Sample, Settings};
use crate::report::dispatch::{EventSink, PanicObserver};
use crate::reporters::Reporter;

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
    pub fn reporter(mut self, reporter: impl Reporter + 'static) -> Self {
        self.reports.pipeline.reporters.push(Box::new(reporter));
        self
    }

    /// Which part of the failures is reported, from 0 (none) to 1 (all). Default: 1.
    pub fn sample_rate(mut self, rate: f64) -> Self {
        self.reports.pipeline.sample = Sample::Rate(rate);
        self
    }

    /// Like [`sample_rate`](Self::sample_rate), decided failure by failure. A question that panics, or
    /// answers no number, keeps the report.
    pub fn sample_by(mut self, rate: impl Fn(&Failure) -> f64 + Send + Sync + 'static) -> Self {
        self.reports.pipeline.sample = Sample::By(Arc::new(rate));
        self
    }

    /// Makes the choice of the samples the same in every run.
    pub fn sample_seed(mut self, seed: u64) -> Self {
        self.reports.pipeline.seed = Some(seed);
        self
    }

    /// How many failures of one kind (type, place and status) are reported in a minute. The next report of
    /// the kind tells how many were held back ([`Report::suppressed`](crate::Report::suppressed)). Default:
    /// no limit.
    pub fn rate_limit(mut self, per_minute: u32) -> Self {
        self.reports.pipeline.rate_limit = Some(per_minute);
        self
    }

    /// How many failures of all kinds together are reported in a minute. Default: no limit.
    pub fn rate_limit_overall(mut self, per_minute: u32) -> Self {
        self.reports.pipeline.overall_limit = Some(per_minute);
        self
    }

    /// How many reports, and how many bytes of them, may wait in the queue, and in each reporter's backlog.
    /// One that finds it full is dropped and counted; an eighth is kept free for panics. Default: 1,024
    /// and 16 MiB.
    pub fn queue(mut self, count: usize, bytes: usize) -> Self {
        (
            self.reports.pipeline.queue_count,
            self.reports.pipeline.queue_bytes,
        ) = (count, bytes);
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

    pub(crate) fn work_on_current_runtime(mut self) -> Self {
        self.reports.pipeline.place = Executor::CurrentRuntime;
        self
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
    let invalid = |setting, message: String| Err(ConfigError::invalid(setting, message));
    if let Sample::Rate(rate) = settings.sample
        && !(0.0..=1.0).contains(&rate)
    {
        let message = format!("{rate} is no part of a whole; give a rate from 0 (none) to 1 (all)");
        return invalid("sample_rate", message);
    }
    for (setting, limit) in [
        ("rate_limit", settings.rate_limit),
        ("rate_limit_overall", settings.overall_limit),
    ] {
        if limit == Some(0) {
            let message = "0 a minute would report nothing; leave the limit out for no limit, or set `sample_rate(0.0)`";
            return invalid(setting, message.to_owned());
        }
    }
    if settings.queue_count == 0 || settings.queue_bytes == 0 {
        let message = "a queue without room drops every report; give it a count and bytes above 0, like `queue(1024, 16 << 20)`";
        return invalid("queue", message.to_owned());
    }
    for reporter in &settings.reporters {
        if let Err(error) = reporter.check() {
            return invalid("reporter", format!("{}: {error}", reporter.name()));
        }
    }
    if settings.reporters.is_empty() {
        return Ok(None);
    }
    settings.redactor = redactor.clone();
    Ok(Some(Arc::new(Pipeline::new(settings))))
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
