//! The reporter and its settings.

use std::fmt::Display;

use backstop_http::{HttpReporter, Secret, http_reporter};

use crate::protocol::{ID_VARIABLE, KEY_VARIABLE, Notices};

/// A reporter that sends to [Airbrake](https://docs.airbrake.io/docs/devops-tools/api/), or to Errbit.
///
/// The [crate's documentation](crate) describes what it sends, and the limits.
///
/// ```
/// use backstop::Backstop;
/// use backstop_airbrake::Airbrake;
///
/// let errbit = Airbrake::new(1, "fd04e13d806a90f96614ad8e529b2822").endpoint("https://errbit.example.com");
/// let backstop = Backstop::production().reporter(errbit).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Airbrake {
    http: HttpReporter<Notices>,
}

impl Airbrake {
    /// Sends to a project. Errbit accepts any id.
    pub fn new(project_id: impl Display, project_key: impl Into<String>) -> Self {
        Self {
            http: HttpReporter::new(Notices {
                project_id: project_id.to_string(),
                project_key: Secret::new(project_key),
            }),
        }
    }

    /// Sends to the project of the environment variables `AIRBRAKE_PROJECT_ID` and `AIRBRAKE_PROJECT_KEY`. If one of
    /// them is not set, [`Builder::build`](backstop::Builder::build) fails.
    #[must_use]
    pub fn from_env() -> Self {
        let id = std::env::var(ID_VARIABLE).unwrap_or_default();
        Self {
            http: HttpReporter::new(Notices {
                project_id: id.trim().to_owned(),
                project_key: Secret::from_env(KEY_VARIABLE),
            }),
        }
    }
}

http_reporter!(
    Airbrake,
    endpoint = "The server, for Errbit. Default: `https://api.airbrake.io`."
);
