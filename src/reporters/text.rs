//! A report as text for people.

use std::fmt::{self, Display, Write as _};

use serde_json::Value;

use crate::report::frame::Frame;
use crate::report::report::Report;
use crate::report::report_error::ReportError;
use crate::report::severity::Severity;
use crate::report::spawn_trace::{SPANS, SPAWNED_AT, TASK};

/// Whether there is colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub(super) bool);

/// Steps that are shown; of more, the last ones.
const MAX_BREADCRUMBS: usize = 20;
/// Frames that are not the application's own and are shown.
const MAX_FOREIGN_FRAMES: usize = 5;
/// The line between a stack and the places where its task was spawned.
const RULE: usize = 45;

/// The whole report, with a line of its own at the end.
pub(super) fn of(report: &Report, paint: Paint) -> String {
    let mut out = String::new();
    // Writing to a `String` does not fail.
    let _ = write(&mut out, report, paint);
    out
}

fn write(out: &mut String, report: &Report, paint: Paint) -> fmt::Result {
    head(out, report, paint)?;
    for (depth, error) in report.errors.iter().enumerate() {
        link(out, error, depth, paint)?;
    }
    frames(out, report, paint)?;
    places(out, "spawned at", trail(report, SPAWNED_AT), paint)?;
    places(out, "in the spans", trail(report, SPANS), paint)?;
    breadcrumbs(out, report, paint)?;
    block(out, "Logs", &log_lines(report), paint)?;
    block(out, "Request", &request(report), paint)?;
    block(out, "Metadata", &metadata(report), paint)?;
    out.push('\n');
    Ok(())
}

fn head(out: &mut String, report: &Report, paint: Paint) -> fmt::Result {
    let severity = match report.severity {
        Severity::Info => paint.of("34", "INFO"),
        Severity::Warning => paint.of("33;1", "WARNING"),
        Severity::Error => paint.of("31;1", "ERROR"),
        Severity::Fatal => paint.of("41;97;1", "FATAL"),
    };
    write!(out, "{severity}")?;
    if let Some(response) = &report.response {
        write!(out, " {}", response.status)?;
    }
    if let Some(transaction) = &report.transaction {
        write!(out, " {}", Line(transaction))?;
    } else if let Some(request) = &report.request {
        let path = request.route.as_ref().unwrap_or(&request.url);
        write!(out, " {} {}", Line(&request.method), Line(path))?;
    }
    let id = report.id.hyphenated().to_string();
    writeln!(out, "  {}", paint.of("2", &id))
}

fn link(out: &mut String, error: &ReportError, depth: usize, paint: Paint) -> fmt::Result {
    let lead = if depth == 0 { "  " } else { "  caused by: " };
    out.push_str(lead);
    let message = Indented(&error.message).to_string();
    out.push_str(&if depth == 0 {
        paint.of("1", &message)
    } else {
        message
    });
    if let Some(type_name) = &error.type_name {
        write!(out, " {}", paint.of("2", &format!("[{}]", Line(type_name))))?;
    }
    if let Some(location) = &error.location {
        let location = location.to_string();
        write!(
            out,
            "\n      {} {}",
            paint.of("2", "at"),
            paint.of("36", &Line(&location).to_string())
        )?;
    }
    out.push('\n');
    Ok(())
}

/// The application's own frames first, for that is where to look.
fn frames(out: &mut String, report: &Report, paint: Paint) -> fmt::Result {
    let (own, foreign): (Vec<&Frame>, Vec<&Frame>) =
        report.frames.iter().partition(|frame| frame.in_app);
    if report.frames.is_empty() {
        return Ok(());
    }
    title(out, "Frames", paint)?;
    for shown in &own {
        frame(out, shown, paint)?;
    }
    for shown in foreign.iter().take(MAX_FOREIGN_FRAMES) {
        frame(out, shown, Paint(false))?;
    }
    let more = foreign.len().saturating_sub(MAX_FOREIGN_FRAMES);
    if more > 0 {
        writeln!(
            out,
            "    {}",
            paint.of("2", &format!("… {more} more of other crates"))
        )?;
    }
    Ok(())
}

fn frame(out: &mut String, frame: &Frame, paint: Paint) -> fmt::Result {
    match &frame.function {
        Some(function) => write!(out, "    {}", Line(function))?,
        None => write!(out, "    {:#x}", frame.address)?,
    }
    if let Some(file) = &frame.file {
        let mut place = Line(file).to_string();
        for number in [frame.line, frame.column].into_iter().flatten() {
            write!(place, ":{number}")?;
        }
        write!(
            out,
            "\n      {} {}",
            paint.of("2", "at"),
            paint.of("36", &place)
        )?;
    }
    out.push('\n');
    for source in &frame.source {
        let is_it = Some(source.number) == frame.line;
        let mark = if is_it { ">" } else { " " };
        let line = format!("{mark} {:>5} | {}", source.number, Line(&source.text));
        let style = if is_it { "1" } else { "2" };
        writeln!(out, "      {}", paint.of(style, line.trim_end()))?;
    }
    Ok(())
}

/// What a long trace says under this key.
fn trail<'a>(report: &'a Report, key: &str) -> &'a [Value] {
    let section = report.metadata.get(TASK);
    let places = section.and_then(|section| section.get(key)?.as_array());
    places.map_or(&[][..], |places| &**places)
}

