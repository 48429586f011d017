//! [`Backstop`] and its [`Builder`]: where the parts are put together.

mod answer;
mod builder;
mod checks;
mod config_error;
mod event;
#[cfg(feature = "reports")]
mod fatal;
#[cfg(feature = "frames")]
mod frame_settings;
mod log;
mod mode;
mod owner;
mod policy;
#[cfg(feature = "reports")]
mod report_settings;
#[cfg(feature = "reports")]
mod reports;
#[cfg(feature = "reports")]
mod shutdown;
mod tell;

#[cfg(not(feature = "reports"))]
#[path = "no_reports.rs"]
mod report_settings;

use std::sync::Arc;

pub use self::answer::IntoPage;
pub use self::builder::Builder;
pub use self::config_error::{ConfigError, ConfigErrorKind};
pub use self::event::ErrorEvent;
#[cfg(feature = "reports")]
pub use self::fatal::Fatal;
#[cfg(feature = "reports")]
pub use self::reports::Draft;

pub(crate) use self::answer::{Answer, Body};

use self::answer::Answers;
use self::event::OnError;
use self::mode::Mode;
use self::policy::Reported;
use self::report_settings::Reports;
use crate::error::{Failure, StatusMap, Wish};
use crate::report::Owner;
use crate::request::{RequestFacts, Wanted};

/// The last line of a service: made once, cloned cheaply, and put around the app with
/// [`layer`](Self::layer).
///
/// ```
/// use axum::{Router, routing::get};
/// use backstop::Backstop;
///
/// let backstop = Backstop::production()
///     .safe_fields(["errorCode"])
///     .on_error(|event| eprintln!("{} {}", event.status(), event.failure().id()))
///     .build()?;
/// let app: Router = Router::new()
///     .route("/", get(|| async { "hello" }))
///     .layer(backstop.layer());
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Backstop {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// This Backstop as scopes see it.
    owner: Arc<Owner>,
    /// Has errors take their stacks, as long as this Backstop lives.
    _wish: Wish,
    answers: Answers,
    on_error: Vec<OnError>,
    logs: bool,
    wanted: Wanted,
    reported: Reported,
    #[cfg_attr(
        not(feature = "reports"),
        expect(dead_code, reason = "only its twin holds something")
    )]
    reports: Reports,
}

impl Backstop {
    /// A Backstop that hides from clients what production must hide.
    pub fn production() -> Builder {
        Builder::new(Mode::Production)
    }

    /// A Backstop that shows everything to clients on this machine, and to others as in production.
    pub fn development() -> Builder {
        Builder::new(Mode::Development)
    }

    /// The mode that the environment variable `BACKSTOP_MODE` names, `production` or `development`; without
    /// the variable it is production.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] for any other value.
    pub fn from_env() -> Result<Builder, ConfigError> {
        Mode::from_env().map(Builder::new)
    }

    fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }

    /// What the layer takes of each request.
    pub(crate) fn wanted(&self) -> &Wanted {
        &self.shared.wanted
    }

    pub(crate) fn number(&self) -> u64 {
        self.shared.owner.number()
    }

    pub(crate) fn owner(&self) -> &Arc<Owner> {
        &self.shared.owner
    }

    pub(crate) fn statuses(&self) -> &StatusMap {
        &self.shared.answers.policy.statuses
    }

    /// What the client of this request is told, under the URN of the failure's id.
    pub(crate) fn answer(&self, failure: &Failure, urn: &str, facts: &RequestFacts) -> Answer {
        self.shared.answers.answer(failure, urn, facts)
    }
}
