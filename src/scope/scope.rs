//! [`Scope`]: a handle to what a request records.

use std::panic::Location;
use std::sync::Arc;

use super::current;
use super::scope_ref::{CarriedScope, CurrentScope, ScopeRef};
use super::shared::SharedScope;
use crate::report::callback::ReportCallback;
use crate::report::dispatch::Dispatch;
use crate::report::report::Report;
use crate::report::scope_data::ScopeData;

/// A handle to what one request records. All of it is included in every report of the request, and in no other
/// request's. Clones are handles to the same scope.
///
/// The most common operations:
///
/// * [`Scope::current`] returns the scope of the request whose code is running; axum handlers can also take a `Scope`
///   as an extractor.
/// * [`add_breadcrumb`](Self::add_breadcrumb) records a step, [`log`](Self::log) a log line.
/// * [`set_attribute`](Self::set_attribute) sets a scalar to search for, [`set_metadata`](Self::set_metadata) any
///   JSON to read.
/// * [`set_user`](Self::set_user) names the user, [`set_transaction`](Self::set_transaction) what is being done.
/// * [`notify`](Self::notify) reports an error that the application recovers from.
/// * [`spawn`](Self::spawn), [`run`](Self::run) and [`in_scope`](crate::report::InScope::in_scope) carry the scope to
///   tasks and threads.
///
/// # Where there is a scope
///
/// Every request inside [`Backstop::layer`](crate::Backstop::layer) has one, and
/// [`Backstop::scope`](crate::Backstop::scope) creates one for a job. Nested layers of the same Backstop share the
/// scope, and so does a request that a handler makes in-process to an app with the same Backstop. Outside of every
/// scope, and for a Backstop without reporters, a handle does nothing and [`is_active`](Self::is_active) returns
/// `false`.
///
/// A task that is spawned without the scope runs outside of it; its reports have the attribute `scope: unknown`.
///
/// # Limits
///
/// A scope keeps the last 100 breadcrumbs and the last 100 log lines, with messages of at most 1 KiB, 128 attributes,
/// 128 feature flags and 128 KiB of metadata. The report counts what was dropped in [`trimmed`](Report::trimmed).
/// Nothing is allocated before the first use.
///
/// ```
/// use axum::{Router, routing::get};
/// use backstop::{Backstop, Scope};
///
/// async fn order(scope: Scope) -> &'static str {
///     scope.set_attribute("tenant", "acme");
///     scope.add_breadcrumb("loaded the cart");
///     scope.add_feature_flag("new-checkout");
///     price();
///     "ordered"
/// }
///
/// fn price() {
///     Scope::current().add_breadcrumb("priced the cart");
/// }
///
/// let backstop = Backstop::production().build()?;
/// let app: Router = Router::new().route("/", get(order)).layer(backstop.layer());
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// `None` outside of every scope.
    scope: Option<ScopeRef>,
}

impl Scope {
    /// Returns the scope of the request or job whose code is running, or a handle that does nothing outside of every
    /// scope.
    #[must_use]
    pub fn current() -> Self {
        Self::new(current::scope())
    }

    /// Creates a scope that belongs to no request.
    pub(crate) fn of_job(dispatch: &Arc<Dispatch>) -> Self {
        Self::new(Some(ScopeRef::of_job(dispatch)))
    }

    pub(super) const fn new(scope: Option<ScopeRef>) -> Self {
        Self { scope }
    }

    pub(super) const fn get(&self) -> Option<&ScopeRef> {
        self.scope.as_ref()
    }

    /// Returns what is shared with the other handles, or `None` if the scope does not record.
    pub(super) fn used(&self) -> Option<&Arc<SharedScope>> {
        self.scope.as_ref()?.used()
    }

    /// Whether what is recorded here can become part of a report: there is a scope, and its Backstop has a reporter.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.used().is_some()
    }

    /// Adds a callback that can change each report of this scope, or drop it by returning `false`.
    ///
    /// Callbacks run on a worker, off the request path, in the order in which they were added and before the report is
    /// redacted. If one panics, its changes are undone. Callbacks are dropped with the scope. A callback must not own a
    /// handle to this scope, because the two would keep each other alive.
    ///
    /// ```
    /// use backstop::{Scope, report::FeatureFlag};
    ///
    /// Scope::current().on_report(|report| {
    ///     report.feature_flags.push(FeatureFlag::new("new-checkout"));
    ///     // Not worth a report.
    ///     report.errors[0].message != "the client has gone"
    /// });
    /// ```
    pub fn on_report(&self, callback: impl Fn(&mut Report) -> bool + Send + Sync + 'static) {
        if let Some(scope) = self.used() {
            let callback = ReportCallback::new(callback);
            // A clone is recorded, so that a callback beyond the limit is dropped outside of the lock.
            scope.record(|data| data.add_callback(callback.clone()));
        }
    }

    /// Removes everything that was recorded. Reports that were created before keep it.
    pub fn clear(&self) {
        if let Some(scope) = self.used() {
            let removed = scope.record(std::mem::take);
            drop(removed);
        }
    }

    /// Creates a value, which may run the application's code, and then records it under the lock.
    pub(super) fn record<T>(
        &self,
        make: impl FnOnce() -> T,
        change: impl FnOnce(&mut ScopeData, T),
    ) {
        if let Some(scope) = self.used() {
            let made = make();
            scope.record(|data| change(data, made));
        }
    }

    /// Returns this scope for the code that it is carried to from the caller's source location.
    #[track_caller]
    pub(super) fn carried(&self) -> Option<CurrentScope> {
        let location = Location::caller();
        let scope = self.scope.as_ref()?;
        let (outer, spans) = (current::spawn_trace(), current::span_path());
        let carried = CarriedScope::spawned_at(location, scope, outer.as_deref(), spans);
        Some(CurrentScope::Carried(carried))
    }
}

impl AsRef<Self> for Scope {
    fn as_ref(&self) -> &Self {
        self
    }
}
