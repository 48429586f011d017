//! Sizes and depths that no application should have: the response is made in linear time, and nothing aborts.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]
#![expect(clippy::panic, reason = "what panics is under test")]

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use backstop::report::{Breadcrumb, Flatten, contextualize};
use backstop::reporters::Memory;
use backstop::{Backstop, BoxError, Builder, Error, HttpError, Origin, Scope, Shape};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::support::http::{Http, serve, serve_handler};
use crate::support::recorder::Recorder;
use crate::support::reports::Reports;

const LONG: Duration = Duration::from_secs(60);
const DEEP: usize = 200_000;

/// Runs this on a thread with a small stack, which recursion over deep values would overflow.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1024 * 1024);
    thread.spawn(run).unwrap().join().unwrap();
}

/// Runs a future there.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::Null, |value, _| Value::Array(vec![value]))
}

/// The status and the body of the response to a handler that fails with this error.
async fn respond(builder: Builder, error: Error) -> (StatusCode, Bytes) {
    let backstop = builder.log(false).build().unwrap();
    let error = Arc::new(Mutex::new(Some(error)));
    let handler =
        get(move || async move { Err::<(), Error>(error.lock().unwrap().take().unwrap()) });
    let app = Router::new().route("/", handler).layer(backstop.layer());
    let request = Request::get("/")
        .header("host", "localhost")
        .body(Body::empty())
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    let status = response.status();
    (
        status,
        response.into_body().collect().await.unwrap().to_bytes(),
    )
}

#[test]
fn details_of_any_depth_are_cut() {
    on_a_small_stack(|| {
        let error = Error::not_found("deep").with_details(nested(DEEP));
        let (status, body) = block_on(respond(Backstop::production(), error));
        assert_eq!(status, 404);
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["details"], "…");
        let owned = nested(100);
        let error = Error::not_found("deep").with_details(&owned);
        assert_eq!(
            error.details().unwrap().to_string().matches('[').count(),
            64
        );
    });
}

#[test]
fn errors_in_errors_of_any_depth_are_made_sent_and_dropped() {
    on_a_small_stack(|| {
        let many = || {
            let leaf = Error::bad_request("leaf");
            (0..100_000).fold(leaf, |inner, _| {
                Error::many([inner]).with_status(StatusCode::BAD_REQUEST)
            })
        };
        drop(many());
        for shape in [Shape::Problem, Shape::Bare] {
            let memory = Memory::new();
            let builder = Backstop::production().shape(shape).reporter(memory.clone());
            assert_eq!(block_on(respond(builder, many())).0, 400);
        }
        let (backstop, reports) = Reports::backstop();
        assert!(backstop.notify(&many()).is_some());
        assert_eq!(reports.one().origin, Origin::Notify);
        let boxed = BoxError::from(many());
        assert!(boxed.source().is_none());
    });
}

#[test]
fn scopes_and_callbacks_survive_values_of_any_depth() {
    on_a_small_stack(|| {
        let (backstop, reports) = Reports::backstop();
        let scope = backstop.scope();
        scope.set_metadata("deep", "value", nested(DEEP));
        scope.add_annotation("deep", nested(DEEP));
        scope.add_attributes(Flatten::new(nested(DEEP)));
        scope.add_breadcrumb(Breadcrumb::new("deep").with_data(nested(DEEP)));
        scope.add_breadcrumb("kept");
        scope.on_report(|report| {
            let section = report.metadata.entry("callback".to_owned()).or_default();
            section.insert("deep".to_owned(), nested(DEEP));
            report.attributes.insert("deep".to_owned(), nested(DEEP));
            report.breadcrumbs[0]
                .data
                .insert("deep".to_owned(), nested(DEEP));
            true
        });
        scope.on_report(|report| {
            report.attributes.insert("again".to_owned(), nested(DEEP));
            panic_any("after it has inserted")
        });
        let run = contextualize(async { Scope::current().notify(&fmt::Error) }, |report| {
            report.attributes.insert("context".to_owned(), nested(DEEP));
            true
        });
        let run = scope.run(|| block_on(run));
        assert!(run.is_some());
        let report = reports.one();
        let deep = &report.metadata["callback"]["deep"];
        assert!(deep.is_array());
        assert!(!report.attributes.contains_key("again"));
        let last = report.breadcrumbs.last().unwrap();
        assert_eq!(last.message, "kept");
        // One that drops the report.
        scope.on_report(|report| {
            report.attributes.insert("last".to_owned(), nested(DEEP));
            false
        });
        scope.notify(&fmt::Error);
        backstop.flush_blocking(LONG);
    });
}

