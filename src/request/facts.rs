//! The facts of one request.

use std::fmt;
use std::net::IpAddr;

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, REFERER, USER_AGENT};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Uri, Version, request};

use super::{host, trace};

/// The facts of one request, as hooks and [`respond`](crate::Backstop::respond) see them.
///
/// Of the headers only a few are kept, by an allow-list: `Accept`, `Host`, `User-Agent`, `Content-Type`,
/// `Content-Length`, `Referer`, `traceparent` and `x-request-id`. Credentials and cookies never are.
///
/// Taking them copies no text: values share the request's buffer.
///
/// ```
/// use backstop::RequestFacts;
/// use http::Request;
///
/// let request = Request::get("/orders/7?full=1").header("authorization", "Bearer s3cr3t").body(()).unwrap();
/// let facts = RequestFacts::from_request(&request);
/// assert_eq!(facts.uri().path(), "/orders/7");
/// assert!(facts.header("authorization").is_none());
/// ```
#[derive(Clone)]
pub struct RequestFacts {
    method: Method,
    uri: Uri,
    version: Version,
    route: Option<Route>,
    peer: Option<IpAddr>,
    kept: [Option<HeaderValue>; KEPT_NAMES],
    /// `Accept` lines beyond the first.
    more_accept: Vec<HeaderValue>,
}

const KEPT_NAMES: usize = 8;
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The allow-list; `Accept` comes first, for it is read on every failure.
static KEPT: [HeaderName; KEPT_NAMES] = [
    ACCEPT,
    HOST,
    USER_AGENT,
    CONTENT_TYPE,
    CONTENT_LENGTH,
    REFERER,
    TRACEPARENT,
    X_REQUEST_ID,
];

impl RequestFacts {
    /// The facts of a request.
    #[must_use]
    pub fn from_request<B>(request: &Request<B>) -> Self {
        Self::new(
            request.method(),
            request.uri(),
            request.version(),
            request.headers(),
            request.extensions(),
        )
    }

    /// The facts of a request's head.
    #[must_use]
    pub fn from_parts(parts: &request::Parts) -> Self {
        Self::new(
            &parts.method,
            &parts.uri,
            parts.version,
            &parts.headers,
            &parts.extensions,
        )
    }

    fn new(
        method: &Method,
        uri: &Uri,
        version: Version,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Self {
        let mut facts = Self {
            method: method.clone(),
            uri: uri.clone(),
            version,
            route: route(extensions),
            peer: peer(extensions),
            kept: [const { None }; KEPT_NAMES],
            more_accept: Vec::new(),
        };
        // One walk over the headers costs less than a look-up for each name.
        for (name, value) in headers {
            let Some(index) = KEPT.iter().position(|kept| kept == name) else {
                continue;
            };
            match &mut facts.kept[index] {
                slot @ None => *slot = Some(value.clone()),
                Some(_) if index == 0 => facts.more_accept.push(value.clone()),
                Some(_) => {}
            }
        }
        facts
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

    /// The route that matched, like `/orders/{id}`. Known inside an axum router (feature `axum`).
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.route.as_ref().map(route_text)
    }

    /// The version of HTTP.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The address of the peer, where axum's `ConnectInfo<SocketAddr>` tells it (feature `axum`).
    #[must_use]
    pub const fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    /// The first value of a header that is kept.
    #[must_use]
    pub fn header(&self, name: impl PartialEq<HeaderName>) -> Option<&HeaderValue> {
        let index = KEPT.iter().position(|kept| name == *kept)?;
        self.kept[index].as_ref()
    }

    /// The kept headers that the request had, the first value of each.
    pub fn headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        let values = KEPT.iter().zip(&self.kept);
        values.filter_map(|(name, value)| Some((name, value.as_ref()?)))
    }

    /// Every line of `Accept`.
    pub(crate) fn accept(&self) -> impl Iterator<Item = &HeaderValue> {
        self.kept[0].iter().chain(&self.more_accept)
    }

    /// The trace id of a valid `traceparent` (W3C Trace Context, section 3.2.2): 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        trace::ids(self.header(TRACEPARENT)?).map(|(trace, _)| trace)
    }

    /// The id of the caller's span, of a valid `traceparent`: 16 hexadecimal digits.
    #[must_use]
    pub fn parent_id(&self) -> Option<&str> {
        trace::ids(self.header(TRACEPARENT)?).map(|(_, parent)| parent)
    }

    /// Whether the request came to this machine under a name of this machine, or one that `hosts` lists.
    /// A name in the URI (`:authority`) and one in `Host` must both be; a request without either is local.
    pub(crate) fn has_local_host(&self, hosts: &[String]) -> bool {
        let authority = self
            .uri
            .authority()
            .map(|authority| authority.as_str().as_bytes());
        let header = self.header(HOST).map(HeaderValue::as_bytes);
        authority
            .into_iter()
            .chain(header)
            .all(|host| host::is_local(host, hosts))
    }
}

impl fmt::Debug for RequestFacts {
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
