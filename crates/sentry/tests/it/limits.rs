//! Rate limits, client reports, and what each response means.

use std::sync::Arc;
use std::time::Duration;

use backstop::Backstop;
use backstop::reporters::{Delivery, Reporter as _};
use backstop::settings::{RateLimit, Reporting};
use backstop::stats::Outcome;
use backstop_testkit::responses::Settings;
use backstop_testkit::{Received, Receiver, Reply, sample, text};
use serde_json::{Value, json};

use crate::reporter;
use crate::valid::valid;

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn the_id_is_the_same_on_every_attempt() {
    let receiver = Receiver::start(vec![Reply::status(503), Reply::status(200)]).await;
    let reporter = reporter(Settings::new(&receiver.url()));
    let report = [Arc::new(sample::report())];
    assert_eq!(reporter.deliver(&report).await, [Delivery::RETRY]);
    assert_eq!(reporter.deliver(&report).await, [Delivery::Delivered]);
    for request in receiver.received() {
        assert_eq!(
            valid(&request).event["event_id"],
            sample::ID.replace('-', "")
        );
    }
}

#[tokio::test]
async fn while_errors_are_limited_nothing_is_sent_and_other_limits_are_not_ours() {
    let limits =
        |text: &str| Reply::Respond(200, vec![("x-sentry-rate-limits", text.to_owned())], "{}");
    let other = limits("60:transaction;span:organization, 60:profile:key");
    let ours = limits("2.5:span:key, 2700:default;error;security:organization:quota");
    let receiver = Receiver::start(vec![other, ours]).await;
    let reporter = reporter(Settings::new(&receiver.url()));
    let batch = [(); 4].map(|()| Arc::new(sample::report()));
    let deliveries = reporter.deliver(&batch).await;
    assert_eq!(deliveries[..2], [Delivery::Delivered; 2]);
    for delivery in [deliveries[2], reporter.deliver(&batch).await[0]] {
        let Delivery::Retry { after: Some(after) } = delivery else {
            panic!("{delivery:?}");
        };
        assert!((2_600..=2_700).contains(&after.as_secs()), "{after:?}");
    }
    assert_eq!(deliveries[3], Delivery::Unsent);
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn what_was_dropped_is_sent_once_with_the_next_event_that_arrives() {
    let replies = [503, 400, 200, 200, 429].map(Reply::status).to_vec();
    let receiver = Receiver::start(replies).await;
    let reporter = reporter(Settings::new(&receiver.url()));
    let send = || async { reporter.deliver(&[Arc::new(sample::report())]).await[0] };
    reporter.dropped(Outcome::QueueFull, 3);
    reporter.dropped(Outcome::SampledOut, 40);
    assert_eq!(send().await, Delivery::RETRY);
    reporter.dropped(Outcome::QueueFull, 1);
    assert_eq!(send().await, Delivery::Rejected);
    assert_eq!(send().await, Delivery::Delivered);
    assert_eq!(send().await, Delivery::Delivered);
    for (outcome, count) in [
        (Outcome::Filtered, 2),
        (Outcome::GaveUp, 5),
        (Outcome::Rejected, 6),
    ] {
        reporter.dropped(outcome, count);
    }
    // The event is dropped, the client report is taken.
    assert!(matches!(send().await, Delivery::Retry { after: Some(_) }));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
    assert!(matches!(send().await, Delivery::Retry { after: Some(_) }));
    let sent: Vec<Option<Value>> = receiver.received().iter().map(dropped).collect();
    let first = json!({"queue_overflow": 3, "sample_rate": 40});
    let all = json!({"queue_overflow": 4, "sample_rate": 40});
    let last = json!({"before_send": 2, "network_error": 5, "send_error": 6});
    assert_eq!(
        sent,
        [
            Some(first),
            // Refused with the event: whatever it was that spoiled it, no later one is to be spoiled.
            Some(all),
            None,
            None,
            Some(last),
            None
        ]
    );
}

fn dropped(request: &Received) -> Option<Value> {
    valid(request).dropped.map(|report| by_reason(&report))
}

/// The counts of a client report by their reasons.
fn by_reason(report: &Value) -> Value {
    let discarded = report["discarded_events"].as_array().unwrap().iter();
    discarded
        .map(|one| (text(&one["reason"]).to_owned(), one["quantity"].clone()))
        .collect()
}

#[tokio::test]
async fn what_the_pipeline_drops_is_sent_with_the_next_report() {
    let receiver = Receiver::accepting().await;
    let limit = RateLimit {
        per_failure: Some(1),
        overall: None,
    };
    let backstop = Backstop::production()
        .log(false)
        .reporting(Reporting::new().rate_limit(limit))
        .reporter(reporter(Settings::new(&receiver.url())))
        .build()
        .unwrap();
    let many = std::io::Error::other("too many of these");
    for _ in 0..3 {
        backstop.notify(&many);
        assert!(backstop.flush(LONG).await.is_empty());
    }
    backstop.notify(&std::fmt::Error);
    assert!(backstop.flush(LONG).await.is_empty());
    backstop.notify(&"x".parse::<u8>().unwrap_err());
    assert!(backstop.flush(LONG).await.is_empty());
    let sent: Vec<Option<Value>> = receiver.received().iter().map(dropped).collect();
    assert_eq!(sent, [None, Some(json!({"ratelimit_backoff": 2})), None]);
}
