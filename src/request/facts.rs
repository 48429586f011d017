//! The facts of one request.

use std::fmt;
use std::net::IpAddr;

use http::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderName, USER_AGENT};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Uri, Version, request};

use super::{host, trace};

/// The facts of one request, as hooks and [`respond`](crate::Backstop::respond) see them.
///
/// Of the headers only a few are kept, by an allow-list; credentials and cookies never are. Taken by hand
/// they are `Accept`, `Host`, `User-Agent`, `Content-Type`, `traceparent` and `x-request-id`. The layer takes
/// `Accept` and `traceparent`, in development `Host`, and those of
/// [`keep_headers`](crate::Builder::keep_headers).
///
/// Taking them copies no text: values share the request's buffer.
///
/// ```
/// use backstop::RequestInfo;
/// use http::Request;
///
/// let request = Request::get("/orders/7?full=1").header("authorization", "Bearer s3cr3t").body(()).unwrap();
/// let facts = RequestInfo::from_request(&request);
/// assert_eq!(facts.uri().path(), "/orders/7");
/// assert!(facts.header("authorization").is_none());
/// ```
#[derive(Clone)]
pub struct RequestInfo {
    method: Method,
    uri: Uri,
    version: Version,
    route: Option<Route>,
    accept: Option<HeaderValue>,
    traceparent: Option<HeaderValue>,
    /// What few requests have or few owners want: the facts are taken for every request, so that those
    /// which succeed should not pay for it.
    more: Option<Box<More>>,
}

#[derive(Clone, Default)]
struct More {
    /// `Accept` lines beyond the first.
    accept: Vec<HeaderValue>,
    peer: Option<IpAddr>,
    kept: Vec<(HeaderName, HeaderValue)>,
}

/// What is taken beyond the facts that every answer needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Host and peer: whether the client is on this machine.
    pub(crate) origin: bool,
    /// Headers by name.
    pub(crate) headers: Vec<HeaderName>,
}

