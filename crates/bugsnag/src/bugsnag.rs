//! The reporter and its settings.

use backstop_http::{HttpReporter, Secret, http_reporter};

use crate::protocol::Events;

const VARIABLE: &str = "BUGSNAG_API_KEY";

/// A reporter that sends to [Bugsnag](https://docs.bugsnag.com/api/error-reporting/), now Insight Hub, hosted or on
/// premise.
///
/// The [crate's documentation](crate) describes what it sends, and the limits.
///
/// ```
/// use backstop::Backstop;
/// use backstop_bugsnag::Bugsnag;
///
/// let bugsnag = Bugsnag::new("0123456789abcdef0123456789abcdef").enabled_release_stages(["production"]);
/// let backstop = Backstop::production()
///     .app("shop", "1.2.3")
///     .release_stage("production")
///     .reporter(bugsnag)
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Bugsnag {
    http: HttpReporter<Events>,
}

impl Bugsnag {
    /// Sends to the project of this key: 32 hexadecimal digits.
    pub fn new(api_key: impl Into<String>) -> Self {
        Self::with_key(Secret::new(api_key), "the API key")
    }

    /// Sends to the project whose key is in the environment variable `BUGSNAG_API_KEY`. If it is not set,
    /// [`Builder::build`](backstop::Builder::build) fails.
    #[must_use]
    pub fn from_env() -> Self {
        Self::with_key(Secret::from_env(VARIABLE), VARIABLE)
    }

    fn with_key(api_key: Secret, key_from: &'static str) -> Self {
        Self {
            http: HttpReporter::new(Events {
                api_key,
                key_from,
                enabled_release_stages: None,
            }),
        }
    }

    /// Sends only the reports of these release stages, and those without one; the others count as
    /// [`Filtered`](backstop::stats::Outcome::Filtered). Default: all.
    #[must_use]
    pub fn enabled_release_stages(
        mut self,
        stages: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let stages = stages.into_iter().map(Into::into).collect();
        self.http.protocol_mut().enabled_release_stages = Some(stages);
        self
    }
}

http_reporter!(
    Bugsnag,
    endpoint = "Where events are sent to, for Bugsnag on premise. Default: `https://notify.bugsnag.com/`, or `https://notify.bugsnag.smartbear.com/` for keys of that service, which start with `00000`."
);
