//! axum's own rejections, as extractors make them without any code of the application: below 500 their text
//! is the detail, in every format; from 500 on only `on_error` gets it.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::multipart::Multipart;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{
    ConnectInfo, DefaultBodyLimit, MatchedPath, NestedPath, Path, Query, RawForm, RawPathParams,
};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Form, Json, Router};
use backstop::{Backstop, Failure, Format, Problem};
use http::header::{ACCEPT, CONNECTION, CONTENT_TYPE, UPGRADE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use tower::ServiceExt as _;

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its reading is of interest")]
struct Order {
    name: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its reading is of interest")]
struct Item {
    count: u32,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its reading is of interest")]
struct Page {
    page: u32,
}

/// What the application forgot to provide; no client may read its name.
#[derive(Clone)]
struct S3cr3tPool;

fn routes() -> Router {
    Router::new()
        .route("/json", post(|_: Json<Order>| async {}))
        .route("/query", get(|_: Query<Page>| async {}))
        .route("/path/{id}", get(|_: Path<u32>| async {}))
        .route("/struct/{page}", get(|_: Path<Page>| async {}))
        .route("/two/{a}/{b}", get(|_: Path<u32>| async {}))
        .route("/none", get(|_: Path<u32>| async {}))
        .route("/raw/{id}", get(|_: RawPathParams| async {}))
        .route("/form", any(|_: Form<Page>| async {}))
        .route("/rawform", post(|_: RawForm| async {}))
        .route("/extension", get(|_: Extension<S3cr3tPool>| async {}))
        .route(
            "/peer",
            get(|_: ConnectInfo<std::net::SocketAddr>| async {}),
        )
        .route("/text", post(|_: String| async {}))
        .route("/bytes", post(|_: Bytes| async {}))
        .route("/multipart", post(read_parts))
        .route("/nested", get(|_: NestedPath| async {}))
        .route("/socket", any(upgrade))
        .fallback(|_: MatchedPath| async {})
        .layer(DefaultBodyLimit::max(64))
}

async fn read_parts(mut parts: Multipart) -> Response {
    loop {
        match parts.next_field().await {
            Ok(Some(part)) => match part.bytes().await {
                Ok(_) => {}
                Err(error) => return error.into_response(),
            },
            Ok(None) => return StatusCode::NO_CONTENT.into_response(),
            Err(error) => return error.into_response(),
        }
    }
}

async fn upgrade(socket: WebSocketUpgrade) -> Response {
    socket.on_upgrade(|_| async {})
}

/// A request, and how it is rejected.
struct Case {
    name: &'static str,
    request: Request<Body>,
    status: u16,
    /// A part of axum's text.
    says: &'static str,
    /// Where the part of the request is that clients read about instead: its pointer or parameter, and the code.
    /// Otherwise they read axum's text.
    field: Option<(Option<&'static str>, &'static str)>,
}

impl Case {
    const fn at(mut self, field: &'static str, code: &'static str) -> Self {
        self.field = Some((Some(field), code));
        self
    }
}

fn request(
    method: Method,
    path: &str,
    content_type: Option<&str>,
    body: impl Into<Body>,
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(content_type) = content_type {
        request = request.header(CONTENT_TYPE, content_type);
    }
    request.body(body.into()).unwrap()
}

fn fetch(path: &str) -> Request<Body> {
    request(Method::GET, path, None, Body::empty())
}

fn send(path: &str, content_type: &str, body: impl Into<Body>) -> Request<Body> {
    request(Method::POST, path, Some(content_type), body)
}

fn socket(change: impl FnOnce(&mut HeaderMap)) -> Request<Body> {
    let mut request = fetch("/socket");
    let headers = request.headers_mut();
    headers.insert(CONNECTION, "upgrade".parse().unwrap());
    headers.insert(UPGRADE, "websocket".parse().unwrap());
    headers.insert("sec-websocket-version", "13".parse().unwrap());
    headers.insert(
        "sec-websocket-key",
        "dGhlIHNhbXBsZSBub25jZQ==".parse().unwrap(),
    );
    change(headers);
    request
}

fn cases() -> Vec<Case> {
    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    const PARTS: &str = "multipart/form-data; boundary=x";
    let case = |name, status, says, request| Case {
        name,
        request,
        status,
        says,
        field: None,
    };
    vec![
        case(
            "json of wrong syntax",
            400,
            "EOF while parsing a string at line 1",
            send("/json", JSON, r#"{"name"#),
        ),
        case(
            "json of the wrong type",
            422,
            "items[0].count: invalid type",
            send("/json", JSON, r#"{"name": "a", "items": [{"count": "x"}]}"#),
        )
        .at("#/items/0/count", "invalid_type"),
        case(
            "json without a member",
            422,
            "missing field",
            send("/json", JSON, "{}"),
        )
        .at("#/name", "missing_field"),
        case(
            "json without its content type",
            415,
            "application/json",
            send("/json", "text/plain", "{}"),
        ),
        case(
            "json over the limit",
            413,
            "length limit exceeded",
            send("/json", JSON, " ".repeat(65)),
        ),
        case(
            "a query of the wrong type",
            400,
            "page: invalid digit",
            fetch("/query?page=x"),
        )
        .at("page", "invalid"),
        case(
            "a query without the field",
            400,
            "missing field",
            fetch("/query"),
        )
        .at("page", "missing_field"),
        Case {
            field: Some((None, "invalid_value")),
            ..case(
                "a path of the wrong type",
                400,
                "Cannot parse",
                fetch("/path/x"),
            )
        },
        case(
            "a path of the wrong type by name",
            400,
            "Cannot parse",
            fetch("/struct/x"),
        )
        .at("page", "invalid_value"),
        case(
            "a path that is not UTF-8",
            400,
            "Invalid UTF-8 in",
            fetch("/path/%ff"),
        )
        .at("id", "invalid_value"),
        case(
            "raw path params that are no UTF-8",
            400,
            "Invalid UTF-8 in",
            fetch("/raw/%ff"),
        ),
        case(
            "a path with another count of params",
            500,
            "Wrong number of path arguments",
            fetch("/two/1/2"),
        ),
        case(
            "a path without params",
            500,
            "Expected 1 but got 0",
            fetch("/none"),
        ),
        case(
            "a form in the query of the wrong type",
            400,
            "page: invalid digit",
            fetch("/form?page=x"),
        )
        .at("page", "invalid"),
        case(
            "a form of the wrong type",
            422,
            "page: invalid digit",
            send("/form", FORM, "page=x"),
        )
        .at("#/page", "invalid"),
        case(
            "a form without its content type",
            415,
            "application/x-www-form-urlencoded",
            send("/form", JSON, "page=1"),
        ),
        case(
            "a raw form without its content type",
            415,
            "application/x-www-form-urlencoded",
            send("/rawform", JSON, "page=1"),
        ),
        case(
            "a missing extension",
            500,
            "S3cr3tPool",
            fetch("/extension"),
        ),
        case("a missing peer address", 500, "ConnectInfo", fetch("/peer")),
        case(
            "a missing matched path",
            500,
            "No matched path found",
            fetch("/nowhere"),
        ),
        case("a missing nested path", 500, "not nested", fetch("/nested")),
        case(
            "a text that is not UTF-8",
            400,
            "valid UTF-8",
            send("/text", "text/plain", &b"\xff"[..]),
        ),
        case(
            "a body over the limit",
            413,
            "length limit exceeded",
            send("/bytes", "text/plain", " ".repeat(65)),
        ),
        case(
            "parts without a boundary",
            400,
            "boundary",
            send("/multipart", "multipart/form-data", ""),
        ),
        case(
            "parts that end early",
            400,
            "multipart",
            send("/multipart", PARTS, "--x\r\n"),
        ),
        case(
            "parts over the limit",
            413,
            "too large",
            send(
                "/multipart",
                PARTS,
                format!(
                    "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{}\r\n--x--",
                    " ".repeat(65)
                ),
            ),
        ),
        case(
            "an upgrade by POST",
            405,
            "must be `GET`",
            send("/socket", "text/plain", ""),
        ),
        case(
            "an upgrade without Connection",
            400,
            "Connection",
            socket(|headers| drop(headers.remove(CONNECTION))),
        ),
        case(
            "an upgrade to something else",
            400,
            "Upgrade",
            socket(|headers| drop(headers.insert(UPGRADE, "x".parse().unwrap()))),
        ),
        case(
            "an upgrade of another version",
            400,
            "Sec-WebSocket-Version",
            socket(|headers| drop(headers.remove("sec-websocket-version"))),
        ),
        case(
            "an upgrade without a key",
            400,
            "Sec-WebSocket-Key",
            socket(|headers| drop(headers.remove("sec-websocket-key"))),
        ),
        case(
            "an upgrade of a connection that can't",
            426,
            "no upgrade state",
            socket(|_| {}),
        ),
    ]
}

/// The response, and the failures that `on_error` received.
async fn respond(
    mut request: Request<Body>,
    format: Format,
) -> (StatusCode, HeaderMap, String, Vec<Failure>) {
    let failures = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&failures);
    let backstop = Backstop::production()
        .on_error(move |event| record.lock().unwrap().push(event.failure().clone()))
        .log(false)
        .build()
        .unwrap();
    let accept = format.media_type().parse().unwrap();
    request.headers_mut().insert(ACCEPT, accept);
    let app = routes().layer(backstop.layer());
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let failures = failures.lock().unwrap().clone();
    (
        parts.status,
        parts.headers,
        String::from_utf8(body.to_vec()).unwrap(),
        failures,
    )
}

/// The text without what the formats escape, each in its way.
fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

async fn check(format: Format) {
    for case in cases() {
        let (status, headers, body, failures) = respond(case.request, format).await;
        let name = format!("{} as {}: {body}", case.name, format.media_type());
        assert_eq!(status, case.status, "{name}");
        let content_type = headers[CONTENT_TYPE].to_str().unwrap();
        assert_eq!(
            content_type.split(';').next(),
            Some(format.media_type()),
            "{name}"
        );
        assert!(headers.contains_key("x-error-id"), "{name}");
        let shows_text = case.status < 500 && case.field.is_none();
        assert_eq!(plain(&body).contains(case.says), shows_text, "{name}");
        assert!(!body.contains("S3cr3t") && !body.contains("axum"), "{name}");
        // `on_error` gets the text in any case.
        assert_eq!(failures.len(), 1, "{name}");
        assert!(
            failures[0].chain()[0].message().contains(case.says),
            "{name}"
        );
        let problem = match format {
            Format::ProblemJson | Format::Json => Problem::from_json(body.as_bytes()),
            Format::ProblemXml | Format::Xml | Format::TextXml => Problem::from_xml(&body),
            _ => continue,
        };
        let problem = problem.unwrap();
        assert_eq!(problem.status(), Some(status), "{name}");
        let detail = problem.detail().unwrap_or_default();
        assert_eq!(detail.contains(case.says), shows_text, "{name}");
        let Some((field, code)) = case.field else {
            assert!(problem.get("errors").is_none(), "{name}");
            continue;
        };
        assert!(!detail.is_empty(), "{name}");
        if matches!(format, Format::ProblemJson | Format::Json) {
            let error = &problem.get("errors").unwrap()[0];
            let at = error.get("pointer").or_else(|| error.get("parameter"));
            assert_eq!(at.and_then(|at| at.as_str()), field, "{name}");
            assert_eq!(error["code"], code, "{name}");
            assert!(error["detail"].is_string(), "{name}");
        }
    }
}

#[tokio::test]
async fn rejections_become_problem_json() {
    check(Format::ProblemJson).await;
}

#[tokio::test]
async fn rejections_become_json() {
    check(Format::Json).await;
}

#[tokio::test]
async fn rejections_become_html() {
    check(Format::Html).await;
}

#[tokio::test]
async fn rejections_become_xml() {
    for format in [Format::ProblemXml, Format::Xml, Format::TextXml] {
        check(format).await;
    }
}

#[tokio::test]
async fn rejections_become_text() {
    check(Format::Text).await;
}

/// Each rejection alone, and each set of them, converts with `?`.
#[test]
fn every_rejection_is_an_error() {
    fn is_error<E: backstop::HttpError>() {}

    macro_rules! all {
        ($($module:path: $($name:ident)+,)+) => {
            $($({
                use $module as module;
                is_error::<module::$name>();
            })+)+
        };
    }
    all! {
        axum::extract::rejection: BytesRejection ExtensionRejection FailedToBufferBody FailedToDeserializeForm
            FailedToDeserializeFormBody FailedToDeserializePathParams FailedToDeserializeQueryString FormRejection
            InvalidFormContentType InvalidUtf8 InvalidUtf8InPathParam JsonDataError JsonRejection JsonSyntaxError
            LengthLimitError MatchedPathMissing MatchedPathRejection MissingExtension MissingJsonContentType
            MissingPathParams NestedPathRejection PathRejection QueryRejection RawFormRejection
            RawPathParamsRejection StringRejection UnknownBodyError,
    }
    #[cfg(feature = "multipart")]
    all! {
        axum::extract::multipart: InvalidBoundary MultipartError MultipartRejection,
    }
    #[cfg(feature = "ws")]
    all! {
        axum::extract::ws::rejection: ConnectionNotUpgradable InvalidConnectionHeader InvalidProtocolPseudoheader
            InvalidUpgradeHeader InvalidWebSocketVersionHeader MethodNotConnect MethodNotGet
            WebSocketKeyHeaderMissing WebSocketUpgradeRejection,
    }
    #[cfg(feature = "axum-extra")]
    all! {
        axum_extra::extract: FormRejection JsonDataError JsonDeserializerRejection JsonSyntaxError
            MissingJsonContentType OptionalQueryRejection QueryRejection,
        axum_extra::extract::multipart: InvalidBoundary MultipartError MultipartRejection,
        axum_extra::extract::rejection: FailedToResolveHost HostRejection,
        axum_extra::typed_header: TypedHeaderRejection,
    }
}

#[cfg(feature = "axum-extra")]
#[tokio::test]
async fn rejections_of_axum_extra_are_client_errors_with_their_text() {
    use axum_extra::TypedHeader;
    use axum_extra::extract as extra;
    use axum_extra::headers::Range;
    use axum_extra::typed_header::TypedHeaderRejection;

    async fn header(
        header: Result<TypedHeader<Range>, TypedHeaderRejection>,
    ) -> backstop::Result<()> {
        let _ = header?;
        Ok(())
    }

    async fn query(
        query: Result<extra::Query<Page>, extra::QueryRejection>,
    ) -> backstop::Result<()> {
        query?;
        Ok(())
    }

    async fn form(form: Result<extra::Form<Page>, extra::FormRejection>) -> backstop::Result<()> {
        form?;
        Ok(())
    }

    async fn optional(
        query: Result<extra::OptionalQuery<Page>, extra::OptionalQueryRejection>,
    ) -> backstop::Result<()> {
        query?;
        Ok(())
    }

    let backstop = Backstop::production().log(false).build().unwrap();
    let app = Router::new()
        .route("/header", get(header))
        .route("/query", get(query))
        .route("/form", post(form))
        .route("/optional", get(optional))
        .layer(backstop.layer());
    let form = "application/x-www-form-urlencoded";
    for (request, status, says) in [
        (fetch("/header"), 400, "`range` was missing"),
        (fetch("/query?page=x"), 400, "invalid digit"),
        (send("/form", form, "page=x"), 422, "invalid digit"),
        (fetch("/optional?page=x"), 400, "invalid digit"),
    ] {
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let problem = String::from_utf8(body.to_vec()).unwrap();
        assert!(problem.contains(says), "{problem}");
    }
}

#[tokio::test]
async fn a_rejection_through_the_question_mark_gets_the_same_response() {
    async fn handler(
        order: Result<Json<Order>, axum::extract::rejection::JsonRejection>,
    ) -> backstop::Result<()> {
        let Json(_) = order?;
        Ok(())
    }

    let backstop = Backstop::production().log(false).build().unwrap();
    let app = Router::new()
        .route("/json", post(handler))
        .layer(backstop.layer());
    let body = r#"{"name": "a", "items": [{"count": "x"}]}"#;
    let response = app
        .oneshot(send("/json", "application/json", body))
        .await
        .unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let by_hand = Problem::from_json(&body).unwrap();
    let (_, _, body, _) = respond(
        send(
            "/json",
            "application/json",
            r#"{"name": "a", "items": [{"count": "x"}]}"#,
        ),
        Format::ProblemJson,
    )
    .await;
    let by_axum = Problem::from_json(body.as_bytes()).unwrap();
    assert_eq!(by_hand.status(), by_axum.status());
    assert_eq!(by_hand.detail(), by_axum.detail());
    assert_eq!(by_hand.get("errors"), by_axum.get("errors"));
}

#[tokio::test]
async fn through_the_question_mark_the_path_is_exact_and_follows_the_names_on_the_wire() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading is of interest")]
    struct Basket {
        unit_price: std::collections::HashMap<String, u8>,
    }

    let read = |json: &str| {
        let rejection = Json::<Basket>::from_bytes(json.as_bytes()).err().unwrap();
        backstop::HttpError::errors(&rejection)
    };
    let errors = read(r#"{"unitPrice": {"a.b[0]: c": 300}}"#);
    assert_eq!(errors[0].pointer(), Some("#/unitPrice/a.b%5B0%5D:%20c"));
    assert_eq!(errors[0].detail(), "must be an integer from 0 to 255");
    assert_eq!(read("{}")[0].pointer(), Some("#/unitPrice"));
    let unknown = read(r#"{"unit_price": {}}"#);
    assert_eq!(unknown[0].pointer(), Some("#/unit_price"));
    assert_eq!(unknown[0].code().unwrap(), "unknown_field");
    // What is not about a part of the request lists nothing.
    assert!(read("{").is_empty());
}

#[tokio::test]
async fn what_the_client_sent_and_rust_types_are_in_no_response() {
    let json = r#"{"name": "a", "items": [{"count": "s3cr3t"}]}"#;
    let requests = [
        send("/json", "application/json", json),
        send(
            "/json",
            "application/json",
            r#"{"name": ["s3cr3t"], "items": []}"#,
        ),
        fetch("/query?page=s3cr3t"),
        fetch("/path/s3cr3t"),
        fetch("/struct/s3cr3t"),
    ];
    for request in requests {
        let (_, _, body, _) = respond(request, Format::ProblemJson).await;
        assert!(!body.contains("s3cr3t") && !body.contains("u32"), "{body}");
    }
}