/// The two that are always kept, at an address that they can be lent from.
static ALWAYS: [HeaderName; 2] = [ACCEPT, TRACEPARENT];
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl RequestInfo {
    /// The facts of a request.
    #[must_use]
    pub fn from_request<B>(request: &Request<B>) -> Self {
        let mut facts = Self::begun(request);
        facts.keep(request, &Wanted::by_hand());
        facts
    }

    /// The facts of a request's head.
    #[must_use]
    pub fn from_parts(parts: &request::Parts) -> Self {
        let mut facts = Self::new(&parts.method, &parts.uri, parts.version, &parts.extensions);
        facts.keep_always(&parts.headers);
        facts.keep_wanted(&Wanted::by_hand(), &parts.headers, &parts.extensions);
        facts
    }

    /// The facts of a request but for its headers, which [`keep`](Self::keep) takes: so a layer can have them
    /// made where they stay, for they are too large to be moved about.
    #[inline]
    pub(crate) fn begun<B>(request: &Request<B>) -> Self {
        Self::new(
            request.method(),
            request.uri(),
            request.version(),
            request.extensions(),
        )
    }

    /// Takes what a layer wants of the headers.
    #[inline]
    pub(crate) fn keep<B>(&mut self, request: &Request<B>, wanted: &Wanted) {
        self.keep_always(request.headers());
        if wanted.origin || !wanted.headers.is_empty() {
            self.keep_wanted(wanted, request.headers(), request.extensions());
        }
    }

    #[inline]
    fn new(method: &Method, uri: &Uri, version: Version, extensions: &Extensions) -> Self {
        Self {
            method: method.clone(),
            uri: uri.clone(),
            version,
            route: route(extensions),
            accept: None,
            traceparent: None,
            more: None,
        }
    }

    #[inline]
    fn keep_always(&mut self, headers: &HeaderMap) {
        // One walk over a request's dozen headers costs less than two look-ups.
        for (name, value) in headers {
            if *name == ACCEPT {
                match &mut self.accept {
                    slot @ None => *slot = Some(value.clone()),
                    Some(_) => self.more.get_or_insert_default().accept.push(value.clone()),
                }
            } else if *name == TRACEPARENT {
                self.traceparent = Some(value.clone());
            }
        }
    }

    fn keep_wanted(&mut self, wanted: &Wanted, headers: &HeaderMap, extensions: &Extensions) {
        let more = self.more.get_or_insert_default();
        if wanted.origin {
            more.peer = peer(extensions);
        }
        let host = wanted.origin.then_some(&HOST);
        for name in wanted.headers.iter().chain(host) {
            if let Some(value) = headers.get(name) {
                more.kept.push((name.clone(), value.clone()));
            }
        }
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The URI as the layer saw it, query included; inside a nested router that is the part it was given.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The route that matched, like `/orders/{id}`. WellKnown inside an axum router (feature `axum`).
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.route.as_ref().map(route_text)
    }

    /// The version of HTTP.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The address of the peer, where axum's `ConnectInfo<SocketAddr>` tells it (feature `axum`). The layer
    /// asks for it in development only.
    #[must_use]
    pub fn peer(&self) -> Option<IpAddr> {
        self.more.as_ref()?.peer
    }

    /// The first value of a header that is kept; the name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&HeaderValue> {
        let mut headers = self.headers();
        let (_, value) = headers.find(|(kept, _)| kept.as_str().eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The kept headers that the request had, the first value of each.
    pub fn headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        let always = ALWAYS.iter().zip([&self.accept, &self.traceparent]);
        let always = always.filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let kept = self.more.iter().flat_map(|more| &more.kept);
        always.chain(kept.map(|(name, value)| (name, value)))
    }

    /// Every line of `Accept`.
    pub(crate) fn accept(&self) -> impl Iterator<Item = &HeaderValue> + Clone {
        let others = self.more.iter().flat_map(|more| &more.accept);
        self.accept.iter().chain(others)
    }

    /// The trace id of a valid `traceparent` (W3C Trace Context, section 3.2.2): 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        trace::ids(self.traceparent.as_ref()?).map(|(trace, _)| trace)
    }

    /// The id of the caller's span, of a valid `traceparent`: 16 hexadecimal digits.
    #[must_use]
    pub fn parent_id(&self) -> Option<&str> {
        trace::ids(self.traceparent.as_ref()?).map(|(_, parent)| parent)
    }

    /// Whether the request came to this machine under a name of this machine, or one that `hosts` lists.
    /// A name in the URI (`:authority`) and one in `Host` must both be; a request without either is local.
    pub(crate) fn has_local_host(&self, hosts: &[String]) -> bool {
        let authority = self
            .uri
            .authority()
            .map(|authority| authority.as_str().as_bytes());
        let header = self.header("host").map(HeaderValue::as_bytes);
        authority
            .into_iter()
            .chain(header)
            .all(|host| host::is_local(host, hosts))
    }
}

impl fmt::Debug for RequestInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query may hold secrets.
        write!(f, "{} {} {:?}", self.method, self.uri.path(), self.version)
    }
}

#[cfg(feature = "axum")]
type Route = axum::extract::MatchedPath;
#[cfg(not(feature = "axum"))]
type Route = std::convert::Infallible;

#[cfg(feature = "axum")]
fn route(extensions: &Extensions) -> Option<Route> {
    extensions.get::<Route>().cloned()
}

#[cfg(feature = "axum")]
fn route_text(route: &Route) -> &str {
    route.as_str()
}

#[cfg(feature = "axum")]
fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let info = extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()?;
    Some(info.0.ip())
}

#[cfg(not(feature = "axum"))]
const fn route(_extensions: &Extensions) -> Option<Route> {
    None
}

#[cfg(not(feature = "axum"))]
const fn route_text(route: &Route) -> &str {
    match *route {}
}

#[cfg(not(feature = "axum"))]
const fn peer(_extensions: &Extensions) -> Option<IpAddr> {
    None
}

impl Wanted {
    fn by_hand() -> Self {
        Self {
            origin: true,
            headers: vec![USER_AGENT, CONTENT_TYPE, X_REQUEST_ID],
        }
    }
}
