//! Long traces: where the code that failed was started, and the tracing spans that it ran in.

use std::panic::Location;
use std::sync::Arc;

use serde_json::Value;
use tracing::Metadata;

use super::inner::SharedScope;
use super::{Report, slot, span};
use crate::backtrace::SourceLocation;

/// Places that are kept; older ones make room.
const MAX_HOPS: usize = 8;
/// Spans that a report names.
const MAX_SPANS: usize = 16;
/// The section of the metadata, and its members.
pub(crate) const TASK: &str = "task";
pub(crate) const SPAWNED_AT: &str = "spawned_at";
pub(crate) const SPANS: &str = "spans";

/// A span and those around it, innermost first: only what the source says of them.
pub(crate) type Lineage = Arc<[&'static Metadata<'static>]>;

/// A scope that was taken along, and by which way: a span adds no place to it.
#[derive(Debug)]
pub(crate) struct Taken {
    scope: Arc<SharedScope>,
    /// The newest last.
    hops: Vec<Hop>,
    /// How many older ones there were.
    older: usize,
}

/// One place at which a scope was taken along.
#[derive(Clone, Debug)]
struct Hop {
    at: &'static Location<'static>,
    spans: Option<Lineage>,
}

impl Taken {
    /// Takes a scope along from here: by the way that the code here has come, and this place.
    pub(super) fn new(scope: &Arc<SharedScope>, at: &'static Location<'static>) -> Self {
        let outer = slot::taken().flatten();
        let outer = outer.as_deref();
        let hops = outer.map_or(&[][..], |outer| &*outer.hops);
        let over = (hops.len() + 1).saturating_sub(MAX_HOPS);
        let mut kept = Vec::with_capacity(hops.len() - over + 1);
        kept.extend_from_slice(&hops[over..]);
        kept.push(Hop {
            at,
            spans: span::lineage(),
        });
        Self {
            scope: Arc::clone(scope),
            hops: kept,
            older: outer.map_or(0, |outer| outer.older) + over,
        }
    }

    /// A scope that a span carries from its request's own code.
    pub(super) fn carried(scope: &Arc<SharedScope>) -> Self {
        Self {
            scope: Arc::clone(scope),
            hops: Vec::new(),
            older: 0,
        }
    }

    pub(super) const fn scope(&self) -> &Arc<SharedScope> {
        &self.scope
    }
}

/// How code that does not run in its request's own future came to run.
#[derive(Debug)]
pub(crate) struct Whence {
    taken: Option<Arc<Taken>>,
    spans: Option<Lineage>,
}

impl Whence {
    /// Of the code here: nothing where it is a request's own future, and handles are cloned elsewhere.
    pub(super) fn current() -> Option<Box<Self>> {
        let (taken, spans) = (slot::taken()?, span::lineage());
        let has_hops = taken.as_ref().is_some_and(|taken| !taken.hops.is_empty());
        let is_known = has_hops || spans.is_some();
        is_known.then(|| Box::new(Self { taken, spans }))
    }

    /// Writes it into the report's metadata.
    pub(super) fn merge_into(&self, report: &mut Report) {
        let hops = self.taken.as_ref().map_or(&[][..], |taken| &*taken.hops);
        let hops = hops.iter().rev();
        let places = hops
            .clone()
            .map(|hop| SourceLocation::from(hop.at).to_string());
        let lineages = self
            .spans
            .iter()
            .chain(hops.filter_map(|hop| hop.spans.as_ref()));
        let mut spans: Vec<&Metadata<'static>> = Vec::new();
        for span in lineages.flat_map(|lineage| &**lineage) {
            if !spans.iter().any(|known| std::ptr::eq(*known, *span)) {
                spans.push(span);
            }
        }
        let mut trim = |what: &str, count: usize| {
            if count > 0 {
                report.trimmed.push(format!("older {what}: {count}"));
            }
        };
        trim("spawns", self.taken.as_ref().map_or(0, |taken| taken.older));
        trim("spans", spans.len().saturating_sub(MAX_SPANS));
        let spans = spans.into_iter().take(MAX_SPANS).map(named);
        let section = report.metadata.entry(TASK.to_owned()).or_default();
        let mut insert = |key: &str, values: Vec<Value>| {
            if !values.is_empty() {
                section.insert(key.to_owned(), Value::Array(values));
            }
        };
        insert(SPAWNED_AT, places.map(Value::String).collect());
        insert(SPANS, spans.map(Value::String).collect());
    }
}

/// `shop::stock::load at src/stock.rs:12`.
fn named(span: &Metadata<'static>) -> String {
    let mut text = format!("{}::{}", span.target(), span.name());
    for (lead, part) in [
        (" at ", span.file().map(str::to_owned)),
        (":", span.line().map(|line| line.to_string())),
    ] {
        if let Some(part) = part {
            text.push_str(lead);
            text.push_str(&part);
        }
    }
    text
}
