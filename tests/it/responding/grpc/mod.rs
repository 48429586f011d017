//! gRPC requests get gRPC errors, which its clients understand.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what panics is under test, or fails it"
)]

mod clients;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{any, post};
use backstop::{Backstop, Error};
use http::HeaderName;

use crate::support::http::{Http, Reply, request, serve};
use crate::support::recorder::Recorder;

/// The HTTP status, gRPC's code of a bare response, and that of an error.
const CODES: [(u16, &str, &str); 16] = [
    (400, "3", "3"),
    (401, "16", "16"),
    (403, "7", "7"),
    (404, "12", "5"),
    (405, "12", "12"),
    (409, "10", "10"),
    (413, "8", "8"),
    (415, "12", "12"),
    (418, "13", "13"),
    (422, "3", "3"),
    (429, "8", "8"),
    (500, "13", "13"),
    (501, "12", "12"),
    (502, "14", "14"),
    (503, "14", "14"),
    (504, "4", "4"),
];

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// Routes that fail, each named after how.
fn failing(backstop: &Backstop) -> Router {
    let mut app = Router::new();
    for (status, ..) in CODES {
        let status = StatusCode::from_u16(status).unwrap();
        let error = move || async move { Err::<(), _>(Error::new(status, "s3cr3t")) };
        app = app
            .route(
                &format!("/bare/{}", status.as_u16()),
                post(async move || status),
            )
            .route(&format!("/error/{}", status.as_u16()), post(error));
    }
    let with_status = async || {
        let error = Error::conflict("taken");
        Err::<(), _>(error.with_header(GRPC_STATUS, HeaderValue::from_static("6")))
    };
    app.route(
        "/text",
        post(async || (StatusCode::BAD_REQUEST, "100 % wrong: ä")),
    )
    .route("/panic", post(async || panic!("s3cr3t") as ()))
    .route("/given", post(with_status))
    .route(
        "/given-by-layer",
        post(async || ([(GRPC_STATUS, "9")], Error::conflict("taken"))),
    )
    .route("/own", post(async || ([(GRPC_STATUS, "5")], "as it was")))
    .route(
        "/own-error",
        post(async || {
            (
                StatusCode::FORBIDDEN,
                [("content-type", "application/grpc+proto")],
                Body::empty(),
            )
        }),
    )
    .route(
        "/json",
        post(async || {
            (
                StatusCode::FORBIDDEN,
                [("content-type", "application/json")],
                "{}",
            )
                .into_response()
        }),
    )
    .route("/any", any(async || StatusCode::FORBIDDEN))
    .layer(backstop.layer())
}

fn grpc(path: &str, content_type: &'static str) -> http::Request<Body> {
    let mut request = request("POST", path);
    let content_type = HeaderValue::from_static(content_type);
    request.headers_mut().insert("content-type", content_type);
    request
}

#[track_caller]
fn assert_grpc(reply: &Reply, status: u16, code: &str, message: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.header("grpc-status"), Some(code), "{reply:?}");
    assert_eq!(reply.header("grpc-message"), Some(message));
    assert!(reply.header("x-error-id").is_some());
    assert_eq!(reply.text(), "");
    assert!(reply.end.is_ok());
    assert!(!format!("{:?}", reply.headers).contains("s3cr3t"));
}

#[tokio::test]
async fn every_status_has_its_code_and_stays_the_http_status() {
    let (recorder, backstop) = Recorder::production();
    let server = serve(failing(&backstop)).await;
    for http in Http::BOTH {
        for (status, bare, of_error) in CODES {
            for (kind, code) in [("bare", bare), ("error", of_error)] {
                let request = grpc(&format!("/{kind}/{status}"), "application/grpc");
                let reply = server.send(http, request).await;
                let is_shown = kind == "error" && status < 500;
                let message = reply.header("grpc-message").unwrap_or_default().to_owned();
                assert_eq!(message == "s3cr3t", is_shown, "{status} {message}");
                assert!(!message.is_empty());
                if !is_shown {
                    assert_grpc(&reply, status, code, &message);
                }
                assert_eq!(reply.header("grpc-status"), Some(code), "{kind} {status}");
                assert_eq!(reply.header("content-type"), Some("application/grpc"));
                assert_eq!(reply.header("vary"), None);
                assert_eq!(recorder.take().len(), 1);
            }
        }
    }
}

#[tokio::test]
async fn the_message_is_percent_encoded_and_only_what_is_disclosed() {
    let (_, backstop) = Recorder::production();
    let server = serve(failing(&backstop)).await;
    for http in Http::BOTH {
        let reply = server
            .send(http, grpc("/text", "application/grpc+proto"))
            .await;
        assert_grpc(&reply, 400, "3", "100 %25 wrong: %C3%A4");
        let reply = server
            .send(http, grpc("/panic", "application/grpc+proto"))
            .await;
        assert_grpc(&reply, 500, "13", "Internal Server Error");
        let reply = server
            .send(http, grpc("/nowhere.Shop/Get", "application/grpc"))
            .await;
        assert_grpc(&reply, 404, "12", "Not Found");
    }
}

#[tokio::test]
async fn a_grpc_status_that_the_application_gives_wins() {
    let (_, backstop) = Recorder::production();
    let server = serve(failing(&backstop)).await;
    for http in Http::BOTH {
        let reply = server.send(http, grpc("/given", "application/grpc")).await;
        assert_grpc(&reply, 409, "6", "taken");
        let reply = server
            .send(http, grpc("/given-by-layer", "application/grpc"))
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("grpc-status")),
            (409, Some("9"))
        );
    }
}

#[tokio::test]
async fn responses_of_grpc_and_with_a_type_of_their_own_pass_untouched() {
    let (recorder, backstop) = Recorder::production();
    let server = serve(failing(&backstop)).await;
    for http in Http::BOTH {
        let reply = server.send(http, grpc("/own", "application/grpc")).await;
        assert_eq!((reply.status.as_u16(), reply.text()), (200, "as it was"));
        let reply = server
            .send(http, grpc("/own-error", "application/grpc"))
            .await;
        assert_eq!(
            (reply.header("grpc-status"), reply.header("x-error-id")),
            (None, None)
        );
        let reply = server.send(http, grpc("/json", "application/grpc")).await;
        assert_eq!((reply.text(), reply.header("grpc-status")), ("{}", None));
    }
    assert_eq!(recorder.take(), []);
}

#[tokio::test]
async fn every_content_type_of_grpc_and_grpc_web_is_answered_in_kind_and_no_other() {
    let (_, backstop) = Recorder::production();
    let server = serve(failing(&backstop)).await;
    for http in Http::BOTH {
        for content_type in [
            "application/grpc",
            "application/grpc+json",
            "application/grpc;x=y",
            "application/grpc-web",
            "application/grpc-web+proto",
            "application/grpc-web-text",
            "application/grpc-web-text+proto",
            "APPLICATION/GRPC-WEB",
        ] {
            let reply = server.send(http, grpc("/any", content_type)).await;
            assert_grpc(&reply, 403, "7", "Forbidden");
            assert_eq!(reply.header("content-type"), Some(content_type));
        }
        for content_type in [
            "application/grpcx",
            "application/grpc-websocket",
            "application/connect+proto",
            "application/json",
        ] {
            let reply = server.send(http, grpc("/any", content_type)).await;
            assert_eq!(reply.problem()["status"], 403, "{content_type}");
            assert_eq!(reply.header("grpc-status"), None);
        }
        let mut get = grpc("/any", "application/grpc");
        *get.method_mut() = http::Method::GET;
        assert_eq!(server.send(http, get).await.problem()["status"], 403);
    }
}
