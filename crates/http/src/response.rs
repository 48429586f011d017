//! The tracker's responses.

use std::time::{Duration, SystemTime};

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};

/// The response to a request: its head, and the first 4 KiB of its body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    retry_after: Option<Duration>,
}

impl Response {
    /// Creates a response, for tests of [`Protocol::classify`](crate::Protocol::classify).
    pub fn new(status: StatusCode, headers: HeaderMap, text: impl Into<String>) -> Self {
        Self {
            retry_after: retry_after(&headers, SystemTime::now()),
            status,
            headers,
            text: text.into(),
        }
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The start of the body. Invalid UTF-8 is replaced, and what does not arrive in time is missing.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How long the tracker asks to wait: `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3), or
    /// Airbrake's `X-RateLimit-Delay`, whichever is longer. A date in the past is ignored.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| text.parse().ok().map(Duration::from_secs);
    let date = |text: &str| {
        let until = httpdate::parse_http_date(text).ok()?;
        until.duration_since(now).ok()
    };
    let standard = text(RETRY_AFTER.as_str()).and_then(|text| seconds(text).or_else(|| date(text)));
    let airbrake = text("x-ratelimit-delay").and_then(seconds);
    standard.max(airbrake).filter(|after| !after.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pairs: &[(&'static str, &str)]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 60);
        retry_after(&headers, now)
    }

    #[test]
    fn every_form_of_a_delay_is_understood_and_the_longer_one_counts() {
        let minute = Some(Duration::from_secs(60));
        assert_eq!(after(&[("retry-after", "60")]), minute);
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(after(&[("retry-after", date)]), minute, "{date}");
        }
        assert_eq!(after(&[("x-ratelimit-delay", "60")]), minute);
        let both = [("retry-after", "5"), ("x-ratelimit-delay", "60")];
        assert_eq!(after(&both), minute);
    }

    #[test]
    fn a_time_that_has_passed_or_cannot_be_read_is_none() {
        for text in ["0", "-1", "soon", "", "Sun, 06 Nov 1994 08:00:00 GMT"] {
            assert_eq!(after(&[("retry-after", text)]), None, "{text}");
            assert_eq!(after(&[("x-ratelimit-delay", text)]), None, "{text}");
        }
    }
}
