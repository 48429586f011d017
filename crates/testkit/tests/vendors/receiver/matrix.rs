//! What each answer means, the same for every sink.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use backstop::reporters::{Delivery, Reporter};
use backstop::{Backstop, Error};
use http::Request;
use tower::ServiceExt as _;

use super::{Receiver, Reply, nobody, sample};

/// How a sink is made: where it sends, and what else it trusts.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) url: &'a str,
    pub(crate) timeout: Duration,
    pub(crate) root: Option<&'a str>,
}

impl<'a> At<'a> {
    pub(crate) const fn new(url: &'a str) -> Self {
        Self {
            url,
            timeout: Duration::from_secs(10),
            root: None,
        }
    }
}

async fn deliver<R: Reporter>(sink: &R) -> Delivery {
    let answers = sink.deliver(&[Arc::new(sample::report())]).await;
    assert_eq!(answers.len(), 1);
    answers[0]
}

/// Asks a receiver that answers once, and sees that it is asked no more than once.
async fn answer<R: Reporter>(make: &impl Fn(At<'_>) -> R, reply: Reply) -> Delivery {
    let receiver = Receiver::start(vec![reply]).await;
    let delivery = deliver(&make(At::new(&receiver.url()))).await;
    assert_eq!(receiver.received().len(), 1, "one report is one request");
    delivery
}

/// Every answer and every way to give none. Without a word of its own a 429 means `limited`.
pub(crate) async fn check<R: Reporter + 'static>(
    make: impl Fn(At<'_>) -> R,
    limited: Option<Duration>,
) {
    let limited = Delivery::Retry { after: limited };
    let after = |seconds| Delivery::Retry {
        after: Some(Duration::from_secs(seconds)),
    };
    let with =
        |status, name, value: &str| Reply::Answer(status, vec![(name, value.to_owned())], "");
    let garbage = Reply::Answer(
        200,
        vec![("content-type", "text/html".to_owned())],
        "\u{0}<",
    );
    for (reply, want) in [
        (Reply::status(200), Delivery::Delivered),
        (Reply::status(201), Delivery::Delivered),
        (Reply::status(202), Delivery::Delivered),
        (Reply::Answer(204, Vec::new(), ""), Delivery::Delivered),
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
        (with(429, "retry-after", "7"), after(7)),
        (with(429, "retry-after", "soon"), limited),
        (with(429, "x-ratelimit-delay", "9"), after(9)),
        (with(400, "retry-after", "7"), Delivery::Rejected),
        (Reply::status(500), Delivery::RETRY),
        (Reply::status(502), Delivery::RETRY),
        (with(503, "retry-after", "7"), after(7)),
        (Reply::Reset, Delivery::RETRY),
        (Reply::Torn, Delivery::RETRY),
        (Reply::Slow, Delivery::Delivered),
    ] {
        assert_eq!(answer(&make, reply.clone()).await, want, "{reply:?}");
    }
    let date = with(429, "retry-after", "Wed, 31 Dec 2098 23:59:59 GMT");
    let day = Duration::from_secs(86_400);
    let delivery = answer(&make, date).await;
    assert!(
        matches!(delivery, Delivery::Retry { after: Some(after) } if after > day),
        "{delivery:?}"
    );
    nobody_is_followed(&make).await;
    unreachable(&make).await;
    certificates(&make).await;
    no_request_waits(&make).await;
}

/// Requests are answered as ever while nobody takes the reports of them.
async fn no_request_waits<R: Reporter + 'static>(make: &impl Fn(At<'_>) -> R) {
    let silent = Receiver::start(vec![Reply::Silence]).await;
    let builder = Backstop::production().log(false);
    let backstop = builder.reporter(make(At::new(&silent.url()))).build();
    let backstop = backstop.unwrap();
    let failing = || async { Err::<(), _>(Error::msg("x")) };
    let app = Router::new()
        .route("/", get(failing))
        .layer(backstop.layer());
    for _ in 0..100 {
        let answer = app.clone().oneshot(Request::new(Body::empty())).await;
        assert_eq!(answer.unwrap().status(), 500);
    }
    assert_eq!(backstop.stats().reporters[0].queued(), 100);
    backstop.shutdown(Duration::ZERO).await;
}

async fn nobody_is_followed<R: Reporter>(make: &impl Fn(At<'_>) -> R) {
    let other = Receiver::taking().await;
    for status in [301, 302, 307, 308] {
        let redirect = Reply::Answer(status, vec![("location", other.url())], "");
        assert_eq!(answer(make, redirect).await, Delivery::Rejected, "{status}");
    }
    assert!(other.received().is_empty());
}

async fn unreachable<R: Reporter>(make: &impl Fn(At<'_>) -> R) {
    let url = nobody().await;
    assert_eq!(deliver(&make(At::new(&url))).await, Delivery::RETRY);
    let silent = Receiver::start(vec![Reply::Silence]).await;
    let url = silent.url();
    let timeout = Duration::from_millis(200);
    let sink = make(At {
        timeout,
        ..At::new(&url)
    });
    assert_eq!(deliver(&sink).await, Delivery::RETRY);
}

async fn certificates<R: Reporter>(make: &impl Fn(At<'_>) -> R) {
    let receiver = Receiver::self_signed().await;
    let url = receiver.url();
    assert_eq!(deliver(&make(At::new(&url))).await, Delivery::RETRY);
    assert!(receiver.received().is_empty(), "nothing was sent");
    let trusting = make(At {
        root: Some(receiver.certificate()),
        ..At::new(&url)
    });
    assert_eq!(deliver(&trusting).await, Delivery::Delivered);
    assert_eq!(receiver.received().len(), 1);
}
