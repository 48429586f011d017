//! How many clients disconnected before their response was complete.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many clients disconnected before their response was complete; see [`Stats`](crate::stats::Stats).
///
/// ```
/// use backstop::Backstop;
///
/// let backstop = Backstop::production().build()?;
/// let disconnects = backstop.stats().disconnects;
/// assert_eq!(disconnects.before_response() + disconnects.in_body(), 0);
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Disconnects {
    before_response: u64,
    in_body: u64,
}

/// What the client was waiting for when it disconnected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AwaitedPart {
    Head,
    Body,
}

/// The counters, which many threads update at once.
#[derive(Debug, Default)]
pub(crate) struct DisconnectCounters {
    before_response: AtomicU64,
    in_body: AtomicU64,
}

impl Disconnects {
    /// How many disconnected before there was a response: nginx would log these as 499.
    #[must_use]
    pub const fn before_response(self) -> u64 {
        self.before_response
    }

    /// How many disconnected while the body of their response was being sent.
    #[must_use]
    pub const fn in_body(self) -> u64 {
        self.in_body
    }
}

impl AwaitedPart {
    /// The name in the log.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Body => "body",
        }
    }
}

impl DisconnectCounters {
    pub(crate) fn add(&self, awaited: AwaitedPart) {
        let counter = match awaited {
            AwaitedPart::Head => &self.before_response,
            AwaitedPart::Body => &self.in_body,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Disconnects {
        Disconnects {
            before_response: self.before_response.load(Ordering::Relaxed),
            in_body: self.in_body.load(Ordering::Relaxed),
        }
    }
}
