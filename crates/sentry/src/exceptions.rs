//! The exceptions of an event, with their frames.

use backstop::report::Frame;
use backstop::{Origin, Report};
use backstop_http::stack::{self, Exception};
use sentry_types::protocol::v7::{self, Addr, Stacktrace, Thread, ThreadId};

/// The root cause first and the outermost error last, as Sentry wants them.
pub(crate) fn exceptions(report: &Report) -> Vec<v7::Exception> {
    let exceptions = stack::exceptions(report);
    let mut exceptions: Vec<v7::Exception> = exceptions.iter().map(exception).collect();
    if let Some(outermost) = exceptions.first_mut() {
        let thread = report.thread.as_ref();
        outermost.thread_id = thread.map(|thread| ThreadId::Int(thread.id));
        outermost.mechanism = Some(mechanism(report));
        // An error response without an error.
        if let (true, Some(response)) = (report.errors.is_empty(), &report.response) {
            outermost.value = Some(format!("answered {}", response.status));
        }
    }
    exceptions.reverse();
    exceptions
}

pub(crate) fn threads(report: &Report) -> Vec<Thread> {
    let thread = report.thread.iter().map(|thread| Thread {
        id: Some(ThreadId::Int(thread.id)),
        name: thread.name.clone(),
        crashed: report.origin == Origin::Panic && !report.handled,
        current: true,
        ..Thread::default()
    });
    thread.collect()
}

fn exception(exception: &Exception<'_>) -> v7::Exception {
    let frames = exception.frames.iter().map(|it| frame(it)).collect();
    v7::Exception {
        ty: exception.class.to_owned(),
        value: Some(exception.message.to_owned()),
        stacktrace: Stacktrace::from_frames_reversed(frames),
        ..v7::Exception::default()
    }
}

fn mechanism(report: &Report) -> v7::Mechanism {
    v7::Mechanism {
        ty: report.origin.as_str().to_owned(),
        handled: Some(report.handled),
        synthetic: report.errors.is_empty().then_some(true),
        ..v7::Mechanism::default()
    }
}

fn frame(frame: &Frame) -> v7::Frame {
    let is_location = frame.function.is_none() && frame.address == 0;
    // With an address, Sentry looks for the frame in the debug files that were uploaded. It has nothing to add to a line.
    let is_open = frame.line.is_none() && frame.address != 0;
    let is_empty = frame.function.is_none() && frame.file.is_none();
    let absolute = frame.file.clone().filter(|file| file.starts_with('/'));
    let mut shown = v7::Frame {
        function: frame.function.clone(),
        filename: frame.file.clone(),
        abs_path: absolute.filter(|_| !is_location),
        lineno: frame.line.map(u64::from),
        colno: frame.column.map(u64::from),
        in_app: Some(frame.in_app),
        instruction_addr: (is_open || is_empty).then_some(Addr(frame.address)),
        ..v7::Frame::default()
    };
    add_source(&mut shown, frame);
    shown
}

/// The lines around the frame's without a gap, because Sentry numbers them from the middle one.
fn add_source(shown: &mut v7::Frame, frame: &Frame) {
    const AROUND: u32 = 5;
    let line = frame.line.unwrap_or_default();
    let text = |number: u32| {
        let source = frame.source.iter().find(|source| source.number == number);
        source.map(|source| source.text.clone())
    };
    let Some(middle) = text(line) else {
        return;
    };
    let before = (1..=AROUND).map_while(|distance| text(line.checked_sub(distance)?));
    let after = (1..=AROUND).map_while(|distance| text(line.checked_add(distance)?));
    shown.pre_context = before.collect();
    shown.pre_context.reverse();
    shown.context_line = Some(middle);
    shown.post_context = after.collect();
}
