//! gRPC's status and message, which its clients read from headers instead of a body.

use std::fmt::Write as _;

use http::{HeaderValue, StatusCode};

use crate::text;

/// The longest message, in bytes before it is encoded: clients limit the headers that they accept to 8 KiB.
const MAX_MESSAGE: usize = 1024;

/// The status code that an HTTP status stands for. A bare 404 means that there is no such method (12); one that an
/// error declares, that the method did not find something (5).
pub(crate) fn status(status: StatusCode, is_bare: bool) -> HeaderValue {
    HeaderValue::from_static(match status.as_u16() {
        400 | 422 => "3",
        401 => "16",
        403 => "7",
        404 if is_bare => "12",
        404 => "5",
        409 => "10",
        405 | 415 | 501 => "12",
        413 | 429 => "8",
        502 | 503 => "14",
        504 => "4",
        _ => "13",
    })
}

/// The message, percent-encoded as [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md)
/// asks for: everything but printable ASCII, and `%`.
pub(crate) fn message(message: &str) -> HeaderValue {
    let mut encoded = String::with_capacity(message.len());
    for byte in text::prefix(message, MAX_MESSAGE).bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => encoded.push(byte.into()),
            // Writing to a `String` does not fail.
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    HeaderValue::from_maybe_shared(encoded).unwrap_or(const { HeaderValue::from_static("") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_percent_encoded_and_bounded() {
        assert_eq!(message("100 % ~ ä\r\n"), "100 %25 ~ %C3%A4%0D%0A");
        assert_eq!(message(&"ä".repeat(9_999)).len(), 3 * MAX_MESSAGE);
        assert_eq!(message(""), "");
    }
}
