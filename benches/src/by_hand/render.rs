//! An error's bytes and headers.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use axum::body::Body;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use tower::Service as _;
use uuid::Uuid;

use crate::apps;
use crate::row::{Asked, BROWSER};
use crate::serve::{self, Head};

pub const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
pub const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
pub const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
pub const ACCEPT: HeaderValue = HeaderValue::from_static("accept");
pub const X_ERROR_ID: HeaderName = HeaderName::from_static("x-error-id");

/// A UUID of version 7, from a clock and a fast generator.
pub fn new_id() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or_default();
    let tick = LAST
        .fetch_max(millis << 12, Ordering::Relaxed)
        .max(millis << 12)
        + 1;
    let mut random = [0; 10];
    random[..2].copy_from_slice(&((tick & 0xfff) as u16).to_be_bytes());
    random[2..].copy_from_slice(&fastrand::u64(..).to_ne_bytes());
    uuid::Builder::from_unix_timestamp_millis(tick >> 12, &random).into_uuid()
}

/// The response, in the one of two formats that the client names.
pub fn render(
    id: Uuid,
    status: StatusCode,
    detail: Option<&str>,
    accept: Option<&HeaderValue>,
) -> Response {
    let mut urn = [0; uuid::fmt::Urn::LENGTH];
    let urn: &str = id.urn().encode_lower(&mut urn);
    let id = &urn["urn:uuid:".len()..];
    let accept = accept.map(HeaderValue::as_bytes).unwrap_or_default();
    let mut response = if accept.starts_with(b"text/html") {
        page(id)
    } else {
        problem(urn, status, detail)
    };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(X_ERROR_ID, HeaderValue::from_str(id).expect("a UUID"));
    headers.insert(VARY, ACCEPT);
    response
}

fn problem(urn: &str, status: StatusCode, detail: Option<&str>) -> Response {
    let mut body = String::with_capacity(192);
    body.push_str(r#"{"title":""#);
    body.push_str(status.canonical_reason().unwrap_or_default());
    body.push_str(r#"","status":"#);
    body.push_str(status.as_str());
    if let Some(detail) = detail {
        body.push_str(r#","detail":""#);
        escape(detail, &mut body);
        body.push('"');
    }
    body.push_str(r#","instance":""#);
    body.push_str(urn);
    body.push_str("\"}");
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, PROBLEM);
    response
}

fn escape(text: &str, body: &mut String) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        body.push_str(text);
    } else {
        let json = serde_json::to_string(text).expect("a text");
        body.push_str(&json[1..json.len() - 1]);
    }
}

/// The page of a 500 as Backstop writes it, up to its id and from there on.
struct Page {
    before: String,
    after: String,
    content_type: HeaderValue,
    policy: HeaderValue,
}

static PAGE: OnceLock<Page> = OnceLock::new();

fn page(id: &str) -> Response {
    let page = PAGE.get_or_init(Page::of_backstop);
    let mut body = String::with_capacity(page.before.len() + id.len() + page.after.len());
    body.push_str(&page.before);
    body.push_str(id);
    body.push_str(&page.after);
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    // A page has more headers than the smallest map holds.
    headers.reserve(6);
    headers.insert(CONTENT_SECURITY_POLICY, page.policy.clone());
    headers.insert(CONTENT_TYPE, page.content_type.clone());
    response
}

impl Page {
    fn of_backstop() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let app = apps::failing(&apps::production(), status).with_state(());
        let request = Head::new(Asked::Get(BROWSER)).request();
        let response = serve::ready(app.into_service::<Body>().call(request));
        let (parts, body) = response.expect("it never fails").into_parts();
        let page = String::from_utf8(serve::bytes(body)).expect("a text");
        let id = parts.headers[X_ERROR_ID].to_str().expect("a UUID");
        let (before, after) = page.split_once(id).expect("a page that names its id");
        Self {
            before: before.to_owned(),
            after: after.to_owned(),
            content_type: parts.headers[CONTENT_TYPE].clone(),
            policy: parts.headers[CONTENT_SECURITY_POLICY].clone(),
        }
    }
}
