//! Every reporter over HTTP in one application.

use std::collections::BTreeSet;
use std::time::Duration;

use backstop::settings::Reporting;
use backstop::stats::Outcome;
use backstop::{Backstop, Builder};
use backstop_airbrake::Airbrake;
use backstop_backtrace_io::BacktraceIo;
use backstop_bugsnag::Bugsnag;
use backstop_sentry::Sentry;
use backstop_testkit::{Receiver, Reply};
use tokio::sync::mpsc::unbounded_channel;

const LONG: Duration = Duration::from_secs(60);
const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A Backstop that reports to these servers: Airbrake's, backtrace.io's, Bugsnag's and Sentry's.
fn builder([airbrake, backtrace, bugsnag, sentry]: [&str; 4]) -> Builder {
    let dsn = sentry.replacen("://", "://key@", 1) + "/7";
    Backstop::production()
        .log(false)
        .reporter(Airbrake::new(7, KEY).endpoint(airbrake))
        .reporter(BacktraceIo::new(backtrace, KEY))
        .reporter(Bugsnag::new(KEY).endpoint(bugsnag))
        .reporter(Sentry::new(dsn))
}

#[tokio::test]
async fn each_tracker_gets_a_failure_with_its_frames_under_the_same_id() {
    let receiver = Receiver::accepting().await;
    let url = receiver.url();
    let backstop = builder([&url; 4]).build().unwrap();
    let id = backstop.notify(&std::fmt::Error).unwrap();
    assert!(backstop.flush(LONG).await.is_empty());
    let received = receiver.received();
    assert_eq!(received.len(), 4);
    for request in received {
        let text = request.text();
        assert!(
            text.contains(&id.hyphenated().to_string()),
            "{text} has {id}"
        );
        if cfg!(target_os = "linux") {
            assert!(text.contains("each_tracker_gets"), "no frames: {text}");
        }
    }
}

#[tokio::test]
async fn a_tracker_that_hangs_delays_no_other() {
    let silent = Receiver::start(vec![Reply::Silence]).await;
    let receiver = Receiver::accepting().await;
    let (silent, url) = (silent.url(), receiver.url());
    let (sender, mut delivered) = unbounded_channel();
    let backstop = builder([&silent, &url, &url, &url])
        .reporting(Reporting::new().on_outcome(move |event| {
            if event.outcome() == Outcome::Delivered {
                let _ = sender.send(event.reporter().unwrap().to_owned());
            }
        }))
        .build()
        .unwrap();
    backstop.notify(&std::fmt::Error).unwrap();
    let mut names = BTreeSet::new();
    while names.len() < 3 {
        let name = tokio::time::timeout(LONG, delivered.recv()).await.unwrap();
        assert!(names.insert(name.unwrap()));
    }
    assert!(!names.contains("Airbrake"), "{names:?}");
    backstop.close(Duration::ZERO).await;
}
