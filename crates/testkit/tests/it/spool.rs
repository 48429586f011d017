//! A spool on disk: what could not be sent arrives once the server is there.

use std::collections::BTreeSet;
use std::time::Duration;

use backstop::Backstop;
use backstop::reporters::Spool;
use backstop::settings::Reporting;
use backstop::stats::Outcome;
use backstop_bugsnag::Bugsnag;
use backstop_testkit::{Receiver, Reply, parse, text, unused_url};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const LONG: Duration = Duration::from_secs(60);
const COUNT: usize = 3;

/// The ids of the next reports, each of which has this outcome.
async fn ids(
    outcomes: &mut UnboundedReceiver<(Outcome, String)>,
    expected: Outcome,
) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    while ids.len() < COUNT {
        let next = tokio::time::timeout(LONG, outcomes.recv()).await;
        let (outcome, id) = next.unwrap().unwrap();
        assert_eq!(outcome, expected);
        assert!(ids.insert(id), "{expected} twice");
    }
    ids
}

#[tokio::test]
async fn what_could_not_be_sent_arrives_once_and_under_its_id_when_the_server_is_back() {
    let url = unused_url().await;
    let directory = tempfile::tempdir().unwrap();
    let (sender, mut outcomes) = unbounded_channel();
    let reporter = Bugsnag::new("0123456789abcdef0123456789abcdef").endpoint(&url);
    let backstop = Backstop::production()
        .log(false)
        .reporter(Spool::new(directory.path(), reporter))
        .reporting(Reporting::new().on_outcome(move |event| {
            let _ = sender.send((event.outcome(), event.report_id().to_string()));
        }))
        .build()
        .unwrap();
    for number in 0..COUNT {
        backstop.notify(&std::io::Error::other(format!("failure {number}")));
    }
    let spooled = ids(&mut outcomes, Outcome::Spooled).await;
    let stats = &backstop.stats().reporters[0];
    assert_eq!((stats.spooled(), stats.delivered()), (COUNT as u64, 0));

    // The server comes up, resets the first connection, and works from then on.
    let receiver = Receiver::start_at(&url, vec![Reply::Reset, Reply::status(200)]).await;
    let delivered = ids(&mut outcomes, Outcome::Delivered).await;
    assert_eq!(delivered, spooled);
    assert!(backstop.flush(LONG).await.is_empty());
    let stats = &backstop.stats().reporters[0];
    assert_eq!((stats.spooled(), stats.delivered()), (0, COUNT as u64));

    let requests = receiver.received();
    assert!(requests.len() > 1, "the first was broken off");
    let mut taken = Vec::new();
    for request in &requests[1..] {
        for event in parse(&request.body)["events"].as_array().unwrap() {
            taken.push(text(&event["metaData"]["backstop"]["id"]).to_owned());
        }
    }
    taken.sort_unstable();
    assert_eq!(taken, Vec::from_iter(spooled), "each of them once");
}
