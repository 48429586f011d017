//! Frames and their source.

use backstop::Report;
use backstop::report::{DebugImage, Frame, SourceLine};
use backstop_http::json::object;
use backstop_http::stack::{exceptions, source_near};
use serde_json::{Map, Value, json};

/// How source is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Excerpt {
    pub(crate) lines: u32,
    pub(crate) tab_width: u32,
}

/// The frames of the backtrace, whose source is added to `sources`. Without a backtrace, the source locations of the
/// errors, root cause first.
pub(crate) fn stack(
    report: &Report,
    excerpt: Excerpt,
    sources: &mut Map<String, Value>,
) -> Vec<Value> {
    let frames = report.frames.iter();
    let mut stack: Vec<Value> = frames
        .map(|frame| {
            let image = report.debug_images.iter();
            let image = image.map(|it| &**it).find(|it| it.contains(frame.address));
            self::frame(frame, image, excerpt, sources)
        })
        .collect();
    if stack.is_empty() {
        stack = locations(report);
    }
    if stack.is_empty() {
        stack.push(json!({"funcName": "<no stack captured>"}));
    }
    stack
}

/// One frame. The server requires a name or an address. Without a line, it resolves the address with the uploaded debug
/// file of this id.
fn frame(
    frame: &Frame,
    image: Option<&DebugImage>,
    excerpt: Excerpt,
    sources: &mut Map<String, Value>,
) -> Value {
    let name = match (&frame.function, frame.address) {
        (None, 0) => Some("<unknown>"),
        (function, _) => function.as_deref(),
    };
    let address = (frame.address != 0).then(|| format!("{:#x}", frame.address));
    let source = source(frame, excerpt).map(|source| {
        let id = format!("src{}", sources.len());
        sources.insert(id.clone(), source);
        id
    });
    object([
        ("funcName", json!(name)),
        ("address", json!(address)),
        (
            "library",
            json!(frame.file.as_ref().or_else(|| image.map(|it| &it.file))),
        ),
        ("debug_identifier", json!(image.map(debug_identifier))),
        ("line", json!(frame.line)),
        ("column", json!(frame.column)),
        ("sourceCode", json!(source)),
    ])
}

/// The id as Breakpad's tools write it: in upper case, with an age of 0 at its end.
fn debug_identifier(image: &DebugImage) -> String {
    format!("{:X}0", image.debug_id.as_simple())
}

/// The lines around that of the frame, without a gap.
fn source(frame: &Frame, excerpt: Excerpt) -> Option<Value> {
    let line = frame.line?;
    let near: Vec<&SourceLine> = source_near(frame, excerpt.lines).collect();
    let mut runs = near.chunk_by(|one, next| one.number + 1 == next.number);
    let run = runs.find(|run| run.iter().any(|source| source.number == line))?;
    let text: String = run
        .iter()
        .map(|source| format!("{}\n", source.text))
        .collect();
    Some(object([
        ("text", json!(text)),
        ("startLine", json!(run[0].number)),
        ("startColumn", json!(1)),
        ("tabWidth", json!(excerpt.tab_width)),
        ("path", json!(frame.file)),
    ]))
}

fn locations(report: &Report) -> Vec<Value> {
    let errors = report.errors.iter().zip(exceptions(report)).rev();
    let locations = errors.filter_map(|(error, exception)| {
        let location = exception.frames.first()?;
        let name = error.type_name.as_deref().unwrap_or("<unknown>");
        Some(object([
            ("funcName", json!(name)),
            ("library", json!(location.file)),
            ("line", json!(location.line)),
            ("column", json!(location.column)),
        ]))
    });
    locations.collect()
}
