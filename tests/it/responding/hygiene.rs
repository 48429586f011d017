//! What an error, a page and a text may not do to the response that they end up in.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _};
use axum::routing::get;
use backstop::settings::Reporting;
use backstop::{Backstop, Error, HttpError};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::support::http::{Http, Server, request, serve, serve_handler};
use crate::support::recorder::Recorder;
use crate::support::reports::Reports;

fn with_headers(mut error: Error, headers: &[(&'static str, &'static str)]) -> Error {
    for (name, value) in headers {
        error = error.with_header(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    error
}

async fn get_as(
    server: &Server,
    http: Http,
    path: &str,
    accept: &str,
) -> crate::support::http::Reply {
    let mut request = request("GET", path);
    request
        .headers_mut()
        .insert(header::ACCEPT, accept.parse().unwrap());
    server.send(http, request).await
}

#[tokio::test]
async fn an_error_sets_no_header_of_the_body_or_the_connection() {
    const IGNORED: [(&str, &str); 21] = [
        ("connection", "close, x-error-id"),
        ("upgrade", "h2c"),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "close"),
        ("transfer-encoding", "gzip"),
        ("content-encoding", "br"),
        ("content-length", "3"),
        ("content-digest", "sha-256=:s3cr3t:"),
        ("repr-digest", "sha-256=:s3cr3t:"),
        ("digest", "sha-256=s3cr3t"),
        ("content-md5", "s3cr3t"),
        ("content-range", "bytes 0-1/2"),
        ("content-location", "/s3cr3t"),
        ("content-disposition", "attachment"),
        ("signature", "sig=:s3cr3t:"),
        ("etag", "\"s3cr3t\""),
        ("last-modified", "Sat, 21 Nov 2026 00:00:00 GMT"),
        ("accept-ranges", "bytes"),
        ("age", "60"),
        ("trailer", "x-sum"),
        ("x-content-type-options", "none"),
    ];
    let (_, backstop) = Recorder::production();
    let handler = async || Err::<(), _>(with_headers(Error::conflict("taken"), &IGNORED));
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(reply.problem()["detail"], "taken");
        for (name, value) in IGNORED {
            assert_ne!(reply.header(name), Some(value), "{name}");
        }
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn an_error_may_set_what_its_status_requires_and_its_language() {
    let (_, backstop) = Recorder::production();
    let range = async || {
        let error = Error::new(StatusCode::RANGE_NOT_SATISFIABLE, "too far");
        Err::<(), _>(with_headers(error, &[("content-range", "bytes */47")]))
    };
    let upgrade = async || {
        let error = Error::new(StatusCode::UPGRADE_REQUIRED, "too old");
        Err::<(), _>(with_headers(
            error,
            &[("upgrade", "h2c"), ("connection", "upgrade")],
        ))
    };
    let german = async || {
        let error = Error::conflict("vergriffen");
        Err::<(), _>(with_headers(error, &[("content-language", "de")]))
    };
    let app = Router::new()
        .route("/range", get(range))
        .route("/upgrade", get(upgrade))
        .route("/german", get(german));
    let server = serve(app.layer(backstop.layer())).await;
    let reply = server.get(Http::One, "/range").await;
    assert_eq!(reply.header("content-range"), Some("bytes */47"));
    let reply = server.get(Http::One, "/upgrade").await;
    assert_eq!(reply.header("upgrade"), Some("h2c"));
    let reply = server.get(Http::One, "/german").await;
    assert_eq!(reply.header("content-language"), Some("de"));
}

/// Declares as many headers as it is told.
#[derive(Debug)]
struct ManyHeaders(usize);

impl std::fmt::Display for ManyHeaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("many")
    }
}

impl std::error::Error for ManyHeaders {}

impl HttpError for ManyHeaders {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }

    fn headers(&self) -> HeaderMap {
        many(self.0)
    }
}

fn many(count: usize) -> HeaderMap {
    let name = |index| HeaderName::try_from(format!("x-{index}")).unwrap();
    (0..count)
        .map(|index| (name(index), HeaderValue::from_static("1")))
        .collect()
}

