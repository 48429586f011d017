//! Where a failure came from.

use serde::{Deserialize, Serialize};

/// How a failure reached Backstop; see [`Failure::origin`](crate::Failure::origin) and
/// [`Report::origin`](crate::Report::origin).
///
/// ```
/// use backstop::{Error, Failure, Origin};
///
/// let failure = Failure::from(Error::msg("out of stock"));
/// assert_eq!(failure.origin(), Origin::Handler);
/// assert_eq!(Origin::Handler.as_str(), "handler");
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A handler returned an error as its response.
    Handler,
    /// A service failed: its error reached the layer.
    Service,
    /// The service panicked before there was a response, the destructor of its future panicked, or a panic ends the
    /// process.
    Panic,
    /// A response that Backstop did not make has an error status.
    Response,
    /// The response's body failed or panicked after the head had been sent.
    Body,
    /// The application reported an error with [`notify`](crate::notify()) or a [`Draft`](crate::report::Draft).
    Notify,
    /// The application handled an error with [`intercept`](crate::report::Intercept::intercept).
    Intercept,
    /// A task or a thread failed outside of any request's own future.
    Task,
    /// A later version of Backstop left the report in a spool, with an origin that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Origin {
    /// The name in reports and logs, and the serialized form: `handler`, `service`, `panic`, `response`,
    /// `body`, `notify`, `intercept`, `task` or `unknown`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Service => "service",
            Self::Panic => "panic",
            Self::Response => "response",
            Self::Body => "body",
            Self::Notify => "notify",
            Self::Intercept => "intercept",
            Self::Task => "task",
            Self::Unknown => "unknown",
        }
    }

    /// The class of an error whose type is unknown, for trackers that group errors by their class: `panic`,
    /// `ErrorResponse` or `Error`.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Response => "ErrorResponse",
            Self::Handler
            | Self::Service
            | Self::Body
            | Self::Notify
            | Self::Intercept
            | Self::Task
            | Self::Unknown => "Error",
        }
    }

    /// Whether the application dealt with the failure itself and went on.
    pub(crate) const fn is_handled(self) -> bool {
        matches!(self, Self::Notify | Self::Intercept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serialized_form_is_the_name() {
        for origin in [
            Origin::Handler,
            Origin::Service,
            Origin::Panic,
            Origin::Response,
            Origin::Body,
            Origin::Notify,
            Origin::Intercept,
            Origin::Task,
            Origin::Unknown,
        ] {
            let json = serde_json::to_value(origin).unwrap();
            assert_eq!(json, origin.as_str());
            assert_eq!(serde_json::from_value::<Origin>(json).unwrap(), origin);
        }
        let later = serde_json::from_value::<Origin>("socket".into()).unwrap();
        assert_eq!(later, Origin::Unknown);
    }
}
