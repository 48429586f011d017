//! Constructors of [`Error`] named after statuses.

use std::borrow::Cow;

use http::StatusCode;

use super::handler_error::Error;

macro_rules! constructors {
    ($($(#[$doc:meta])+ $name:ident => $status:ident,)+) => {
        impl Error {
            $(
                $(#[$doc])+
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
    /// 400: the request is malformed. Clients see the text.
    bad_request => BAD_REQUEST,
    /// 401: the client is not authenticated. Clients see the text.
    ///
    /// The response needs a `WWW-Authenticate` header (RFC 9110, section 15.5.2); add it with
    /// [`with_header`](Self::with_header).
    unauthorized => UNAUTHORIZED,
    /// 403: the client is not allowed to do this. Clients see the text.
    forbidden => FORBIDDEN,
    /// 404: the resource does not exist. Clients see the text.
    not_found => NOT_FOUND,
    /// 409: the state of the resource does not permit this. Clients see the text.
    conflict => CONFLICT,
    /// 410: the resource existed, but no longer does. Clients see the text.
    gone => GONE,
    /// 422: the content is well-formed, but invalid. Clients see the text.
    unprocessable => UNPROCESSABLE_ENTITY,
    /// 429: the client has sent too many requests. Clients see the text.
    ///
    /// A `Retry-After` header may say when to try again; add it with [`with_header`](Self::with_header).
    too_many_requests => TOO_MANY_REQUESTS,
    /// 500: something in the service has failed. The text is hidden from clients.
    internal => INTERNAL_SERVER_ERROR,
    /// 502: an upstream server has failed. The text is hidden from clients.
    bad_gateway => BAD_GATEWAY,
    /// 503: the service is overloaded or under maintenance. The text is hidden from clients.
    ///
    /// A `Retry-After` header may say when to try again; add it with [`with_header`](Self::with_header).
    unavailable => SERVICE_UNAVAILABLE,
    /// 504: an upstream server has not responded in time. The text is hidden from clients.
    gateway_timeout => GATEWAY_TIMEOUT,
}
