//! The headers of an error response.

use std::collections::HashSet;

use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderMap, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, VARY,
    X_CONTENT_TYPE_OPTIONS,
};

use crate::backstop::{PagePolicy, RenderedError};
use crate::error::{Failure, MAX_NAMES, describes_body};

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const NOINDEX: HeaderValue = HeaderValue::from_static("noindex");
const X_ERROR_ID: HeaderName = HeaderName::from_static("x-error-id");
const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const BY_ACCEPT: HeaderValue = HeaderValue::from_static("accept");
const BY_LANGUAGE: HeaderValue = HeaderValue::from_static("accept-language");

/// Writes the headers of an error response over what is left of those of the response that it replaces.
pub(super) fn write(
    headers: &mut HeaderMap,
    id: &str,
    rendered: &RenderedError,
    of_error: Option<HeaderMap>,
) {
    if headers.keys_len() > MAX_NAMES {
        // The headers below would make the map panic.
        headers.clear();
    }
    if rendered.csp.is_some() {
        // With the length that the server adds, a page has more headers than the smallest map holds.
        headers.reserve(6);
    }
    if let Some(PagePolicy::Default(csp)) = &rendered.csp {
        headers
            .entry(CONTENT_SECURITY_POLICY)
            .or_insert_with(|| csp.clone());
    }
    if let Some(grpc) = &rendered.grpc {
        if headers.contains_key(GRPC_STATUS) {
            // The application has chosen it, and perhaps the message.
            let message = headers.entry(GRPC_MESSAGE);
            message.or_insert_with(|| grpc.message.clone());
        } else {
            headers.insert(GRPC_STATUS, grpc.code.clone());
            headers.insert(GRPC_MESSAGE, grpc.message.clone());
        }
    }
    if let Some(language) = &rendered.language {
        headers.reserve(7);
        headers.insert(CONTENT_LANGUAGE, language.clone());
    }
    if rendered.is_for_developers {
        headers.insert(REFERRER_POLICY, NO_REFERRER);
        headers.insert(X_ROBOTS_TAG, NOINDEX);
    }
    headers.insert(CONTENT_TYPE, rendered.content_type.clone());
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_ERROR_ID, id);
    }
    if let Some(of_error) = of_error {
        extend(headers, of_error);
    }
    if let Some(PagePolicy::BuiltIn(csp)) = &rendered.csp {
        let _ = headers.try_insert(CONTENT_SECURITY_POLICY, csp.clone());
    }
    // Last, so that it is merged with a `Vary` of the error: without `Accept` in it, a cache would mix up formats.
    if rendered.varies {
        vary_on(headers, BY_ACCEPT);
    }
    if rendered.varies_by_language {
        vary_on(headers, BY_LANGUAGE);
    }
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
pub(super) fn of_error(failure: &Failure) -> Option<HeaderMap> {
    let mut headers = failure.repr().headers_for(failure.status());
    if let Some(seconds) = failure.repr().retry_after() {
        let headers = headers.get_or_insert_default();
        headers.entry(RETRY_AFTER).or_insert(seconds);
    }
    headers
}

/// Removes the headers that describe the replaced body, or that said how a success is cached and where to find what it
/// made.
///
/// A 416 keeps `Content-Range`, which describes the resource. A status that caches may store unasked (RFC 9110, section
/// 15.1) keeps its `Cache-Control`, because the application has then said on purpose how long it is true. Other error
/// responses are not stored, whatever a layer says of all responses.
pub(super) fn strip(headers: &mut HeaderMap, replaced: StatusCode, status: StatusCode) {
    let is_cacheable = matches!(replaced.as_u16(), 404 | 405 | 410 | 414);
    let is_success = replaced.as_u16() < 400;
    let is_stale = |name: &HeaderName| {
        if *name == CONTENT_RANGE {
            status != StatusCode::RANGE_NOT_SATISFIABLE
        } else if is_about_caching(name) {
            !is_cacheable
        } else {
            describes_body(name) || is_success && *name == LOCATION
        }
    };
    // Few responses have any of them, so one walk beats twenty look-ups.
    let stale: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_stale(name))
        .cloned()
        .collect();
    for name in stale {
        headers.remove(name);
    }
}

/// Whether a header says how long a response is stored, by all caches or some (RFC 9213).
fn is_about_caching(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.ends_with("cache-control") || matches!(name, "expires" | "surrogate-control")
}

/// Adds the name of a header to `Vary`, unless that or `*` is in it.
fn vary_on(headers: &mut HeaderMap, added: HeaderValue) {
    if !headers.contains_key(VARY) {
        let _ = headers.try_insert(VARY, added);
        return;
    }
    let added = added.as_bytes();
    let lines = headers.get_all(VARY).iter().map(HeaderValue::as_bytes);
    let names = lines.flat_map(|line| line.split(|&byte| byte == b','));
    let names = names.map(<[u8]>::trim_ascii);
    let mut names: Vec<&[u8]> = names.filter(|name| !name.is_empty()).collect();
    let is_there = |name: &[u8]| name == b"*" || name.eq_ignore_ascii_case(added);
    if names.iter().any(|name| is_there(name)) {
        return;
    }
    names.push(added);
    if let Ok(merged) = HeaderValue::from_bytes(&names.join(&b", "[..])) {
        let _ = headers.try_insert(VARY, merged);
    }
}
