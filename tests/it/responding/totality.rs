//! Nothing that an application does can make the error path fail.

#![expect(clippy::panic, reason = "what panics is under test")]

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::panic_any;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use backstop::settings::Disclosure;
use backstop::{Backstop, BoxError, Builder, Error, Exposure, HttpError, Shape};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::support::http::{Http, Reply, request, serve, serve_handler};
use crate::support::recorder::Recorder;
use crate::support::services::{Bomb, Step, Steps};

const FORMATS: [&str; 8] = [
    "application/problem+json",
    "application/json",
    "application/problem+xml",
    "text/xml",
    "text/html",
    "text/plain",
    "text/markdown",
    "application/api-problem+json",
];

/// An error that does one thing in `Display`, another in `source`, and is a 404.
#[derive(Debug)]
struct Odd {
    shows: fn(&mut fmt::Formatter<'_>) -> fmt::Result,
    source: fn(&Self) -> Option<&(dyn StdError + 'static)>,
}

const PLAIN: Odd = Odd {
    shows: |f| f.write_str("plain"),
    source: |_| None,
};

const ODD: [(&str, Odd); 6] = [
    (
        "/display-panics",
        Odd {
            shows: |_| panic_any("s3cr3t"),
            ..PLAIN
        },
    ),
    (
        "/display-bombs",
        Odd {
            shows: |_| panic_any(Bomb(1)),
            ..PLAIN
        },
    ),
    (
        "/display-fails",
        Odd {
            shows: |f| f.write_str("half").and(Err(fmt::Error)),
            ..PLAIN
        },
    ),
    (
        "/display-is-huge",
        Odd {
            shows: |f| (0..1_000_000).try_for_each(|_| f.write_str("0123456789")),
            ..PLAIN
        },
    ),
    (
        "/source-is-itself",
        Odd {
            source: |this| Some(this),
            ..PLAIN
        },
    ),
    (
        "/source-panics",
        Odd {
            source: |_| panic_any(Bomb(1)),
            ..PLAIN
        },
    ),
];

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.shows)(f)
    }
}

impl StdError for Odd {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        (self.source)(self)
    }
}

impl HttpError for Odd {
    fn status(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }
}

/// An error whose every method panics, but for the status where there is one, and its destructor too.
#[derive(Default)]
struct Wild {
    status: Option<StatusCode>,
}

impl fmt::Debug for Wild {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic_any(Bomb(1))
    }
}

impl fmt::Display for Wild {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic_any(Bomb(1))
    }
}

impl StdError for Wild {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        panic_any(Bomb(1))
    }
}

impl HttpError for Wild {
    fn status(&self) -> StatusCode {
        self.status.unwrap_or_else(|| panic_any(Bomb(1)))
    }

    fn code(&self) -> Option<Value> {
        panic_any(Bomb(1))
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        panic_any(Bomb(1))
    }

    fn title(&self) -> Option<Cow<'static, str>> {
        panic_any(Bomb(1))
    }

    fn detail(&self) -> Option<Cow<'static, str>> {
        panic_any(Bomb(1))
    }

    fn type_uri(&self) -> Option<Cow<'static, str>> {
        panic_any(Bomb(1))
    }

    fn details(&self) -> Option<Value> {
        panic_any(Bomb(1))
    }

    fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
        panic_any(Bomb(1))
    }

    fn headers(&self) -> HeaderMap {
        panic_any(Bomb(1))
    }

    fn exposure(&self) -> Exposure {
        panic_any(Bomb(1))
    }

    fn is_foreign(&self) -> bool {
        self.status.is_none() && panic_any(Bomb(1))
    }
}

impl Drop for Wild {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic_any(Bomb(1));
        }
    }
}

