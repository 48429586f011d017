//! The words for a status.

use http::StatusCode;

/// The reason phrase of the status: RFC 9110's where it renamed one, `Unknown Error` where none is registered.
pub(crate) fn reason_phrase(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Content Too Large",
        StatusCode::UNPROCESSABLE_ENTITY => "Unprocessable Content",
        _ => status.canonical_reason().unwrap_or("Unknown Error"),
    }
}
