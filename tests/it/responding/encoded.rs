//! A 5xx text is hidden however it is labeled, and an empty error is replaced however it is made.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use backstop::settings::Disclosure;
use backstop::{Backstop, layers::Passthrough};
use futures_util::stream;
use hyper::ext::ReasonPhrase;
use serde_json::json;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::support::http::{Http, Server, request, serve};
use crate::support::process;
use crate::support::recorder::Recorder;
use crate::support::services::{Step, Steps};
use crate::support::subscriber::set_default;

const SECRET: &str =
    "password authentication failed for user s3cr3t, and more than thirty-two bytes";

fn failing(content_type: &'static str, body: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type)];
    (StatusCode::INTERNAL_SERVER_ERROR, headers, body.into()).into_response()
}

#[tokio::test]
async fn a_500_text_is_hidden_under_a_type_that_a_layer_has_set() {
    let (recorder, backstop) = Recorder::production();
    for content_type in [
        "application/json",
        "application/vnd.api+json",
        "text/xml",
        "nonsense",
        "",
    ] {
        let value = HeaderValue::from_static(content_type);
        let app = Router::new()
            .route(
                "/",
                get(async || (StatusCode::INTERNAL_SERVER_ERROR, SECRET)),
            )
            .layer(SetResponseHeaderLayer::overriding(
                header::CONTENT_TYPE,
                value,
            ))
            .layer(backstop.layer());
        let server = serve(app).await;
        for http in Http::BOTH {
            let reply = server.get(http, "/").await;
            reply.assert_hidden(500, "Internal Server Error");
            recorder.assert_only(&reply, "response", SECRET);
        }
    }
}

#[tokio::test]
async fn a_500_with_two_content_types_or_bytes_under_a_type_of_text_is_hidden() {
    let (_, backstop) = Recorder::production();
    let two = async || {
        let more = AppendHeaders([(header::CONTENT_TYPE, "application/json")]);
        (StatusCode::INTERNAL_SERVER_ERROR, more, SECRET)
    };
    let latin = async || {
        failing(
            "application/json",
            Bytes::from_static(b"s3cr3t Ung\xfcltig"),
        )
    };
    let app = Router::new()
        .route("/two", get(two))
        .route("/latin", get(latin));
    let server = serve(app.layer(backstop.layer())).await;
    for http in Http::BOTH {
        for path in ["/two", "/latin"] {
            server
                .get(http, path)
                .await
                .assert_hidden(500, "Internal Server Error");
        }
    }
}

