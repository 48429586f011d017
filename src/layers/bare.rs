//! Which error responses are bare, so that they are replaced, and the text of those.

use axum_core::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Response};

use super::content_type::{Kind, is_encoded, is_utf8};
use super::exchange::{Exchange, Length};
use super::replay::{Content, MAX_TEXT, Replay};
use crate::error::BoxError;
use crate::panics::catch::{catch_panic, drop_catching};

/// A bare response, of which only the text is needed.
pub(super) struct Bare {
    pub(super) head: Response<()>,
    pub(super) text: Option<String>,
    pub(super) length: Length,
}

/// What becomes of an error response without a failure in its extensions.
pub(super) enum Reading<R> {
    Bare(Bare),
    Kept(Response<Body>),
    /// Kept, because its text is encoded.
    KeptEncoded(Response<R>),
    /// Kept, unless it turns out to have no body.
    Open(Response<R>),
}

enum Plan {
    Keep,
    KeepEncoded,
    KeepUnlessEmpty,
    /// Replace it without reading it.
    Replace(Length),
    /// Replace it if it is a text, after reading it.
    Read,
}

impl Exchange {
    /// Takes a response apart if it is bare, and reads its text if that is available without waiting.
    ///
    /// Bare is an empty body, whatever its type, and a text. Below 500, a text that cannot be read (late, too long,
    /// encoded, or not UTF-8) is kept byte for byte, so that none is discarded. From 500 on it is replaced unread,
    /// because it must not be shown.
    pub(super) fn read<R>(&self, response: Response<R>) -> Reading<R>
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let must_keep = !response.status().is_server_error();
        let kind = Kind::of(response.headers());
        match self.plan(&response, kind) {
            Plan::Keep => Reading::Kept(response.map(Body::new)),
            Plan::KeepEncoded => Reading::KeptEncoded(response),
            Plan::KeepUnlessEmpty => Reading::Open(response),
            Plan::Replace(length) => {
                let head = response.map(drop_catching);
                let text = None;
                Reading::Bare(Bare { head, text, length })
            }
            Plan::Read => {
                let (parts, body) = response.into_parts();
                let mut body = Replay::new(Body::new(body));
                let content = catch_panic(|| body.read()).unwrap_or(Content::Failure);
                let is_kept = match &content {
                    Content::Text(text) => !self.is_replaceable(kind, text),
                    Content::Bytes => must_keep || kind == Kind::Xml,
                    Content::Unread => must_keep || matches!(kind, Kind::Json | Kind::Xml),
                    Content::Nothing | Content::Failure => false,
                };
                if is_kept {
                    return Reading::Kept(Response::from_parts(parts, Body::new(body)));
                }
                drop_catching(body);
                let text = match content {
                    Content::Text(text) => Some(text),
                    _ => None,
                };
                Reading::Bare(Bare {
                    head: Response::from_parts(parts, ()),
                    text,
                    length: Length::Known,
                })
            }
        }
    }

    fn plan<R: http_body::Body>(&self, response: &Response<R>, kind: Kind) -> Plan {
        let (headers, body) = (response.headers(), response.body());
        let must_keep = !response.status().is_server_error();
        let size = catch_panic(|| body.size_hint()).unwrap_or_default();
        if size.exact() == Some(0) || catch_panic(|| body.is_end_stream()).unwrap_or(true) {
            return if self.is_head() {
                self.plan_head(headers, kind, must_keep)
            } else {
                Plan::Replace(Length::Known)
            };
        }
        let is_encoded = is_encoded(headers);
        let is_readable = !is_encoded && size.upper().is_some_and(|size| size <= MAX_TEXT);
        match kind {
            Kind::Text | Kind::Invalid if !must_keep && !is_readable => {
                Plan::Replace(Length::Known)
            }
            Kind::Text | Kind::Invalid if !must_keep => Plan::Read,
            Kind::Text if is_encoded => Plan::KeepEncoded,
            Kind::Text if is_readable && is_utf8(headers) => Plan::Read,
            Kind::Json | Kind::Xml if !must_keep && is_readable => Plan::Read,
            _ if !must_keep && self.backstop.replaces_bodies() => Plan::Replace(Length::Known),
            _ if size.exact().is_none() => Plan::KeepUnlessEmpty,
            _ => Plan::Keep,
        }
    }

    /// The plan for the response to a HEAD request that comes without a body. Around a router, the body that GET would
    /// have was stripped by now, and `Content-Length` is all that is left of it.
    fn plan_head(&self, headers: &HeaderMap, kind: Kind, must_keep: bool) -> Plan {
        let length = headers.get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        // Within a router nothing has been stripped, and a router adds the length of every body that has one.
        let is_empty = match length {
            Some(length) => length == 0,
            None => {
                kind == Kind::Text
                    && (self.request.route().is_some() || !headers.contains_key(CONTENT_TYPE))
            }
        };
        let is_readable = || {
            let is_short = length.is_some_and(|length| length <= MAX_TEXT);
            is_short && !is_encoded(headers) && is_utf8(headers)
        };
        if is_empty {
            Plan::Replace(Length::Known)
        } else if kind == Kind::Text && (!must_keep || is_readable())
            || !must_keep && self.backstop.replaces_bodies()
        {
            Plan::Replace(Length::Unknown)
        } else {
            Plan::Keep
        }
    }

    /// Whether a body of this kind may be replaced. Other kinds than text are read only from 500 on.
    fn is_replaceable(&self, kind: Kind, text: &str) -> bool {
        kind == Kind::Text || self.backstop.replaces_bodies() || !kind.may_be(text)
    }
}
