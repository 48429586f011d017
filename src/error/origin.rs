//! Where a failure comes from.

use serde::Serialize;

/// Where a failure comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A handler returned an error.
    Handler,
    /// A service failed: its error reached the layer.
    Service,
    /// Something panicked before there was a response.
    Panic,
    /// A bare error response, which the application did not make from an error.
    Response,
    /// The body of a response failed or panicked after the head had been sent.
    Body,
}

impl Origin {
    /// The name in reports and logs: `handler`, `service`, `panic`, `response` or `body`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Service => "service",
            Self::Panic => "panic",
            Self::Response => "response",
            Self::Body => "body",
        }
    }
}
