//! What the log records of a tracker that is failing.

use std::cell::RefCell;
use std::sync::Arc;

use backstop::reporters::Reporter as _;
use backstop_testkit::responses::Settings;
use backstop_testkit::{Receiver, Reply, sample, unused_url};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::tracker::reporter;

#[tokio::test]
async fn each_change_is_recorded_once_without_the_token() {
    tracing::subscriber::set_global_default(Log).unwrap();
    let replies = [403, 403, 500, 200, 200].map(Reply::status).to_vec();
    let receiver = Receiver::start(replies).await;
    let reporter = reporter(Settings::new(&receiver.url()));
    for _ in 0..5 {
        reporter.deliver(&[Arc::new(sample::report())]).await;
    }
    drop(receiver);
    let reporter = reporter.endpoint(unused_url().await);
    reporter.deliver(&[Arc::new(sample::report())]).await;
    let text = LOGGED.take();
    let logged: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("backstop::reporters"))
        .collect();
    assert_eq!(logged.len(), 4, "{text}");
    let failing = |line: &str, reason: &str| {
        line.contains("report delivery is failing") && line.contains(reason)
    };
    assert!(
        failing(logged[0], "403") && failing(logged[1], "500"),
        "{text}"
    );
    assert!(logged[2].contains("works again"), "{text}");
    assert!(failing(logged[3], "refused"), "{text}");
    assert!(!text.contains("s3cr3t"), "{text}");
}

thread_local! {
    static LOGGED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the events of each thread apart, as the subscriber of the whole process: if only one thread had one, tracing
/// might consult another thread's about an event.
struct Log;

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        LOGGED.with_borrow_mut(|text| text.push_str(&format!("{span:?}\n")));
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        LOGGED.with_borrow_mut(|text| text.push_str(&format!("{event:?}\n")));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
