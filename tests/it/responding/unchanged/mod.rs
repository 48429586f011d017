//! Applications respond the same with Backstop around them.
//!
//! Each application is served bare, inside the layer, and with the layer around the whole router as a service, and gets
//! the same requests. What succeeds, and what has a body of its own, must be equal to the byte. An error that is bare
//! keeps its status and its headers, and its text becomes the `detail` of the problem.
//!
//! The situations are those of axum's own tests of routing and extractors, and of tower-http's tests of its services.

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use backstop::Backstop;
use backstop::layers::BackstopService;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, header};
use serde_json::Value;
use tower::Layer as _;

use crate::support::http::{Http, Reply, Server, serve, serve_service};

mod extractors;
mod files;
mod middleware;
mod routing;

/// The headers that describe a body, which a replaced body takes with it.
const OF_THE_BODY: [HeaderName; 8] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONTENT_ENCODING,
    header::ETAG,
    header::LAST_MODIFIED,
    header::ACCEPT_RANGES,
    header::CACHE_CONTROL,
];

/// Serves one application three times: bare, in the layer, and as the service that the layer is around.
struct Applications {
    bare: Server,
    wrapped: [(&'static str, Server); 2],
}

impl Applications {
    async fn serve(app: Router) -> Self {
        let backstop = Backstop::production().log(false).build().expect("defaults");
        let around: BackstopService<Router> = backstop.layer().layer(app.clone());
        Self {
            bare: serve(app.clone()).await,
            wrapped: [
                ("inside", serve(app.layer(backstop.layer())).await),
                ("around", serve_service(around).await),
            ],
        }
    }

    /// Sends the same request to each, and compares the responses. Returns that of the bare application.
    async fn send(&self, request: impl Fn() -> Request<Body>) -> Reply {
        let mut last = None;
        for http in Http::BOTH {
            let bare = self.bare.send(http, request()).await;
            for (position, server) in &self.wrapped {
                let reply = server.send(http, request()).await;
                let sent = request();
                let case = format!(
                    "{} {} {position} {http:?}\n{bare:?}\n{reply:?}",
                    sent.method(),
                    sent.uri()
                );
                assert_unchanged(sent.method(), &bare, &reply, &case);
            }
            last = Some(bare);
        }
        last.expect("a response for each version")
    }

    async fn get(&self, path: &str) -> Reply {
        self.method("GET", path).await
    }

    async fn method(&self, method: &str, path: &str) -> Reply {
        self.send(|| crate::support::http::request(method, path))
            .await
    }
}

fn assert_unchanged(method: &http::Method, bare: &Reply, reply: &Reply, case: &str) {
    assert_eq!(bare.status, reply.status, "{case}");
    assert_eq!(bare.end.is_ok(), reply.end.is_ok(), "{case}");
    if !is_replaced(bare) {
        assert_eq!(bare.body, reply.body, "{case}");
        assert_eq!(
            comparable(&bare.headers),
            comparable(&reply.headers),
            "{case}"
        );
        return;
    }
    for (name, value) in &bare.headers {
        let is_kept = reply.headers.get_all(name).iter().any(|kept| kept == value);
        let may_change = OF_THE_BODY.contains(name) || name == header::DATE;
        assert!(is_kept || may_change, "{name}: {case}");
    }
    assert!(reply.headers.contains_key("x-error-id"), "{case}");
    if method == http::Method::HEAD {
        assert!(reply.body.is_empty(), "{case}");
        return;
    }
    let problem = reply.problem();
    let detail = problem["detail"].clone();
    let text = bare.text();
    if let Some(errors) = problem.get("errors") {
        // The text names a part of the request, quotes it and names a Rust type. Clients read its first sentence, and
        // about the part in other words.
        let sentence = text.split(": ").next();
        assert_eq!(detail.as_str(), sentence, "{case}");
        assert_eq!(errors.as_array().map(Vec::len), Some(1), "{case}");
        return;
    }
    if text.is_empty() || bare.status.is_server_error() {
        assert_eq!(detail, Value::Null, "{case}");
    } else {
        assert_eq!(detail, text, "{case}");
    }
}

/// Whether a response is an error with no body, or with a text alone.
fn is_replaced(bare: &Reply) -> bool {
    let media_type = bare.header("content-type").unwrap_or("text/plain");
    let is_error = bare.status.is_client_error() || bare.status.is_server_error();
    is_error && (bare.body.is_empty() || media_type.starts_with("text/plain"))
}

/// The headers without the time and without the address of the server.
fn comparable(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    headers.remove(header::DATE);
    if let Some(location) = headers.get_mut(header::LOCATION) {
        let uri: Uri = location.as_bytes().try_into().expect("a URI");
        *location = HeaderValue::from_str(uri.path()).expect("a path");
    }
    headers
}

/// A request with a body of this media type.
fn post(path: &str, media_type: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, media_type)
        .body(Body::from(body.to_owned()))
        .expect("a request")
}

/// A request with one header.
fn get_with(path: &str, name: HeaderName, value: &str) -> Request<Body> {
    Request::get(path)
        .header(name, value)
        .body(Body::empty())
        .expect("a request")
}

/// A text under this status.
fn text(status: u16, text: &str) -> Response {
    http::Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .body(Body::from(text.to_owned()))
        .expect("a response")
}
