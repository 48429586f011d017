//! Settings of a reporter, and what is shown of them.

use std::sync::Arc;
use std::time::Duration;

use backstop::reporters::{Delivery, Reporter as _};
use backstop_http::HttpReporter;
use backstop_testkit::process::{assert_passed, child, is_child};
use backstop_testkit::responses::Settings;
use backstop_testkit::{Receiver, sample, settings};

use crate::tracker::{Tracker, reporter};

#[test]
fn a_setting_that_cannot_work_is_an_error_that_names_it_and_shows_no_secret() {
    let tracker = || HttpReporter::new(Tracker::new());
    let good = || tracker().endpoint("https://host/");
    let cases = [
        (tracker(), "set one with `endpoint`"),
        (tracker().endpoint("s3cr3t"), "not a valid URL"),
        (tracker().endpoint("ftp://host/s3cr3t"), "https://"),
        (tracker().endpoint("https://a:s3cr3t@host/"), "password"),
        (good().root_certificate("s3cr3t"), "not valid PEM"),
        (good().timeout(Duration::ZERO), "timeout of 0"),
    ];
    settings::check("Tracker", cases);
    let shown = format!("{:?}", good().endpoint("https://host/?k=s3cr3t"));
    assert!(!shown.contains("s3cr3t"), "{shown}");
}

#[test]
fn a_reporter_has_the_destination_of_its_endpoint_and_its_project() {
    let tracker = |project: &'static str| Tracker {
        project,
        ..Tracker::new()
    };
    let destination = |url: &str, project| {
        let reporter = HttpReporter::new(tracker(project)).endpoint(url);
        reporter.destination()
    };
    let one = destination("https://host/", "shop");
    assert_eq!(one, destination("https://host", "shop"));
    assert_ne!(one, destination("https://host/", "library"));
    assert_ne!(one, destination("https://other/", "shop"));
}

/// A proxy gets the whole URL as its target; the host's name does not exist.
#[tokio::test]
async fn the_proxy_of_the_environment_is_used() {
    if is_child() {
        let reporter = reporter(Settings::new("http://tracker.invalid/"));
        let deliveries = reporter.deliver(&[Arc::new(sample::bare())]).await;
        assert_eq!(deliveries, [Delivery::Delivered]);
        return;
    }
    let proxy = Receiver::accepting().await;
    let mut child = tokio::process::Command::from(child());
    child
        .env("http_proxy", proxy.url())
        .env_remove("no_proxy")
        .env_remove("NO_PROXY");
    assert_passed(&child.output().await.unwrap());
    assert_eq!(proxy.one().target, "http://tracker.invalid/api/reports");
}

#[tokio::test]
async fn no_proxy_for_all_hosts_spares_addresses_too() {
    const URL: &str = "BACKSTOP_TEST_URL";
    if is_child() {
        let reporter = reporter(Settings::new(&std::env::var(URL).unwrap()));
        let deliveries = reporter.deliver(&[Arc::new(sample::bare())]).await;
        assert_eq!(deliveries, [Delivery::Delivered]);
        return;
    }
    let receiver = Receiver::accepting().await;
    let dead = backstop_testkit::unused_url().await;
    for variable in ["NO_PROXY", "no_proxy"] {
        let mut child = tokio::process::Command::from(child());
        child
            .env(URL, receiver.url())
            .env("http_proxy", &dead)
            .env_remove("no_proxy")
            .env_remove("NO_PROXY")
            .env(variable, " * ");
        assert_passed(&child.output().await.unwrap());
    }
    assert_eq!(receiver.received().len(), 2);
}
