//! Spans that carry the scope, and events that become breadcrumbs (feature `tracing-subscriber`).
//!
//! A spawned task runs outside of its request's [`Scope`]. With a [`TracingLayer`] in the subscriber, every span
//! remembers the request in which it was created, or the one that began inside it. So
//! `tokio::spawn(future.in_current_span())`, and `span.in_scope(…)` on another thread, run in that request's scope. A
//! span around several requests, such as a connection's, belongs to none of them.
//!
//! Reports from a task or a thread name the spans that it ran in, with their source locations, innermost first
//! (`metadata.task.spans`). They do not contain the spans' fields.
//!
//! ```
//! use backstop::tracing::TracingLayer;
//! use tracing::Level;
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! let subscriber = tracing_subscriber::registry().with(TracingLayer::new().breadcrumbs(Level::DEBUG));
//! # drop(subscriber);
//! ```
//!
//! An event at ERROR level may say why a response has a status of 500 or above: middleware, and many a handler, log the
//! error and respond with nothing but the status. The last such event of a request becomes the errors of the report,
//! with its source location, if nothing better is known: its message, and its field `error` or `err` as the cause.
//! Events of tower-http's `TraceLayer`, which only say that a request failed, are left out.
//!
//! axum logs the type of an extractor's rejection in an event with the target `axum::rejection`, at TRACE level. If the
//! subscriber's filter enables that event, the report of the response contains the type.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::backtrace::SourceLocation;
use crate::report::breadcrumb::{Breadcrumb, BreadcrumbKind};
use crate::report::report_error::ReportError;
use crate::report::severity::Severity;
use crate::scope::Scope;
use crate::scope::span::{self, LayerAlive, Parent, SpanScope};
use crate::text::prefix;

/// A layer for a `tracing` subscriber; see the [module docs](self).
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is added to a subscriber"]
pub struct TracingLayer {
    breadcrumbs: Option<Level>,
    /// Set once it is part of a subscriber.
    alive: Option<LayerAlive>,
}

impl Default for TracingLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl TracingLayer {
    /// Creates a layer that turns events at [`Level::INFO`] and above into breadcrumbs.
    pub const fn new() -> Self {
        Self {
            breadcrumbs: Some(Level::INFO),
            alive: None,
        }
    }

    /// Sets which events become breadcrumbs: those at this level and above, or none. Default: [`Level::INFO`].
    pub fn breadcrumbs(mut self, level: impl Into<Option<Level>>) -> Self {
        self.breadcrumbs = level.into();
        self
    }
}

impl<S> Layer<S> for TracingLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_layer(&mut self, _subscriber: &mut S) {
        self.alive = Some(LayerAlive::default());
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        // The current span of the subscriber may be that of another task.
        let parent = if attributes.is_contextual() {
            Parent::Current
        } else if attributes.is_root() {
            Parent::Root
        } else {
            Parent::Explicit(span.parent().and_then(|parent| span_scope(&parent)))
        };
        let new = span::new(attributes.metadata(), parent, self.alive.as_ref());
        // `insert` would panic if the subscriber had two of these layers.
        span.extensions_mut().replace(Arc::new(new));
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if let Some(scope) = context.span(id).and_then(|span| span_scope(&span)) {
            span::enter(id.into_u64(), scope);
        }
    }

    fn on_exit(&self, id: &Id, _context: Context<'_, S>) {
        span::exit(id.into_u64());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let is_rejection = metadata.target() == "axum::rejection";
        // Backstop's own events describe failures that are reported anyway.
        let is_breadcrumb = metadata.target() != "backstop"
            && self
                .breadcrumbs
                .is_some_and(|level| *metadata.level() <= level);
        if !is_rejection && !is_breadcrumb {
            return;
        }
        let mut scope = Scope::current();
        if !scope.is_active() && event.parent().is_some() {
            let of_span = context.event_span(event).and_then(|span| span_scope(&span));
            scope = of_span.map(|span| span::scope(&span)).unwrap_or_default();
        }
        if !scope.is_active() {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        if is_rejection {
            scope.set_rejection(fields.text("rejection_type"), fields.status());
        }
        if is_breadcrumb && *metadata.level() == Level::ERROR && !is_summary(metadata.target()) {
            scope.set_logged_errors(fields.errors(metadata));
        }
        if is_breadcrumb {
            scope.add_breadcrumb(fields.into_breadcrumb(metadata));
        }
    }
}

/// Whether events with this target only say that a request failed: those of tower-http's `TraceLayer`.
fn is_summary(target: &str) -> bool {
    target.starts_with("tower_http::trace")
}

fn span_scope<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) -> Option<Arc<SpanScope>> {
    span.extensions().get::<Arc<SpanScope>>().cloned()
}

/// The fields of an event.
#[derive(Default)]
struct Fields {
    message: String,
    data: Map<String, Value>,
}

/// The most bytes of a field's text that are kept.
const MAX_FIELD: usize = 1024;

impl Fields {
    fn text(&self, name: &str) -> Option<&str> {
        self.data.get(name)?.as_str()
    }

    fn status(&self) -> Option<u16> {
        u16::try_from(self.data.get("status")?.as_u64()?).ok()
    }

    /// What an event at ERROR level says: its message and the error in its fields, which is the message of an event
    /// without one.
    fn errors(&self, metadata: &Metadata<'_>) -> Vec<ReportError> {
        let error = ["error", "err"].iter().find_map(|name| self.text(name));
        let texts = [Some(&*self.message), error];
        let texts = texts.into_iter().flatten().filter(|text| !text.is_empty());
        let mut errors: Vec<ReportError> = texts.map(ReportError::new).collect();
        if let (Some(first), Some(file)) = (errors.first_mut(), metadata.file()) {
            let line = metadata.line().unwrap_or(1);
            first.location = Some(SourceLocation::new(file.to_owned(), line, 1));
        }
        errors
    }

    fn into_breadcrumb(mut self, metadata: &Metadata<'_>) -> Breadcrumb {
        let (target, level) = (metadata.target(), *metadata.level());
        self.add_message(metadata.name());
        self.data.insert("target".to_owned(), target.into());
        let level = match level {
            Level::ERROR => Severity::Error,
            Level::WARN => Severity::Warning,
            _ => Severity::Info,
        };
        Breadcrumb::new(self.message)
            .with_kind(BreadcrumbKind::Log)
            .with_level(level)
            .with_data(self.data)
    }

    /// For an event without a message, such as that of `#[instrument(err)]`: the error, else the name that was given to
    /// the event. The name that `tracing` gives it is only its source location.
    fn add_message(&mut self, name: &str) {
        if !self.message.is_empty() {
            return;
        }
        let error = ["error", "err", "exception.message"];
        if let Some(text) = error.into_iter().find_map(|name| self.text(name)) {
            self.message = text.to_owned();
        } else if !name.starts_with("event ") {
            name.clone_into(&mut self.message);
        }
    }

    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.data.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.insert(field, prefix(value, MAX_FIELD));
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }
}
