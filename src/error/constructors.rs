//! Constructors of [`Error`] named after statuses.

use std::borrow::Cow;

use http::StatusCode;

use super::handler_error::Error;

macro_rules! constructors {
    ($($name:ident => $status:ident, $doc:literal;)+) => {
        impl Error {
            $(
                #[doc = $doc]
                #[must_use]
                #[track_caller]
                pub fn $name(text: impl Into<Cow<'static, str>>) -> Self {
                    Self::new(StatusCode::$status, text)
                }
            )+
        }
    };
}

constructors! {
    bad_request => BAD_REQUEST, "400: the request is malformed. Clients see the text.";
    unauthorized => UNAUTHORIZED, "401: the client must authenticate. Clients see the text. A 401 needs a `WWW-Authenticate` header (RFC 9110, section 15.5.2); set it with [`with_header`](Self::with_header).";
    forbidden => FORBIDDEN, "403: the client must not do this. Clients see the text.";
    not_found => NOT_FOUND, "404: there is no such resource. Clients see the text.";
    conflict => CONFLICT, "409: the state of the resource does not permit this. Clients see the text.";
    gone => GONE, "410: the resource no longer exists. Clients see the text.";
    unprocessable => UNPROCESSABLE_ENTITY, "422: the content is well-formed, but invalid. Clients see the text.";
    too_many_requests => TOO_MANY_REQUESTS, "429: the client sends too many requests. Clients see the text. A `Retry-After` header may tell it when to try again.";
    internal => INTERNAL_SERVER_ERROR, "500: something in the service failed. The text is hidden from clients.";
    bad_gateway => BAD_GATEWAY, "502: an upstream server failed. The text is hidden from clients.";
    unavailable => SERVICE_UNAVAILABLE, "503: the service is overloaded or under maintenance. The text is hidden from clients. A `Retry-After` header may tell them when to try again.";
    gateway_timeout => GATEWAY_TIMEOUT, "504: an upstream server did not respond in time. The text is hidden from clients.";
}
