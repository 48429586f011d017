//! What becomes of a batch.

use std::sync::Arc;
use std::time::Duration;

use backstop::Report;
use backstop::reporters::{Delivery, Reporter as _};
use backstop_http::HttpReporter;
use backstop_testkit::responses::{self, Settings};
use backstop_testkit::{Receiver, Reply, parse, sample, secrets, unused_url};

use crate::tracker::{Tracker, reporter};

fn batching(url: &str, limit: usize) -> HttpReporter<Tracker> {
    let mut reporter = reporter(Settings::new(url));
    reporter.protocol_mut().is_batching = true;
    reporter.protocol_mut().limit = limit;
    reporter
}

fn named(name: &str) -> Arc<Report> {
    Arc::new(sample::with(|report| report["transaction"] = name.into()))
}

/// How many events each request had.
fn counts(receiver: &Receiver) -> Vec<usize> {
    let requests = receiver.received();
    let counts = requests
        .iter()
        .map(|request| parse(&request.body).as_array().unwrap().len());
    counts.collect()
}

#[tokio::test]
async fn every_response_means_what_it_means_everywhere() {
    responses::check(reporter, None).await;
}

#[tokio::test]
async fn no_planted_secret_leaves_but_the_token_in_its_header() {
    // The token of these tests is the planted secret itself.
    let make = |url: &str| {
        let mut reporter = reporter(Settings::new(url));
        reporter.protocol_mut().token = backstop_http::Secret::new("token");
        reporter
    };
    secrets::check(make).await;
}

