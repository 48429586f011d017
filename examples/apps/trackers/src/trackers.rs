//! The trackers, and the environment variables that name them.

use backstop::{BoxError, Builder};
use backstop_airbrake::Airbrake;
use backstop_backtrace_io::BacktraceIo;
use backstop_bugsnag::Bugsnag;
use backstop_opentelemetry::OpenTelemetry;
use backstop_sentry::Sentry;
use opentelemetry_otlp::LogExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{BatchConfigBuilder, BatchLogProcessor, SdkLoggerProvider};

use crate::TIMEOUT;

/// What a tracker is added to.
pub struct Setup {
    pub builder: Builder,
    /// Run when the Backstop is shut down; each returns what did not arrive after all.
    pub ends: Vec<End>,
}

type End = Box<dyn FnOnce() -> Result<(), String>>;

impl Setup {
    pub fn new(builder: Builder) -> Self {
        let ends = Vec::new();
        Self { builder, ends }
    }
}

pub struct Tracker {
    pub name: &'static str,
    /// All of these have to be set.
    needs: &'static [&'static str],
    /// These may be set.
    takes: &'static [&'static str],
    pub add: fn(Setup) -> Result<Setup, BoxError>,
}

impl Tracker {
    /// Whether the environment names it; an error if only a part of its variables is set.
    pub fn is_named(&self) -> Result<bool, BoxError> {
        let is_meant = self.needs.iter().any(|name| variable(name).is_some());
        let missing = self.needs.iter().find(|name| variable(name).is_none());
        match missing {
            Some(missing) if is_meant => {
                Err(format!("{}: {missing} is not set: {}", self.name, self.usage()).into())
            }
            missing => Ok(missing.is_none()),
        }
    }

    pub fn usage(&self) -> String {
        let mut usage = format!("set {}", self.needs.join(" and "));
        if !self.takes.is_empty() {
            usage = format!("{usage}, and optionally {}", self.takes.join(" and "));
        }
        usage
    }
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub const TRACKERS: [Tracker; 5] = [
    Tracker {
        name: "Airbrake",
        needs: &["AIRBRAKE_PROJECT_ID", "AIRBRAKE_PROJECT_KEY"],
        takes: &["AIRBRAKE_ENDPOINT"],
        add: airbrake,
    },
    Tracker {
        name: "BacktraceIo",
        needs: &["BACKTRACE_ENDPOINT"],
        takes: &["BACKTRACE_TOKEN"],
        add: backtrace_io,
    },
    Tracker {
        name: "Bugsnag",
        needs: &["BUGSNAG_API_KEY"],
        takes: &["BUGSNAG_ENDPOINT"],
        add: bugsnag,
    },
    Tracker {
        name: "OpenTelemetry",
        needs: &["OTEL_EXPORTER_OTLP_ENDPOINT"],
        // The exporter reads other variables by itself.
        takes: &[],
        add: opentelemetry,
    },
    Tracker {
        name: "Sentry",
        needs: &["SENTRY_DSN"],
        takes: &["SENTRY_RELEASE", "SENTRY_ENVIRONMENT"],
        add: sentry,
    },
];

fn airbrake(mut setup: Setup) -> Result<Setup, BoxError> {
    let mut reporter = Airbrake::from_env();
    if let Some(server) = variable("AIRBRAKE_ENDPOINT") {
        reporter = reporter.endpoint(server);
    }
    setup.builder = setup.builder.reporter(reporter);
    Ok(setup)
}

fn backtrace_io(mut setup: Setup) -> Result<Setup, BoxError> {
    let [endpoint, token] = ["BACKTRACE_ENDPOINT", "BACKTRACE_TOKEN"].map(variable);
    let reporter = BacktraceIo::new(endpoint.unwrap_or_default(), token.unwrap_or_default());
    setup.builder = setup.builder.reporter(reporter);
    Ok(setup)
}

fn bugsnag(mut setup: Setup) -> Result<Setup, BoxError> {
    let mut reporter = Bugsnag::from_env();
    if let Some(url) = variable("BUGSNAG_ENDPOINT") {
        reporter = reporter.endpoint(url);
    }
    setup.builder = setup.builder.reporter(reporter);
    Ok(setup)
}

fn opentelemetry(mut setup: Setup) -> Result<Setup, BoxError> {
    let exporter = LogExporter::builder().with_http().build()?;
    // Sent at the end and not before, because only a flush returns whether sending worked.
    let config = BatchConfigBuilder::default().with_scheduled_delay(2 * TIMEOUT);
    let batches = BatchLogProcessor::builder(exporter).with_batch_config(config.build());
    let resource = Resource::builder().with_service_name("shop");
    let provider = SdkLoggerProvider::builder()
        .with_resource(resource.build())
        .with_log_processor(batches.build())
        .build();
    let reporter = OpenTelemetry::new(provider.clone());
    setup.builder = setup.builder.reporter(reporter);
    setup.ends.push(Box::new(move || {
        let sent = provider.force_flush().and_then(|()| provider.shutdown());
        sent.map_err(|problem| format!("OpenTelemetry: the provider: {problem}"))
    }));
    Ok(setup)
}

fn sentry(mut setup: Setup) -> Result<Setup, BoxError> {
    setup.builder = setup.builder.reporter(Sentry::from_env());
    Ok(setup)
}
