//! What is kept of one request.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HOST, HeaderName, USER_AGENT};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Uri, Version, request};

use super::extensions::Route;
use super::proxy_headers::{Forwarding, Mention, MentionKind};
use super::{extensions, grpc, limits, trace_context};

/// What Backstop keeps of one request. Callbacks and [`respond`](crate::Backstop::respond) receive it.
///
/// Few headers are kept. [`BackstopLayer`] keeps `Accept`, `traceparent`, those that
/// [`keep_headers`](crate::settings::Reporting::keep_headers) names, and in development `Host`; it keeps
/// `Accept-Language` for [`localize`](crate::Builder::localize) alone. The constructors below
/// keep `Accept`, `traceparent`, `Host`, `User-Agent`, `Content-Type` and `x-request-id`. Cookies and credentials are
/// therefore kept only if `keep_headers` names them; callbacks then see their values, and reports do not.
///
/// Creating it copies no text, because the values share the request's buffers.
///
/// ```
/// use backstop::RequestInfo;
/// use http::Request;
///
/// let request = Request::get("/orders/7?full=1")
///     .header("accept", "text/html")
///     .header("authorization", "Bearer s3cr3t")
///     .body(())?;
/// let info = RequestInfo::from_request(&request);
/// assert_eq!(info.uri().path(), "/orders/7");
/// assert_eq!(info.header("accept").unwrap(), "text/html");
/// assert!(info.header("authorization").is_none());
/// # Ok::<(), http::Error>(())
/// ```
///
/// [`BackstopLayer`]: crate::layers::BackstopLayer
#[derive(Clone)]
pub struct RequestInfo {
    method: Method,
    uri: Uri,
    version: Version,
    route: Option<Route>,
    accept: Option<HeaderValue>,
    traceparent: Option<HeaderValue>,
    /// What few requests have, or few applications keep. Boxed because this struct is made for every request, and
    /// those that succeed should not pay for it.
    more: Option<Box<More>>,
}

#[derive(Clone, Default)]
struct More {
    /// The lines of `Accept` after the first.
    accept: Vec<HeaderValue>,
    /// The content type, if it is that of gRPC.
    grpc: Option<HeaderValue>,
    /// The lines of `Accept-Language`.
    languages: Vec<HeaderValue>,
    peer: Option<IpAddr>,
    headers: Vec<(HeaderName, HeaderValue)>,
    forwarding: Forwarding,
    /// All of them, and only for the developer who sees the details of a failure.
    shown_headers: HeaderMap,
}

/// What a layer keeps beyond what every error response needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeepOptions {
    /// Whether to keep `Host`, the peer's address and what proxies say, which show whether the client is on this machine.
    pub(crate) host_and_peer: bool,
    /// Whether to keep `Accept-Language`, because error responses are localized.
    pub(crate) languages: bool,
    pub(crate) headers: Vec<HeaderName>,
    /// Whether to keep every header for developers, besides those that callbacks and reports see.
    pub(crate) shown_headers: bool,
}

