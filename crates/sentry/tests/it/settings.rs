//! Settings, those that cannot work, and those from the environment.

use std::sync::Arc;
use std::time::Duration;

use backstop::reporters::{Delivery, Reporter as _};
use backstop_sentry::Sentry;
use backstop_testkit::process::{assert_passed, child, is_child};
use backstop_testkit::responses::{self, Settings};
use backstop_testkit::{Receiver, sample, secrets, settings, text};

use crate::valid::valid;
use crate::{KEY, dsn, reporter};

#[tokio::test]
async fn release_and_environment_can_be_sentrys_own() {
    let receiver = Receiver::accepting().await;
    let reporter = reporter(Settings::new(&receiver.url()))
        .release("9f2c1a7")
        .environment("canary");
    reporter.deliver(&[Arc::new(sample::report())]).await;
    let event = valid(&receiver.one()).event;
    assert_eq!(
        (text(&event["release"]), text(&event["environment"])),
        ("9f2c1a7", "canary")
    );
}

#[tokio::test]
async fn a_relay_in_between_and_path_prefixes_are_kept() {
    let receiver = Receiver::accepting().await;
    let prefixed = format!("{}/sentry/7", dsn(&receiver.url()).trim_end_matches("/7"));
    let relayed = Sentry::new(format!("https://{KEY}@o1.ingest.sentry.io/7"))
        .endpoint(format!("{}/relay/", receiver.url()));
    for reporter in [Sentry::new(prefixed), relayed] {
        assert_eq!(
            reporter.deliver(&[Arc::new(sample::bare())]).await,
            [Delivery::Delivered]
        );
    }
    let targets = receiver.received();
    let targets: Vec<&str> = targets.iter().map(|one| one.target.as_str()).collect();
    assert_eq!(
        targets,
        ["/sentry/api/7/envelope/", "/relay/api/7/envelope/"]
    );
}

#[tokio::test]
async fn every_response_means_what_it_means_everywhere_and_a_bare_429_a_minute() {
    responses::check(reporter, Some(Duration::from_secs(60))).await;
}

#[tokio::test]
async fn no_planted_secret_leaves() {
    secrets::check(|url| reporter(Settings::new(url))).await;
}

#[test]
fn a_setting_that_cannot_work_is_an_error_that_shows_no_secret() {
    let good = || Sentry::new(format!("https://{KEY}@host/7"));
    let cases = [
        (Sentry::new(""), "the DSN is not valid"),
        (Sentry::new("s3cr3t"), "the DSN is not valid"),
        (Sentry::new("https://s3cr3t@host"), "empty path"),
        (Sentry::new("https://host/7"), "username is empty"),
        (Sentry::new("ftp://s3cr3t@host/7"), "no valid scheme"),
        (
            Sentry::new("http://s3cr3t@host/api/12/envelope/"),
            "must end with the project",
        ),
        (
            Sentry::new("https://s3cr3t@host/1,https://s3cr3t@host/2"),
            "one URL",
        ),
        (Sentry::new("https://s3cr3t%40@host/7"), "such as `%`"),
        (
            good().endpoint("https://host/s3cr3t/api/7/envelope/"),
            "which is added",
        ),
        (Sentry::from_env(), "SENTRY_DSN is not valid"),
        (good().endpoint("s3cr3t"), "not a valid URL"),
        (good().endpoint("https://a:s3cr3t@host/"), "password"),
        (good().root_certificate("s3cr3t"), "not valid PEM"),
        (good().timeout(Duration::ZERO), "timeout of 0"),
    ];
    settings::check("Sentry", cases);
    let shown = format!("{:?}", good().endpoint("https://host/?k=s3cr3t"));
    assert!(!shown.contains(KEY) && !shown.contains("s3cr3t"), "{shown}");
}

#[tokio::test]
async fn dsn_release_and_environment_can_come_from_the_environment() {
    if is_child() {
        let batch = [Arc::new(sample::report())];
        let deliveries = Sentry::from_env().deliver(&batch).await;
        assert_eq!(deliveries, [Delivery::Delivered]);
        return;
    }
    let receiver = Receiver::accepting().await;
    let mut child = tokio::process::Command::from(child());
    child
        .env("SENTRY_DSN", dsn(&receiver.url()))
        .env("SENTRY_RELEASE", "from-env")
        .env("SENTRY_ENVIRONMENT", "qa");
    assert_passed(&child.output().await.unwrap());
    let event = valid(&receiver.one()).event;
    assert_eq!(
        (text(&event["release"]), text(&event["environment"])),
        ("from-env", "qa")
    );
}
