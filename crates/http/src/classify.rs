//! What a response means for the reports that were sent.

use backstop::reporters::Delivery;
use http::StatusCode;

use crate::response::Response;

impl Response {
    /// What became of the reports, according to the status alone.
    ///
    /// | status | delivery |
    /// |---|---|
    /// | 2xx, whatever the body | [`Delivered`](Delivery::Delivered) |
    /// | 408, 420, 425, 429, 5xx | [`Retry`](Delivery::Retry), after [`retry_after`](Self::retry_after) |
    /// | any other, including redirects | [`Rejected`](Delivery::Rejected), because a retry would be refused too |
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        let status = self.status();
        if status.is_success() {
            Delivery::Delivered
        } else if is_temporary(status) {
            Delivery::Retry {
                after: self.retry_after(),
            }
        } else {
            Delivery::Rejected
        }
    }

    /// Whether the tracker may take another request now.
    pub(crate) fn invites_more(&self) -> bool {
        self.retry_after().is_none() && !matches!(self.status().as_u16(), 420 | 429)
    }

    /// Whether the tracker may have refused the request because of only one of its events.
    pub(crate) fn blames_content(&self) -> bool {
        matches!(self.status().as_u16(), 400 | 413 | 422)
    }
}

fn is_temporary(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 408 | 420 | 425 | 429)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    #[test]
    fn every_status_has_its_delivery() {
        for code in 100..1_000 {
            let status = StatusCode::from_u16(code).unwrap();
            let response = Response::new(status, HeaderMap::new(), "");
            let want = match code {
                200..300 => Delivery::Delivered,
                408 | 420 | 425 | 429 | 500..600 => Delivery::RETRY,
                _ => Delivery::Rejected,
            };
            assert_eq!(response.delivery(), want, "{code}");
        }
    }
}
