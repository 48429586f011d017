//! What a client sends is as large as the server lets it be: it crowds out nobody else's reports, and changes no
//! response. What an application sends is as large as it likes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use backstop::reporters::{Delivery, Memory, Reporter};
use backstop::settings::{QueueLimits, Reporting};
use backstop::stats::Outcome;
use backstop::{Backstop, Error, Report, RequestInfo, Shape, testing};
use http::header::{ACCEPT, COOKIE, SET_COOKIE, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use tokio::sync::Semaphore;
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::support::body::text;
use crate::support::http::{Http, request, serve_handler};
use crate::support::reports::Reports;
use crate::support::subscriber::Log;

const LONG: Duration = Duration::from_secs(60);

/// A reporter that delivers nothing until it is released.
struct Slow {
    released: Arc<Semaphore>,
}

impl Reporter for Slow {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let _ = self.released.acquire().await;
        vec![Delivery::Delivered; batch.len()]
    }
}

/// The longest value that hyper takes for a header, nearly, which no parser of quotes reads quickly.
fn quotes() -> HeaderValue {
    HeaderValue::from_str(&format!("a/b;x=\"{}", "\\".repeat(380_000))).unwrap()
}

#[tokio::test]
async fn a_client_that_sends_much_drops_no_report_of_another() {
    let released = Arc::new(Semaphore::new(0));
    let slow = Slow {
        released: Arc::clone(&released),
    };
    let kept = Reporting::new().keep_headers([USER_AGENT, COOKIE]);
    let backstop = Backstop::production()
        .log(false)
        .reporting(kept)
        .reporter(slow)
        .build()
        .unwrap();
    let failing = any(async || Err::<(), _>(Error::msg("out of tea")));
    let server = serve_handler(&backstop, failing).await;
    let mut hostile = Vec::new();
    for name in [
        ACCEPT,
        USER_AGENT,
        COOKIE,
        HeaderName::from_static("traceparent"),
    ] {
        for _ in 0..15 {
            let mut request = request("GET", "/");
            request.headers_mut().insert(name.clone(), quotes());
            hostile.push(request);
        }
    }
    for _ in 0..60 {
        hostile.push(request("GET", &format!("/?{}", "a".repeat(60_000))));
        hostile.push(request(&"A".repeat(60_000), "/"));
    }
    let count = hostile.len() as u64 + 100;
    for request in hostile {
        assert_eq!(server.send(Http::One, request).await.status, 500);
    }
    for _ in 0..100 {
        assert_eq!(server.get(Http::One, "/").await.status, 500);
    }
    let stats = backstop.stats();
    let stats = &stats.reporters[0];
    assert_eq!((stats.captured(), stats.dropped()), (count, 0), "{stats:?}");
    released.close();
    assert!(backstop.flush(LONG).await.is_empty());
}

#[tokio::test]
async fn a_report_contains_the_beginning_of_what_is_long() {
    let memory = Memory::new();
    let kept = Reporting::new().keep_headers([COOKIE, USER_AGENT]);
    let backstop = Backstop::production()
        .log(false)
        .reporting(kept)
        .reporter(memory.clone())
        .build()
        .unwrap();
    let failing = any(async || Err::<(), _>(Error::msg("out of tea")));
    let server = serve_handler(&backstop, failing).await;
    let mut long = request(
        &"A".repeat(50_000),
        &format!("/?page=2&{}", "a".repeat(50_000)),
    );
    let agent = HeaderValue::from_str(&"b".repeat(50_000)).unwrap();
    long.headers_mut().insert(USER_AGENT, agent);
    let accept = format!("a/b;x=\"{}", "\\".repeat(100_000));
    long.headers_mut()
        .insert(ACCEPT, HeaderValue::from_str(&accept).unwrap());
    server.send(Http::One, long).await;
    let mut short = request("GET", "/?page=2");
    short
        .headers_mut()
        .insert(USER_AGENT, HeaderValue::from_static("curl"));
    server.send(Http::One, short).await;
    assert!(backstop.flush(LONG).await.is_empty());
    let [long, short]: [Arc<Report>; 2] = memory.reports().try_into().unwrap();
    let size = serde_json::to_vec(&*long).unwrap().len();
    assert!(size < 16 * 1024, "{size}");
    let request = long.request.as_ref().unwrap();
    assert!(request.url.starts_with("/?page=2&aaaa") && request.url.ends_with("..."));
    assert!(request.headers["user-agent"].starts_with("bbbb"));
    assert!(request.headers["accept"].starts_with("a/b;x=\"\\\\"));
    assert_eq!(request.method, "A".repeat(32));
    let request = short.request.as_ref().unwrap();
    assert_eq!((&*request.url, &*request.method), ("/?page=2", "GET"));
    assert_eq!(request.headers["user-agent"], "curl");
}

#[tokio::test]
async fn callbacks_and_negotiation_see_the_whole_request() {
    let backstop = Backstop::production()
        .log(false)
        .format_query("format")
        .reporting(Reporting::new().keep_headers([COOKIE]))
        .customize(|problem, _, request| {
            let cookie = request.header("cookie").map_or(0, HeaderValue::len);
            let _ = problem.insert("cookie", cookie);
        })
        .build()
        .unwrap();
    let failing = get(async || Err::<(), _>(Error::not_found("no tea")));
    let server = serve_handler(&backstop, failing).await;
    let mut long = request("GET", &format!("/?{}&format=json", "a".repeat(50_000)));
    let cookie = HeaderValue::from_str(&"c".repeat(50_000)).unwrap();
    long.headers_mut().insert(COOKIE, cookie);
    let reply = server.send(Http::One, long).await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(
        reply.text().contains("\"cookie\":50000"),
        "{}",
        reply.text()
    );
    // What stands before a long range is read, and after it too, as far as 8 KiB.
    for (accept, content_type) in [
        (
            format!("text/html, a/b;x=\"{}", "\\".repeat(300_000)),
            "text/html",
        ),
        (
            format!("a/b;x=\"{}\", text/html", "a".repeat(7_000)),
            "text/html",
        ),
        (
            format!("a/b;x=\"{}\", text/html", "a".repeat(9_000)),
            "application/problem+json",
        ),
    ] {
        let mut long = request("GET", "/");
        long.headers_mut()
            .insert(ACCEPT, HeaderValue::from_str(&accept).unwrap());
        let reply = server.send(Http::One, long).await;
        assert!(
            reply
                .header("content-type")
                .unwrap()
                .starts_with(content_type)
        );
    }
}

