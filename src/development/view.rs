//! [`DeveloperView`]: everything that a developer sees of a failure.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::editor::Editor;
use super::hint::{Hint, hints};
use super::limits::{ENTRIES, MESSAGE, NAME, VALUE, cut};
use super::request::ShownRequest;
use super::roots::SourceRoots;
use super::timeline::{self, Moment, value_text};
use super::trace::{FrameKind, Position, ShownFrame, Tracer};
use crate::backtrace::{LogicalTrace, SourceLocation};
use crate::disclosure::Redactor;
use crate::error::{Failure, Origin};
use crate::report::frame::SourceLine;
use crate::report::report::Report;
use crate::report::spawn_trace::TASK;
use crate::request::RequestInfo;

/// Everything that a developer sees of a failure, redacted and bounded.
#[derive(Debug)]
pub(crate) struct DeveloperView {
    pub(crate) status: StatusCode,
    pub(crate) id: String,
    /// The type of the error.
    pub(crate) type_name: Option<String>,
    /// The cause chain, outermost first; it is never empty.
    pub(crate) causes: Vec<ShownCause>,
    /// The line of the application that failed.
    pub(crate) culprit: Option<Culprit>,
    /// Why there is no such line, and how to get one.
    pub(crate) no_culprit: Option<&'static str>,
    pub(crate) hints: Vec<Hint>,
    /// Innermost first.
    pub(crate) frames: Vec<ShownFrame>,
    /// The spans and spawn sites around the code, innermost first.
    pub(crate) logical: Vec<String>,
    pub(crate) request: ShownRequest,
    pub(crate) timeline: Vec<Moment>,
    /// What else was recorded, by section.
    pub(crate) sections: Vec<(String, Vec<(String, String)>)>,
}

/// One link of the cause chain.
#[derive(Debug)]
pub(crate) struct ShownCause {
    pub(crate) type_name: Option<String>,
    pub(crate) message: String,
    pub(crate) position: Option<Position>,
}

/// The line of the application that failed.
#[derive(Debug)]
pub(crate) struct Culprit {
    pub(crate) position: Position,
    pub(crate) function: Option<String>,
    /// Empty if the file is not there.
    pub(crate) source: Vec<SourceLine>,
}

/// The settings of what developers see. They are read when a Backstop is built.
#[derive(Debug, Default)]
pub(crate) struct DeveloperSettings {
    pub(crate) editor: Option<Editor>,
    /// Whether frames and source are shown; never in production, whatever other Backstops of the process do.
    pub(crate) shows_frames: bool,
    /// Where source is read from.
    pub(crate) roots: SourceRoots,
    /// Prefixes of function names, and whether functions with this prefix are the application's.
    pub(crate) in_app: Vec<(String, bool)>,
}

/// What a view is made of.
pub(crate) struct ViewSource<'a> {
    pub(crate) failure: &'a Failure,
    pub(crate) request: &'a RequestInfo,
    /// The report of the failure, redacted.
    pub(crate) report: &'a Report,
    /// The headers of the response that is replaced.
    pub(crate) head: &'a HeaderMap,
    /// Whether source locations and frames are shown.
    pub(crate) shows_backtrace: bool,
    /// What the error says can be done about it, redacted.
    pub(crate) help: Option<&'a str>,
    pub(crate) redactor: &'a Redactor,
    pub(crate) settings: &'a DeveloperSettings,
}

impl DeveloperView {
    pub(crate) fn new(from: &ViewSource<'_>) -> Self {
        let report = from.report;
        let tracer = Tracer {
            roots: &from.settings.roots,
            editor: from.settings.editor.as_ref(),
            in_app: &from.settings.in_app,
            redactor: from.redactor,
        };
        let creation = from
            .failure
            .repr()
            .creation()
            .filter(|_| from.shows_backtrace && from.settings.shows_frames);
        let frames = creation.map_or_else(Vec::new, |it| tracer.frames(&it.text()));
        let logical = creation.map_or_else(Vec::new, |it| steps(it.logical(), report));
        let culprit = from
            .shows_backtrace
            .then(|| culprit(&tracer, report, &frames))
            .flatten();
        let no_culprit =
            (from.shows_backtrace && culprit.is_none()).then(|| no_culprit(from.failure.origin()));
        Self {
            status: from.failure.status(),
            id: report.id.hyphenated().to_string(),
            type_name: type_name(report),
            causes: causes(&tracer, from),
            culprit,
            no_culprit,
            hints: hints(report, from.request, from.head, from.help),
            frames,
            logical,
            request: ShownRequest::new(from.request, report, from.redactor),
            timeline: timeline::of(report),
            sections: sections(report),
        }
    }

    /// The outermost message.
    pub(crate) fn message(&self) -> &str {
        self.causes.first().map_or("", |cause| &cause.message)
    }
}

/// The type of the error: contexts have none.
fn type_name(report: &Report) -> Option<String> {
    let mut names = report
        .errors
        .iter()
        .filter_map(|error| error.type_name.as_deref());
    names.next().map(|name| cut(name, 2 * NAME))
}

