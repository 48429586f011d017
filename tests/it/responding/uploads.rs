//! A body that the client sends wrong is the client's fault, not the server's. An upstream's is the server's.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]

use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
#[cfg(feature = "multipart")]
use axum::extract::Multipart;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::post;
use backstop::reporters::Memory;
use backstop::{Backstop, BoxError, testing};
use futures_util::TryStreamExt;
use http_body_util::{BodyExt as _, StreamBody};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::io::StreamReader;
use tower::ServiceExt as _;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::support::http::{Server, serve, serve_handler};
use crate::support::recorder::Recorder;

async fn upload(body: Body) -> backstop::Result<String> {
    let bytes = to_bytes(body, 1_000).await?;
    Ok(bytes.len().to_string())
}

async fn collected(body: Body) -> backstop::Result<()> {
    body.collect().await?;
    Ok(())
}

async fn streamed(body: Body) -> backstop::Result<()> {
    let mut stream = body.into_data_stream();
    while stream.try_next().await?.is_some() {}
    Ok(())
}

async fn read(body: Body) -> backstop::Result<()> {
    let stream = TryStreamExt::map_err(body.into_data_stream(), io::Error::other);
    let mut reader = StreamReader::new(stream);
    tokio::io::copy(&mut reader, &mut tokio::io::sink()).await?;
    Ok(())
}

async fn boxed(body: Body) -> backstop::Result<()> {
    body.collect().await.map_err(BoxError::from)?;
    Ok(())
}

#[cfg(feature = "anyhow")]
async fn with_anyhow(body: Body) -> backstop::Result<()> {
    let collect = async { anyhow::Ok(body.collect().await?) };
    anyhow::Context::context(collect.await, "reading the upload")?;
    Ok(())
}

async fn extracted(
    bytes: Result<bytes::Bytes, axum::extract::rejection::BytesRejection>,
) -> backstop::Result<()> {
    bytes?;
    Ok(())
}

/// Passes the upload on to a server that responds to nothing else.
async fn passed_on(body: Body) -> backstop::Result<()> {
    let upstream = TcpListener::bind("127.0.0.1:0").await?;
    let address = upstream.local_addr()?;
    tokio::spawn(async move {
        let (mut socket, _) = upstream.accept().await.unwrap();
        while socket.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
    });
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let request = Request::post(format!("http://{address}/")).body(body)?;
    client.request(request).await.map_err(BoxError::from)?;
    Ok(())
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

/// A server with a route for each way to read a body, and what it recorded and reported.
struct Uploads {
    server: Server,
    recorder: Recorder,
    memory: Memory,
    backstop: Backstop,
}

const ROUTES: [&str; 8] = [
    "/upload",
    "/collected",
    "/streamed",
    "/read",
    "/boxed",
    "/extracted",
    "/passed-on",
    "/limited",
];

impl Uploads {
    async fn serve() -> Self {
        let memory = Memory::new();
        let recorder = Recorder::default();
        let backstop = recorder.on(Backstop::production().reporter(memory.clone()));
        let limited = post(collected).layer(tower_http::limit::RequestBodyLimitLayer::new(1_000));
        let app = Router::new()
            .route("/upload", post(upload))
            .route("/collected", post(collected))
            .route("/streamed", post(streamed))
            .route("/read", post(read))
            .route("/boxed", post(boxed))
            .route("/extracted", post(extracted))
            .route("/passed-on", post(passed_on))
            .route("/limited", limited);
        #[cfg(feature = "anyhow")]
        let app = app.route("/anyhow", post(with_anyhow));
        #[cfg(feature = "multipart")]
        let app = app.route("/form", post(form));
        Self {
            server: serve(app.layer(backstop.layer())).await,
            recorder,
            memory,
            backstop,
        }
    }

    async fn assert_nothing_reported(&self) {
        self.backstop.flush(Duration::from_secs(5)).await;
        testing::assert_report_count(&self.memory, 0);
    }
}

/// The routes, and those that need a feature.
fn routes() -> impl Iterator<Item = &'static str> {
    let anyhow = cfg!(feature = "anyhow").then_some("/anyhow");
    ROUTES.into_iter().chain(anyhow)
}

#[tokio::test]
async fn an_upload_with_a_broken_chunk_is_a_client_error_however_it_is_read() {
    let uploads = Uploads::serve().await;
    for route in routes() {
        let head = format!("POST {route} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        let broken = format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n\r\n");
        let reply = String::from_utf8(uploads.server.raw(broken).await).unwrap();
        assert!(reply.starts_with("HTTP/1.1 400 "), "{route}: {reply}");
        assert_eq!(uploads.recorder.only().status, 400, "{route}");
    }
    uploads.assert_nothing_reported().await;
}

#[tokio::test]
async fn an_upload_that_the_client_gives_up_is_a_client_error_however_it_is_read() {
    let uploads = Uploads::serve().await;
    for route in routes() {
        let mut socket = TcpStream::connect(uploads.server.address).await.unwrap();
        let head = format!("POST {route} HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n0123");
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.shutdown().await.unwrap();
        let _ = socket.read_to_end(&mut Vec::new()).await;
        // Nothing at all, if the server has noticed first that nobody waits for the response.
        for recorded in uploads.recorder.take() {
            assert_eq!(recorded.status, 400, "{route}: {recorded:?}");
        }
    }
    uploads.assert_nothing_reported().await;
}