#[test]
fn the_log_contains_the_beginning_of_a_long_path_and_method() {
    let (log, _default) = Log::start();
    let backstop = Backstop::production().build().unwrap();
    let request = Request::builder()
        .method(Method::from_bytes(&[b'M'; 5_000]).unwrap())
        .uri(format!("/{}", "a".repeat(50_000)))
        .body(())
        .unwrap();
    let _ = backstop.respond(&RequestInfo::from_request(&request), Error::msg("x"));
    let text = log.text();
    assert!(text.contains("url.path=/aaaa") && text.contains("method=MMMM"));
    assert!(text.len() < 6_000, "{}", text.len());
}

#[test]
fn what_an_error_was_given_counts_in_the_queues_bytes() {
    let limits = QueueLimits {
        reports: 1_000,
        bytes: 1 << 20,
    };
    let dropped = |error: fn() -> Error| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        // The worker has no turn before the end.
        runtime.block_on(async {
            let builder = testing::on_current_runtime(Backstop::production());
            let reporting = Reporting::new().queue(limits);
            let builder = builder
                .log(false)
                .reporting(reporting)
                .reporter(Memory::new());
            let backstop = builder.build().unwrap();
            let request = RequestInfo::from_request(&Request::get("/").body(()).unwrap());
            for _ in 0..10 {
                let _ = backstop.respond(&request, error());
            }
            backstop.stats().reporters[0].count(Outcome::QueueFull)
        })
    };
    assert_eq!(dropped(|| Error::msg("small").with_field("a", 1)), 0);
    for error in [
        || Error::msg("x").with_field("a", "x".repeat(256 << 10)),
        || Error::msg("x").with_details(vec!["x".repeat(256 << 10)]),
        || Error::msg("x").with_code("x".repeat(256 << 10)),
        || Error::msg("x").with_detail("x".repeat(256 << 10)),
        || Error::msg("x".repeat(256 << 10)),
        || Error::many([Error::msg("x").with_field("a", "x".repeat(256 << 10))]),
    ] as [fn() -> Error; 6]
    {
        assert_eq!(dropped(error), 7);
    }
}

/// In quadratic time this would take minutes.
#[test]
fn forty_thousand_fields_are_written_and_reported() {
    const COUNT: usize = 40_000;
    let error = || {
        let fields = 0..COUNT;
        fields.fold(Error::not_found("no tea"), |error, at| {
            error.with_field(format!("field{at}"), at)
        })
    };
    let names: Vec<String> = (0..COUNT / 100).map(|at| format!("field{at}")).collect();
    for (shape, accept) in [
        (Shape::Problem, "application/problem+json"),
        (Shape::Problem, "text/html"),
        (Shape::Problem, "text/plain"),
        (Shape::Bare, "application/json"),
        (Shape::Bare, "text/xml"),
    ] {
        let builder = Backstop::development()
            .shape(shape)
            .safe_fields(names.clone());
        let backstop = builder.log(false).build().unwrap();
        let request = Request::get("/").header("accept", accept).body(()).unwrap();
        let request = RequestInfo::from_request(&testing::local(request));
        let response = backstop.respond(&request, error());
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        let body = text(response);
        // What a person reads in development is bounded.
        let is_bounded = matches!(accept, "text/html" | "text/plain");
        let has_last = body.contains(&format!("field{}", COUNT - 1));
        assert!(
            body.contains("field0") && (has_last || is_bounded),
            "{accept}"
        );
        assert!(accept != "text/html" || body.len() < 60 * 1024, "{accept}");
    }
    let (backstop, reports) = Reports::backstop();
    backstop.notify(&error());
    assert!(
        reports
            .one()
            .trimmed
            .iter()
            .any(|it| it.starts_with("metadata"))
    );
}

#[tokio::test]
async fn twenty_thousand_headers_of_an_error_are_kept_and_so_are_the_cookies_of_others() {
    let backstop = Backstop::production().log(false).build().unwrap();
    let error = || {
        let value = |at: usize| HeaderValue::from(at);
        let error = (0..20_000).fold(Error::not_found("no tea"), |error, at| {
            let name = HeaderName::try_from(format!("x-{at}")).unwrap();
            error.with_header(name, value(at))
        });
        (0..1_000).fold(error, |error, at| error.with_header(SET_COOKIE, value(at)))
    };
    let handler = move |_: Request<Body>| async move {
        let mut response: Response = error().into_response();
        for at in 500..2_000 {
            response
                .headers_mut()
                .append(SET_COOKIE, HeaderValue::from(at));
        }
        Ok::<_, Infallible>(response)
    };
    let service = backstop.layer().layer(service_fn(handler));
    let response = service.oneshot(request("GET", "/")).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let headers = response.headers();
    assert_eq!(headers.get_all(SET_COOKIE).iter().count(), 2_000);
    assert!((0..20_000).all(|at| headers[format!("x-{at}")] == at.to_string()));
}
