//! [`Scope`]: the story of one request, told while it happens.

use std::panic::Location;
use std::sync::Arc;

use serde::Serialize;
use uuid::Uuid;

use super::callback::Edit;
use super::dispatch::Dispatch;
use super::inner::SharedScope;
use super::parts::{Scalar, now};
use super::record::{ANNOTATIONS, Record};
use super::slot::{CurrentScope, ScopeGuard};
use super::task::Task;
use super::{
    Breadcrumb, Event, Flatten, LogLine, Mechanism, Report, Reportable, Severity, User, slot,
};
use crate::error::Failure;

/// A handle to the story of one request: what is recorded here goes into every report of the request, and
/// into no other's. Clones are handles to the same story.
///
/// Inside [`Backstop::layer`](crate::Backstop::layer) it is an extractor that never fails, and
/// [`current`](Self::current) finds it anywhere in the request's code. Outside it is a silent handle that
/// does nothing. Jobs have a scope of their own by [`Backstop::scope`](crate::Backstop::scope).
///
/// A task that is spawned bare loses the scope, and its reports say so (attribute `scope: lost`): take the
/// scope along by [`spawn`](Self::spawn), [`in_scope`](crate::report::InScope::in_scope) or [`run`](Self::run).
///
/// Layers of one Backstop around each other share the scope; so does a request that a handler makes in-process
/// of an app with the same Backstop, for it is a part of the handler's request.
///
/// What is recorded is bounded (100 breadcrumbs and log lines of 1 KiB, 128 attributes and flags, 128 KiB of
/// metadata); the report tells in `trimmed` what was left out. Nothing is allocated before the first use.
///
/// ```
/// use axum::{Router, routing::get};
/// use backstop::{Backstop, Scope};
///
/// async fn order(scope: Scope) -> &'static str {
///     scope.attribute("tenant", "acme");
///     scope.breadcrumb("loaded the cart");
///     scope.feature_flag("new-checkout");
///     price();
///     "ordered"
/// }
///
/// fn price() {
///     Scope::current().breadcrumb("priced the cart");
/// }
///
/// let backstop = Backstop::production().build()?;
/// let app: Router = Router::new().route("/", get(order)).layer(backstop.layer());
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// None: a handle that does nothing.
    inner: Option<Arc<SharedScope>>,
}

impl Scope {
    /// The scope of the request whose code is running; a handle that does nothing where there is none.
    #[must_use]
    pub fn current() -> Self {
        slot::scope()
    }

    /// A scope that belongs to no request.
    pub(crate) fn of_job(owner: &Arc<Dispatch>) -> Self {
        Self::of(Some(Arc::new(SharedScope::of_job(Arc::clone(owner)))))
    }

    pub(super) const fn of(inner: Option<Arc<SharedScope>>) -> Self {
        Self { inner }
    }

    pub(super) const fn inner(&self) -> Option<&Arc<SharedScope>> {
        self.inner.as_ref()
    }