fn causes(tracer: &Tracer<'_>, from: &ViewSource<'_>) -> Vec<ShownCause> {
    let errors = from.report.errors.iter();
    let causes = errors.map(|error| ShownCause {
        type_name: error.type_name.as_deref().map(|name| cut(name, 2 * NAME)),
        message: cut(&error.message, MESSAGE),
        position: error
            .location
            .as_ref()
            .filter(|_| from.shows_backtrace)
            .map(|location| tracer.locate(location).0),
    });
    causes.collect()
}

/// The innermost location of the chain that is the application's, else its innermost frame, else any location.
fn culprit(tracer: &Tracer<'_>, report: &Report, frames: &[ShownFrame]) -> Option<Culprit> {
    let locations = report.errors.iter().rev();
    let locations = locations.filter_map(|error| error.location.as_ref());
    let located = |location: &SourceLocation| {
        let (position, source) = tracer.locate(location);
        let frame = frames.iter().find(|frame| {
            let at = frame.position.as_ref();
            at.is_some_and(|at| at.file == position.file && at.line == position.line)
        });
        Culprit {
            function: frame.and_then(|frame| frame.function.clone()),
            position,
            source,
        }
    };
    let mut located: Vec<Culprit> = locations.map(located).collect();
    if let Some(index) = located.iter().position(|it| !it.source.is_empty()) {
        return Some(located.swap_remove(index));
    }
    let own = frames
        .iter()
        .find(|frame| frame.kind == FrameKind::Application);
    let own = own.and_then(|frame| {
        Some(Culprit {
            position: frame.position.clone()?,
            function: frame.function.clone(),
            source: frame.source.clone(),
        })
    });
    own.or_else(|| (!located.is_empty()).then(|| located.swap_remove(0)))
}

const fn no_culprit(origin: Origin) -> &'static str {
    match origin {
        Origin::Panic => {
            "Where the panic started is known if the panic hook is installed: call `backstop.install_panic_hook()` at the \
             start of `main`."
        }
        Origin::Response => {
            "The response was made without an error, so nothing says where. Return `backstop::Result` from the handler: `?`, \
             or a constructor such as `Error::not_found(…)`, keeps its source location."
        }
        _ => {
            "The error was returned as it is, so nothing says where. Return `backstop::Result` from the handler: `?` converts \
             the error and keeps its source location."
        }
    }
}

/// The spans and spawn sites of the code that created the error, else those of the task that the failure left.
fn steps(logical: &LogicalTrace, report: &Report) -> Vec<String> {
    let spans = logical.spans.iter().map(|span| {
        let text = crate::report::spawn_trace::describe(span);
        format!("in the span {text}")
    });
    let spawned = logical.spawned_at.iter();
    let spawned = spawned.map(|location| format!("spawned at {location}"));
    let mut steps: Vec<String> = spans.chain(spawned).take(ENTRIES).collect();
    if steps.is_empty()
        && let Some(task) = report.metadata.get(TASK)
    {
        for (lead, key) in [("in the span", "spans"), ("spawned at", "spawned_at")] {
            let texts = task
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            steps.extend(
                texts
                    .filter_map(Value::as_str)
                    .map(|text| format!("{lead} {text}")),
            );
        }
    }
    steps
}

/// Attributes, metadata, flags and the user.
fn sections(report: &Report) -> Vec<(String, Vec<(String, String)>)> {
    let entry = |(key, value): (&String, &Value)| (cut(key, NAME), value_text(value));
    let mut sections: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut add = |name: &str, entries: Vec<(String, String)>| {
        if !entries.is_empty() && sections.len() < ENTRIES {
            sections.push((cut(name, NAME), entries));
        }
    };
    if let Some(fields) = report.metadata.get("error") {
        add("error", fields.iter().take(ENTRIES).map(entry).collect());
    }
    if let Some(user) = &report.user {
        let members = [
            ("id", &user.id),
            ("name", &user.name),
            ("email", &user.email),
        ];
        let members = members
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), cut(value.as_deref()?, VALUE))));
        add("user", members.collect());
    }
    let flags = report.feature_flags.iter().take(ENTRIES).map(|flag| {
        let variant = flag.variant.as_deref().unwrap_or("on");
        (cut(&flag.name, NAME), cut(variant, VALUE))
    });
    add("feature flags", flags.collect());
    add(
        "attributes",
        report.attributes.iter().take(ENTRIES).map(entry).collect(),
    );
    for (name, members) in &report.metadata {
        if name != TASK && name != "error" {
            add(name, members.iter().take(ENTRIES).map(entry).collect());
        }
    }
    let app = report.app.iter().flat_map(|app| {
        [
            ("name", &app.name),
            ("version", &app.version),
            ("release stage", &app.release_stage),
        ]
    });
    let app = app.filter_map(|(key, value)| Some((key.to_owned(), cut(value.as_deref()?, VALUE))));
    add("application", app.collect());
    let trace = [("trace id", &report.trace_id), ("span id", &report.span_id)];
    let trace = trace
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
    add("trace", trace.collect());
    add(
        "not kept",
        report
            .trimmed
            .iter()
            .take(ENTRIES)
            .map(|what| (cut(what, NAME), String::new()))
            .collect(),
    );
    sections
}