/// Asserts that the response is a document of its format and states the status.
#[track_caller]
fn assert_well_formed(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert!(reply.end.is_ok());
    let content_type = reply.header("content-type").unwrap_or_default();
    let text = reply.text();
    match content_type.split(';').next() {
        Some("application/problem+json" | "application/json") => {
            let document: Value = serde_json::from_str(text).expect("JSON");
            let root = document.get("error").unwrap_or(&document);
            let found = root.get("status").or_else(|| root.get("statusCode"));
            assert_eq!(found, Some(&json!(status)), "{text}");
        }
        Some("application/api-problem+json") => {
            let document: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(document["httpStatus"], status);
        }
        Some("application/problem+xml" | "application/xml" | "text/xml") => {
            let mut reader = quick_xml::Reader::from_str(text);
            while reader.read_event().expect("XML") != quick_xml::events::Event::Eof {}
            assert!(text.contains(&status.to_string()), "{text}");
        }
        Some("text/html") => {
            assert!(text.starts_with("<!DOCTYPE html>") && text.ends_with("</html>"));
            assert!(text.contains(&status.to_string()), "{text}");
        }
        Some("text/plain") => assert!(text.starts_with(&status.to_string()), "{text}"),
        Some("text/markdown") => assert!(text.starts_with(&format!("# {status} ")), "{text}"),
        other => unreachable!("{other:?}"),
    }
    assert!(reply.header("x-error-id").is_some());
}

/// The settings under which all must hold.
fn settings() -> [fn() -> Builder; 3] {
    [
        Backstop::production,
        || Backstop::development().safe_fields(["deep"]),
        || Backstop::development().shape(Shape::envelope("error")),
    ]
}

async fn assert_all_formats(app: impl Fn() -> Router, path: &str, status: u16) {
    for settings in settings() {
        let recorder = Recorder::default();
        let backstop = recorder.on(settings());
        let server = serve(app().layer(backstop.layer())).await;
        for http in Http::BOTH {
            for format in FORMATS {
                let mut request = request("GET", path);
                request
                    .headers_mut()
                    .insert("accept", HeaderValue::from_static(format));
                let reply = server.send(http, request).await;
                assert_well_formed(&reply, status);
                assert!(reply.body.len() < 256 * 1024);
                let only = recorder.only();
                assert_eq!((only.status, only.origin), (status, "handler"));
            }
        }
    }
}

#[tokio::test]
async fn an_odd_error_has_its_status_in_every_format() {
    for (path, odd) in ODD {
        let Odd { shows, source } = odd;
        let app = || {
            let handler = move || async move { Err::<(), _>(Error::from(Odd { shows, source })) };
            Router::new().route(path, get(handler))
        };
        assert_all_formats(app, path, 404).await;
    }
}

#[tokio::test]
async fn an_error_whose_every_method_panics_has_its_status_or_500() {
    for (status, expected) in [(None, 500), (Some(StatusCode::NOT_FOUND), 404)] {
        let app = || {
            let handler = move || async move { Err::<(), _>(Error::from(Wild { status })) };
            Router::new().route("/", get(handler))
        };
        assert_all_formats(app, "/", expected).await;
    }
}

#[tokio::test]
async fn setters_on_a_panicking_error_still_count() {
    let (recorder, backstop) = Recorder::production();
    let handler = || async {
        let error = Error::from(Wild::default())
            .with_status(StatusCode::CONFLICT)
            .with_header(http::header::RETRY_AFTER, HeaderValue::from_static("7"));
        Err::<(), _>(error)
    };
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        reply.assert_hidden(409, "Conflict");
        assert_eq!(reply.header("retry-after"), Some("7"));
        assert_eq!(recorder.only().origin, "handler");
    }
}

#[tokio::test]
async fn without_the_layer_a_panicking_error_still_gets_a_response() {
    let handler = || async {
        Err::<(), _>(Error::from(Wild {
            status: Some(StatusCode::NOT_FOUND),
        }))
    };
    let server = serve(Router::new().route("/", get(handler))).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(reply.text(), r#"{"title":"Not Found","status":404}"#);
    }
}

