//! A measurement: a million errors while no reporter takes a report.
//!
//! `cargo test --release --all-features --test it -- --ignored --nocapture dead_reporter`

#![expect(clippy::unwrap_used, reason = "what must not fail in a test fails it")]

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use backstop::reporters::{Delivery, Reporter};
use backstop::settings::{QueueLimits, Reporting};
use backstop::stats::Outcome;
use backstop::{Backstop, Error, Report};
use http::{Request, Response};
use tower::{Layer as _, Service as _};

use crate::support::process::passed_alone;

/// Never finishes.
struct Hanging;

impl Reporter for Hanging {
    async fn deliver(&self, _batch: &[Arc<Report>]) -> Vec<Delivery> {
        std::future::pending().await
    }
}

/// Always fails at once.
struct Failing;

impl Reporter for Failing {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        vec![Delivery::RETRY; batch.len()]
    }
}

/// Takes every report at once.
struct Taking;

impl Reporter for Taking {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        vec![Delivery::Delivered; batch.len()]
    }
}

const ERRORS: u32 = 1_000_000;

/// The time that one request took, in the middle and in the worst percent.
async fn drive(backstop: &Backstop, errors: u32) -> (Duration, Duration, Duration) {
    let failing = tower::service_fn(|_: Request<axum::body::Body>| async {
        let error = Error::msg("the database did not respond").with_context("loading the order");
        Ok::<_, Infallible>(axum::response::IntoResponse::into_response(error))
    });
    let mut service = backstop.layer().layer(failing);
    let mut times = Vec::with_capacity(errors as usize);
    for _ in 0..errors {
        let request = Request::get("/orders/7?x=1").header("accept", "application/json");
        let request = request.body(axum::body::Body::empty()).unwrap();
        let start = Instant::now();
        let response: Response<_> = service.call(request).await.unwrap();
        times.push(start.elapsed());
        assert_eq!(response.status(), 500);
    }
    times.sort_unstable();
    let at = |part: f64| times[(f64::from(errors - 1) * part) as usize];
    (at(0.5), at(0.99), at(0.9999))
}

fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

#[tokio::test]
#[ignore = "takes seconds in release and minutes in debug"]
async fn a_million_errors_against_a_dead_reporter_take_64_mib_at_most_and_no_request_longer() {
    if passed_alone() {
        return;
    }
    let silent = Backstop::production().log(false).build().unwrap();
    let without = drive(&silent, ERRORS / 10).await;
    let builder = || Backstop::production().log(false);
    // With room for all, as where the worker keeps up: what finds the queue full costs less than what gets in.
    let limits = QueueLimits {
        reports: 1 << 20,
        bytes: 1 << 32,
    };
    let taking = builder()
        .reporting(Reporting::new().queue(limits))
        .reporter(Taking);
    let taking = taking.build().unwrap();
    let live = drive(&taking, ERRORS / 10).await;
    drop(taking);
    let dead = builder()
        .reporter(Hanging)
        .reporter(Failing)
        .build()
        .unwrap();
    let before = resident();
    let with = drive(&dead, ERRORS).await;
    let grown = resident().saturating_sub(before);
    println!("median, p99, p99.99 without a reporter: {without:?}");
    println!("with one that takes all: {live:?}");
    println!("with two dead ones: {with:?}");
    println!(
        "resident memory grew by {:.1} MiB",
        grown as f64 / f64::from(1 << 20)
    );
    for stats in dead.stats().reporters {
        println!(
            "{}: {} captured, {} queued, {} found it full, {} given up",
            stats.name(),
            stats.captured(),
            stats.queued(),
            stats.count(Outcome::QueueFull),
            stats.count(Outcome::GaveUp),
        );
        assert_eq!(stats.captured(), stats.queued() + stats.dropped());
    }
    assert!(grown <= 64 << 20, "{grown}");
}