#[tokio::test]
async fn a_500_that_is_what_its_type_says_stays_byte_for_byte() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route(
            "/json",
            get(async || failing("application/json", r#"{"error":"as it was"}"#)),
        )
        .route(
            "/string",
            get(async || failing("application/json", r#""as it was""#)),
        )
        .route(
            "/xml",
            get(async || failing("application/xml", "<as-it-was/>")),
        )
        .route("/html", get(async || failing("text/html", "as it was")))
        .route(
            "/stream",
            get(async || failing("application/json", streamed(&["as it", " was"]))),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/json", "/string", "/xml", "/html", "/stream"] {
            let reply = server.get(http, path).await;
            assert!(
                reply.text().replace('-', " ").contains("as it was"),
                "{path}"
            );
            assert_eq!(reply.header("x-error-id"), None);
            assert_eq!(recorder.only().status, 500);
        }
    }
}

/// A body of unknown length.
fn streamed(parts: &'static [&str]) -> Body {
    Body::from_stream(stream::iter(
        parts.iter().map(|part| Ok::<_, std::io::Error>(*part)),
    ))
}

#[tokio::test]
async fn an_empty_error_is_replaced_whatever_its_type_encoding_and_length() {
    let (recorder, backstop) = Recorder::production();
    let typed = |content_type: &'static str, body: fn() -> Body| {
        get(async move || {
            (
                StatusCode::FORBIDDEN,
                [(header::CONTENT_TYPE, content_type)],
                body(),
            )
        })
    };
    let encoded = async || (StatusCode::FORBIDDEN, [(header::CONTENT_ENCODING, "gzip")]);
    let app = Router::new()
        .route("/json", typed("application/json", Body::empty))
        .route("/stream", typed("text/html", || streamed(&[])))
        .route("/frames", typed("application/json", || streamed(&["", ""])))
        .route("/text-stream", typed("text/plain", || streamed(&[])))
        .route("/encoded", get(encoded))
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/json", "/stream", "/frames", "/text-stream", "/encoded"] {
            let reply = server.get(http, path).await;
            assert_eq!(reply.problem()["status"], 403, "{path}");
            assert_eq!(reply.header("content-encoding"), None);
            assert_eq!(recorder.take().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_not_empty_stays_whole_and_its_failure_is_recorded() {
    let (recorder, backstop) = Recorder::production();
    let steps = |steps: fn() -> Vec<Step>| {
        get(async move || {
            let headers = [(header::CONTENT_TYPE, "application/json")];
            (
                StatusCode::CONFLICT,
                headers,
                Body::new(Steps::new(steps())),
            )
        })
    };
    let app = Router::new()
        .route(
            "/late",
            steps(|| {
                vec![
                    Step::Rest,
                    Step::Data("one, "),
                    Step::Rest,
                    Step::Data("two"),
                ]
            }),
        )
        .route("/trailers", steps(|| vec![Step::Trailers("x-sum", "1")]))
        .route("/fails", steps(|| vec![Step::Fail("s3cr3t".into())]))
        .route("/panics", steps(|| vec![Step::Panic]))
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        assert_eq!(server.get(http, "/late").await.text(), "one, two");
        let reply = server.get(http, "/trailers").await;
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(recorder.take(), []);
    }
    for path in ["/fails", "/panics"] {
        // The connection may end before the head is sent.
        server
            .raw(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
        assert_eq!(recorder.only().origin, "body");
    }
}

#[tokio::test]
async fn a_foreign_reason_phrase_is_not_sent_with_an_error_response() {
    let (_, backstop) = Recorder::production();
    let phrase = || axum::Extension(ReasonPhrase::from_static(b"s3cr3t in com.acme.Pay"));
    let app = Router::new()
        .route(
            "/text",
            get(async move || (StatusCode::BAD_GATEWAY, phrase(), "s3cr3t")),
        )
        .route(
            "/error",
            get(async move || (phrase(), backstop::Error::conflict("taken"))),
        )
        .route(
            "/odd",
            get(async move || (StatusCode::from_u16(999).unwrap(), phrase())),
        )
        .route(
            "/json",
            get(async move || (StatusCode::CONFLICT, phrase(), Json("as it was"))),
        )
        .route("/well", get(async move || (phrase(), "as it was")))
        .layer(backstop.layer());
    let server = serve(app).await;
    for (path, line) in [
        ("/text", "HTTP/1.1 502 Bad Gateway\r\n"),
        ("/error", "HTTP/1.1 409 Conflict\r\n"),
        ("/odd", "HTTP/1.1 500 Internal Server Error\r\n"),
        ("/json", "HTTP/1.1 409 s3cr3t in com.acme.Pay\r\n"),
        ("/well", "HTTP/1.1 200 s3cr3t in com.acme.Pay\r\n"),
    ] {
        let requests = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let reply = server.raw(requests).await;
        let reply = String::from_utf8(reply).unwrap();
        assert!(reply.starts_with(line), "{reply}");
    }
}

#[tokio::test]
async fn replace_bodies_replaces_a_500_of_any_type_but_what_passes() {
    let recorder = Recorder::default();
    let replaces = Disclosure::new().replace_bodies(true);
    let backstop = recorder.on(Backstop::production().disclosure(replaces));
    let leak = async || {
        let body = Json(json!({ "error": "the password is s3cr3t" }));
        (StatusCode::INTERNAL_SERVER_ERROR, body)
    };
    let app = Router::new()
        .route("/json", get(leak))
        .route("/html", get(async || failing("text/html", "<p>s3cr3t")))
        .route(
            "/stream",
            get(async || failing("text/event-stream", streamed(&["s3cr3t"]))),
        )
        .route(
            "/bytes",
            get(async || failing("application/octet-stream", vec![0; 99_999])),
        )
        .route(
            "/passthrough",
            get(async || {
                (
                    axum::Extension(Passthrough),
                    failing("text/html", "as it was"),
                )
            }),
        )
        .route(
            "/grpc",
            get(async || failing("application/grpc", "as it was")),
        )
        .route(
            "/below",
            get(async || (StatusCode::CONFLICT, Json("as it was"))),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/json").await;
        reply.assert_hidden(500, "Internal Server Error");
        recorder.assert_only(&reply, "response", r#"{"error":"the password is s3cr3t"}"#);
        for path in ["/html", "/stream", "/bytes"] {
            let reply = server.get(http, path).await;
            reply.assert_hidden(500, "Internal Server Error");
            recorder.assert_only(&reply, "response", "Internal Server Error");
        }
        for path in ["/passthrough", "/grpc", "/below"] {
            let reply = server.get(http, path).await;
            assert!(reply.text().contains("as it was"), "{path}");
        }
        recorder.take();
    }
}

#[test]
fn an_encoded_text_below_500_stays_and_one_warning_names_the_right_order() {
    process::alone(|| {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let _default = set_default(subscriber);
        let runtime = tokio::runtime::Builder::new_current_thread();
        runtime_of(runtime).block_on(async {
            let backstop = Backstop::production().build().unwrap();
            let text = async || (StatusCode::BAD_REQUEST, SECRET);
            let app = Router::new()
                .route("/", get(text))
                .layer(CompressionLayer::new());
            let server = serve(app.layer(backstop.layer())).await;
            for http in Http::BOTH {
                let reply = gzip(&server, http).await;
                assert_eq!(
                    reply,
                    (
                        400,
                        Some("gzip".to_owned()),
                        Some("text/plain; charset=utf-8".to_owned())
                    )
                );
            }
        });
        let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(log.matches("WARN").count(), 1, "{log}");
        assert!(
            log.contains(".layer(backstop.layer()).layer(CompressionLayer::new())"),
            "{log}"
        );
    });
}

fn runtime_of(mut builder: tokio::runtime::Builder) -> tokio::runtime::Runtime {
    builder.enable_all().build().unwrap()
}

/// The status, the encoding and the type of a response to a client that accepts gzip.
async fn gzip(server: &Server, http: Http) -> (u16, Option<String>, Option<String>) {
    let mut request = request("GET", "/");
    let gzip = HeaderValue::from_static("gzip");
    request.headers_mut().insert(header::ACCEPT_ENCODING, gzip);
    let reply = server.send(http, request).await;
    let header = |name| reply.header(name).map(str::to_owned);
    (
        reply.status.as_u16(),
        header("content-encoding"),
        header("content-type"),
    )
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