#[tokio::test]
async fn more_headers_than_a_map_holds_still_leave_an_error_response() {
    let (_, backstop) = Recorder::production();
    for (of_error, of_response) in [(20_000, 20_000), (24_500, 0), (0, 24_500), (24_500, 24_500)] {
        let handler = async move || {
            let error = Error::from(ManyHeaders(of_error));
            let mut response = error.into_response();
            for (name, value) in many(of_response).into_iter().take(24_000) {
                response.headers_mut().insert(name.unwrap(), value);
            }
            response
        };
        let app: Router = Router::new()
            .route("/", get(handler))
            .layer(backstop.layer());
        let request = request("GET", "/");
        let response = tower::ServiceExt::oneshot(app, request).await.unwrap();
        assert_eq!(response.status(), 409, "{of_error} {of_response}");
        assert!(response.headers().contains_key("x-error-id"));
    }
}

#[tokio::test]
async fn a_cacheable_status_keeps_its_cache_control_and_no_other_does() {
    let (_, backstop) = Recorder::production();
    let cached = |status: u16| {
        let headers = [(header::CACHE_CONTROL, "public, max-age=60")];
        get(async move || (StatusCode::from_u16(status).unwrap(), headers))
    };
    let more = [("cdn-cache-control", "max-age=60"), ("expires", "0")];
    let error = async || {
        Err::<(), _>(with_headers(
            Error::forbidden("no"),
            &[("cache-control", "private, max-age=9")],
        ))
    };
    // A layer that lets every success be stored says nothing about the error that replaces one.
    let success = async || {
        (
            [(header::CACHE_CONTROL, "public, max-age=60")],
            Error::not_found("no"),
        )
    };
    let success = async move || (StatusCode::OK, success().await);
    let mut app = Router::new()
        .route("/error", get(error))
        .route("/success", get(success))
        .route(
            "/more",
            get(async move || (StatusCode::BAD_REQUEST, AppendHeaders(more))),
        );
    for status in [400, 401, 403, 404, 405, 410, 414, 500, 503] {
        app = app.route(&format!("/{status}"), cached(status));
    }
    let server = serve(app.layer(backstop.layer())).await;
    for http in Http::BOTH {
        for (path, cache_control) in [
            ("/404", "public, max-age=60"),
            ("/405", "public, max-age=60"),
            ("/410", "public, max-age=60"),
            ("/414", "public, max-age=60"),
            ("/400", "no-store"),
            ("/401", "no-store"),
            ("/403", "no-store"),
            ("/500", "no-store"),
            ("/503", "no-store"),
            ("/success", "no-store"),
            ("/nowhere", "no-store"),
            ("/error", "private, max-age=9"),
        ] {
            let reply = server.get(http, path).await;
            reply.problem();
            assert_eq!(reply.header("cache-control"), Some(cache_control), "{path}");
        }
        let reply = server.get(http, "/more").await;
        assert_eq!(
            (reply.header("cdn-cache-control"), reply.header("expires")),
            (None, None)
        );
    }
}

#[tokio::test]
async fn vary_names_accept_only_where_accept_has_chosen() {
    let backstop = Backstop::production()
        .format_query("format")
        .build()
        .unwrap();
    let server = serve(Router::new().layer(backstop.layer())).await;
    for http in Http::BOTH {
        for (path, vary) in [
            ("/", Some("accept")),
            ("/?format=json", None),
            ("/?format=text", None),
            ("/?format=unknown", Some("accept")),
            ("/?format=json&format=xml", Some("accept")),
        ] {
            assert_eq!(server.get(http, path).await.header("vary"), vary, "{path}");
        }
    }
}

