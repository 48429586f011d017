//! The rate limits in a response, by
//! [Sentry's rules](https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/).

use std::time::Duration;

use backstop_http::Response;

/// The limit of a 429 that does not name one.
const DEFAULT: Duration = Duration::from_secs(60);
/// The longest limit that is honored, as for `Retry-After`: a mistake of the server must not stop reports for longer.
const MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// How long Sentry asks for no errors, if it does.
pub(crate) fn limit(response: &Response) -> Option<Duration> {
    let values = response.headers().get_all("x-sentry-rate-limits").iter();
    let limits: Vec<Limit> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .filter_map(Limit::parse)
        .collect();
    let limit = if limits.is_empty() {
        let is_limited = response.status().as_u16() == 429;
        is_limited.then(|| response.retry_after().unwrap_or(DEFAULT))
    } else {
        let of_errors = limits.iter().filter(|limit| limit.covers_errors);
        of_errors.map(|limit| limit.time).max()
    };
    // A limit of zero seconds is not a limit.
    let limit = limit.map(|limit| limit.min(MAX));
    limit.filter(|limit| !limit.is_zero())
}

struct Limit {
    time: Duration,
    covers_errors: bool,
}

impl Limit {
    /// `seconds:categories:scope:…`. The seconds may have a fraction, and no category means all of them.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':').map(str::trim);
        let seconds: f64 = parts.next()?.parse().ok()?;
        let categories = parts.next()?;
        let is_error = |category: &str| matches!(category.trim(), "error" | "default");
        Some(Self {
            time: Duration::try_from_secs_f64(seconds).ok()?,
            covers_errors: categories.is_empty() || categories.split(';').any(is_error),
        })
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn limit_of(status: u16, pairs: &[(&'static str, &str)]) -> Option<f64> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        let response = Response::new(status, headers, "");
        limit(&response).map(|limit| limit.as_secs_f64())
    }

    #[test]
    fn the_longest_limit_of_errors_counts_whatever_the_status() {
        let limits = |text| limit_of(200, &[("x-sentry-rate-limits", text)]);
        let example = "60:transaction:key, 2700:default;error;security:organization";
        assert_eq!(limits(example), Some(2_700.0));
        assert_eq!(
            limits("60::organization, 2700::organization"),
            Some(2_700.0)
        );
        assert_eq!(limits("2700:error:key,10:error:project"), Some(2_700.0));
        assert_eq!(limits("2.5:error"), Some(2.5));
        assert_eq!(limits("60 : error ; span : key : quota"), Some(60.0));
        for not_ours in [
            "60:transaction:key",
            "60:unheard_of",
            "",
            "soon",
            "60",
            "-1:error",
            "0:error:key",
            "NaN::",
        ] {
            assert_eq!(limits(not_ours), None, "{not_ours}");
        }
        assert_eq!(limits("1e300::"), None);
        assert_eq!(limits("1e9::"), Some(86_400.0));
        assert_eq!(limits("31536000:error:organization"), Some(86_400.0));
        let lines = [
            ("x-sentry-rate-limits", "5:error"),
            ("x-sentry-rate-limits", "7::key"),
        ];
        assert_eq!(limit_of(200, &lines), Some(7.0));
    }

    #[test]
    fn a_429_limits_by_its_header_else_by_retry_after_else_for_a_minute() {
        let after = ("retry-after", "7");
        assert_eq!(limit_of(429, &[]), Some(60.0));
        assert_eq!(limit_of(429, &[after]), Some(7.0));
        assert_eq!(
            limit_of(429, &[after, ("x-sentry-rate-limits", "9:error")]),
            Some(9.0)
        );
        assert_eq!(
            limit_of(429, &[after, ("x-sentry-rate-limits", "9:span")]),
            None
        );
        assert_eq!(
            limit_of(429, &[after, ("x-sentry-rate-limits", "?")]),
            Some(7.0)
        );
        assert_eq!(limit_of(503, &[after]), None);
        assert_eq!(limit_of(200, &[after]), None);
    }
}
