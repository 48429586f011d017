//! One failure for every sink that the environment names: `cargo run --example sinks --all-features`.
//!
//! A handler fails with a story; what becomes of the report is told sink by sink. Without any variable it says which
//! ones it knows. `Console` is always there, and shows what the others are sent.

#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "an example shows what it does"
)]

use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use backstop::prelude::*;
use backstop::reporters::Console;
use backstop::Backstop;
use backstop::BoxError;
use backstop::report::Breadcrumb;
use backstop::report::BreadcrumbKind;
use backstop::Builder;
use backstop::Scope;
use backstop::report::User;
use http::{Request, StatusCode};
use tower::ServiceExt as _;

/// How long the sinks are given.
const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, BoxError> {
    let mut setup = Setup {
        builder: Backstop::production()
            .app("shop", "1.4.0")
            .release_stage("staging")
            .reporter(Console::new())
            .on_outcome(|event| {
                println!("{}: {}", event.reporter().unwrap_or("all"), event.outcome());
            }),
        last: Vec::new(),
    };
    let known = sinks();
    let mut named = Vec::new();
    for sink in &known {
        if sink.is_named()? {
            setup = (sink.add)(setup).map_err(|problem| format!("{}: {problem}", sink.name))?;
            named.push(sink.name);
        }
    }
    if named.is_empty() {
        println!("No sink is named. This build knows:");
        for sink in &known {
            println!("  {}: {}", sink.name, sink.usage());
        }
        println!("  (all that there are: --all-features)\n");
    }
    let backstop = setup.builder.build()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut all_arrived = runtime.block_on(fail_once(&backstop))?;
    for last in setup.last {
        if let Err(problem) = last() {
            println!("{problem}");
            all_arrived = false;
        }
    }
    Ok(if all_arrived {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Asks the app, waits for the sinks, and tells whether all have the report.
async fn fail_once(backstop: &Backstop) -> Result<bool, BoxError> {
    let app: Router = Router::new()
        .route("/orders/{id}", get(order))
        .layer(backstop.layer());
    let request = Request::get("/orders/7?token=s3cr3t&full=1")
        .header("user-agent", "sinks/1.0")
        .header(
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        )
        .body(Body::empty())?;
    let response = app.oneshot(request).await?;
    println!(
        "answered {} under the id {}",
        response.status(),
        response.headers()["x-error-id"].to_str()?
    );
    backstop.shutdown(PATIENCE).await;
    println!();
    let stats = backstop.stats();
    for stats in &stats.reporters {
        println!(
            "{}: captured {}, delivered {}, dropped {}",
            stats.name(),
            stats.captured(),
            stats.delivered(),
            stats.dropped()
        );
    }
    Ok(stats.reporters.iter().all(|stats| stats.delivered() == 1))
}

async fn order(scope: Scope) -> backstop::Result<()> {
    scope.attribute("tenant", "acme");
    scope.user(User::new("u-7"));
    scope.feature_variant("checkout", "two-step");
    scope.annotation("cart", serde_json::json!({"items": 3}));
    scope.breadcrumb(Breadcrumb::new("asked the warehouse").kind(BreadcrumbKind::Request));
    let refused: Result<(), _> = Err(std::io::Error::other(
        "connecting to postgres://app:s3cr3t@db:5432/stock: connection refused",
    ));
    refused
        .or_status(StatusCode::BAD_GATEWAY)
        .context("counting the stock")
}

/// What a sink is added to.
struct Setup {
    builder: Builder,
    /// Done when the Backstop is shut down; tells what did not arrive after all.
    last: Vec<Last>,
}

type Last = Box<dyn FnOnce() -> Result<(), String>>;

struct Sink {
    name: &'static str,
    /// All of them have to be set.
    needs: &'static [&'static str],
    /// These may be.
    takes: &'static [&'static str],
    add: fn(Setup) -> Result<Setup, BoxError>,
}

impl Sink {
    /// Whether the environment wants it; an error where that is not clear.
    fn is_named(&self) -> Result<bool, BoxError> {
        let is_meant = self.needs.iter().any(|name| variable(name).is_some());
        let missing = self.needs.iter().find(|name| variable(name).is_none());
        match missing {
            Some(missing) if is_meant => {
                Err(format!("{}: {missing} is not set: {}", self.name, self.usage()).into())
            }
            missing => Ok(missing.is_none()),
        }
    }

    fn usage(&self) -> String {
        let mut usage = format!("set {}", self.needs.join(" and "));
        if !self.takes.is_empty() {
            usage = format!("{usage}, perhaps {}", self.takes.join(" and "));
        }
        usage
    }
}

/// Empty is as good as unset.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Those whose features are on.
fn sinks() -> Vec<Sink> {
    Vec::from([
        #[cfg(feature = "airbrake")]
        Sink {
            name: "Airbrake",
            needs: &["AIRBRAKE_PROJECT_ID", "AIRBRAKE_PROJECT_KEY"],
            takes: &["AIRBRAKE_ENDPOINT"],
            add: |mut setup| {
                let mut sink = backstop::reporters::Airbrake::from_env();
                if let Some(server) = variable("AIRBRAKE_ENDPOINT") {
                    sink = sink.endpoint(server);
                }
                setup.builder = setup.builder.reporter(sink);
                Ok(setup)
            },
        },
        #[cfg(feature = "backtrace-io")]
        Sink {
            name: "BacktraceIo",
            needs: &["BACKTRACE_ENDPOINT"],
            takes: &["BACKTRACE_TOKEN"],
            add: |mut setup| {
                let [endpoint, token] = ["BACKTRACE_ENDPOINT", "BACKTRACE_TOKEN"].map(variable);
                let sink = backstop::reporters::BacktraceIo::new(
                    endpoint.unwrap_or_default(),
                    token.unwrap_or_default(),
                );
                setup.builder = setup.builder.reporter(sink);
                Ok(setup)
            },
        },
        #[cfg(feature = "bugsnag")]
        Sink {
            name: "Bugsnag",
            needs: &["BUGSNAG_API_KEY"],
            takes: &["BUGSNAG_ENDPOINT"],
            add: |mut setup| {
                let mut sink = backstop::reporters::Bugsnag::from_env();
                if let Some(url) = variable("BUGSNAG_ENDPOINT") {
                    sink = sink.endpoint(url);
                }
                setup.builder = setup.builder.reporter(sink);
                Ok(setup)
            },
        },
        #[cfg(feature = "opentelemetry")]
        Sink {
            name: "OpenTelemetry",
            needs: &["OTEL_EXPORTER_OTLP_ENDPOINT"],
            // The exporter reads the variables of OpenTelemetry by itself.
            takes: &[],
            add: |mut setup| {
                let exporter = opentelemetry_otlp::LogExporter::builder()
                    .with_http()
                    .build()?;
                // Sent at the end and not before, for only then the provider tells whether it could.
                let config = opentelemetry_sdk::logs::BatchConfigBuilder::default()
                    .with_scheduled_delay(2 * PATIENCE);
                let batches = opentelemetry_sdk::logs::BatchLogProcessor::builder(exporter)
                    .with_batch_config(config.build());
                let resource = opentelemetry_sdk::Resource::builder().with_service_name("shop");
                let provider = opentelemetry_sdk::logs::SdkLoggerProvider::builder()
                    .with_resource(resource.build())
                    .with_log_processor(batches.build())
                    .build();
                let sink = backstop::reporters::OpenTelemetry::new(provider.clone());
                setup.builder = setup.builder.reporter(sink);
                setup.last.push(Box::new(move || {
                    let sent = provider.force_flush().and_then(|()| provider.shutdown());
                    sent.map_err(|problem| format!("OpenTelemetry: the provider: {problem}"))
                }));
                Ok(setup)
            },
        },
        #[cfg(feature = "sentry")]
        Sink {
            name: "Sentry",
            needs: &["SENTRY_DSN"],
            takes: &["SENTRY_RELEASE", "SENTRY_ENVIRONMENT"],
            add: |mut setup| {
                let sink = backstop::reporters::Sentry::from_env();
                setup.builder = setup.builder.reporter(sink);
                Ok(setup)
            },
        },
    ])
}
