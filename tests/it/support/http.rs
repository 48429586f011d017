//! A server and a client for both versions of HTTP.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::MethodRouter;
use backstop::Backstop;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version};
use http_body_util::BodyExt as _;
use hyper::client::conn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tower::Service;
use tower::make::Shared;

/// The media types of all formats.
pub(crate) const FORMATS: [&str; 9] = [
    "application/problem+json",
    "application/json",
    "text/html",
    "application/problem+xml",
    "application/xml",
    "text/xml",
    "text/plain",
    "text/markdown",
    "application/api-problem+json",
];

/// The versions of HTTP that every origin is tested with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Http {
    One,
    Two,
}

impl Http {
    pub(crate) const BOTH: [Self; 2] = [Self::One, Self::Two];
}

/// A server on a port of its own; it ends when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

/// Serves an axum app.
pub(crate) async fn serve(app: Router) -> Server {
    // With its state it is made once; without, its layers would be put around it anew at each request.
    serve_service(app.with_state::<()>(())).await
}

/// Serves one handler at `/`, inside the layer.
pub(crate) async fn serve_handler(backstop: &Backstop, handler: MethodRouter) -> Server {
    serve(Router::new().route("/", handler).layer(backstop.layer())).await
}

/// Serves any service that never fails.
pub(crate) async fn serve_service<S>(service: S) -> Server
where
    S: Service<Request, Response = Response, Error = std::convert::Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let task = tokio::spawn(async move {
        axum::serve(listener, Shared::new(service))
            .await
            .expect("it serves forever");
    });
    Server { address, task }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a client saw.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: Option<HeaderMap>,
    /// How the body ended.
    pub(crate) end: Result<(), hyper::Error>,
}

impl Reply {
    /// The only value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        assert_eq!(values.next(), None, "two lines of {name}");
        Some(value.to_str().expect("a header in ASCII"))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a text")
    }

    /// The body as the problem that it must be.
    #[track_caller]
    pub(crate) fn problem(&self) -> Value {
        assert!(self.end.is_ok(), "{:?}", self.end);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let problem: Value = serde_json::from_slice(&self.body).expect("JSON");
        assert_eq!(problem["status"], self.status.as_u16());
        let id = self.header("x-error-id").expect("an id");
        assert_eq!(problem["instance"], format!("urn:uuid:{id}"));
        problem
    }

    /// Asserts that this is a 5xx that shows nothing but status, reason phrase and id.
    #[track_caller]
    pub(crate) fn assert_hidden(&self, status: u16, title: &str) {
        assert_eq!(self.status, status, "{self:?}");
        let problem = self.problem();
        let expected = serde_json::json!({
            "title": title,
            "status": status,
            "instance": problem["instance"],
        });
        assert_eq!(problem, expected);
        assert!(
            !format!("{:?} {}", self.headers, self.text()).contains("s3cr3t"),
            "{self:?}"
        );
    }
}

impl Server {
    /// Serves an axum app to which the addresses of its clients are known.
    pub(crate) async fn with_connect_info(app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        let task = tokio::spawn(async move {
            axum::serve(listener, service)
                .await
                .expect("it serves forever");
        });
        Self { address, task }
    }

    /// Sends a request on a connection of its own.
    pub(crate) async fn send<B>(&self, http: Http, request: http::Request<B>) -> Reply
    where
        B: Into<Body>,
    {
        let response = self.start(http, request).await;
        let (parts, mut body) = response.into_parts();
        let (mut bytes, mut trailers) = (Vec::new(), None);
        let end = loop {
            match body.frame().await {
                None => break Ok(()),
                Some(Err(error)) => break Err(error),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => bytes.extend_from_slice(&data),
                    Err(frame) => trailers = frame.into_trailers().ok(),
                },
            }
        };
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: bytes.into(),
            trailers,
            end,
        }
    }

    /// Sends a request; the connection ends with the response.
    pub(crate) async fn start<B>(
        &self,
        http: Http,
        request: http::Request<B>,
    ) -> http::Response<hyper::body::Incoming>
    where
        B: Into<Body>,
    {
        let mut request = request.map(Into::into);
        let socket = TcpStream::connect(self.address).await.expect("a server");
        let io = TokioIo::new(socket);
        match http {
            Http::One => {
                let host = self.address.to_string().parse().expect("a host");
                request.headers_mut().entry("host").or_insert(host);
                let (mut sender, connection) =
                    conn::http1::handshake(io).await.expect("a connection");
                tokio::spawn(connection);
                sender.send_request(request).await.expect("a response")
            }
            Http::Two => {
                if request.uri().authority().is_none() {
                    let uri = format!("http://{}{}", self.address, request.uri());
                    *request.uri_mut() = uri.parse().expect("a URI");
                }
                *request.version_mut() = Version::HTTP_2;
                let (mut sender, connection) = conn::http2::handshake(TokioExecutor::new(), io)
                    .await
                    .expect("a connection");
                tokio::spawn(connection);
                sender.send_request(request).await.expect("a response")
            }
        }
    }

    pub(crate) async fn get(&self, http: Http, path: &str) -> Reply {
        self.send(http, request("GET", path)).await
    }

    /// Writes bytes to a socket and reads all that comes back until the server closes.
    pub(crate) async fn raw(&self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        let mut socket = TcpStream::connect(self.address).await.expect("a server");
        socket.write_all(bytes.as_ref()).await.expect("it reads");
        let mut received = Vec::new();
        // A reset after the last byte is an end too.
        let _ = socket.read_to_end(&mut received).await;
        received
    }
}

pub(crate) fn request(method: &str, path: &str) -> http::Request<Body> {
    http::Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty())
        .expect("a request")
}