/// The headers that are always kept. A static, because [`RequestInfo::headers`] lends them.
static ALWAYS_KEPT: [HeaderName; 2] = [ACCEPT, TRACEPARENT];
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl RequestInfo {
    /// Keeps what callbacks and error responses need of a request.
    #[must_use]
    pub fn from_request<B>(request: &Request<B>) -> Self {
        let mut info = Self::without_headers(request);
        info.keep_headers(request, &KeepOptions::by_hand());
        info
    }

    /// Like [`from_request`](Self::from_request), from the head of a request.
    #[must_use]
    pub fn from_parts(parts: &request::Parts) -> Self {
        let mut info = Self::new(&parts.method, &parts.uri, parts.version, &parts.extensions);
        info.keep_always(&parts.headers);
        info.keep_optional(&KeepOptions::by_hand(), &parts.headers, &parts.extensions);
        info
    }

    /// The first half of [`from_request`](Self::from_request). The layer calls [`keep_headers`](Self::keep_headers)
    /// once the value is where it stays, because moving it is expensive.
    #[inline]
    pub(crate) fn without_headers<B>(request: &Request<B>) -> Self {
        Self::new(
            request.method(),
            request.uri(),
            request.version(),
            request.extensions(),
        )
    }

    /// Keeps the headers of the request, and the peer's address.
    #[inline]
    pub(crate) fn keep_headers<B>(&mut self, request: &Request<B>, options: &KeepOptions) {
        self.keep_always(request.headers());
        if options.host_and_peer || options.languages || !options.headers.is_empty() {
            self.keep_optional(options, request.headers(), request.extensions());
        }
    }

    #[inline]
    fn new(method: &Method, uri: &Uri, version: Version, extensions: &Extensions) -> Self {
        Self {
            method: method.clone(),
            uri: extensions::original_uri(extensions).unwrap_or(uri).clone(),
            version,
            route: extensions::route(extensions),
            accept: None,
            traceparent: None,
            more: None,
        }
    }

    #[inline]
    fn keep_always(&mut self, headers: &HeaderMap) {
        // One pass over a request's dozen headers costs less than two look-ups.
        for (name, value) in headers {
            if *name == ACCEPT {
                match &mut self.accept {
                    first @ None => *first = Some(value.clone()),
                    Some(_) => self.more.get_or_insert_default().accept.push(value.clone()),
                }
            } else if *name == TRACEPARENT {
                self.traceparent = Some(value.clone());
            }
        }
        // Only a POST can be gRPC's, so that all other requests pay for one comparison.
        if self.method == Method::POST
            && let Some(value) = headers.get(CONTENT_TYPE)
            && grpc::is_grpc(value.as_bytes())
        {
            self.more.get_or_insert_default().grpc = Some(value.clone());
        }
    }

    fn keep_optional(
        &mut self,
        options: &KeepOptions,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) {
        let more = self.more.get_or_insert_default();
        if options.host_and_peer {
            more.peer = extensions::peer(extensions);
            more.forwarding = Forwarding::new(headers);
        }
        if options.languages {
            let lines = headers.get_all(ACCEPT_LANGUAGE).into_iter();
            more.languages.extend(lines.cloned());
        }
        if options.shown_headers {
            more.shown_headers = headers.clone();
        }
        let host = options.host_and_peer.then_some(&HOST);
        for name in options.headers.iter().chain(host) {
            if let Some(value) = headers.get(name) {
                more.headers.push((name.clone(), value.clone()));
            }
        }
    }

    /// What goes into a report: what is left of it when long values are cut. Callbacks and error responses see the whole.
    pub(crate) fn for_report(&self) -> Self {
        let mut budget = limits::HEADERS;
        let mut cut = |value: &HeaderValue| limits::header(value, &mut budget);
        Self {
            method: limits::method(&self.method),
            uri: limits::uri(&self.uri),
            version: self.version,
            route: Clone::clone(&self.route),
            traceparent: self.traceparent.as_ref().map(&mut cut),
            accept: self.accept.as_ref().map(&mut cut),
            more: self.more.as_ref().map(|more| {
                let headers = more.headers.iter();
                Box::new(More {
                    // Reports contain the first line only.
                    accept: Vec::new(),
                    grpc: None,
                    languages: Vec::new(),
                    peer: more.peer,
                    headers: headers
                        .map(|(name, value)| (name.clone(), cut(value)))
                        .collect(),
                    forwarding: Forwarding::default(),
                    shown_headers: HeaderMap::new(),
                })
            }),
        }
    }

    /// The URI, cut if it is long.
    pub(crate) fn uri_for_report(&self) -> Uri {
        limits::uri(&self.uri)
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The URI with its query, as the client sent it: inside a nested router of axum too (feature `axum`), although the
    /// router's own requests only have the part that was left to it.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The pattern of the matched route, like `/orders/{id}`. Known if the layer is inside an axum `Router`
    /// (feature `axum`).
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.route.as_ref().map(extensions::pattern)
    }

    /// The HTTP version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The address of the peer. Known if the server is made with axum's
    /// `into_make_service_with_connect_info::<SocketAddr>()` (feature `axum`); the layer looks it up in development
    /// only.
    #[must_use]
    pub fn peer(&self) -> Option<IpAddr> {
        self.more.as_ref()?.peer
    }

    /// The first value of a kept header. The name is case-insensitive.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&HeaderValue> {
        let mut headers = self.headers();
        let (_, value) = headers.find(|(kept, _)| kept.as_str().eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The kept headers that the request had, each with its first value.
    pub fn headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        let always = ALWAYS_KEPT.iter().zip([&self.accept, &self.traceparent]);
        let always = always.filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let optional = self.more.iter().flat_map(|more| &more.headers);
        always.chain(optional.map(|(name, value)| (name, value)))
    }

    /// The headers for a developer: all of them if they were kept, else those of [`headers`](Self::headers).
    pub(crate) fn shown_headers(&self) -> Vec<(&HeaderName, &HeaderValue)> {
        match &self.more {
            Some(more) if !more.shown_headers.is_empty() => more.shown_headers.iter().collect(),
            _ => self.headers().collect(),
        }
    }

    /// The lines of `Accept`.
    pub(crate) fn accept(&self) -> impl Iterator<Item = &HeaderValue> + Clone {
        let others = self.more.iter().flat_map(|more| &more.accept);
        self.accept.iter().chain(others)
    }

    /// The content type of a gRPC request, to which the response is gRPC's too.
    pub(crate) fn grpc_content_type(&self) -> Option<&HeaderValue> {
        self.more.as_ref()?.grpc.as_ref()
    }

    /// The lines of `Accept-Language`, if they were kept.
    pub(crate) fn languages(&self) -> impl Iterator<Item = &HeaderValue> {
        self.more.iter().flat_map(|more| &more.languages)
    }

    /// The trace id of a valid `traceparent` header (W3C Trace Context, section 3.2.2): 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        trace_context::ids(self.traceparent.as_ref()?).map(|(trace, _)| trace)
    }

    /// The id of the caller's span, from a valid `traceparent` header: 16 hexadecimal digits.
    #[must_use]
    pub fn parent_id(&self) -> Option<&str> {
        trace_context::ids(self.traceparent.as_ref()?).map(|(_, parent)| parent)
    }

    /// What the request says about its client and about the host that it asks.
    pub(crate) fn mentions(&self) -> Vec<Mention<'_>> {
        let mut mentions = Vec::new();
        if let Some(authority) = self.uri.authority() {
            mentions.push(Mention {
                source: ":authority",
                text: Cow::Borrowed(authority.as_str()),
                kind: MentionKind::Host,
            });
        }
        if let Some(more) = &self.more {
            mentions.extend(more.forwarding.mentions());
        }
        mentions
    }

    /// How many `Host` headers the request has.
    pub(crate) fn hosts(&self) -> usize {
        self.more.as_ref().map_or(0, |more| more.forwarding.hosts())
    }
}

impl fmt::Debug for RequestInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query may contain secrets.
        write!(f, "{} {} {:?}", self.method, self.uri.path(), self.version)
    }
}

impl KeepOptions {
    /// For values that are not made by a layer, whose cost the application does not pay with every request.
    fn by_hand() -> Self {
        Self {
            host_and_peer: true,
            languages: true,
            headers: vec![USER_AGENT, CONTENT_TYPE, X_REQUEST_ID],
            shown_headers: false,
        }
    }
}
