//! The headers of error responses: what is removed, what stays, what is set.

#![expect(clippy::panic, reason = "what panics is under test")]

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use axum::routing::get;
use backstop::{Backstop, Error};
use http::{HeaderName, HeaderValue, StatusCode, header};
use tower::Layer as _;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use crate::support::http::{Http, Reply, request, serve, serve_handler, serve_service};
use crate::support::recorder::Recorder;

/// What speaks of the body that is gone.
const REMOVED: [(&str, &str); 17] = [
    ("content-length", "3"),
    ("content-language", "de"),
    ("content-range", "bytes 0-1/2"),
    ("content-disposition", "attachment; filename=\"s3cr3t.csv\""),
    ("content-location", "/s3cr3t"),
    ("content-md5", "rL0Y20zC+Fzt72VPzMSk2A=="),
    ("content-digest", "sha-256=:s3cr3t:"),
    ("repr-digest", "sha-256=:s3cr3t:"),
    ("digest", "sha-256=s3cr3t"),
    ("etag", "\"s3cr3t\""),
    ("last-modified", "Sat, 21 Nov 2026 00:00:00 GMT"),
    ("accept-ranges", "bytes"),
    ("expires", "Sat, 21 Nov 2037 00:00:00 GMT"),
    ("age", "60"),
    ("trailer", "x-checksum"),
    ("cache-control", "public, max-age=3600"),
    ("transfer-encoding", "chunked"),
];