#[tokio::test]
async fn a_stream_that_the_client_resets_is_a_client_error_however_it_is_read() {
    let uploads = Uploads::serve().await;
    for route in routes() {
        let frames = futures_util::stream::iter([
            Ok(http_body::Frame::data(bytes::Bytes::from_static(b"0123"))),
            Err(io::Error::other("gives up")),
        ]);
        let body = Body::new(StreamBody::new(frames));
        let socket = TcpStream::connect(uploads.server.address).await.unwrap();
        let io = hyper_util::rt::TokioIo::new(socket);
        let connection = hyper::client::conn::http2::handshake(TokioExecutor::new(), io);
        let (mut sender, connection) = connection.await.unwrap();
        let connection = tokio::spawn(connection);
        let uri = format!("http://{}{route}", uploads.server.address);
        let response = sender
            .send_request(Request::post(uri).body(body).unwrap())
            .await;
        assert!(response.is_err() || response.is_ok_and(|response| response.status() == 400));
        drop(sender);
        let _ = connection.await;
        for recorded in uploads.recorder.take() {
            assert_eq!(recorded.status, 400, "{route}: {recorded:?}");
        }
    }
    uploads.assert_nothing_reported().await;
}

#[cfg(feature = "multipart")]
#[tokio::test]
async fn a_form_that_the_client_gives_up_is_a_client_error() {
    let uploads = Uploads::serve().await;
    let head =
        "POST /form HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\n";
    let part = "--b\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nhel";
    let length = part.len();
    let broken =
        format!("{head}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{part}\r\nzz\r\n\r\n");
    let reply = String::from_utf8(uploads.server.raw(broken).await).unwrap();
    assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
    assert_eq!(uploads.recorder.only().status, 400);
    uploads.assert_nothing_reported().await;
}

#[tokio::test]
async fn broken_compression_is_a_client_error() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/upload", post(upload))
        .route("/read", post(read))
        .route("/boxed", post(boxed))
        .route("/extracted", post(extracted))
        .layer(RequestDecompressionLayer::new())
        .layer(backstop.layer());
    let server = serve(app).await;
    for route in ["/upload", "/read", "/boxed", "/extracted"] {
        let head = format!(
            "POST {route} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-encoding: gzip\r\n"
        );
        for body in ["no gzip at all", "\u{1f}"] {
            let length = body.len();
            let request = format!("{head}content-length: {length}\r\n\r\n{body}");
            let reply = String::from_utf8(server.raw(request).await).unwrap();
            assert!(reply.starts_with("HTTP/1.1 400 "), "{route}: {reply}");
            assert_eq!(recorder.only().status, 400, "{route}");
        }
    }
}

#[tokio::test]
async fn an_upstream_that_fails_is_a_bad_gateway_and_reported() {
    /// Fails in each way that a client of hyper sees: no connection, no response, half a response.
    async fn ask(sends: Option<&'static str>, by_legacy: bool) -> backstop::Result<()> {
        let upstream = TcpListener::bind("127.0.0.1:0").await?;
        let address = upstream.local_addr()?;
        match sends {
            None => drop(upstream),
            Some(sends) => drop(tokio::spawn(async move {
                let (mut socket, _) = upstream.accept().await.unwrap();
                let _ = socket.read(&mut [0; 1024]).await.unwrap();
                socket.write_all(sends.as_bytes()).await.unwrap();
            })),
        }
        let request = Request::get(format!("http://{address}/")).header("host", "x");
        let request = request.body(Body::empty())?;
        if by_legacy {
            let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
            let response = client.request(request).await.map_err(BoxError::from)?;
            response.into_body().collect().await?;
        } else {
            let io = hyper_util::rt::TokioIo::new(TcpStream::connect(address).await?);
            let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
            tokio::spawn(connection);
            sender.send_request(request).await?.collect().await?;
        }
        Ok(())
    }

    let (recorder, backstop) = Recorder::production();
    const HALF: &str = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabcd";
    for (sends, by_legacy) in [
        (None, true),
        (Some(""), true),
        (Some(""), false),
        (Some("no HTTP\r\n\r\n"), true),
        (Some("no HTTP\r\n\r\n"), false),
        (Some(HALF), true),
        (Some(HALF), false),
    ] {
        let server = serve_handler(&backstop, post(move || ask(sends, by_legacy))).await;
        let head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let reply = String::from_utf8(server.raw(head).await).unwrap();
        assert!(reply.starts_with("HTTP/1.1 502 "), "{sends:?}: {reply}");
        assert_eq!(recorder.only().status, 502);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_timeout_is_a_request_timeout_however_it_is_read() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/upload", post(upload))
        .route("/read", post(read))
        .route("/boxed", post(boxed))
        .route("/extracted", post(extracted))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(1)))
        .layer(backstop.layer());
    for route in ["/upload", "/read", "/boxed", "/extracted"] {
        let pending = futures_util::stream::pending::<Result<Vec<u8>, io::Error>>();
        let request = Request::post(route)
            .body(Body::from_stream(pending))
            .unwrap();
        let response: Response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT, "{route}");
        assert_eq!(recorder.only().status, 408);
    }
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
