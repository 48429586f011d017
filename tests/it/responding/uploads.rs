//! A body that the client sends wrong is the client's fault, not the server's.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
#[cfg(feature = "multipart")]
use axum::extract::Multipart;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use backstop::reporters::Memory;
use backstop::{Backstop, testing};
use tower::ServiceExt as _;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::support::http::serve_handler;
use crate::support::recorder::Recorder;

async fn upload(body: Body) -> backstop::Result<String> {
    let bytes = to_bytes(body, 1_000).await?;
    Ok(bytes.len().to_string())
}

#[cfg(feature = "multipart")]
async fn form(mut form: Multipart) -> backstop::Result<String> {
    let mut fields = 0;
    while let Some(field) = form.next_field().await? {
        field.bytes().await?;
        fields += 1;
    }
    Ok(fields.to_string())
}

#[tokio::test]
async fn a_broken_or_too_long_upload_is_a_client_error_and_not_reported() {
    let memory = Memory::new();
    let recorder = Recorder::default();
    let backstop = recorder.on(Backstop::production().reporter(memory.clone()));
    let server = serve_handler(&backstop, post(upload)).await;
    let head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    let broken = format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n\r\n");
    let long = format!("{head}content-length: 2000\r\n\r\n{}", "a".repeat(2_000));
    for (request, status) in [(broken, 400), (long, 413)] {
        let reply = String::from_utf8(server.raw(request).await).unwrap();
        assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")), "{reply}");
        assert_eq!(recorder.only().status, status);
    }
    backstop.flush(Duration::from_secs(5)).await;
    testing::assert_report_count(&memory, 0);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_takes_too_long_is_a_request_timeout() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/", post(upload))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(1)))
        .layer(backstop.layer());
    let body = Body::from_stream(futures_util::stream::pending::<
        Result<Vec<u8>, std::io::Error>,
    >());
    let request = Request::post("/").body(body).unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(recorder.take().len(), 1);
}

#[cfg(feature = "multipart")]
#[tokio::test]
async fn a_form_that_is_cut_off_or_too_long_is_a_client_error() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/", post(form))
        .layer(axum::extract::DefaultBodyLimit::max(200))
        .layer(backstop.layer());
    let part = "--b\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n";
    for (body, status) in [
        (format!("{part}hello\r\n--b--\r\n"), 200),
        (format!("{part}hel"), 400),
        (format!("{part}{}\r\n--b--\r\n", "a".repeat(300)), 413),
    ] {
        let request = Request::post("/")
            .header("content-type", "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
    }
    assert_eq!(recorder.take().len(), 2);
}