/// What stays, line by line.
const KEPT: [(&str, &str); 24] = [
    ("allow", "GET, HEAD"),
    ("www-authenticate", "Basic realm=\"shop\""),
    ("www-authenticate", "Bearer realm=\"shop\""),
    ("proxy-authenticate", "Basic"),
    ("authentication-info", "nextnonce=\"1\""),
    ("retry-after", "120"),
    ("upgrade", "h2c"),
    ("set-cookie", "a=1; Path=/"),
    ("set-cookie", "b=2; HttpOnly"),
    ("location", "/elsewhere"),
    ("link", "</help>; rel=\"help\""),
    ("access-control-allow-origin", "https://shop.example"),
    ("access-control-allow-credentials", "true"),
    ("access-control-expose-headers", "x-error-id"),
    ("x-request-id", "42"),
    ("ratelimit", "\"default\";r=0;t=30"),
    ("ratelimit-policy", "\"default\";q=100;w=60"),
    ("x-ratelimit-remaining", "0"),
    ("strict-transport-security", "max-age=63072000"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("server-timing", "db;dur=53"),
    ("deprecation", "@1688169599"),
    ("x-own", "1"),
];

/// Name and value.
type Line = (&'static str, &'static str);

fn with_headers(status: StatusCode, lines: &[Line]) -> Response {
    let mut response = status.into_response();
    for (name, value) in lines {
        let (name, value) = (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        response.headers_mut().append(name, value);
    }
    response
}

fn values<'a>(reply: &'a Reply, name: &str) -> Vec<&'a str> {
    let values = reply.headers.get_all(name).iter();
    values
        .map(|value| value.to_str().unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn headers_of_the_replaced_body_are_removed_and_all_others_stay() {
    let (_, backstop) = Recorder::production();
    let bare =
        || async { with_headers(StatusCode::BAD_GATEWAY, &[&REMOVED[..], &KEPT[..]].concat()) };
    let ours = || async {
        let response = with_headers(StatusCode::BAD_GATEWAY, &[&REMOVED[..], &KEPT[..]].concat());
        let error = Error::msg("s3cr3t").with_status(StatusCode::BAD_GATEWAY);
        (response.headers().clone(), error)
    };
    let app = Router::new()
        .route("/bare", get(bare))
        .route("/ours", get(ours));
    let server = serve(app.layer(backstop.layer())).await;
    for http in Http::BOTH {
        for path in ["/bare", "/ours"] {
            let reply = server.get(http, path).await;
            reply.assert_hidden(502, "Bad Gateway");
            for (name, value) in REMOVED {
                let found = values(&reply, name);
                assert!(!found.contains(&value), "{path} has {name}: {found:?}");
            }
            // HTTP/2 has no `Upgrade` (RFC 9113, section 8.2.2): hyper leaves it out.
            let is_sent = |name: &str| http == Http::One || name != "upgrade";
            for (name, _) in KEPT.into_iter().filter(|(name, _)| is_sent(name)) {
                let of_name = KEPT.iter().filter(|(kept, _)| *kept == name);
                let expected: Vec<_> = of_name.map(|(_, value)| *value).collect();
                assert_eq!(values(&reply, name), expected, "{path} {name}");
            }
        }
    }
}

#[tokio::test]
async fn a_416_keeps_its_content_range() {
    let (_, backstop) = Recorder::production();
    let unsatisfiable = || async {
        let range = [("content-range", "bytes */47"), ("accept-ranges", "bytes")];
        with_headers(StatusCode::RANGE_NOT_SATISFIABLE, &range)
    };
    let server = serve_handler(&backstop, get(unsatisfiable)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(reply.problem()["status"], 416);
        assert_eq!(reply.header("content-range"), Some("bytes */47"));
        assert_eq!(reply.header("accept-ranges"), None);
    }
}

#[tokio::test]
async fn the_response_sets_its_own_headers() {
    let (_, backstop) = Recorder::production();
    let server = serve(Router::new().layer(backstop.layer())).await;
    for http in Http::BOTH {
        for (accept, content_type) in [
            ("application/problem+json", "application/problem+json"),
            ("application/json", "application/json"),
            ("text/html", "text/html; charset=utf-8"),
            ("text/plain", "text/plain; charset=utf-8"),
        ] {
            let mut request = request("GET", "/");
            request
                .headers_mut()
                .insert("accept", HeaderValue::from_static(accept));
            let reply = server.send(http, request).await;
            assert_eq!(reply.header("content-type"), Some(content_type));
            assert_eq!(reply.header("vary"), Some("accept"));
            assert_eq!(reply.header("cache-control"), Some("no-store"));
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
            let length = reply.body.len().to_string();
            assert_eq!(reply.header("content-length"), Some(&*length));
            let csp = reply.header("content-security-policy");
            assert_eq!(csp.is_some(), accept == "text/html");
            assert!(csp.is_none_or(|csp| csp.starts_with("default-src 'none'")));
            let id = reply.header("x-error-id").unwrap();
            assert_eq!(id.len(), 36);
            assert!(reply.text().contains(id));
        }
    }
}

#[tokio::test]
async fn accept_is_merged_into_vary() {
    let table: [(&str, &[Line], &str); 9] = [
        ("/absent", &[], "accept"),
        ("/empty", &[("vary", "")], "accept"),
        (
            "/other",
            &[("vary", "Accept-Encoding")],
            "Accept-Encoding, accept",
        ),
        ("/accept", &[("vary", "accept")], "accept"),
        ("/upper", &[("vary", "Accept")], "Accept"),
        (
            "/both",
            &[("vary", "Accept-Encoding,ACCEPT")],
            "Accept-Encoding,ACCEPT",
        ),
        ("/star", &[("vary", "*")], "*"),
        (
            "/two",
            &[("vary", "origin"), ("vary", "accept-encoding")],
            "origin, accept-encoding, accept",
        ),
        (
            "/list",
            &[("vary", "origin , cookie")],
            "origin, cookie, accept",
        ),
    ];
    let mut app = Router::new();
    for (path, lines, _) in table {
        let bare = move || async move { with_headers(StatusCode::NOT_FOUND, lines) };
        let ours = move || async move {
            let mut error = Error::msg("gone").with_status(StatusCode::NOT_FOUND);
            for (name, value) in lines {
                error = error.with_header(
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                );
            }
            Err::<(), _>(error)
        };
        app = app
            .route(path, get(bare))
            .route(&format!("/ours{path}"), get(ours));
    }
    let (_, backstop) = Recorder::production();
    let server = serve(app.layer(backstop.layer())).await;
    for http in Http::BOTH {
        for (path, _, expected) in table {
            assert_eq!(
                server.get(http, path).await.header("vary"),
                Some(expected),
                "{path}"
            );
            let ours = server.get(http, &format!("/ours{path}")).await;
            assert_eq!(
                ours.header("vary"),
                Some(expected),
                "{path} carried by the error"
            );
        }
    }
}

#[tokio::test]
async fn without_negotiation_vary_stays_as_it_was() {
    let backstop = Backstop::production().negotiate(false).build().unwrap();
    let other = || async { with_headers(StatusCode::NOT_FOUND, &[("vary", "origin")]) };
    let server = serve(
        Router::new()
            .route("/other", get(other))
            .layer(backstop.layer()),
    )
    .await;
    for http in Http::BOTH {
        assert_eq!(server.get(http, "/").await.header("vary"), None);
        assert_eq!(
            server.get(http, "/other").await.header("vary"),
            Some("origin")
        );
    }
}

#[tokio::test]
async fn headers_that_the_error_carries_win() {
    let (_, backstop) = Recorder::production();
    let handler = || async {
        let error = Error::msg("no")
            .with_status(StatusCode::UNAUTHORIZED)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("7"))
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"))
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            .with_header(
                header::CACHE_CONTROL,
                HeaderValue::from_static("max-age=60"),
            )
            .with_header(header::SET_COOKIE, HeaderValue::from_static("a=1"))
            .with_header(header::SET_COOKIE, HeaderValue::from_static("b=2"));
        let theirs = [
            (header::RETRY_AFTER, "99"),
            (header::WWW_AUTHENTICATE, "Negotiate"),
        ];
        (theirs, error)
    };
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(reply.problem()["status"], 401);
        assert_eq!(values(&reply, "retry-after"), ["7"]);
        assert_eq!(values(&reply, "www-authenticate"), ["Basic", "Bearer"]);
        assert_eq!(values(&reply, "cache-control"), ["max-age=60"]);
        assert_eq!(values(&reply, "set-cookie"), ["a=1", "b=2"]);
    }
}