#[tokio::test]
async fn a_panicking_error_of_a_service_is_a_500() {
    let (recorder, backstop) = Recorder::production();
    let raw =
        service_fn(|_: Request| async { Err::<Response, BoxError>(Box::new(Wild::default())) });
    let ours = service_fn(|_: Request| async {
        Err::<Response, _>(BoxError::from(Error::from(Wild::default())))
    });
    let app = Router::new()
        .route_service("/raw", backstop.layer().layer(raw))
        .route_service("/ours", backstop.layer().layer(ours));
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/raw", "/ours"] {
            let reply = server.get(http, path).await;
            reply.assert_hidden(500, "Internal Server Error");
            assert_eq!(recorder.only().origin, "service");
        }
    }
}

#[tokio::test]
async fn a_panicking_error_of_a_body_ends_the_stream_and_is_reported() {
    let (recorder, backstop) = Recorder::production();
    let raw = || async {
        let error = Step::Fail(Box::new(Wild::default()));
        Body::new(Steps::new([Step::Data("one"), Step::Rest, error]))
    };
    let ours = || async {
        let error = Step::Fail(Error::from(Wild::default()).into());
        Body::new(Steps::new([Step::Data("one"), Step::Rest, error]))
    };
    let app = Router::new()
        .route("/raw", get(raw))
        .route("/ours", get(ours));
    let server = serve(app.layer(backstop.layer())).await;
    for http in Http::BOTH {
        for path in ["/raw", "/ours"] {
            let reply = server.get(http, path).await;
            assert_eq!((reply.status.as_u16(), reply.text()), (200, "one"));
            assert!(reply.end.is_err());
            let only = recorder.only();
            assert!(only.response_started);
            assert_eq!((only.status, only.origin), (200, "body"));
        }
    }
}

