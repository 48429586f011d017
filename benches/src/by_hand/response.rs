//! Responses that a handler makes.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use super::render;

/// A constant 404: no id of its own, no negotiation.
pub fn fixed() -> Response {
    const ID: HeaderValue = HeaderValue::from_static("019ac4f5-6c00-7000-8000-000000000000");
    const BODY: &str = r#"{"title":"Not Found","status":404,"detail":"no order 7","instance":"urn:uuid:019ac4f5-6c00-7000-8000-000000000000"}"#;
    let mut response = Response::new(Body::from(BODY));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, render::PROBLEM);
    headers.insert(CACHE_CONTROL, render::NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, render::NOSNIFF);
    headers.insert(render::X_ERROR_ID, ID);
    headers.insert(VARY, render::ACCEPT);
    response
}

/// As most applications do it: `serde_json`, `format!` and a list of headers.
pub fn everyday(status: StatusCode, title: &str, detail: &str) -> Response {
    #[derive(Serialize)]
    struct Problem<'a> {
        title: &'a str,
        status: u16,
        detail: &'a str,
        instance: &'a str,
    }
    let id = render::new_id().to_string();
    let problem = Problem {
        title,
        status: status.as_u16(),
        detail,
        instance: &format!("urn:uuid:{id}"),
    };
    let body = serde_json::to_vec(&problem).expect("texts and a number");
    let headers = [
        (CONTENT_TYPE, "application/problem+json"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-error-id"), id.as_str()),
        (VARY, "accept"),
    ];
    (status, headers, body).into_response()
}