#[tokio::test]
async fn cookies_of_the_error_and_of_others_are_all_set() {
    let (_, backstop) = Recorder::production();
    let handler = || async {
        let error = Error::msg("no")
            .with_status(StatusCode::UNAUTHORIZED)
            .with_header(header::SET_COOKIE, HeaderValue::from_static("a=1"));
        (AppendHeaders([(header::SET_COOKIE, "session=2")]), error)
    };
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        let mut cookies = values(&reply, "set-cookie");
        cookies.sort_unstable();
        assert_eq!(cookies, ["a=1", "session=2"]);
    }
}

#[tokio::test]
async fn framing_headers_that_an_error_carries_are_ignored() {
    let (_, backstop) = Recorder::production();
    let handler = || async {
        let error = Error::msg("no")
            .with_status(StatusCode::NOT_FOUND)
            .with_header(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))
            .with_header(header::CONTENT_LENGTH, HeaderValue::from_static("3"))
            .with_header(header::CONTENT_ENCODING, HeaderValue::from_static("br"))
            .with_header(header::TRANSFER_ENCODING, HeaderValue::from_static("gzip"))
            .with_header(header::TRAILER, HeaderValue::from_static("x-sum"))
            .with_header(
                HeaderName::from_static("x-error-id"),
                HeaderValue::from_static("mine"),
            );
        Err::<(), _>(error)
    };
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        // The type and the id are asserted in there.
        assert_eq!(reply.problem()["detail"], "no");
        for name in ["content-encoding", "transfer-encoding", "trailer"] {
            assert_eq!(reply.header(name), None, "{name}");
        }
    }
}

// HEAD.

fn failing_app() -> Router {
    let ours =
        || async { Err::<(), _>(Error::msg("no such order").with_status(StatusCode::NOT_FOUND)) };
    let stale = || async { ([(header::CONTENT_LENGTH, "3")], Error::msg("s3cr3t")) };
    Router::new()
        .route("/ours", get(ours))
        .route("/stale", get(stale))
        .route("/panic", get(|| async { panic!("s3cr3t") as () }))
        .route("/empty", get(|| async { StatusCode::GONE }))
        .route("/hidden", get(|| async { StatusCode::BAD_GATEWAY }))
        .route(
            "/text",
            get(|| async { (StatusCode::BAD_REQUEST, "a text") }),
        )
        .route("/post", axum::routing::post(|| async {}))
}

fn heads(reply: &Reply) -> BTreeMap<String, String> {
    let lines = reply.headers.iter();
    lines
        .filter(|(name, _)| !["date", "x-error-id"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), format!("{value:?}")))
        .collect()
}

#[tokio::test]
async fn head_gets_the_headers_of_get_and_no_body() {
    let (_, backstop) = Recorder::production();
    let inside = serve(failing_app().layer(backstop.layer())).await;
    let outside = serve_service(backstop.layer().layer(failing_app().with_state::<()>(()))).await;
    for http in Http::BOTH {
        for (place, server) in [("inside", &inside), ("outside", &outside)] {
            for path in [
                "/ours", "/stale", "/panic", "/empty", "/hidden", "/text", "/post", "/nowhere",
            ] {
                let get = server.get(http, path).await;
                let head = server.send(http, request("HEAD", path)).await;
                assert_eq!(head.status, get.status, "{place} {path}");
                assert_eq!(head.text(), "");
                assert!(head.end.is_ok());
                let (mut expected, found) = (heads(&get), heads(&head));
                assert!(expected.contains_key("content-length"));
                if (place, path) == ("outside", "/text") {
                    // The text that would be the detail is gone by now, and with it the length.
                    expected.remove("content-length");
                }
                assert_eq!(found, expected, "{place} {path} {http:?}");
            }
        }
    }
}

// Several responses on one connection.

