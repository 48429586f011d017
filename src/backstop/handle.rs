//! [`Backstop`], the handle to everything that the builder has put together.

use std::sync::Arc;

use uuid::Uuid;

use super::log::ChooseLevel;
use super::report_policy::ReportPolicy;
use super::responder::Responder;
use super::shutdown::Shutdown;
use crate::backtrace::{CaptureInterest, ShownTraces};
use crate::development::DeveloperSettings;
use crate::error::{Origin, StatusMap};
use crate::panics::callback::Callback;
use crate::pipeline::Pipeline;
use crate::report::dispatch::Dispatch;
use crate::report::error_event::ErrorEvent;
use crate::request::{DisconnectCounters, KeepOptions};
use crate::scope::{Reportable, Scope, report_to};

/// Responds to every failure of a service, logs it, and reports it. Build it once, clone it cheaply, and put it around
/// the application with [`layer`](Self::layer).
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
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    /// This Backstop as scopes see it.
    pub(super) dispatch: Arc<Dispatch>,
    /// Keeps backtrace capture enabled while this Backstop is alive.
    pub(super) _capture: CaptureInterest,
    pub(super) responder: Responder,
    /// What developers see, and how.
    pub(super) developer: DeveloperSettings,
    /// Keeps where errors are created while this Backstop is alive, if developers see it.
    pub(super) _traces: ShownTraces,
    pub(super) captured: KeepOptions,
    pub(super) logs: bool,
    pub(super) log_level: Option<Callback<ChooseLevel>>,
    pub(super) on_error: Vec<OnError>,
    pub(super) policy: ReportPolicy,
    /// `None` if there is no reporter.
    pub(super) pipeline: Option<Arc<Pipeline>>,
    pub(super) shutdown: Arc<Shutdown>,
    pub(super) disconnects: DisconnectCounters,
}

/// Runs before the dispatch is dropped, to which another thread still reports the panics that the hook has noted, such as
/// the one that ends `main`.
impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(pipeline) = &self.pipeline {
            pipeline.wait_for_panics();
        }
    }
}

pub(super) type OnError = Callback<dyn Fn(&ErrorEvent<'_>) + Send + Sync>;

impl Backstop {
    pub(super) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Creates a scope for work that is not a request, such as a job. What is reported in it goes to this Backstop.
    ///
    /// ```
    /// use backstop::{Backstop, Scope, prelude::*};
    ///
    /// # async fn import() {}
    /// # async fn job() -> Result<(), backstop::ConfigError> {
    /// let backstop = Backstop::production().build()?;
    /// let scope = backstop.scope();
    /// scope.set_transaction("nightly import");
    /// async {
    ///     Scope::current().add_breadcrumb("opened the file");
    /// }
    /// .in_scope(&scope)
    /// .await;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(job()).unwrap();
    /// ```
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::of_job(self.dispatch())
    }

    /// Reports an error to this Backstop; see [`Scope::notify`]. If no scope of this Backstop is current, the report
    /// has the attribute `scope: unknown`.
    #[track_caller]
    pub fn notify<E: Reportable + ?Sized>(&self, error: &E) -> Option<Uuid> {
        let failure = error.failure().with_origin(Origin::Notify);
        report_to(self.dispatch(), failure, None)
    }

    pub(crate) fn dispatch(&self) -> &Arc<Dispatch> {
        &self.shared.dispatch
    }

    /// Distinguishes this Backstop from others in the process.
    pub(crate) fn number(&self) -> u64 {
        self.dispatch().number()
    }

    /// What the layer keeps of each request.
    pub(crate) fn captured(&self) -> &KeepOptions {
        &self.shared.captured
    }

    pub(crate) fn statuses(&self) -> &StatusMap {
        &self.shared.responder.policy.statuses
    }

    /// Whether a 5xx with a body of its own type is replaced too.
    pub(crate) fn replaces_bodies(&self) -> bool {
        self.shared.responder.policy.replaces_bodies
    }

    /// Whether a stream of events that fails ends with an event.
    pub(crate) fn sends_error_events(&self) -> bool {
        self.shared.responder.sends_error_events
    }

    pub(crate) fn shutdown_state(&self) -> &Shutdown {
        &self.shared.shutdown
    }
}
