//! Advice for well-known mistakes, recognized by the text of an error.

use http::header::ALLOW;
use http::{HeaderMap, StatusCode};

use super::limits::{MESSAGE, cut};
use crate::error::Origin;
use crate::report::report::Report;
use crate::request::RequestInfo;

/// Advice for the developer.
#[derive(Debug)]
pub(crate) struct Hint {
    pub(crate) text: String,
    /// Whether the text is the application's rather than Backstop's own.
    pub(crate) is_foreign: bool,
}

/// Texts that name a mistake, in lower case, and what to do.
const KNOWN: [(&[&str], &str); 12] = [
    (
        &["missing request extension"],
        "No layer adds this extension to the route. Add `.layer(Extension(value))` outside of the route, or pass the value \
         as `State`, whose absence is a compile-time error.",
    ),
    (
        &[
            "path segments must not start with `:`",
            "path segments must not start with `*`",
        ],
        "Since version 0.8, axum writes parameters in braces: `/{id}` in place of `/:id`, and `/{*rest}` in place of `/*rest`.",
    ),
    (
        &[
            "already borrowed: borrowmuterror",
            "already mutably borrowed: borrowerror",
            "refcell already borrowed",
            "refcell already mutably borrowed",
        ],
        "A `RefCell` is borrowed a second time while the first borrow lives. End the first borrow with a block or `drop` \
         before this line; a borrow that lives across an `.await` or a callback is the usual cause.",
    ),
    (
        &[
            "pool timed out",
            "timeout occurred while waiting for a slot",
            "timed out in bb8",
            "timed out waiting for connection",
        ],
        "No connection of the pool became free in time. A connection that is held across an `.await` that does not need it, or \
         a nested `acquire` in one request, is the usual cause; otherwise raise the size of the pool.",
    ),
    (
        &[
            "cannot start a runtime from within a runtime",
            "cannot block the current thread from within a runtime",
            "cannot drop a runtime in a context where blocking is not allowed",
            "can call blocking only when running on the multi-threaded runtime",
        ],
        "Blocking code runs inside async code. `.await` the future in place of `block_on`, and move blocking work to \
         `tokio::task::spawn_blocking`.",
    ),
    (
        &["there is no reactor running"],
        "This code needs tokio's runtime but runs outside of it: on a thread of its own, or on another executor. Enter the \
         runtime with `Handle::enter`, or start the work with `tokio::spawn`.",
    ),
    (
        &["called `option::unwrap()` on a `none` value"],
        "In a handler, `.or_not_found(\"…\")?` responds with 404 where a value may be missing, and `.or_internal(\"…\")?` with \
         500, both without a panic.",
    ),
    (
        &["called `result::unwrap()` on an `err` value"],
        "In a handler, `?` passes an error on, and `.or_status(…)?` or `.or_internal(\"…\")?` converts one that has no status.",
    ),
    (
        &["index out of bounds"],
        "`.get(index)` returns `None` in place of a panic.",
    ),
    (
        &[
            "attempt to subtract with overflow",
            "attempt to add with overflow",
            "attempt to multiply with overflow",
            "attempt to divide by zero",
        ],
        "`checked_…` methods return `None` in place of a panic. In a release build, overflow wraps silently unless \
         `overflow-checks` is set.",
    ),
    (
        &["length limit exceeded"],
        "axum limits bodies to 2 MB by default. `DefaultBodyLimit::max(bytes)` as a layer of the route raises the limit.",
    ),
    (
        &["expected request with `content-type: application/json`"],
        "The `Json` extractor accepts only requests with `Content-Type: application/json`. With curl, add \
         `--header 'content-type: application/json'`.",
    ),
];

/// The advice for a failure.
pub(super) fn hints(
    report: &Report,
    request: &RequestInfo,
    head: &HeaderMap,
    help: Option<&str>,
) -> Vec<Hint> {
    let mut hints = Vec::new();
    if let Some(help) = help {
        hints.push(Hint {
            text: cut(help, MESSAGE),
            is_foreign: true,
        });
    }
    let messages = report
        .errors
        .iter()
        .map(|error| error.message.to_lowercase());
    let messages: Vec<String> = messages.collect();
    let is_said = |texts: &&[&str]| {
        texts
            .iter()
            .any(|text| messages.iter().any(|message| message.contains(text)))
    };
    let known = KNOWN.iter().filter(|(texts, _)| is_said(texts));
    let known = known.map(|(_, advice)| (*advice).to_owned());
    let of_status = of_status(report, request, head);
    hints.extend(known.chain(of_status).map(|text| Hint {
        text,
        is_foreign: false,
    }));
    hints
}

fn of_status(report: &Report, request: &RequestInfo, head: &HeaderMap) -> Option<String> {
    let is_routers = report.origin == Origin::Response;
    let status = report.response.as_ref().map(|response| response.status)?;
    if status == StatusCode::METHOD_NOT_ALLOWED && is_routers {
        let allowed = head.get(ALLOW)?.to_str().ok()?;
        let is_list = |byte: u8| byte.is_ascii_alphanumeric() || b",- ".contains(&byte);
        if !allowed.bytes().all(is_list) || allowed.is_empty() {
            return None;
        }
        return Some(format!(
            "The route exists, for: {}.",
            allowed.replace(',', ", ").replace("  ", " ")
        ));
    }
    if status != StatusCode::NOT_FOUND || !is_routers || request.route().is_some() {
        return None;
    }
    let path = request.uri().path();
    let mut text = String::from(
        "No route matches this path, or the handler of one responded with a bare 404.",
    );
    if path.len() > 1 && path.ends_with('/') {
        text.push_str(
            " axum distinguishes `/orders/` from `/orders`: try it without the slash at the end.",
        );
    }
    Some(text)
}