/// Splits what came over one connection into heads and bodies, by their content-length.
fn responses(mut bytes: &[u8], is_head: &[bool]) -> Vec<(String, String)> {
    let mut responses = Vec::new();
    for is_head in is_head {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a head")
            + 4;
        let head = String::from_utf8(bytes[..end].to_vec()).expect("a text");
        let mut lengths = head
            .lines()
            .filter_map(|line| line.strip_prefix("content-length: "));
        let length: usize = lengths.next().expect("a length").parse().expect("a number");
        assert_eq!(lengths.next(), None, "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        let length = if *is_head { 0 } else { length };
        let body = String::from_utf8(bytes[end..end + length].to_vec()).expect("a text");
        bytes = &bytes[end + length..];
        responses.push((head, body));
    }
    assert_eq!(
        String::from_utf8_lossy(bytes),
        "",
        "bytes after the last response"
    );
    responses
}

#[tokio::test]
async fn a_stale_content_length_neither_panics_nor_desynchronises_a_connection() {
    let (_, backstop) = Recorder::production();
    let bare = || async { with_headers(StatusCode::BAD_REQUEST, &[("content-length", "3")]) };
    let text = || async {
        (
            StatusCode::BAD_REQUEST,
            [(header::CONTENT_LENGTH, "3")],
            "a long text",
        )
    };
    let chunked =
        || async { with_headers(StatusCode::BAD_REQUEST, &[("transfer-encoding", "chunked")]) };
    let ours = || async { ([(header::CONTENT_LENGTH, "3")], Error::msg("s3cr3t")) };
    let carried = || async {
        let length = HeaderValue::from_static("3");
        Err::<(), _>(Error::msg("s3cr3t").with_header(header::CONTENT_LENGTH, length))
    };
    let app = Router::new()
        .route("/bare", get(bare))
        .route("/text", get(text))
        .route("/chunked", get(chunked))
        .route("/ours", get(ours))
        .route("/carried", get(carried))
        .route("/well", get(|| async { "well" }));
    let inside = serve(app.clone().layer(backstop.layer())).await;
    for path in ["/bare", "/text", "/chunked", "/ours", "/carried"] {
        for method in ["GET", "HEAD"] {
            let requests = format!(
                "{method} {path} HTTP/1.1\r\nhost: a\r\n\r\n\
                 {method} {path} HTTP/1.1\r\nhost: a\r\n\r\n\
                 GET /well HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
            );
            let bytes = inside.raw(requests).await;
            let is_head = method == "HEAD";
            let responses = responses(&bytes, &[is_head, is_head, false]);
            let status = if path == "/ours" || path == "/carried" {
                "500"
            } else {
                "400"
            };
            for (head, body) in &responses[..2] {
                assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
                assert!(is_head || serde_json::from_str::<serde_json::Value>(body).is_ok());
            }
            assert!(responses[2].0.starts_with("HTTP/1.1 200 OK\r\n"));
            assert_eq!(responses[2].1, "well");
        }
    }
}

// With the layers that stand outside.

#[tokio::test]
async fn error_responses_are_compressed_and_shared_across_origins_like_all_others() {
    let (_, backstop) = Recorder::production();
    let handler = || async {
        let detail = "no such order, and that at length: ".repeat(8);
        Err::<(), _>(Error::msg(detail).with_status(StatusCode::NOT_FOUND))
    };
    let app = Router::new()
        .route("/", get(handler))
        .layer(backstop.layer())
        .layer(
            CorsLayer::new()
                .allow_origin(AllowOrigin::mirror_request())
                .allow_methods(Any),
        )
        .layer(CompressionLayer::new());
    let server = serve(app).await;
    for http in Http::BOTH {
        let mut gzip = request("GET", "/");
        let headers = gzip.headers_mut();
        headers.insert("accept-encoding", HeaderValue::from_static("gzip"));
        headers.insert("origin", HeaderValue::from_static("https://shop.example"));
        let reply = server.send(http, gzip).await;
        assert_eq!(reply.status, 404);
        assert_eq!(reply.header("content-encoding"), Some("gzip"));
        assert_eq!(
            reply.header("content-type"),
            Some("application/problem+json")
        );
        assert!(reply.body.starts_with(&[0x1f, 0x8b]) && reply.end.is_ok());
        assert_eq!(
            reply.header("access-control-allow-origin"),
            Some("https://shop.example")
        );
        let vary = values(&reply, "vary").join(",").to_lowercase();
        let names: Vec<_> = vary.split(',').map(str::trim).collect();
        for name in ["accept", "accept-encoding", "origin"] {
            assert!(names.contains(&name), "{vary}");
        }

        let mut preflight = request("OPTIONS", "/").map(|_| Body::empty());
        let headers = preflight.headers_mut();
        headers.insert("origin", HeaderValue::from_static("https://shop.example"));
        headers.insert(
            "access-control-request-method",
            HeaderValue::from_static("GET"),
        );
        let reply = server.send(http, preflight).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("x-error-id"), None);

        let plain = server.get(http, "/").await;
        assert!(plain.problem()["detail"].is_string());
    }
}
