//! Requests, what their responses mean, and settings that cannot work.

use std::sync::Arc;
use std::time::Duration;

use backstop::reporters::{Delivery, Reporter as _};
use backstop_backtrace_io::BacktraceIo;
use backstop_testkit::responses::{self, Settings};
use backstop_testkit::{Receiver, Reply, sample, secrets, settings};

use crate::valid::valid;
use crate::{TOKEN, reporter};

#[tokio::test]
async fn the_uuid_stays_on_retry_and_a_duplicate_counts_as_delivered() {
    let refused = Reply::Respond(400, Vec::new(), "{\"error\": \"Duplicate object\"}");
    let conflict = Reply::status(409);
    let receiver = Receiver::start(vec![Reply::Torn, refused, conflict, Reply::status(400)]).await;
    let reporter = reporter(Settings::new(&receiver.url()));
    let report = [Arc::new(sample::report())];
    let mut deliveries = Vec::new();
    for _ in 0..4 {
        deliveries.extend(reporter.deliver(&report).await);
    }
    use Delivery::{Delivered, Rejected};
    assert_eq!(
        deliveries,
        [Delivery::RETRY, Delivered, Delivered, Rejected]
    );
    let ids = receiver.received();
    assert!(
        ids.iter()
            .all(|request| valid(request).0["uuid"] == sample::ID)
    );
}

#[tokio::test]
async fn every_response_means_what_it_means_everywhere() {
    responses::check(reporter, None).await;
}

#[tokio::test]
async fn no_planted_secret_leaves() {
    secrets::check(|url| reporter(Settings::new(url))).await;
}

#[test]
fn a_setting_that_cannot_work_is_an_error_that_shows_no_secret() {
    let host = "https://bt.local:6098";
    let cases = [
        (BacktraceIo::new(host, ""), "no token"),
        (BacktraceIo::new("s3cr3t", TOKEN), "not a valid URL"),
        (
            BacktraceIo::new("https://submit.backtrace.io/shop/s3cr3t", ""),
            "/json",
        ),
        (
            BacktraceIo::new(host, TOKEN).endpoint("ftp://s3cr3t"),
            "https://",
        ),
        (BacktraceIo::new(host, "s3cr3t/?"), "characters"),
        (
            BacktraceIo::new(host, TOKEN).root_certificate("s3cr3t"),
            "not valid PEM",
        ),
        (
            BacktraceIo::new(host, TOKEN).timeout(Duration::ZERO),
            "timeout of 0",
        ),
    ];
    settings::check("BacktraceIo", cases);
    let reporter = BacktraceIo::new("https://submit.backtrace.io/shop/s3cr3t/json", TOKEN);
    let shown = format!("{reporter:?}");
    assert!(
        !shown.contains(TOKEN) && !shown.contains("s3cr3t"),
        "{shown}"
    );
}
