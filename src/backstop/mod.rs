//! [`Backstop`] and its [`Builder`]: where the parts are put together.

mod builder;
mod checks;
mod config_error;
mod event;
mod fatal;
#[cfg(feature = "frames")]
mod frame_settings;
mod log;
mod mode;
mod owner;
mod policy;
mod report_settings;
mod reports;
mod responder;
mod shutdown;
mod tell;

use std::sync::Arc;

pub use self::builder::Builder;
pub use self::config_error::{ConfigError, ConfigErrorKind};
pub use self::event::ErrorEvent;
use self::event::OnError;
pub use self::fatal::OnPanic;
use self::mode::Mode;
use self::policy::Reported;
use self::report_settings::Reports;
pub use self::reports::Draft;
use self::responder::Responder;
pub(crate) use self::responder::{Body, RenderedError};
use crate::backtrace::CaptureInterest;
use crate::error::{Failure, StatusMap};
use crate::report::Dispatch;
use crate::request::{RequestInfo, Wanted};

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
    owner: Arc<Dispatch>,
    /// Has errors take their stacks, as long as this Backstop lives.
    _wish: CaptureInterest,
    answers: Responder,
    on_error: Vec<OnError>,
    logs: bool,
    wanted: Wanted,
    reported: Reported,
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

    pub(crate) fn owner(&self) -> &Arc<Dispatch> {
        &self.shared.owner
    }

    pub(crate) fn statuses(&self) -> &StatusMap {
        &self.shared.answers.policy.statuses
    }

    /// What the client of this request is told, under the URN of the failure's id.
    pub(crate) fn answer(
        &self,
        failure: &Failure,
        urn: &str,
        facts: &RequestInfo,
    ) -> RenderedError {
        self.shared.answers.answer(failure, urn, facts)
    }
}