#[tokio::test]
async fn a_future_whose_destructor_panics_after_it_responded_changes_nothing() {
    struct Responds;
    impl Future for Responds {
        type Output = Result<Response, BoxError>;
        fn poll(
            self: std::pin::Pin<&mut Self>,
            _cx: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Self::Output> {
            std::task::Poll::Ready(Ok(Response::new(Body::from("well"))))
        }
    }
    impl Drop for Responds {
        fn drop(&mut self) {
            panic_any(Bomb(1));
        }
    }
    let (_, backstop) = Recorder::production();
    let service = service_fn(|_: Request| Responds);
    let app = Router::new().route_service("/", backstop.layer().layer(service));
    let server = serve(app).await;
    for http in Http::BOTH {
        assert_eq!(server.get(http, "/").await.text(), "well");
    }
}

#[tokio::test]
async fn a_replaced_body_whose_destructor_panics_changes_nothing() {
    struct Falls;
    impl http_body::Body for Falls {
        type Data = bytes::Bytes;
        type Error = BoxError;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _cx: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, BoxError>>> {
            std::task::Poll::Pending
        }
    }
    impl Drop for Falls {
        fn drop(&mut self) {
            panic_any(Bomb(1));
        }
    }
    let (recorder, backstop) = Recorder::production();
    let bare = || async { (StatusCode::BAD_GATEWAY, Body::new(Falls)) };
    let ours = || async {
        let error = axum::response::IntoResponse::into_response(Error::msg("s3cr3t"));
        error.map(|_| Body::new(Falls))
    };
    let app = Router::new()
        .route("/bare", get(bare))
        .route("/ours", get(ours));
    let server = serve(app.layer(backstop.layer())).await;
    for http in Http::BOTH {
        for (path, status, title) in [
            ("/bare", 502, "Bad Gateway"),
            ("/ours", 500, "Internal Server Error"),
        ] {
            let reply = server.get(http, path).await;
            reply.assert_hidden(status, title);
            assert_eq!(recorder.take().len(), 1);
        }
    }
}

/// The settings with every hook, each of which panics.
fn panicking_hooks(builder: Builder, panics: fn()) -> Builder {
    builder
        .on_error(move |_| panics())
        .customize(move |problem, _, _| {
            problem.set_detail("half an edit");
            panics();
        })
        .html_page(move |_, _| {
            panics();
            String::new()
        })
        .disclosure(
            Disclosure::new()
                .details_if(move |_, _| {
                    panics();
                    true
                })
                .backtrace_if(move |_, _| {
                    panics();
                    true
                }),
        )
        .type_uri(move |_, _| {
            panics();
            None
        })
        .map_error::<fmt::Error>(move |_| {
            panics();
            StatusCode::NOT_FOUND.into()
        })
}

#[tokio::test]
async fn hooks_that_panic_change_nothing_about_the_response() {
    let app = |backstop: &Backstop| {
        let denied =
            || async { Err::<(), _>(Error::msg("denied").with_status(StatusCode::FORBIDDEN)) };
        let foreign = || async { Err::<(), _>(Error::from(fmt::Error)) };
        let service =
            service_fn(|_: Request| async { Err::<Response, BoxError>(fmt::Error.into()) });
        Router::new()
            .route("/denied", get(denied))
            .route("/foreign", get(foreign))
            .route("/panic", get(|| async { panic!("s3cr3t") as () }))
            .layer(backstop.layer())
            .route_service("/service", backstop.layer().layer(service))
    };
    let plain = Backstop::production().build().unwrap();
    let plain = serve(app(&plain)).await;
    for panics in [|| panic_any("s3cr3t"), (|| panic_any(Bomb(1))) as fn()] {
        let (recorder, _) = Recorder::production();
        let broken = recorder.on(panicking_hooks(Backstop::production(), panics));
        let broken = serve(app(&broken)).await;
        for http in Http::BOTH {
            for (path, status) in [
                ("/denied", 403),
                ("/foreign", 500),
                ("/panic", 500),
                ("/service", 500),
            ] {
                for format in FORMATS {
                    let ask = || {
                        let mut request = request("GET", path);
                        let value = HeaderValue::from_static(format);
                        request.headers_mut().insert("accept", value);
                        request
                    };
                    let expected = plain.send(http, ask()).await;
                    let reply = broken.send(http, ask()).await;
                    assert_well_formed(&reply, status);
                    assert_eq!(without_id(&reply), without_id(&expected));
                    assert_eq!(
                        recorder.only().status,
                        status,
                        "the next callback is called"
                    );
                }
            }
        }
    }
}

fn without_id(reply: &Reply) -> String {
    let id = reply.header("x-error-id").unwrap_or_default();
    reply.text().replace(id, "<id>")
}

/// Arrays in arrays.
fn deep(depth: usize) -> Value {
    (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
}

#[derive(Debug)]
struct Deep;

impl fmt::Display for Deep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("deep")
    }
}

impl StdError for Deep {}

impl HttpError for Deep {
    fn status(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }

    fn code(&self) -> Option<Value> {
        Some(deep(10_000))
    }

    fn details(&self) -> Option<Value> {
        Some(deep(10_000))
    }

    fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
        vec![
            ("deep".into(), deep(10_000)),
            ("hidden".into(), deep(10_000)),
        ]
    }
}

#[tokio::test]
async fn values_of_any_depth_are_cut_and_shown() {
    let app = || {
        let said = || async {
            let error = Error::msg("deep")
                .with_status(StatusCode::NOT_FOUND)
                .with_code(deep(10_000))
                .with_field("deep", deep(10_000))
                .with_field("hidden", deep(10_000));
            Err::<(), _>(error)
        };
        Router::new()
            .route("/said", get(said))
            .route("/own", get(|| async { Err::<(), _>(Error::from(Deep)) }))
    };
    assert_all_formats(app, "/said", 404).await;
    assert_all_formats(app, "/own", 404).await;
}

