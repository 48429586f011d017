//! The request as a developer sees it.

use http::header::CONTENT_LENGTH;

use super::limits::{ENTRIES, NAME, VALUE, cut};
use crate::disclosure::Redactor;
use crate::report::report::Report;
use crate::request::RequestInfo;

/// The request, redacted.
#[derive(Debug)]
pub(crate) struct ShownRequest {
    pub(crate) method: String,
    /// The path and the query.
    pub(crate) url: String,
    /// The pattern of the matched route.
    pub(crate) route: Option<String>,
    /// The parts of the path that the pattern names.
    pub(crate) path_params: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    /// The length of the body, as the client stated it.
    pub(crate) body_size: Option<String>,
    pub(crate) version: String,
}

impl ShownRequest {
    pub(super) fn new(request: &RequestInfo, report: &Report, redactor: &Redactor) -> Self {
        let field = |name: &str, value: &str| {
            let value = redactor.field(name, value).into_owned();
            (cut(name, NAME), cut(&value, VALUE))
        };
        let headers: Vec<(String, String)> = request
            .shown_headers()
            .into_iter()
            .take(ENTRIES)
            .map(|(name, value)| field(name.as_str(), &String::from_utf8_lossy(value.as_bytes())))
            .collect();
        let header = |name: &str| {
            let found = headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let route = request.route().map(|route| cut(route, VALUE));
        let params = route
            .as_deref()
            .map_or_else(Vec::new, |route| path_params(route, request.uri().path()));
        let query = request.uri().query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes()).take(ENTRIES);
        let url = report
            .request
            .as_ref()
            .map(|request| cut(&request.url, 2 * VALUE));
        Self {
            method: cut(request.method().as_str(), NAME),
            url: url.unwrap_or_default(),
            path_params: params
                .iter()
                .take(ENTRIES)
                .map(|(name, value)| field(name, value))
                .collect(),
            route,
            query: query.map(|(name, value)| field(&name, &value)).collect(),
            body_size: header(CONTENT_LENGTH.as_str()),
            version: format!("{:?}", request.version()),
            headers,
        }
    }
}

/// The parameters of an axum route, `/orders/{id}/{*rest}`, in a path. A nested router sees only the end of the path, so
/// without a wildcard the pattern is matched from the end.
fn path_params(route: &str, path: &str) -> Vec<(String, String)> {
    let pattern: Vec<&str> = route.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let has_wildcard = pattern.last().is_some_and(|last| last.starts_with("{*"));
    let skipped = if has_wildcard {
        0
    } else {
        pattern.len().saturating_sub(parts.len())
    };
    let mut params = Vec::new();
    for (index, part) in pattern.iter().enumerate().skip(skipped) {
        let Some((before, rest)) = part.split_once('{') else {
            continue;
        };
        let Some((name, after)) = rest.split_once('}') else {
            continue;
        };
        let Some(value) = parts.get(index - skipped) else {
            continue;
        };
        let value = match name.strip_prefix('*') {
            Some(_) => parts[index - skipped..].join("/"),
            None => {
                let value = value.strip_prefix(before).unwrap_or(value);
                value.strip_suffix(after).unwrap_or(value).to_owned()
            }
        };
        let name = name.strip_prefix('*').unwrap_or(name);
        params.push((name.to_owned(), percent_decoded(&value)));
    }
    params
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| first == b'%');
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = if byte.is_some() { &after[2..] } else { after };
        bytes.push(byte.unwrap_or(first));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_a_route_are_read_from_the_path() {
        let read = |route, path| {
            let params = path_params(route, path).into_iter();
            params
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(read("/orders/{id}", "/orders/7"), "id=7");
        assert_eq!(read("/{a}/x/{b}", "/1/x/a%20b%"), "a=1 b=a b%");
        assert_eq!(read("/files/{*path}", "/files/a/b.txt"), "path=a/b.txt");
        assert_eq!(read("/api/v{v}/{id}.json", "/api/v2/7.json"), "v=2 id=7");
        assert_eq!(read("/api/orders/{id}", "/orders/7"), "id=7", "nested");
        assert_eq!(read("/orders/{id", "/orders/7"), "");
        assert_eq!(read("/", "/x"), "");
    }
}
