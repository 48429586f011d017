//! The reporter and its settings.

use backstop_http::{HttpReporter, Secret, http_reporter};

use crate::names::Names;
use crate::protocol::Envelopes;

const VARIABLE: &str = "SENTRY_DSN";

/// A reporter that sends to [Sentry](https://develop.sentry.dev/sdk/), or to another server that speaks its protocol,
/// such as [Bugsink](https://www.bugsink.com/).
///
/// The [crate's documentation](crate) describes what it sends, and the limits.
///
/// ```
/// use backstop::Backstop;
/// use backstop_sentry::Sentry;
///
/// let sentry = Sentry::new("https://a94ae32be2584e0bbd7a4cbb95971fee@o1.ingest.sentry.io/7").environment("canary");
/// let backstop = Backstop::production().app("shop", "1.2.3").reporter(sentry).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Sentry {
    http: HttpReporter<Envelopes>,
}

impl Sentry {
    /// Sends to the project of this DSN, like `https://key@o1.ingest.sentry.io/7`.
    pub fn new(dsn: impl Into<String>) -> Self {
        let envelopes = Envelopes::new(Secret::new(dsn), "the DSN", Names::default());
        Self {
            http: HttpReporter::new(envelopes),
        }
    }

    /// Sends to the project of the environment variable `SENTRY_DSN`. If it is not set,
    /// [`Builder::build`](backstop::Builder::build) fails. `SENTRY_RELEASE` and `SENTRY_ENVIRONMENT` set the
    /// [`release`](Self::release) and the [`environment`](Self::environment).
    #[must_use]
    pub fn from_env() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        let names = Names {
            release: variable("SENTRY_RELEASE"),
            environment: variable("SENTRY_ENVIRONMENT"),
        };
        let envelopes = Envelopes::new(Secret::from_env(VARIABLE), VARIABLE, names);
        Self {
            http: HttpReporter::new(envelopes),
        }
    }

    /// The release of all events. Default: the name and version of [`app`](backstop::Builder::app), like `shop@1.2.3`.
    #[must_use]
    pub fn release(mut self, release: impl Into<String>) -> Self {
        self.http.protocol_mut().names.release = Some(release.into());
        self
    }

    /// The environment of all events. Default: the [`release_stage`](backstop::Builder::release_stage).
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.http.protocol_mut().names.environment = Some(environment.into());
        self
    }
}

http_reporter!(
    Sentry,
    endpoint = "The server, instead of the DSN's: a Relay or a proxy. Its path is kept, and `/api/7/envelope/` follows it."
);