/// Places under a line of their own.
fn places(out: &mut String, name: &str, places: &[Value], paint: Paint) -> fmt::Result {
    if places.is_empty() {
        return Ok(());
    }
    let name = format!(" {name} ");
    writeln!(out, "  {}", paint.of("2", &format!("{name:-^RULE$}")))?;
    for place in places {
        let place = Line(&plain(place)).to_string();
        writeln!(out, "      {}", paint.of("36", &place))?;
    }
    Ok(())
}

fn breadcrumbs(out: &mut String, report: &Report, paint: Paint) -> fmt::Result {
    let crumbs = &report.breadcrumbs;
    if crumbs.is_empty() {
        return Ok(());
    }
    title(out, "Breadcrumbs", paint)?;
    let earlier = crumbs.len().saturating_sub(MAX_BREADCRUMBS);
    if earlier > 0 {
        writeln!(
            out,
            "    {}",
            paint.of("2", &format!("… {earlier} earlier"))
        )?;
    }
    for crumb in &crumbs[earlier..] {
        let before = Before(report.timestamp.saturating_sub(crumb.timestamp)).to_string();
        write!(
            out,
            "    {}  {}",
            paint.of("2", &format!("{before:>8}")),
            Line(&crumb.message)
        )?;
        if !crumb.data.is_empty() {
            let data = Value::Object(crumb.data.clone()).to_string();
            write!(out, " {}", paint.of("2", &Line(&data).to_string()))?;
        }
        out.push('\n');
    }
    Ok(())
}

fn log_lines(report: &Report) -> Vec<(String, String)> {
    let line = |line: &crate::report::breadcrumb::LogLine| {
        let before = Before(report.timestamp.saturating_sub(line.timestamp)).to_string();
        (before, line.message.clone())
    };
    report.logs.iter().map(line).collect()
}

fn request(report: &Report) -> Vec<(String, String)> {
    let Some(request) = &report.request else {
        return Vec::new();
    };
    let mut rows = vec![(
        "url".to_owned(),
        format!("{} {}", request.method, request.url),
    )];
    rows.extend(
        request
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    rows
}

fn metadata(report: &Report) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |key: &str, value: Option<String>| {
        rows.extend(value.map(|value| (key.to_owned(), value)));
    };
    for (key, value) in &report.attributes {
        row(key, Some(plain(value)));
    }
    for (section, members) in &report.metadata {
        for (key, value) in members {
            let is_above = section == TASK && [SPAWNED_AT, SPANS].contains(&&**key);
            if !is_above || trail(report, key).is_empty() {
                row(&format!("{section}.{key}"), Some(plain(value)));
            }
        }
    }
    if let Some(user) = &report.user {
        row("user.id", user.id.clone());
        row("user.name", user.name.clone());
        row("user.email", user.email.clone());
    }
    let flags = report.feature_flags.iter().map(|flag| match &flag.variant {
        Some(variant) => format!("{}={variant}", flag.name),
        None => flag.name.clone(),
    });
    let flags = flags.collect::<Vec<_>>().join(", ");
    row("feature flags", (!flags.is_empty()).then_some(flags));
    if let Some(app) = &report.app {
        let parts = [&app.name, &app.version, &app.release_stage];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        row("app", (!parts.is_empty()).then(|| parts.join(" ")));
    }
    row("trace", report.trace_id.clone());
    let suppressed = report.suppressed;
    row(
        "suppressed",
        (suppressed > 0).then(|| format!("{suppressed} more like this")),
    );
    row(
        "trimmed",
        (!report.trimmed.is_empty()).then(|| report.trimmed.join(", ")),
    );
    rows
}

/// Rows with their values one under another; nothing where there are no rows.
fn block(out: &mut String, name: &str, rows: &[(String, String)], paint: Paint) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    title(out, name, paint)?;
    let width = rows.iter().map(|(key, _)| key.chars().count()).max();
    let width = width.unwrap_or_default().min(32);
    for (key, value) in rows {
        let key = format!("{:<width$}", Line(key).to_string());
        writeln!(out, "    {}  {}", paint.of("2", &key), Line(value))?;
    }
    Ok(())
}

fn title(out: &mut String, name: &str, paint: Paint) -> fmt::Result {
    writeln!(out, "  {}", paint.of("4", &format!("{name}:")))
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

impl Paint {
    fn of(self, style: &str, text: &str) -> String {
        if self.0 {
            format!("\u{1b}[{style}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A text on one line, in which nothing can steer a terminal.
struct Line<'a>(&'a str);

impl Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .chars()
            .try_for_each(|character| write_safe(f, character))
    }
}

/// The same on as many lines as it has.
struct Indented<'a>(&'a str);

impl Display for Indented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .trim_end()
            .chars()
            .try_for_each(|character| match character {
                '\n' => f.write_str("\n    "),
                _ => write_safe(f, character),
            })
    }
}

fn write_safe(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    // Beside control characters: those that turn the direction of writing.
    let is_unsafe = character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match character {
        '\t' => f.write_str("    "),
        _ if is_unsafe => write!(f, "{}", character.escape_default()),
        _ => f.write_char(character),
    }
}

/// How long before the failure.
struct Before(u64);

impl Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..1_000 => write!(f, "-{}ms", self.0),
            1_000..60_000 => write!(f, "-{}.{}s", self.0 / 1_000, self.0 / 100 % 10),
            _ => write!(f, "-{}m{}s", self.0 / 60_000, self.0 / 1_000 % 60),
        }
    }
}
