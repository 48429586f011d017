//! What axum leaves in the extensions of a request: the matched route, the URI before it was nested, and the peer's
//! address. Without the feature
//! `axum` none of them is known.

use std::net::IpAddr;

use http::{Extensions, Uri};

#[cfg(feature = "axum")]
pub(super) type Route = axum::extract::MatchedPath;
#[cfg(not(feature = "axum"))]
pub(super) type Route = std::convert::Infallible;

#[cfg(feature = "axum")]
#[inline]
pub(super) fn route(extensions: &Extensions) -> Option<Route> {
    extensions.get::<Route>().cloned()
}

#[cfg(not(feature = "axum"))]
pub(super) const fn route(_extensions: &Extensions) -> Option<Route> {
    None
}

/// The URI before nested routers took their prefixes off.
#[cfg(feature = "axum")]
#[inline]
pub(super) fn original_uri(extensions: &Extensions) -> Option<&Uri> {
    Some(&extensions.get::<axum::extract::OriginalUri>()?.0)
}

#[cfg(not(feature = "axum"))]
pub(super) const fn original_uri(_extensions: &Extensions) -> Option<&Uri> {
    None
}

#[cfg(feature = "axum")]
pub(super) fn pattern(route: &Route) -> &str {
    route.as_str()
}

#[cfg(not(feature = "axum"))]
pub(super) const fn pattern(route: &Route) -> &str {
    match *route {}
}

#[cfg(feature = "axum")]
pub(super) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let info = extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()?;
    Some(info.0.ip())
}

#[cfg(not(feature = "axum"))]
pub(super) const fn peer(_extensions: &Extensions) -> Option<IpAddr> {
    None
}
