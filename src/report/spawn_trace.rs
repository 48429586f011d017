//! Where spawned code comes from: the source locations at which its scope was carried to it, and the tracing spans that
//! it ran in.

use std::panic::Location;
use std::sync::Arc;

use serde_json::Value;
use tracing::Metadata;

use super::report::Report;
use crate::backtrace::SourceLocation;

/// The most spawn sites that a trace keeps; a new one replaces the oldest.
const MAX_SITES: usize = 8;
/// The most spans that a report names.
const MAX_SPANS: usize = 16;
/// The section of the metadata, and its members.
pub(crate) const TASK: &str = "task";
pub(crate) const SPAWNED_AT: &str = "spawned_at";
pub(crate) const SPANS: &str = "spans";

/// A span and those around it, innermost first: their static metadata, without field values.
pub(crate) type SpanPath = Arc<[&'static Metadata<'static>]>;

/// The source locations at which a scope was carried to other code, by `spawn`, `in_scope` or `run`.
#[derive(Debug)]
pub(crate) struct SpawnTrace {
    /// The newest one last.
    sites: Vec<SpawnSite>,
    /// How many older ones were dropped.
    dropped: usize,
}

/// One source location at which a scope was carried to other code, and the spans that were entered there.
#[derive(Clone, Debug)]
struct SpawnSite {
    location: &'static Location<'static>,
    spans: Option<SpanPath>,
}

impl SpawnTrace {
    /// Returns the trace of the current code, extended by this location.
    pub(crate) fn extend(
        outer: Option<&Self>,
        location: &'static Location<'static>,
        spans: Option<SpanPath>,
    ) -> Self {
        let known = outer.map_or(&[][..], |outer| &*outer.sites);
        let surplus = (known.len() + 1).saturating_sub(MAX_SITES);
        let mut sites = Vec::with_capacity(known.len() - surplus + 1);
        sites.extend_from_slice(&known[surplus..]);
        sites.push(SpawnSite { location, spans });
        Self {
            sites,
            dropped: outer.map_or(0, |outer| outer.dropped) + surplus,
        }
    }

    /// The source locations, newest first.
    pub(crate) fn locations(&self) -> Vec<&'static Location<'static>> {
        self.sites.iter().rev().map(|site| site.location).collect()
    }
}

/// Where the code in which a failure occurred was spawned.
#[derive(Debug)]
pub(crate) struct SpawnOrigin {
    trace: Option<Arc<SpawnTrace>>,
    spans: Option<SpanPath>,
}

impl SpawnOrigin {
    /// `None` if nothing is known.
    pub(crate) fn new(
        trace: Option<Arc<SpawnTrace>>,
        spans: Option<SpanPath>,
    ) -> Option<Box<Self>> {
        let is_known = trace.is_some() || spans.is_some();
        is_known.then(|| Box::new(Self { trace, spans }))
    }

    /// Adds it to the metadata of a report.
    pub(super) fn merge_into(&self, report: &mut Report) {
        let trace = self.trace.as_deref();
        let sites = trace.map_or(&[][..], |trace| &*trace.sites);
        let spans = self.spans(sites);
        for (what, count) in [
            ("oldest spawn sites", trace.map_or(0, |trace| trace.dropped)),
            ("outermost spans", spans.len().saturating_sub(MAX_SPANS)),
        ] {
            if count > 0 {
                report.trimmed.push(format!("{what}: {count}"));
            }
        }
        let locations = sites.iter().rev().map(|site| site.location);
        let locations = locations.map(|location| SourceLocation::from(location).to_string());
        let spans = spans.into_iter().take(MAX_SPANS).map(describe);
        let section = report.metadata.entry(TASK.to_owned()).or_default();
        let mut insert = |key: &str, values: Vec<Value>| {
            if !values.is_empty() {
                section.insert(key.to_owned(), Value::Array(values));
            }
        };
        insert(SPAWNED_AT, locations.map(Value::String).collect());
        insert(SPANS, spans.map(Value::String).collect());
    }

    /// The spans of the code itself, then those of its spawn sites, newest first, without duplicates.
    fn spans(&self, sites: &[SpawnSite]) -> Vec<&Metadata<'static>> {
        let of_sites = sites.iter().rev().filter_map(|site| site.spans.as_ref());
        let mut spans: Vec<&Metadata<'static>> = Vec::new();
        for span in self.spans.iter().chain(of_sites).flat_map(|path| &**path) {
            if !spans.iter().any(|known| std::ptr::eq(*known, *span)) {
                spans.push(span);
            }
        }
        spans
    }
}

/// `shop::stock::load at src/stock.rs:12`.
pub(crate) fn describe(span: &Metadata<'static>) -> String {
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
