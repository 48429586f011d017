//! The request of an event.

use backstop::Report;
use backstop::report::ReportRequest;
use sentry_types::protocol::v7::Request;
use url::Url;

pub(crate) fn request(report: &Report) -> Option<Request> {
    let request = report.request.as_ref()?;
    let device = report.device.as_ref();
    let machine = device.and_then(|device| device.hostname.as_deref());
    let host = request.headers.get("host").map(String::as_str).or(machine);
    let (url, query_string) = url(request, host);
    Some(Request {
        url,
        query_string,
        method: Some(request.method.clone()),
        headers: request.headers.clone(),
        ..Request::default()
    })
}

/// The absolute URL without its query, and the query.
fn url(request: &ReportRequest, host: Option<&str>) -> (Option<Url>, Option<String>) {
    let whole = Url::parse(&request.url).ok().filter(Url::has_host);
    if let Some(mut url) = whole {
        let query = url.query().map(str::to_owned);
        url.set_query(None);
        return (Some(url), query);
    }
    let (path, query) = match request.url.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (request.url.as_str(), None),
    };
    let base = host.and_then(|host| Url::parse(&format!("http://{host}/")).ok());
    let base = base.or_else(|| Url::parse("http://localhost/").ok());
    let url = base.map(|mut url| {
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        url
    });
    (url, query)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, host: Option<&str>) -> (String, Option<String>) {
        let request = ReportRequest::new("GET", text);
        let (url, query) = url(&request, host);
        (url.unwrap().to_string(), query)
    }

    #[test]
    fn a_path_becomes_a_whole_url_with_the_query_beside_it() {
        let query = |text: &str| Some(text.to_owned());
        assert_eq!(
            parts("/orders/7?x=1&token=[REDACTED]", Some("shop.example:8443")),
            (
                "http://shop.example:8443/orders/7".to_owned(),
                query("x=1&token=[REDACTED]")
            )
        );
        assert_eq!(parts("/a", None), ("http://localhost/a".to_owned(), None));
        assert_eq!(
            parts("/a", Some("no host / ?")),
            ("http://localhost/a".to_owned(), None)
        );
        assert_eq!(
            parts("//elsewhere/x#y", Some("web-3")),
            ("http://web-3//elsewhere/x%23y".to_owned(), None)
        );
        assert_eq!(
            parts("https://shop.example/a?b", None),
            ("https://shop.example/a".to_owned(), query("b"))
        );
    }
}
