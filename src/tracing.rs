//! Spans that carry the scope, and events that become breadcrumbs (feature `tracing-subscriber`).
//!
//! A task that is spawned bare loses its request's [`Scope`]. With [`TracingLayer`] in the subscriber every
//! span remembers the request in which it was made, or in which the request began, so that
//! `tokio::spawn(future.in_current_span())` and `span.in_scope(…)` on another thread find it again. A span
//! around several requests, such as a connection's, belongs to none of them.
//!
//! Reports from a task or a thread name the spans that it ran in, with their places in the source
//! (`metadata.task.spans`), innermost first; what is in the spans' fields is not told.
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
//! axum tells the type of an extractor's rejection in an event of the target `axum::rejection`, on the level
//! TRACE: where the subscriber's filter lets that through, the report of such a response has the
//! rejection's type.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::report::span::SpanScope;
use crate::report::{Breadcrumb, BreadcrumbKind, Scope, Severity, span};

/// The layer for a `tracing` subscriber; see the [module docs](self).
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until a subscriber has it"]
pub struct TracingLayer {
    breadcrumbs: Option<Level>,
}

impl Default for TracingLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl TracingLayer {
    /// A layer that makes breadcrumbs of events from INFO on.
    pub const fn new() -> Self {
        Self {
            breadcrumbs: Some(Level::INFO),
        }
    }

    /// Which events become breadcrumbs: those of this level and above, or none. Default: [`Level::INFO`].
    pub fn breadcrumbs(mut self, level: impl Into<Option<Level>>) -> Self {
        self.breadcrumbs = level.into();
        self
    }
}

impl<S> Layer<S> for TracingLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        let parent = span.parent().and_then(|parent| mark(&parent));
        let is_explicit = attributes.parent().is_some();
        let made = SpanScope::new(attributes.metadata(), parent.as_deref(), is_explicit);
        span.extensions_mut().insert(Arc::new(made));
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if let Some(mark) = context.span(id).and_then(|span| mark(&span)) {
            span::enter(id.into_u64(), mark);
        }
    }

    fn on_exit(&self, id: &Id, _context: Context<'_, S>) {
        span::exit(id.into_u64());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let is_rejection = metadata.target() == "axum::rejection";
        let is_crumb = self
            .breadcrumbs
            .is_some_and(|level| *metadata.level() <= level);
        // Our own record tells of the failure that the report is about.
        if !(is_rejection || is_crumb && metadata.target() != "backstop") {
            return;
        }
        let mut scope = Scope::current();
        if !scope.is_active() {
            let of_span = context.event_span(event).and_then(|span| mark(&span));
            scope = of_span.map(|mark| mark.handle()).unwrap_or_default();
        }
        if !scope.is_active() {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        if is_rejection {
            scope.rejection(fields.text("rejection_type"), fields.status());
        }
        if is_crumb {
            scope.breadcrumb(fields.breadcrumb(metadata.target(), *metadata.level()));
        }
    }
}

fn mark<'a, S: LookupSpan<'a>>(
    span: &tracing_subscriber::registry::SpanRef<'a, S>,
) -> Option<Arc<SpanScope>> {
    span.extensions().get::<Arc<SpanScope>>().cloned()
}

/// What an event says.
#[derive(Default)]
struct Fields {
    message: String,
    data: Map<String, Value>,
}

/// Bytes of one field that are kept.
const MAX_FIELD: usize = 1024;

impl Fields {
    fn text(&self, name: &str) -> Option<&str> {
        self.data.get(name)?.as_str()
    }

    fn status(&self) -> Option<u16> {
        u16::try_from(self.data.get("status")?.as_u64()?).ok()
    }

    fn breadcrumb(mut self, target: &str, level: Level) -> Breadcrumb {
        self.data.insert("target".to_owned(), target.into());
        let level = match level {
            Level::ERROR => Severity::Error,
            Level::WARN => Severity::Warning,
            _ => Severity::Info,
        };
        Breadcrumb::new(self.message)
            .kind(BreadcrumbKind::Log)
            .level(level)
            .data(self.data)
    }

    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.data.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &crate::report::cut(format!("{value:?}"), MAX_FIELD));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.insert(field, crate::report::cut(value.to_owned(), MAX_FIELD));
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