#[tokio::test]
async fn a_page_of_the_application_keeps_its_policy_and_the_built_in_page_its_own() {
    let page = || "<!doctype html><form>".to_owned();
    let custom = Backstop::production()
        .html_page(move |_, _| page())
        .build()
        .unwrap();
    let built_in = Backstop::production().build().unwrap();
    let policy = HeaderValue::from_static("script-src 'self'");
    let error = || {
        with_headers(
            Error::conflict("x"),
            &[("content-security-policy", "img-src *")],
        )
    };
    let app = Router::new().route("/error", get(async move || Err::<(), _>(error())));
    let with_policy = |app: Router| {
        app.layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            policy.clone(),
        ))
    };
    let site = serve(with_policy(app.clone()).layer(custom.layer())).await;
    let plain = serve(app.clone().layer(custom.layer())).await;
    let own = serve(with_policy(app).layer(built_in.layer())).await;
    for http in Http::BOTH {
        let csp = async |server: &Server, path: &str| {
            let reply = get_as(server, http, path, "text/html").await;
            reply.header("content-security-policy").unwrap().to_owned()
        };
        assert_eq!(csp(&site, "/").await, "script-src 'self'");
        assert_eq!(csp(&plain, "/error").await, "img-src *");
        assert!(
            csp(&plain, "/")
                .await
                .starts_with("default-src 'none'; style-src 'self'")
        );
        for path in ["/", "/error"] {
            assert!(
                csp(&own, path)
                    .await
                    .starts_with("default-src 'none'; style-src 'sha256-")
            );
        }
    }
}

#[tokio::test]
async fn a_text_response_has_no_control_or_bidirectional_characters_of_others() {
    const EVIL: &str =
        "\u{1b}]0;owned\u{7}\u{1b}[2J\nid: forged\r\nid: forged\u{202e}\u{61c}\u{9b}\t\u{2028}";
    let backstop = Backstop::production()
        .safe_fields(["field"])
        .build()
        .unwrap();
    let error = || {
        let item = Error::unprocessable(EVIL).with_field("pointer", EVIL);
        Error::many([item, Error::conflict(EVIL)])
            .with_detail(EVIL)
            .with_title(EVIL)
            .with_code(EVIL)
            .with_field("field", serde_json::json!({ EVIL: [EVIL] }))
            .with_details(serde_json::json!(EVIL))
    };
    let app = Router::new()
        .route("/error", get(async move || Err::<(), _>(error())))
        .route("/bare", get(async || (StatusCode::BAD_REQUEST, EVIL)))
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/error", "/bare"] {
            let reply = get_as(&server, http, path, "text/plain").await;
            assert_eq!(
                reply.header("content-type"),
                Some("text/plain; charset=utf-8")
            );
            let text = reply.text();
            let is_safe = |it: char| it == '\n' || !it.is_control();
            assert!(text.chars().all(is_safe), "{text:?}");
            assert!(
                !text.contains(['\u{202e}', '\u{61c}', '\u{2028}']),
                "{text:?}"
            );
            let ids: Vec<_> = text
                .lines()
                .filter(|line| line.starts_with("id:"))
                .collect();
            assert_eq!(
                ids,
                [format!("id: {}", reply.header("x-error-id").unwrap())]
            );
        }
    }
}

#[tokio::test]
async fn kept_cookies_and_credentials_are_for_callbacks_and_redacted_in_reports() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = [header::COOKIE, header::AUTHORIZATION];
    let recorded = Arc::clone(&seen);
    let builder = Backstop::production()
        .reporting(Reporting::new().keep_headers(kept))
        .html_page(|_, request| {
            let cookie = request.header("cookie").unwrap().to_str().unwrap();
            format!("<!doctype html><body class=\"{cookie}\">")
        })
        .on_error(move |event| {
            let header = |name| event.request().header(name).cloned();
            recorded
                .lock()
                .unwrap()
                .push((header("cookie"), header("authorization")));
        });
    let (backstop, reports) = Reports::with(builder);
    let server = serve_handler(&backstop, get(async || StatusCode::BAD_GATEWAY)).await;
    let mut request = request("GET", "/");
    for (name, value) in [
        ("accept", "text/html"),
        ("cookie", "theme=dark"),
        ("authorization", "Bearer s3cr3t"),
    ] {
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    let reply = server.send(Http::One, request).await;
    assert!(reply.text().contains("theme=dark"));
    let seen = seen.lock().unwrap().clone();
    let expected = ["theme=dark", "Bearer s3cr3t"].map(|it| Some(HeaderValue::from_static(it)));
    assert_eq!(seen, [expected.into()]);
    let report = serde_json::to_string(&reports.one()).unwrap();
    assert!(report.contains("[REDACTED]"), "{report}");
    assert!(
        !report.contains("s3cr3t") && !report.contains("theme=dark"),
        "{report}"
    );
}
