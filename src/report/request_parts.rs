//! The request and the response of a report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The request of a report.
///
/// ```
/// use backstop::report::ReportRequest;
///
/// let request = ReportRequest::new("GET", "/orders/7")
///     .with_route("/orders/{id}")
///     .with_header("accept", "application/json");
/// assert_eq!(request.headers["accept"], "application/json");
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReportRequest {
    /// The method, such as `GET`.
    pub method: String,
    /// Path and query, with sensitive values redacted.
    pub url: String,
    /// The route that matched, such as `/orders/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The headers that the Backstop keeps, by lowercase name; see
    /// [`keep_headers`](crate::settings::Reporting::keep_headers).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

impl ReportRequest {
    /// Creates a request with this method, and this path and query.
    #[must_use]
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            ..Self::default()
        }
    }

    /// Sets the route that matched.
    #[must_use]
    pub fn with_route(mut self, route: impl Into<String>) -> Self {
        self.route = Some(route.into());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }
}

/// The response of a report.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReportResponse {
    /// The status that the client received, such as 503.
    pub status: u16,
}

impl ReportResponse {
    /// Creates a response with this status.
    #[must_use]
    pub const fn new(status: u16) -> Self {
        Self { status }
    }
}