#[test]
fn a_problem_that_is_edited_too_deeply_by_a_callback_that_fails_is_the_one_before() {
    on_a_small_stack(|| {
        let builder = Backstop::production().customize(|problem, _, _| {
            problem.insert("deep", nested(DEEP)).unwrap();
            panic_any("after it has inserted")
        });
        let (status, body) = block_on(respond(builder, Error::not_found("kept")));
        assert_eq!(status, 404);
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["detail"], "kept");
    });
}

/// Its text never ends, and ignores that nobody wants more.
#[derive(Debug)]
struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for _ in 0..1_000_000 {
            let _ = f.write_str("0123456789");
        }
        Ok(())
    }
}

impl StdError for Endless {}

impl HttpError for Endless {
    fn status(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }
}

#[tokio::test]
async fn a_text_that_goes_on_although_it_is_full_is_cut_once() {
    let (status, body) = respond(Backstop::production(), Error::from(Endless)).await;
    assert_eq!(status, 404);
    let problem: Value = serde_json::from_slice(&body).unwrap();
    let detail = problem["detail"].as_str().unwrap();
    assert_eq!(detail.len(), 16 * 1024 + "…".len());
    assert!(detail.ends_with('…'));
    assert!(Error::from(Endless).to_string().len() < 17 * 1024);
}

/// Has as many fields and headers as it says.
#[derive(Debug)]
struct Large(usize);

impl fmt::Display for Large {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("large")
    }
}

impl StdError for Large {}

impl HttpError for Large {
    fn status(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }

    fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
        (0..self.0)
            .map(|number| (format!("f{number}").into(), number.into()))
            .collect()
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for number in 0..self.0 {
            let value = HeaderValue::from_str(&format!("c{number}=1")).unwrap();
            headers.append(header::SET_COOKIE, value);
        }
        headers
    }
}

#[tokio::test]
async fn tens_of_thousands_of_fields_headers_and_items_are_sent_in_every_shape() {
    const MANY: usize = 40_000;
    for shape in [Shape::Problem, Shape::Bare] {
        for builder in [Backstop::production(), Backstop::development()] {
            let builder = builder.shape(shape.clone());
            let mut error = Error::from(Large(MANY / 2));
            for number in 0..MANY {
                error = error.with_field(format!("f{number}"), number);
            }
            let error = Error::many([error, Error::bad_request("x").with_details(vec![0; MANY])]);
            let error = error.with_status(StatusCode::BAD_REQUEST);
            assert_eq!(respond(builder, error).await.0, 400);
        }
    }
    let items = (0..MANY).map(|number| Error::bad_request(number.to_string()));
    let error = Error::many(items).with_status(StatusCode::BAD_REQUEST);
    let (_, body) = respond(Backstop::production(), error).await;
    let problem: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem["errors"].as_array().unwrap().len(), MANY);
}

#[test]
fn a_field_that_is_set_again_has_its_last_value_however_many_there_are() {
    let mut error = Error::from(Large(100));
    for number in 0..100 {
        error = error
            .with_field(format!("f{number}"), "first")
            .with_field("last", number);
    }
    let fields = error.fields();
    assert_eq!(fields.len(), 101);
    assert_eq!(fields.last().unwrap(), &("last".into(), 99.into()));
    assert!(fields.iter().take(100).all(|(_, value)| value == "first"));
}

#[tokio::test]
async fn more_headers_than_a_map_holds_are_cut() {
    let (recorder, backstop) = Recorder::production();
    let with = |prefix: &str, count: usize| {
        let mut headers = HeaderMap::new();
        for number in 0..count {
            let name = HeaderName::try_from(format!("{prefix}-{number}")).unwrap();
            headers.insert(name, HeaderValue::from_static("1"));
        }
        headers
    };
    let failing = service_fn(async |_: Request<Body>| {
        let mut error = Error::not_found("no such order");
        for (name, value) in with("own", 15_000) {
            error = error.with_header(name.unwrap(), value);
        }
        let mut response = axum::response::IntoResponse::into_response(error);
        for (name, value) in with("other", 10_000) {
            let _ = response.headers_mut().try_insert(name.unwrap(), value);
        }
        Ok::<_, BoxError>(response)
    });
    let app = backstop.layer().layer(failing);
    let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
    assert_eq!(response.status(), 404);
    assert!(
        response.headers().len() > 15_000,
        "the error's own are kept"
    );
    assert_eq!(recorder.take().len(), 1);
    // Cookies are merged in linear time.
    let handler = get(async || {
        let mut response = axum::response::IntoResponse::into_response(Error::from(Large(20_000)));
        let cookie = HeaderValue::from_static("other=1");
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response
    });
    let app = Router::new().route("/", handler).layer(backstop.layer());
    let request = Request::get("/").body(Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    let cookies = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .count();
    assert_eq!((response.status().as_u16(), cookies), (404, 20_001));
}

/// Panics where it says whether it forwards another error.
#[derive(Debug)]
struct Opaque;

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("opaque")
    }
}