    /// Whether what is recorded here is heard by anybody: `false` for the handle that does nothing.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.inner.is_some()
    }

    /// Leaves a breadcrumb: a text, or a [`Breadcrumb`] with its kind, level and data.
    pub fn breadcrumb(&self, crumb: impl Into<Breadcrumb>) {
        self.record(|| crumb.into(), Record::breadcrumb);
    }

    /// Sets an attribute: a scalar that reporters index.
    pub fn attribute(&self, key: impl Into<String>, value: impl Into<Scalar>) {
        self.record(
            || (key.into(), value.into().into_value()),
            |record, (key, value)| record.attribute(key, value),
        );
    }

    /// Sets an attribute for each member of an object, by dotted keys; see [`Flatten`].
    pub fn attributes_from(&self, object: impl Into<Flatten>) {
        self.record(
            || object.into().attributes(),
            |record, attributes| {
                for (key, value) in attributes {
                    record.attribute(key, value);
                }
            },
        );
    }

    /// Sets an annotation: any JSON. It is the section `annotations` of the [metadata](Self::metadata).
    pub fn annotation(&self, key: impl Into<String>, value: impl Serialize) {
        self.metadata(ANNOTATIONS, key, value);
    }

    /// Sets any JSON in a section of its own. What fails to serialise is left out.
    pub fn metadata(
        &self,
        section: impl Into<String>,
        key: impl Into<String>,
        value: impl Serialize,
    ) {
        self.record(
            || (section.into(), key.into(), serde_json::to_value(value)),
            |record, (section, key, value)| {
                if let Ok(value) = value {
                    record.metadata(section, key, value);
                }
            },
        );
    }

    /// Tells that a feature flag was evaluated.
    pub fn feature_flag(&self, name: impl Into<String>) {
        self.record(
            || name.into(),
            |record, name| record.feature_flag(name, None),
        );
    }

    /// Tells which variant of a feature was chosen.
    pub fn feature_variant(&self, name: impl Into<String>, variant: impl Into<String>) {
        self.record(
            || (name.into(), variant.into()),
            |record, (name, variant)| record.feature_flag(name, Some(variant)),
        );
    }

    /// Tells who asked: a [`User`], or only the application's id of one.
    pub fn user(&self, user: impl Into<User>) {
        self.record(|| user.into(), Record::user);
    }

    /// Adds a line to the log that goes with the report.
    pub fn log(&self, level: Severity, message: impl Into<String>) {
        let line = || LogLine {
            timestamp: now(),
            level,
            message: message.into(),
        };
        self.record(line, Record::log);
    }

    /// Names what is being done. Default: method and matched route, `GET /orders/{id}`.
    pub fn transaction(&self, name: impl Into<String>) {
        self.record(
            || name.into(),
            |record, name| record.transaction = Some(record.named(name)),
        );
    }

    /// Says what groups this request's reports. Default: the types of the errors and the first place.
    pub fn fingerprint(&self, text: impl Into<String>) {
        self.record(
            || text.into(),
            |record, text| record.fingerprint = Some(record.named(text)),
        );
    }

    /// Calls back with every report of this request, off its path: to edit it, or to drop it by `false`. The
    /// callbacks run in their order and end with the request; one that panics changes nothing. What they
    /// write is scrubbed afterwards.
    ///
    /// A callback that owns this scope would keep it alive for ever: it is given all it needs.
    pub fn on_report(&self, edit: impl Fn(&mut Report) -> bool + Send + Sync + 'static) {
        let refused = self.inner().map(|inner| {
            let edit = Edit::new(edit);
            inner.record(|record| record.on_report(edit.clone()));
            edit
        });
        drop(refused);
    }

    /// Reports an error that the application goes on after: handled, severity warning, mechanism `notify`. It returns the
    /// report's id, or `None` where nobody listens.
    ///
    /// A [`backstop::Error`](crate::Error) that is returned later is not reported again, and is answered
    /// under the same id.
    #[track_caller]
    pub fn notify<E: Reportable + ?Sized>(&self, error: &E) -> Option<Uuid> {
        self.tell(error.failure(), Mechanism::Notify)
    }

    /// Runs a closure in this scope: for threads, and `spawn_blocking`.
    ///
    /// ```
    /// # let scope = backstop::Scope::current();
    /// let sum = std::thread::spawn(move || scope.run(|| 1 + 1)).join().unwrap();
    /// # assert_eq!(sum, 2);
    /// ```
    #[track_caller]
    pub fn run<T>(&self, run: impl FnOnce() -> T) -> T {
        if self.inner().is_none_or(slot::is_current) {
            return run();
        }
        let mut slot = self.taken();
        let _bound = ScopeGuard::enter(&mut slot);
        run()
    }

    /// Spawns a future on tokio in this scope. It may outlive the request, and its reports still tell the
    /// request's story, and under `metadata.task` where it was spawned: this place, and those of the spawns around
    /// it, newest first. At most 8 are told; of older ones `trimmed` tells how many there were.
    ///
    /// A panic in it is reported as unhandled, with the mechanism [`Task`](Mechanism::Task), whether there is a
    /// [panic hook](crate::Backstop::install_panic_hook) or not, and goes on to tokio, so that the handle tells of it
    /// too. What the future returns is the caller's: of a future that may fail [`backstop::spawn`](crate::spawn)
    /// reports the error.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, as [`tokio::spawn`] does.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> tokio::task::JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        tokio::spawn(Task::new(future, self.taken()))
    }

    /// An extractor has refused the request.
    #[cfg(feature = "tracing-subscriber")]
    pub(crate) fn rejection(&self, type_name: Option<&str>, status: Option<u16>) {
        self.record(
            || Some((type_name?.to_owned(), status?)),
            |record, rejection| record.rejection = rejection,
        );
    }

    /// Reports what the application tells of itself.
    pub(super) fn tell(&self, failure: Failure, mechanism: Mechanism) -> Option<Uuid> {
        let inner = self.inner().filter(|inner| inner.owner().listens())?;
        match Event::told(failure, mechanism, inner.owner(), inner.story()) {
            Ok(captured) => {
                let id = captured.failure.id();
                inner.capture(captured);
                Some(id)
            }
            Err(known) => Some(known),
        }
    }

    /// The slot of code that this scope is taken along to, from the caller's place.
    #[track_caller]
    pub(super) fn taken(&self) -> Option<CurrentScope> {
        let at = Location::caller();
        self.inner().map(|inner| CurrentScope::taken(inner, at))
    }

    /// Makes a value, which may be the application's code, and records it under the lock.
    pub(super) fn record<T>(&self, make: impl FnOnce() -> T, change: impl FnOnce(&mut Record, T)) {
        if let Some(inner) = self.inner() {
            let made = make();
            inner.record(|record| change(record, made));
        }
    }
}
