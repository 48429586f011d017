//! How much of what a client sends goes into a report. Everything together stays far below a queue's bytes per report,
//! so that no client can fill the queue faster than others.

use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Uri};

use crate::text::prefix;

/// Bytes of the path and query.
const URI: usize = 4 * 1024;
/// Bytes of the authority, which is a host name and a port.
const AUTHORITY: usize = 512;
/// Bytes of the method.
const METHOD: usize = 32;
/// Bytes of a header's value, and of all lines of `Accept` together.
const HEADER: usize = 2 * 1024;
/// Bytes of all kept headers together.
pub(super) const HEADERS: usize = 8 * 1024;
/// Ends what was cut.
const ELLIPSIS: &str = "...";

/// A URI whose path and query are cut. Authority and scheme stay, unless the authority is too long.
pub(super) fn uri(uri: &Uri) -> Uri {
    let text = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let authority = uri
        .authority()
        .map_or(0, |authority| authority.as_str().len());
    if text.len() <= URI && authority <= AUTHORITY {
        return uri.clone();
    }
    let mut parts = uri.clone().into_parts();
    if authority > AUTHORITY {
        (parts.scheme, parts.authority) = (None, None);
    }
    if text.len() > URI {
        let cut = format!("{}{ELLIPSIS}", prefix(text, URI));
        parts.path_and_query =
            Some(PathAndQuery::try_from(cut).unwrap_or(PathAndQuery::from_static("/")));
    }
    Uri::from_parts(parts).unwrap_or_default()
}

/// A method that is cut if no standard defines one as long.
pub(super) fn method(method: &Method) -> Method {
    if method.as_str().len() <= METHOD {
        return method.clone();
    }
    let cut = prefix(method.as_str(), METHOD);
    Method::from_bytes(cut.as_bytes()).unwrap_or_default()
}

/// A value that is cut if it is long or if less than its length is left of `budget`.
pub(super) fn header(value: &HeaderValue, budget: &mut usize) -> HeaderValue {
    let max = HEADER.min(*budget);
    *budget -= value.len().min(max);
    if value.len() <= max {
        return value.clone();
    }
    // A copy, because a slice would keep the whole buffer of the request.
    let cut = [&value.as_bytes()[..max], ELLIPSIS.as_bytes()].concat();
    let mut cut = HeaderValue::from_bytes(&cut).unwrap_or(HeaderValue::from_static(ELLIPSIS));
    cut.set_sensitive(value.is_sensitive());
    cut
}
