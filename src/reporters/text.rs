//! Renders a report as text for people.

use std::fmt::{self, Write as _};

use serde_json::Value;

use super::terminal::{Before, Paint};
use crate::printable::{Lines, OneLine};
use crate::report::frame::Frame;
use crate::report::report::Report;
use crate::report::report_error::ReportError;
use crate::report::severity::Severity;
use crate::report::spawn_trace::{SPANS, SPAWNED_AT, TASK};

/// The most breadcrumbs that are shown: the last ones.
const MAX_BREADCRUMBS: usize = 20;
/// The most frames of other crates that are shown.
const MAX_FOREIGN_FRAMES: usize = 5;
/// The width of the rule above the source locations of a spawn trace.
const RULE: usize = 45;

/// Renders the whole report, with an empty line at the end, in the order of the development page.
pub(super) fn render(report: &Report, paint: Paint) -> String {
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
    locations(out, "spawned at", task_list(report, SPAWNED_AT), paint)?;
    locations(out, "in the spans", task_list(report, SPANS), paint)?;
    block(out, "Request", &request(report), paint)?;
    breadcrumbs(out, report, paint)?;
    block(out, "Logs", &log_lines(report), paint)?;
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
        write!(out, " {}", OneLine(transaction))?;
    } else if let Some(request) = &report.request {
        let path = request.route.as_ref().unwrap_or(&request.url);
        write!(out, " {} {}", OneLine(&request.method), OneLine(path))?;
    }
    let id = report.id.hyphenated().to_string();
    writeln!(out, "  {}", paint.of("2", &id))
}

fn link(out: &mut String, error: &ReportError, depth: usize, paint: Paint) -> fmt::Result {
    let lead = if depth == 0 { "  " } else { "  caused by: " };
    out.push_str(lead);
    let message = Lines {
        text: &error.message,
        indent: "    ",
    }
    .to_string();
    out.push_str(&if depth == 0 {
        paint.of("1", &message)
    } else {
        message
    });
    if let Some(type_name) = &error.type_name {
        write!(
            out,
            " {}",
            paint.of("2", &format!("[{}]", OneLine(type_name)))
        )?;
    }
    if let Some(location) = &error.location {
        let location = location.to_string();
        write!(
            out,
            "\n      {} {}",
            paint.of("2", "at"),
            paint.of("36", &OneLine(&location).to_string())
        )?;
    }
    out.push('\n');
    Ok(())
}

/// The application's own frames first, because the fault is most likely there.
fn frames(out: &mut String, report: &Report, paint: Paint) -> fmt::Result {
    let (own, foreign): (Vec<&Frame>, Vec<&Frame>) = report
        .frames
        .iter()
        .map(|frame| &**frame)
        .partition(|frame| frame.in_app);
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
        Some(function) => write!(out, "    {}", OneLine(function))?,
        None => write!(out, "    {:#x}", frame.address)?,
    }
    if let Some(file) = &frame.file {
        let mut location = OneLine(file).to_string();
        for number in [frame.line, frame.column].into_iter().flatten() {
            write!(location, ":{number}")?;
        }
        write!(
            out,
            "\n      {} {}",
            paint.of("2", "at"),
            paint.of("36", &location)
        )?;
    }
    out.push('\n');
    for source in &frame.source {
        let is_it = Some(source.number) == frame.line;
        let mark = if is_it { ">" } else { " " };
        let line = format!("{mark} {:>5} | {}", source.number, OneLine(&source.text));
        let style = if is_it { "1" } else { "2" };
        writeln!(out, "      {}", paint.of(style, line.trim_end()))?;
    }
    Ok(())
}

/// The list under this key of the metadata section `task`.
fn task_list<'a>(report: &'a Report, key: &str) -> &'a [Value] {
    let section = report.metadata.get(TASK);
    let list = section.and_then(|section| section.get(key)?.as_array());
    list.map_or(&[][..], |list| &**list)
}

/// Writes source locations under a rule that contains `name`.
fn locations(out: &mut String, name: &str, locations: &[Value], paint: Paint) -> fmt::Result {
    if locations.is_empty() {
        return Ok(());
    }
    let name = format!(" {name} ");
    writeln!(out, "  {}", paint.of("2", &format!("{name:-^RULE$}")))?;
    for location in locations {
        let location = OneLine(&plain(location)).to_string();
        writeln!(out, "      {}", paint.of("36", &location))?;
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
            OneLine(&crumb.message)
        )?;
        if !crumb.data.is_empty() {
            let data = Value::Object(crumb.data.clone()).to_string();
            write!(out, " {}", paint.of("2", &OneLine(&data).to_string()))?;
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
            if !is_above || task_list(report, key).is_empty() {
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

/// Writes rows of keys and aligned values.
fn block(out: &mut String, name: &str, rows: &[(String, String)], paint: Paint) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    title(out, name, paint)?;
    let width = rows.iter().map(|(key, _)| key.chars().count()).max();
    let width = width.unwrap_or_default().min(32);
    for (key, value) in rows {
        let key = format!("{:<width$}", OneLine(key).to_string());
        writeln!(out, "    {}  {}", paint.of("2", &key), OneLine(value))?;
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
