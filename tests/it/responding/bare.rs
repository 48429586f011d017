//! Bare responses: what cannot be shown is replaced in every spelling, and what cannot be read is left as it is.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http_body::{Frame, SizeHint};
use tower_http::compression::CompressionLayer;

use crate::support::http::{Http, request, serve};
use crate::support::recorder::Recorder;

const SECRET: &str =
    "password authentication failed for user s3cr3t, and more than thirty-two bytes";

fn typed(status: StatusCode, headers: &[(&'static str, &'static str)], body: Body) -> Response {
    let mut response = (status, body).into_response();
    for (name, value) in headers {
        let value = value
            .parse()
            .unwrap_or_else(|_| unreachable!("it is a header"));
        response.headers_mut().insert(*name, value);
    }
    response
}

#[tokio::test]
async fn a_500_text_is_hidden_in_every_spelling_of_its_type_and_encoding() {
    let (recorder, backstop) = Recorder::production();
    let spellings: [&[(&str, &str)]; 9] = [
        &[],
        &[("content-type", "text/plain")],
        &[("content-type", "text/plain ; charset=utf-8")],
        &[("content-type", "text/plain;;charset=utf-8")],
        &[("content-type", "TEXT/PLAIN;charset")],
        &[
            ("content-type", "text/plain"),
            ("content-encoding", "identity"),
        ],
        &[("content-type", "text/plain"), ("content-encoding", "")],
        &[("content-type", "text/plain"), ("content-encoding", "br")],
        &[("content-type", "text/plain; charset=iso-8859-1")],
    ];
    let mut app = Router::new();
    for (index, headers) in spellings.into_iter().enumerate() {
        let handler = async move || {
            let mut response = typed(
                StatusCode::INTERNAL_SERVER_ERROR,
                headers,
                Body::from(SECRET),
            );
            if headers.is_empty() {
                response.headers_mut().remove("content-type");
            }
            response
        };
        app = app.route(&format!("/{index}"), get(handler));
    }
    let server = serve(app.layer(backstop.layer())).await;
    for http in Http::BOTH {
        for index in 0..spellings.len() {
            let reply = server.get(http, &format!("/{index}")).await;
            reply.assert_hidden(500, "Internal Server Error");
            assert_eq!(reply.header("content-encoding"), None);
            assert_eq!(recorder.take().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_500_text_is_hidden_from_clients_that_accept_gzip() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route(
            "/",
            get(async || (StatusCode::INTERNAL_SERVER_ERROR, SECRET)),
        )
        .layer(CompressionLayer::new())
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        let mut asks = request("GET", "/");
        asks.headers_mut()
            .insert("accept-encoding", "gzip".parse().unwrap());
        let reply = server.send(http, asks).await;
        reply.assert_hidden(500, "Internal Server Error");
        assert_eq!(recorder.take().len(), 1);
    }
}

#[tokio::test]
async fn an_empty_error_is_replaced_whatever_its_type() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route(
            "/json",
            get(async || {
                typed(
                    StatusCode::FORBIDDEN,
                    &[("content-type", "application/json")],
                    Body::empty(),
                )
            }),
        )
        .route(
            "/bytes",
            get(async || (StatusCode::FORBIDDEN, Vec::<u8>::new())),
        )
        .route(
            "/grpc",
            get(async || {
                typed(
                    StatusCode::FORBIDDEN,
                    &[("content-type", "application/grpc")],
                    Body::empty(),
                )
            }),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/json", "/bytes"] {
            let reply = server.get(http, path).await;
            assert_eq!(reply.problem()["status"], 403);
            assert_eq!(recorder.take().len(), 1);
        }
        let reply = server.get(http, "/grpc").await;
        assert_eq!(
            (reply.header("content-type"), reply.body.len()),
            (Some("application/grpc"), 0)
        );
    }
}

/// A text of a known length, last part first. The last part may be pending once.
struct Late {
    parts: Vec<Bytes>,
    pends: bool,
}

impl http_body::Body for Late {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.parts.len() == 1 && std::mem::take(&mut self.pends) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.parts.pop().map(|data| Ok(Frame::data(data))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.parts.iter().map(|data| data.len() as u64).sum())
    }
}

#[tokio::test]
async fn below_500_what_cannot_be_read_now_is_left_byte_for_byte() {
    let (recorder, backstop) = Recorder::production();
    let late = || {
        let halves = [" second half", "first half,"].map(Bytes::from);
        Body::new(Late {
            parts: Vec::from(halves),
            pends: true,
        })
    };
    const LATIN: &[u8] = b"Ung\xfcltig";
    let text = &[("content-type", "text/plain")];
    let latin = &[("content-type", "text/plain; charset=iso-8859-1")];
    let bad = StatusCode::BAD_REQUEST;
    let app = Router::new()
        .route("/late", get(async move || typed(bad, text, late())))
        .route(
            "/latin",
            get(async move || typed(bad, latin, Body::from(LATIN))),
        )
        .route(
            "/bytes",
            get(async move || typed(bad, text, Body::from(LATIN))),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/late").await;
        assert_eq!(reply.text(), "first half, second half");
        for path in ["/latin", "/bytes"] {
            let reply = server.get(http, path).await;
            assert_eq!((reply.status.as_u16(), &*reply.body), (400, LATIN));
        }
    }
    assert_eq!(recorder.take(), []);
}

#[tokio::test]
async fn a_utf_8_text_arrives_whole_in_however_many_packets_and_without_its_mark() {
    let (recorder, backstop) = Recorder::production();
    let packets = || {
        let parts = ["\u{feff}", "", "out of ", "", "tea"].map(Bytes::from);
        Body::new(Late {
            parts: parts.into_iter().rev().collect(),
            pends: false,
        })
    };
    let app = Router::new()
        .route(
            "/",
            get(async move || typed(StatusCode::CONFLICT, &[], packets())),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(reply.problem()["detail"], "out of tea");
        assert_eq!(recorder.take().len(), 1);
    }
}

#[tokio::test]
async fn a_body_of_empty_frames_does_not_spin() {
    struct Empty;
    impl http_body::Body for Empty {
        type Data = Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            self: Pin<&mut Self>,
            _cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Poll::Ready(Some(Ok(Frame::data(Bytes::new()))))
        }
        fn size_hint(&self) -> SizeHint {
            let mut hint = SizeHint::new();
            hint.set_upper(100);
            hint
        }
    }
    let (_, backstop) = Recorder::production();
    let service = tower::service_fn(async |_: axum::extract::Request| {
        Ok::<_, std::convert::Infallible>(typed(StatusCode::NOT_FOUND, &[], Body::new(Empty)))
    });
    let service = tower::Layer::layer(&backstop.layer(), service);
    let response = tower::ServiceExt::oneshot(service, request("GET", "/"))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}
