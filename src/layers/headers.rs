//! The headers of an error response.

use std::collections::HashSet;

use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, RETRY_AFTER, SET_COOKIE, VARY, X_CONTENT_TYPE_OPTIONS,
};

use crate::backstop::RenderedError;
use crate::error::Repr;

/// Whether a header describes the body that was replaced.
fn is_of_the_body(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "content-length"
            | "transfer-encoding"
            | "content-encoding"
            | "content-language"
            | "content-range"
            | "content-disposition"
            | "content-location"
            | "content-md5"
            | "content-digest"
            | "repr-digest"
            | "digest"
            | "etag"
            | "last-modified"
            | "accept-ranges"
            | "cache-control"
            | "expires"
            | "age"
            | "trailer"
    )
}

const X_ERROR_ID: HeaderName = HeaderName::from_static("x-error-id");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const BY_ACCEPT: HeaderValue = HeaderValue::from_static("accept");

/// Writes the headers of an error response over what is left of those of the response that it replaces.
pub(super) fn write(
    headers: &mut HeaderMap,
    id: &str,
    rendered: &RenderedError,
    of_error: Option<HeaderMap>,
) {
    if let Some(csp) = &rendered.csp {
        // With the length that the server adds, a page has more headers than the smallest map holds.
        let _ = headers.try_reserve(6);
        set(headers, CONTENT_SECURITY_POLICY, csp.clone());
    }
    set(headers, CONTENT_TYPE, rendered.content_type.clone());
    set(headers, CACHE_CONTROL, NO_STORE);
    set(headers, X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if let Ok(id) = HeaderValue::from_str(id) {
        set(headers, X_ERROR_ID, id);
    }
    if let Some(of_error) = of_error {
        extend(headers, of_error);
    }
    // Last, so that it is merged with a `Vary` of the error: without `Accept` in it, a cache would mix up formats.
    if rendered.varies {
        vary_on_accept(headers);
    }
}

/// Sets a header, if there is room: a map holds some 24,000 names.
pub(super) fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let _ = headers.try_insert(name, value);
}

/// Replaces headers with those of the error, but keeps the cookies that others set. What exceeds the capacity of a
/// map, 32,768 headers, is left out.
fn extend(headers: &mut HeaderMap, of_error: HeaderMap) {
    let mut others = Vec::new();
    if of_error.contains_key(SET_COOKIE) {
        let own: HashSet<&[u8]> = of_error
            .get_all(SET_COOKIE)
            .iter()
            .map(HeaderValue::as_bytes)
            .collect();
        let cookies = headers.get_all(SET_COOKIE).iter();
        others.extend(
            cookies
                .filter(|cookie| !own.contains(cookie.as_bytes()))
                .cloned(),
        );
    }
    let mut last = None;
    for (name, value) in of_error {
        // Only the first value of several has a name.
        if let Some(name) = name {
            let _ = headers.try_insert(name.clone(), value);
            last = Some(name);
        } else if let Some(name) = &last {
            let _ = headers.try_append(name, value);
        }
    }
    for cookie in others {
        let _ = headers.try_append(SET_COOKIE, cookie);
    }
}

/// The headers that the error was given, or that its type implies.
pub(super) fn of_error(inner: &Repr) -> Option<HeaderMap> {
    let mut headers = inner.headers();
    if let Some(seconds) = inner.retry_after() {
        let headers = headers.get_or_insert_default();
        headers.entry(RETRY_AFTER).or_insert(seconds);
    }
    headers
}

/// Removes the headers that describe the replaced body. A 416 keeps `Content-Range`, which describes the resource.
pub(super) fn strip(headers: &mut HeaderMap, status: StatusCode) {
    let is_kept =
        |name: &HeaderName| status == StatusCode::RANGE_NOT_SATISFIABLE && name == CONTENT_RANGE;
    // Few responses have any of them, so one walk beats eighteen look-ups.
    let stale: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_of_the_body(name) && !is_kept(name))
        .cloned()
        .collect();
    for name in stale {
        headers.remove(name);
    }
}

/// Adds `Accept` to `Vary`, unless `Accept` or `*` is in it.
fn vary_on_accept(headers: &mut HeaderMap) {
    if !headers.contains_key(VARY) {
        set(headers, VARY, BY_ACCEPT);
        return;
    }
    let lines = headers.get_all(VARY).iter().map(HeaderValue::as_bytes);
    let names = lines.flat_map(|line| line.split(|&byte| byte == b','));
    let names = names.map(<[u8]>::trim_ascii);
    let mut names: Vec<&[u8]> = names.filter(|name| !name.is_empty()).collect();
    let is_there = |name: &[u8]| name == b"*" || name.eq_ignore_ascii_case(b"accept");
    if names.iter().any(|name| is_there(name)) {
        return;
    }
    names.push(b"accept");
    if let Ok(merged) = HeaderValue::from_bytes(&names.join(&b", "[..])) {
        set(headers, VARY, merged);
    }
}