impl StdError for Opaque {}

impl HttpError for Opaque {
    fn transparent_over(&self) -> Option<&(dyn HttpError + 'static)> {
        panic_any("s3cr3t")
    }
}

/// Panics where it becomes a `BoxError`.
struct Unboxable;

impl From<Unboxable> for BoxError {
    fn from(_: Unboxable) -> Self {
        panic_any("s3cr3t")
    }
}

#[tokio::test]
async fn an_error_that_panics_where_it_is_forwarded_or_boxed_is_a_500() {
    let (recorder, backstop) = Recorder::production();
    let server = serve_handler(&backstop, get(async || Err::<(), Error>(Opaque.into()))).await;
    for http in Http::BOTH {
        server
            .get(http, "/")
            .await
            .assert_hidden(500, "Internal Server Error");
        assert_eq!(recorder.only().messages, ["opaque"]);
    }
    let (reporting, reports) = Reports::backstop();
    assert!(reporting.notify(&Error::from(Opaque)).is_some());
    assert_eq!(reports.one().errors[0].message, "opaque");

    let failing = service_fn(async |_: Request<Body>| Err::<Response, _>(Unboxable));
    let response = backstop
        .layer()
        .layer(failing)
        .oneshot(Request::new(Body::empty()))
        .await;
    assert_eq!(response.unwrap().status(), 500);
    assert_eq!(recorder.only().origin, "panic");
}

type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

/// A body of this exact size that sends one byte and then does something else.
struct Short {
    left: u64,
    then: fn() -> Polled,
}

impl http_body::Body for Short {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.left == 1_000 {
            self.left -= 1;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"a")))));
        }
        (self.then)()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[tokio::test]
async fn a_small_body_of_known_size_that_fails_midway_is_reported() {
    let (recorder, backstop) = Recorder::production();
    let short =
        |left, then| get(move || async move { Response::new(Body::new(Short { left, then })) });
    let app = Router::new()
        .route(
            "/fails",
            short(1_000, || Poll::Ready(Some(Err("broken".into())))),
        )
        .route(
            "/fails-at-once",
            short(999, || Poll::Ready(Some(Err("broken".into())))),
        )
        .route("/panics", short(1_000, || panic_any("broken")))
        .route("/panics-at-once", short(999, || panic_any("broken")))
        .layer(backstop.layer());
    let server = serve(app).await;
    for path in ["/fails", "/fails-at-once", "/panics", "/panics-at-once"] {
        let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let reply = server.raw(head).await;
        assert!(reply.len() < 1_000, "{path}");
        let only = recorder.only();
        assert_eq!((only.status, only.origin), (200, "body"), "{path}");
        assert_eq!(only.messages, ["broken"], "{path}");
    }
    // What is in memory or comes late arrives whole, with its trailers.
    let late = async || {
        let frames = [Ok::<_, BoxError>(Frame::data(Bytes::from_static(b"late")))];
        let frames = futures_util::stream::iter(frames);
        Response::new(Body::new(http_body_util::StreamBody::new(frames)))
    };
    let app = Router::new()
        .route("/text", get(async || "text"))
        .route("/empty", get(async || ""))
        .route("/json", get(async || axum::Json(json!({"a": 1}))))
        .route("/late", get(late))
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for (path, text) in [
            ("/text", "text"),
            ("/empty", ""),
            ("/json", "{\"a\":1}"),
            ("/late", "late"),
        ] {
            assert_eq!(server.get(http, path).await.text(), text, "{path}");
        }
        let reply = server.get(http, "/text").await;
        if http == Http::One {
            assert_eq!(reply.header("content-length"), Some("4"));
        }
    }
    assert_eq!(recorder.take(), []);
}

#[tokio::test]
async fn an_upstream_that_dies_after_a_part_of_a_small_body_is_reported() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = upstream.local_addr().unwrap();
    let dying = tokio::spawn(async move {
        let (mut socket, _) = upstream.accept().await.unwrap();
        let _ = socket.read(&mut [0; 1024]).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabcd";
        socket.write_all(head.as_bytes()).await.unwrap();
    });
    let proxy = move || async move {
        let socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let io = hyper_util::rt::TokioIo::new(socket);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        let request = Request::get("/")
            .header("host", "x")
            .body(Body::empty())
            .unwrap();
        sender.send_request(request).await.unwrap().map(Body::new)
    };
    let (recorder, backstop) = Recorder::production();
    let server = serve_handler(&backstop, get(proxy)).await;
    let reply = server
        .raw("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    assert!(String::from_utf8(reply).unwrap().ends_with("abcd"));
    assert_eq!(recorder.only().origin, "body");
    dying.await.unwrap();
}
