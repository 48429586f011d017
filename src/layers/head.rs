//! The headers of an answer.

use http::StatusCode;
use http::header::{
    ACCEPT, ACCEPT_RANGES, AGE, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING,
    CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, EXPIRES, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, RETRY_AFTER,
    SET_COOKIE, TRAILER, TRANSFER_ENCODING, VARY, X_CONTENT_TYPE_OPTIONS,
};

use crate::backstop::Answer;
use crate::error::{Failure, Inner};

/// The headers that speak of the body that was replaced.
const OF_THE_BODY: [HeaderName; 18] = [
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_RANGE,
    CONTENT_DISPOSITION,
    CONTENT_LOCATION,
    HeaderName::from_static("content-md5"),
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
    ETAG,
    LAST_MODIFIED,
    ACCEPT_RANGES,
    CACHE_CONTROL,
    EXPIRES,
    AGE,
    TRAILER,
];

const X_ERROR_ID: HeaderName = HeaderName::from_static("x-error-id");

/// Writes the head of an answer over the headers of the response that it replaces.
pub(super) fn write(
    headers: &mut HeaderMap,
    failure: &Failure,
    answer: &Answer,
    theirs: HeaderMap,
) {
    strip(headers, failure.status());
    headers.reserve(8);
    headers.insert(CONTENT_TYPE, answer.content_type.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(csp) = answer.csp {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(csp));
    }
    let mut id = [0; uuid::fmt::Hyphenated::LENGTH];
    let id = failure.id().hyphenated().encode_lower(&mut id);
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_ERROR_ID, id);
    }
    carry(headers, theirs);
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
pub(super) fn of_error(inner: &Inner) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(seconds) = inner.retry_after() {
        headers.insert(RETRY_AFTER, seconds);
    }
    headers.extend(inner.headers());
    headers
}

/// Removes what was said of the body that is gone. A 416 keeps `Content-Range`, which is about the resource.
fn strip(headers: &mut HeaderMap, status: StatusCode) {
    let is_kept =
        |name: &HeaderName| status == StatusCode::RANGE_NOT_SATISFIABLE && name == CONTENT_RANGE;
    // Few responses have any of them, so one walk beats eighteen look-ups.
    let stale: Vec<HeaderName> = headers
        .keys()
        .filter(|name| OF_THE_BODY.contains(name) && !is_kept(name))
        .cloned()
        .collect();
    for name in stale {
        headers.remove(name);
    }
}

/// Adds `Accept` to `Vary`, unless it or `*` stands there.
fn vary_on_accept(headers: &mut HeaderMap) {
    let mut names: Vec<&[u8]> = Vec::new();
    for value in headers.get_all(VARY) {
        names.extend(
            value
                .as_bytes()
                .split(|&byte| byte == b',')
                .map(<[u8]>::trim_ascii)
                .filter(|name| !name.is_empty()),
        );
    }
    if names.is_empty() {
        headers.insert(VARY, HeaderValue::from_static("accept"));
        return;
    }
    if names
        .iter()
        .any(|name| *name == b"*" || name.eq_ignore_ascii_case(ACCEPT.as_str().as_bytes()))
    {
        return;
    }
    names.push(b"accept");
    if let Ok(merged) = HeaderValue::from_bytes(&names.join(&b", "[..])) {
        headers.insert(VARY, merged);
    }
}
