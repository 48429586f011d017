//! What an answer means for the reports that it is about.

use std::time::{Duration, SystemTime};

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};

use crate::reporters::Delivery;

/// What came back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::reporters) enum Answer {
    /// The receiver has answered.
    Status {
        status: StatusCode,
        /// How long it wants to be left alone.
        after: Option<Duration>,
        headers: HeaderMap,
        /// The start of the body.
        text: String,
    },
    /// It could not be reached, broke off or kept silent.
    Nothing,
}

impl Answer {
    pub(in crate::reporters) fn new(status: StatusCode, headers: HeaderMap, text: String) -> Self {
        let after = retry_after(&headers, SystemTime::now());
        Self::Status {
            status,
            after,
            headers,
            text,
        }
    }

    /// Any 2xx is delivered, whatever the body. Tried again is only what may succeed later: no answer, 408, 420,
    /// 425, 429 and 5xx. A refused report stays refused, and one that is too large stays too large.
    pub(in crate::reporters) fn delivery(&self) -> Delivery {
        match self {
            Self::Status { status, .. } if status.is_success() => Delivery::Delivered,
            Self::Status { status, after, .. } if is_temporary(*status) => {
                Delivery::Retry { after: *after }
            }
            Self::Status { .. } => Delivery::Rejected,
            Self::Nothing => Delivery::RETRY,
        }
    }
}

fn is_temporary(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 408 | 420 | 425 | 429)
}

/// `Retry-After`, seconds or a date, or Airbrake's `X-RateLimit-Delay`; the longer one. A time that is over says
/// nothing: then we wait as long as we do by ourselves.
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
    fn every_form_of_waiting_is_understood_and_the_longer_one_counts() {
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
    fn a_time_that_is_over_or_no_time_is_none() {
        for text in ["0", "-1", "soon", "", "Sun, 06 Nov 1994 08:00:00 GMT"] {
            assert_eq!(after(&[("retry-after", text)]), None, "{text}");
            assert_eq!(after(&[("x-ratelimit-delay", text)]), None, "{text}");
        }
    }

    #[test]
    fn every_status_has_its_delivery() {
        for code in 100..1_000 {
            let status = StatusCode::from_u16(code).unwrap();
            let answer = Answer::new(status, HeaderMap::new(), String::new());
            let want = match code {
                200..300 => Delivery::Delivered,
                408 | 420 | 425 | 429 | 500..600 => Delivery::RETRY,
                _ => Delivery::Rejected,
            };
            assert_eq!(answer.delivery(), want, "{code}");
        }
        assert_eq!(Answer::Nothing.delivery(), Delivery::RETRY);
    }
}
