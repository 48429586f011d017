//! The cause chain and the frames, as Rust itself prints them.

use std::fmt::{self, Write as _};

use backstop::Report;
use backstop::report::{Frame, ReportError};

/// Each error with its source location, outermost first, then the backtrace in the form of `std::backtrace`.
pub(crate) fn stacktrace(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a `String` does not fail.
    let _ = write(&mut out, report);
    out
}

fn write(out: &mut String, report: &Report) -> fmt::Result {
    for (depth, error) in report.errors.iter().enumerate() {
        if depth > 0 {
            out.push_str("caused by: ");
        }
        cause(out, error)?;
    }
    if !report.frames.is_empty() {
        out.push_str("stack backtrace:\n");
    }
    for (index, shown) in report.frames.iter().enumerate() {
        frame(out, index, shown)?;
    }
    Ok(())
}

fn cause(out: &mut String, error: &ReportError) -> fmt::Result {
    if let Some(type_name) = &error.type_name {
        write!(out, "{type_name}: ")?;
    }
    writeln!(out, "{}", error.message)?;
    match &error.location {
        Some(location) => writeln!(out, "    at {location}"),
        None => Ok(()),
    }
}

fn frame(out: &mut String, index: usize, frame: &Frame) -> fmt::Result {
    match &frame.function {
        Some(function) => writeln!(out, "{index:>4}: {function}")?,
        None => writeln!(out, "{index:>4}: {:#x}", frame.address)?,
    }
    let Some(file) = &frame.file else {
        return Ok(());
    };
    write!(out, "             at {file}")?;
    for number in [frame.line, frame.column].into_iter().flatten() {
        write!(out, ":{number}")?;
    }
    out.push('\n');
    Ok(())
}
