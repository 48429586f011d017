//! What each response means, the same for every reporter over HTTP.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use backstop::reporters::{Delivery, Reporter};
use backstop::{Backstop, Error};
use http::Request;
use tower::ServiceExt as _;

use crate::receiver::{Receiver, Reply, unused_url};
use crate::sample;

/// How a reporter is to be set.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Settings<'a> {
    /// The server, without a path.
    pub url: &'a str,
    /// For one request.
    pub timeout: Duration,
    /// A certificate to trust, in PEM.
    pub root: Option<&'a str>,
}

impl<'a> Settings<'a> {
    /// A timeout of ten seconds, and no certificate of its own.
    #[must_use]
    pub const fn new(url: &'a str) -> Self {
        Self {
            url,
            timeout: Duration::from_secs(10),
            root: None,
        }
    }
}

/// Checks every response, and every way to give none. `limited` is what a 429 means that says no more.
pub async fn check<R: Reporter + 'static>(
    make: impl Fn(Settings<'_>) -> R,
    limited: Option<Duration>,
) {
    for (reply, want) in replies(Delivery::Retry { after: limited }) {
        assert_eq!(delivery(&make, reply.clone()).await, want, "{reply:?}");
    }
    let date = Reply::with(429, "retry-after", "Wed, 31 Dec 2098 23:59:59 GMT");
    let day = Duration::from_secs(86_400);
    let delivery = delivery(&make, date).await;
    assert!(
        matches!(delivery, Delivery::Retry { after: Some(after) } if after > day),
        "{delivery:?}"
    );
    redirects_are_not_followed(&make).await;
    servers_that_cannot_be_reached_are_tried_again(&make).await;
    certificates_are_verified(&make).await;
    no_request_waits(&make).await;
}

fn replies(limited: Delivery) -> Vec<(Reply, Delivery)> {
    let after = |seconds| Delivery::Retry {
        after: Some(Duration::from_secs(seconds)),
    };
    let garbage = Reply::Respond(
        200,
        vec![("content-type", "text/html".to_owned())],
        "\u{0}<",
    );
    vec![
        (Reply::status(200), Delivery::Delivered),
        (Reply::status(201), Delivery::Delivered),
        (Reply::status(202), Delivery::Delivered),
        (Reply::Respond(204, Vec::new(), ""), Delivery::Delivered),
        (garbage, Delivery::Delivered),
        (Reply::status(400), Delivery::Rejected),
        (Reply::status(401), Delivery::Rejected),
        (Reply::status(403), Delivery::Rejected),
        (Reply::status(404), Delivery::Rejected),
        (Reply::status(408), Delivery::RETRY),
        (Reply::status(413), Delivery::Rejected),
        (Reply::status(420), Delivery::RETRY),
        (Reply::status(425), Delivery::RETRY),
        (Reply::status(429), limited),
        (Reply::with(429, "retry-after", "7"), after(7)),
        (Reply::with(429, "retry-after", "soon"), limited),
        (Reply::with(429, "x-ratelimit-delay", "9"), after(9)),
        (Reply::with(400, "retry-after", "7"), Delivery::Rejected),
        (Reply::status(500), Delivery::RETRY),
        (Reply::status(502), Delivery::RETRY),
        (Reply::with(503, "retry-after", "7"), after(7)),
        (Reply::Reset, Delivery::RETRY),
        (Reply::Torn, Delivery::RETRY),
        (Reply::Slow, Delivery::Delivered),
    ]
}

/// Sends one report to a receiver that replies like this, in a single request.
async fn delivery<R: Reporter>(make: &impl Fn(Settings<'_>) -> R, reply: Reply) -> Delivery {
    let receiver = Receiver::start(vec![reply]).await;
    let delivery = deliver(&make(Settings::new(&receiver.url()))).await;
    assert_eq!(receiver.received().len(), 1, "one report is one request");
    delivery
}

async fn deliver<R: Reporter>(reporter: &R) -> Delivery {
    let deliveries = reporter.deliver(&[Arc::new(sample::report())]).await;
    assert_eq!(deliveries.len(), 1);
    deliveries[0]
}

async fn redirects_are_not_followed<R: Reporter>(make: &impl Fn(Settings<'_>) -> R) {
    let other = Receiver::accepting().await;
    for status in [301, 302, 307, 308] {
        let redirect = Reply::with(status, "location", &other.url());
        assert_eq!(
            delivery(make, redirect).await,
            Delivery::Rejected,
            "{status}"
        );
    }
    assert!(other.received().is_empty());
}

async fn servers_that_cannot_be_reached_are_tried_again<R: Reporter>(
    make: &impl Fn(Settings<'_>) -> R,
) {
    let url = unused_url().await;
    assert_eq!(deliver(&make(Settings::new(&url))).await, Delivery::RETRY);
    let silent = Receiver::start(vec![Reply::Silence]).await;
    let reporter = make(Settings {
        timeout: Duration::from_millis(200),
        ..Settings::new(&silent.url())
    });
    assert_eq!(deliver(&reporter).await, Delivery::RETRY);
}

async fn certificates_are_verified<R: Reporter>(make: &impl Fn(Settings<'_>) -> R) {
    let receiver = Receiver::self_signed().await;
    let url = receiver.url();
    assert_eq!(deliver(&make(Settings::new(&url))).await, Delivery::RETRY);
    assert!(receiver.received().is_empty(), "nothing was sent");
    let trusting = make(Settings {
        root: Some(receiver.certificate()),
        ..Settings::new(&url)
    });
    assert_eq!(deliver(&trusting).await, Delivery::Delivered);
    assert_eq!(receiver.received().len(), 1);
}

/// Requests are responded to while no report of theirs gets through.
async fn no_request_waits<R: Reporter + 'static>(make: &impl Fn(Settings<'_>) -> R) {
    let silent = Receiver::start(vec![Reply::Silence]).await;
    let builder = Backstop::production().log(false);
    let backstop = builder.reporter(make(Settings::new(&silent.url()))).build();
    let backstop = backstop.unwrap();
    let failing = || async { Err::<(), _>(Error::msg("x")) };
    let app = Router::new()
        .route("/", get(failing))
        .layer(backstop.layer());
    for _ in 0..100 {
        let response = app.clone().oneshot(Request::new(Body::empty())).await;
        assert_eq!(response.unwrap().status(), 500);
    }
    assert_eq!(backstop.stats().reporters[0].queued(), 100);
    backstop.close(Duration::ZERO).await;
}
