//! The headers of an answer.

use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, RETRY_AFTER, SET_COOKIE, VARY, X_CONTENT_TYPE_OPTIONS,
};

use crate::backstop::RenderedError;
use crate::error::Repr;

/// Whether a header speaks of the body that was replaced.
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

/// Writes the head of an answer, and its id, over what is left of the headers of the response that it replaces.
pub(super) fn write(
    headers: &mut HeaderMap,
    id: &str,
    answer: &RenderedError,
    theirs: Option<HeaderMap>,
) {
    if let Some(csp) = &answer.csp {
        // A page has more headers than the smallest map holds, with the length that the server adds.
        headers.reserve(6);
        headers.insert(CONTENT_SECURITY_POLICY, csp.clone());
    }
    headers.insert(CONTENT_TYPE, answer.content_type.clone());
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_ERROR_ID, id);
    }
    if let Some(theirs) = theirs {
        carry(headers, theirs);
    }
    // Last, so that a `Vary` of the error's is merged too: without `Accept` in it a cache mixes up formats.
    if answer.varies {
        vary_on_accept(headers);
    }
}

/// Puts the error's headers in place of the response's; cookies that others set stay beside its own.
fn carry(headers: &mut HeaderMap, mut theirs: HeaderMap) {
    if theirs.contains_key(SET_COOKIE) {
        for cookie in headers.get_all(SET_COOKIE) {
            if !theirs.get_all(SET_COOKIE).iter().any(|own| own == cookie) {
                theirs.append(SET_COOKIE, cookie.clone());
            }
        }
    }
    headers.extend(theirs);
}

/// The headers that the error carries, or its type asks for.
pub(super) fn of_error(repr: &Repr) -> Option<HeaderMap> {
    let mut headers = repr.headers();
    if let Some(seconds) = repr.retry_after() {
        let headers = headers.get_or_insert_default();
        headers.entry(RETRY_AFTER).or_insert(seconds);
    }
    headers
}

/// Removes what was said of the body that is gone. A 416 keeps `Content-Range`, which is about the resource.
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

/// Adds `Accept` to `Vary`, unless it or `*` stands there.
fn vary_on_accept(headers: &mut HeaderMap) {
    if !headers.contains_key(VARY) {
        headers.insert(VARY, BY_ACCEPT);
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
        headers.insert(VARY, merged);
    }
}
