//! Requests, and what their responses mean.

use std::sync::Arc;

use backstop::reporters::{Delivery, Reporter as _};
use backstop_testkit::responses::{self, Settings};
use backstop_testkit::{Receiver, Reply, sample, secrets};
use serde_json::json;

use crate::valid::valid_events;
use crate::{event, reporter};

#[tokio::test]
async fn a_batch_is_one_request_and_more_than_a_megabyte_are_several() {
    let receiver = Receiver::accepting().await;
    let reporter = reporter(Settings::new(&receiver.url()));
    let large = Arc::new(sample::with(|report| {
        report["metadata"]["annotations"]["text"] = "é".repeat(200_000).into();
    }));
    let batch = vec![
        Arc::new(sample::report()),
        Arc::clone(&large),
        large.clone(),
        large,
    ];
    assert_eq!(reporter.deliver(&batch).await, vec![Delivery::Delivered; 4]);
    let counts = receiver.received();
    let counts: Vec<usize> = counts.iter().map(|one| valid_events(one).len()).collect();
    assert_eq!(counts, [3, 1]);
}

#[tokio::test]
async fn an_event_of_a_megabyte_to_the_byte_is_whole_and_one_byte_more_is_trimmed_with_a_note() {
    let of = |padding: usize| {
        sample::with(|report| {
            report["metadata"]["annotations"]["text"] = "x".repeat(padding).into()
        })
    };
    let receiver = Receiver::accepting().await;
    let reporter = reporter(Settings::new(&receiver.url()));
    reporter.deliver(&[Arc::new(of(0))]).await;
    let room = 1_000_000 - receiver.one().body.len();
    for padding in [room, room + 1] {
        reporter.deliver(&[Arc::new(of(padding))]).await;
    }
    let received = receiver.received();
    assert_eq!(received[1].body.len(), 1_000_000);
    let whole = &valid_events(&received[1])[0];
    assert!(whole["metaData"]["backstop"].get("trimmed").is_none());
    let trimmed = &valid_events(&received[2])[0];
    assert_eq!(
        trimmed["metaData"]["backstop"]["trimmed"],
        json!(["texts, after 4096 bytes each"])
    );
    let huge = event(sample::with(|report| {
        report["errors"][0]["message"] = "\u{1}é".repeat(2_000_000).into();
        report["frames"] = vec![report["frames"][0].clone(); 5_000].into();
    }))
    .await;
    assert_eq!(huge["exceptions"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_bad_event_does_not_take_the_others_of_its_batch_along() {
    let replies = [400, 200, 400, 503].map(Reply::status).to_vec();
    let receiver = Receiver::start(replies).await;
    let batch = [(); 3].map(|()| Arc::new(sample::report()));
    let deliveries = reporter(Settings::new(&receiver.url()))
        .deliver(&batch)
        .await;
    assert_eq!(
        deliveries,
        [Delivery::Delivered, Delivery::Rejected, Delivery::RETRY]
    );
    let refusing = Receiver::start(vec![Reply::status(401)]).await;
    let deliveries = reporter(Settings::new(&refusing.url()))
        .deliver(&batch)
        .await;
    assert_eq!(deliveries, [Delivery::Rejected; 3]);
    assert_eq!(refusing.received().len(), 1, "a bad key is bad for all");
}

#[tokio::test]
async fn only_reports_of_the_enabled_stages_are_sent_and_those_of_no_stage() {
    let receiver = Receiver::accepting().await;
    let reporter = reporter(Settings::new(&receiver.url())).enabled_release_stages(["production"]);
    let staging = sample::with(|report| report["app"]["release_stage"] = "staging".into());
    let batch = [staging, sample::report(), sample::bare()].map(Arc::new);
    let deliveries = reporter.deliver(&batch).await;
    assert_eq!(
        deliveries,
        [Delivery::Filtered, Delivery::Delivered, Delivery::Delivered]
    );
    assert_eq!(valid_events(&receiver.one()).len(), 2);
}

#[tokio::test]
async fn every_response_means_what_it_means_everywhere() {
    responses::check(reporter, None).await;
}

#[tokio::test]
async fn no_planted_secret_leaves() {
    secrets::check(|url| reporter(Settings::new(url))).await;
}
