//! Replaces the addresses of a report with frames, within a timeout if there is one.

use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use super::table::Table;
use super::{SymbolSettings, names, source};
use crate::panics::catch::catch_panic;
use crate::report::frame::Frame;
use crate::report::report::Report;

/// The frames that were resolved so far. All workers of the process share the table, because it may take as much memory
/// as the program's debug information. Only workers wait for its lock.
static TABLE: Mutex<Table> = Mutex::new(Table::new());
/// The most frames of a report. One address may resolve to several frames, because functions are inlined.
const MAX_FRAMES: usize = 128;

/// Replaces the report's addresses with frames, without those that only captured the backtrace.
pub(crate) fn symbolize(report: &mut Report, settings: &SymbolSettings) {
    if report.frames.is_empty() {
        return;
    }
    let mut frames = Vec::with_capacity(report.frames.len());
    let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    table.refresh(report.frames.iter().map(|frame| frame.address));
    for frame in report.frames.drain(..) {
        // A callback of the application may have resolved it already.
        if frame.function.is_some() || frame.file.is_some() {
            frames.push(frame);
        } else {
            frames.extend(table.frames_at(frame.address));
        }
    }
    drop(table);
    trim(&mut frames);
    if frames.len() > MAX_FRAMES {
        frames.truncate(MAX_FRAMES);
        report.trimmed.push("frames".to_owned());
    }
    for frame in &mut frames {
        frame.in_app = names::is_in_app(frame, &settings.in_app);
    }
    source::show(&mut frames, settings.context_lines);
    report.frames = frames;
}

/// Like [`symbolize`], but leaves the frames as addresses if that takes longer than the timeout. The work continues on
/// a thread of its own, so that the next report can use its results.
pub(crate) fn symbolize_within(report: &mut Report, settings: &SymbolSettings, timeout: Duration) {
    if matches!(TABLE.try_lock(), Err(std::sync::TryLockError::WouldBlock)) {
        // Another report is being symbolized, and this one is stored first.
        return;
    }
    let (done, found) = mpsc::channel();
    let (mut copy, settings) = (report.clone(), settings.clone());
    let find = move || {
        catch_panic(|| symbolize(&mut copy, &settings));
        let _ = done.send(copy);
    };
    let thread = std::thread::Builder::new().name("backstop-symbols".to_owned());
    if thread.spawn(find).is_ok()
        && let Ok(symbolized) = found.recv_timeout(timeout)
    {
        *report = symbolized;
    }
}

/// Removes the innermost frames, which created the error and captured the backtrace.
fn trim(frames: &mut Vec<Frame>) {
    let mut first = 0;
    for (index, frame) in frames.iter().enumerate() {
        if frame.function.as_deref().is_some_and(names::is_machinery) {
            first = index + 1;
        } else if !names::is_bare_and_foreign(frame) {
            break;
        }
    }
    frames.drain(..first);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtrace::Backtrace;

    #[test]
    fn capturing_a_backtrace_does_not_wait_while_another_is_symbolized() {
        let table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
        let captured = std::thread::spawn(|| Backtrace::capture().unwrap().addresses().len());
        assert!(captured.join().unwrap() > 0);
        drop(table);
    }
}
