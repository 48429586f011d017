//! The program, with a receiver on this machine as every tracker.

use backstop_testkit::{Receiver, Reply};
use tokio::process::Command;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The program without any variable of a tracker.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trackers"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let prefixes = ["AIRBRAKE_", "BACKTRACE_", "BUGSNAG_", "OTEL_", "SENTRY_"];
        if prefixes.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

#[tokio::test]
async fn every_tracker_that_is_named_gets_the_report_and_no_secret() {
    let receiver = Receiver::accepting().await;
    let url = receiver.url();
    let output = program()
        .env("AIRBRAKE_PROJECT_ID", "7")
        .env("AIRBRAKE_PROJECT_KEY", KEY)
        .env("AIRBRAKE_ENDPOINT", &url)
        .env("BACKTRACE_ENDPOINT", &url)
        .env("BACKTRACE_TOKEN", KEY)
        .env("BUGSNAG_API_KEY", KEY)
        .env("BUGSNAG_ENDPOINT", &url)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &url)
        .env("SENTRY_DSN", url.replacen("://", "://key@", 1) + "/7")
        .output()
        .await
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}");
    for name in [
        "Airbrake",
        "BacktraceIo",
        "Bugsnag",
        "OpenTelemetry",
        "Sentry",
    ] {
        let delivered = format!("{name}: captured 1, delivered 1, dropped 0");
        assert!(stdout.contains(&delivered), "{stdout}");
    }
    let received = receiver.received();
    assert_eq!(received.len(), 5);
    for request in received {
        assert!(request.text().contains("counting the stock"));
        assert!(!request.text().contains("s3cr3t"), "{}", request.text());
    }
}

#[tokio::test]
async fn a_tracker_that_refuses_the_report_makes_the_program_fail() {
    let receiver = Receiver::start(vec![Reply::status(401)]).await;
    let output = program()
        .env("BUGSNAG_API_KEY", KEY)
        .env("BUGSNAG_ENDPOINT", receiver.url())
        .output()
        .await
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success());
    assert!(
        stdout.contains("Bugsnag: captured 1, delivered 0, dropped 1"),
        "{stdout}"
    );
}

#[tokio::test]
async fn half_of_the_variables_of_a_tracker_are_an_error() {
    let output = program().env("AIRBRAKE_PROJECT_ID", "7").output();
    let output = output.await.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        stderr.contains("AIRBRAKE_PROJECT_KEY is not set"),
        "{stderr}"
    );
}