#[tokio::test]
async fn a_request_has_the_protocols_headers_and_names_its_sender() {
    let receiver = Receiver::accepting().await;
    let deliveries = reporter(Settings::new(&receiver.url()))
        .deliver(&[Arc::new(sample::report())])
        .await;
    assert_eq!(deliveries, [Delivery::Delivered]);
    let request = receiver.one();
    assert_eq!(
        (&*request.method, &*request.target),
        ("POST", "/api/reports")
    );
    assert_eq!(request.header("authorization"), "Bearer s3cr3t");
    assert_eq!(request.header("content-type"), "application/json");
    let sender = concat!("backstop/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), sender);
}

#[tokio::test]
async fn reports_go_one_by_one_until_the_tracker_asks_for_a_pause() {
    let pause = Reply::with(503, "retry-after", "7");
    let replies = vec![
        Reply::status(200),
        Reply::status(403),
        Reply::status(500),
        pause,
    ];
    let receiver = Receiver::start(replies).await;
    let batch = [(); 6].map(|()| Arc::new(sample::report()));
    let deliveries = reporter(Settings::new(&receiver.url()))
        .deliver(&batch)
        .await;
    let after = Some(Duration::from_secs(7));
    assert_eq!(
        deliveries,
        [
            Delivery::Delivered,
            Delivery::Rejected,
            Delivery::RETRY,
            Delivery::Retry { after },
            Delivery::Unsent,
            Delivery::Unsent,
        ]
    );
    assert_eq!(receiver.received().len(), 4);
}

#[tokio::test]
async fn a_server_that_is_gone_is_tried_once_per_batch() {
    let batch = [(); 3].map(|()| Arc::new(sample::report()));
    let url = unused_url().await;
    let deliveries = reporter(Settings::new(&url)).deliver(&batch).await;
    assert_eq!(
        deliveries,
        [Delivery::RETRY, Delivery::Unsent, Delivery::Unsent]
    );
}

#[tokio::test]
async fn unwanted_reports_are_filtered_and_those_that_cannot_shrink_are_rejected() {
    let receiver = Receiver::accepting().await;
    let url = receiver.url();
    let batch = [named("unwanted"), named("wanted")];
    let deliveries = reporter(Settings::new(&url)).deliver(&batch).await;
    assert_eq!(deliveries, [Delivery::Filtered, Delivery::Delivered]);
    let deliveries = batching(&url, 10).deliver(&batch).await;
    assert_eq!(deliveries, [Delivery::Filtered, Delivery::Rejected]);
    assert_eq!(counts(&receiver), [1]);
}

#[tokio::test]
async fn a_batching_protocol_has_requests_of_as_many_events_as_fit_to_the_byte() {
    let receiver = Receiver::accepting().await;
    let (url, batch) = (receiver.url(), [(); 5].map(|()| named("n")));
    let one = serde_json::to_vec(&*batch[0]).unwrap().len();
    for limit in [5 * one + 4, 5 * one + 3, 2 * one + 1] {
        let deliveries = batching(&url, limit).deliver(&batch).await;
        assert_eq!(deliveries, [Delivery::Delivered; 5]);
    }
    assert_eq!(counts(&receiver), [5, 4, 1, 2, 2, 1]);
}

#[tokio::test]
async fn a_bad_event_does_not_take_the_others_of_its_request_along() {
    let replies = [422, 200, 400, 503].map(Reply::status).to_vec();
    let receiver = Receiver::start(replies).await;
    let batch = [(); 3].map(|()| named("n"));
    let deliveries = batching(&receiver.url(), usize::MAX).deliver(&batch).await;
    assert_eq!(
        deliveries,
        [Delivery::Delivered, Delivery::Rejected, Delivery::RETRY]
    );
    let refusing = Receiver::start(vec![Reply::status(401)]).await;
    let deliveries = batching(&refusing.url(), usize::MAX).deliver(&batch).await;
    assert_eq!(deliveries, [Delivery::Rejected; 3]);
    assert_eq!(counts(&refusing), [3], "a bad token is bad for all");
}

#[tokio::test]
async fn a_redirect_within_the_server_is_followed_with_the_same_headers_and_body() {
    for status in [307, 308] {
        let redirect = Reply::with(status, "location", "/moved/reports");
        let receiver = Receiver::start(vec![redirect, Reply::status(200)]).await;
        let deliveries = reporter(Settings::new(&receiver.url()))
            .deliver(&[named("n")])
            .await;
        assert_eq!(deliveries, [Delivery::Delivered]);
        let received = receiver.received();
        let [first, second] = &received[..] else {
            panic!("{received:#?}");
        };
        assert_eq!(second.target, "/moved/reports");
        assert_eq!(second.method, "POST");
        assert_eq!(second.header("authorization"), "Bearer s3cr3t");
        assert_eq!(first.body, second.body);
    }
    let looping = Receiver::start(vec![Reply::with(308, "location", "/again")]).await;
    let reporter = reporter(Settings::new(&looping.url()));
    let deliveries = reporter.deliver(&[named("n")]).await;
    assert_eq!(deliveries, [Delivery::Rejected]);
    assert_eq!(looping.received().len(), 4);
}

#[tokio::test]
async fn a_redirect_to_https_on_the_same_host_is_followed_and_no_redirect_to_another_host_is() {
    let encrypted = Receiver::self_signed().await;
    let redirect = Reply::with(308, "location", &format!("{}/reports", encrypted.url()));
    let plain = Receiver::start(vec![redirect]).await;
    let url = plain.url();
    let mut settings = Settings::new(&url);
    settings.root = Some(encrypted.certificate());
    let delivery = reporter(settings).deliver(&[named("n")]).await;
    assert_eq!(delivery, [Delivery::Delivered]);
    assert_eq!(encrypted.one().header("authorization"), "Bearer s3cr3t");

    let other = Receiver::accepting().await;
    let elsewhere = other.url().replace("127.0.0.1", "localhost");
    for url in [elsewhere, other.url(), other.url().replace("//", "//a:b@")] {
        let receiver = Receiver::start(vec![Reply::with(307, "location", &url)]).await;
        let delivery = reporter(Settings::new(&receiver.url()))
            .deliver(&[named("n")])
            .await;
        assert_eq!(delivery, [Delivery::Rejected], "{url}");
    }
    assert!(other.received().is_empty());
}