#[tokio::test]
async fn what_customize_inserts_is_cut_too() {
    let backstop = Backstop::production()
        .customize(|problem, _, _| {
            problem.insert("deep", deep(10_000)).unwrap();
        })
        .build()
        .unwrap();
    let server = serve(Router::new().layer(backstop.layer())).await;
    for http in Http::BOTH {
        for format in FORMATS {
            let mut request = request("GET", "/");
            let value = HeaderValue::from_static(format);
            request.headers_mut().insert("accept", value);
            assert_well_formed(&server.send(http, request).await, 404);
        }
    }
}

#[tokio::test]
async fn bytes_that_are_not_text_in_the_request_get_a_response() {
    let (recorder, backstop) = Recorder::production();
    let server = serve(Router::new().layer(backstop.layer())).await;
    let requests: [&[u8]; 6] = [
        b"GET / HTTP/1.1\r\nhost: a\r\naccept: \xff\xfe\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: \xff\xfe\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\naccept: text/html;q=\xff, \xfe/*\r\naccept: \xff\r\nconnection: close\r\n\r\n",
        b"GET /%ff%fe?%ff=%fe HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ntraceparent: \xff\r\nuser-agent: \xff\r\nx-request-id: \xff\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n",
    ];
    for request in requests {
        let response = server.raw(request).await;
        let response = String::from_utf8(response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 404 Not Found\r\n"), "{head}");
        let problem: Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["status"], 404);
        assert_eq!(recorder.only().status, 404);
    }
    // hyper rejects a byte that no URI may contain; whatever it accepts gets an error response.
    let response = server
        .raw(b"GET /\xff HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    assert!(response.starts_with(b"HTTP/1.1 40"), "{response:?}");
}

#[tokio::test]
async fn queries_that_are_not_text_choose_no_format() {
    let backstop = Backstop::production()
        .format_query("_format")
        .build()
        .unwrap();
    let server = serve(Router::new().layer(backstop.layer())).await;
    for query in [
        "_format=%ff",
        "_format=html%00",
        "_format",
        "%ff",
        "_format=html&_format=html",
    ] {
        for http in Http::BOTH {
            let reply = server.get(http, &format!("/?{query}")).await;
            assert_eq!(reply.problem()["status"], 404);
        }
    }
}

#[tokio::test]
async fn a_status_that_is_not_an_error_becomes_500() {
    let (recorder, backstop) = Recorder::production();
    let app = || {
        let mut app = Router::new();
        for status in [100, 200, 301, 399, 600, 999] {
            let handler = move || async move {
                Err::<(), _>(
                    Error::msg("s3cr3t").with_status(StatusCode::from_u16(status).unwrap()),
                )
            };
            app = app.route(&format!("/{status}"), get(handler));
        }
        app.route(
            "/bare",
            get(|| async { StatusCode::from_u16(700).unwrap() }),
        )
    };
    let layered = serve(app().layer(backstop.layer())).await;
    let alone = serve(app()).await;
    for http in Http::BOTH {
        for path in ["/100", "/200", "/301", "/399", "/600", "/999"] {
            layered
                .get(http, path)
                .await
                .assert_hidden(500, "Internal Server Error");
            assert_eq!(recorder.only().status, 500);
            assert_eq!(alone.get(http, path).await.status, 500);
        }
        layered
            .get(http, "/bare")
            .await
            .assert_hidden(500, "Internal Server Error");
        assert_eq!(recorder.only().status, 500);
    }
}

#[tokio::test]
async fn a_panic_while_the_response_is_made_by_hand_changes_nothing() {
    let backstop = panicking_hooks(Backstop::production(), || panic_any(Bomb(1)))
        .build()
        .unwrap();
    let facts = backstop::RequestInfo::from_request(&request("GET", "/"));
    let response = backstop.respond(
        &facts,
        Wild {
            status: Some(StatusCode::NOT_FOUND),
        },
    );
    assert_eq!(response.status(), 404);
    let service = service_fn(|_: Request| async { Err::<Response, BoxError>(fmt::Error.into()) });
    let response = backstop
        .layer()
        .layer(service)
        .oneshot(request("GET", "/"))
        .await;
    assert_eq!(response.unwrap().status(), 500);
}
