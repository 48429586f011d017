//! The backtrace: the application's frames open, and each run of other frames folded.

use super::writer::Writer;
use crate::development::{FrameKind, Position, ShownFrame};
use crate::text::prefix;

/// The most frames that a fold lists, and the most bytes of their names.
const MAX_FOLDED: usize = 24;
const MAX_FOLDED_NAME: usize = 120;

/// The application's frames open, and each run of other frames folded.
pub(super) fn backtrace(writer: &mut Writer<'_>) {
    let shown = writer.shown;
    writer
        .page
        .markup("<section id=\"backtrace\"><h2>Backtrace</h2>");
    if shown.frames.is_empty() {
        writer.page.markup(
            "<p class=\"note\">No backtrace was captured where this failure was created.</p>",
        );
    }
    let mut rest = &shown.frames[..];
    while let Some(first) = rest.first() {
        if writer.is_full() {
            writer.more("frames");
            break;
        }
        let is_own = first.kind == FrameKind::Application;
        let run = rest
            .iter()
            .take_while(|it| (it.kind == FrameKind::Application) == is_own);
        let (run, after) = rest.split_at(run.count());
        if is_own {
            for frame in run {
                own_frame(writer, frame);
            }
        } else {
            folded(writer, run);
        }
        rest = after;
    }
    if !shown.logical.is_empty() {
        writer
            .page
            .markup("<h3>Spans and spawn sites</h3><ol class=\"logical\">");
        for step in &shown.logical {
            writer.element("<li data-item><code>", step, "</code></li>");
        }
        writer.page.markup("</ol>");
    }
    writer.page.markup("</section>");
}

fn own_frame(writer: &mut Writer<'_>, frame: &ShownFrame) {
    if writer.is_full() {
        return;
    }
    writer
        .page
        .markup("<details class=\"frame\" data-item open><summary>");
    // A link inside a summary could not be reached with the keyboard.
    let at = frame.position.as_ref();
    frame_line(writer, frame, at.map(Position::text).as_deref());
    writer.page.markup("</summary>");
    if let Some(at) = at.filter(|at| at.link.is_some()) {
        writer.page.markup("<p class=\"above\">");
        writer.position(at);
        writer.page.markup("</p>");
    }
    let is_culprit = writer.shown.culprit.as_ref().is_some_and(|culprit| {
        !culprit.source.is_empty() && Some(&culprit.position) == frame.position.as_ref()
    });
    if is_culprit {
        writer
            .page
            .markup("<p class=\"above\"><a href=\"#culprit\">Shown at the top</a></p>");
    } else {
        let line = frame.position.as_ref().map_or(0, |position| position.line);
        writer.source(&frame.source, line);
    }
    writer.page.markup("</details>");
}

fn folded(writer: &mut Writer<'_>, run: &[ShownFrame]) {
    writer.page.markup("<details class=\"fold\"><summary>");
    writer.number(run.len());
    let library = run.iter().any(|frame| frame.kind == FrameKind::Library);
    writer.page.markup(match (run.len(), library) {
        (1, true) => " library frame",
        (_, true) => " library and runtime frames",
        (1, false) => " runtime frame",
        (_, false) => " runtime frames",
    });
    writer.page.markup("</summary><ol>");
    for frame in run.iter().take(MAX_FOLDED) {
        if writer.is_full() {
            break;
        }
        writer.page.markup("<li data-item>");
        frame_line(writer, frame, None);
        if let Some(position) = &frame.position {
            writer.page.markup(" ");
            writer.position(position);
        }
        writer.page.markup("</li>");
    }
    if run.len() > MAX_FOLDED {
        writer.page.markup("<li class=\"note\">");
        writer.number(run.len() - MAX_FOLDED);
        writer.page.markup(" more</li>");
    }
    writer.page.markup("</ol></details>");
}

fn frame_line(writer: &mut Writer<'_>, frame: &ShownFrame, at: Option<&str>) {
    let function = frame.function.as_deref().unwrap_or("unknown function");
    let is_own = frame.kind == FrameKind::Application;
    let name = if is_own {
        function
    } else {
        prefix(function, MAX_FOLDED_NAME)
    };
    writer.element("<code class=\"fn\">", name, "");
    let is_cut = name.len() < function.len();
    writer
        .page
        .markup(if is_cut { "…</code>" } else { "</code>" });
    if frame.is_inlined {
        writer.page.markup(" <small>inlined</small>");
    }
    if let Some(at) = at {
        writer.element(" <code class=\"at\">", at, "</code>");
    }
}
