//! What development keeps of where an error was created, for the page that a developer opens: std's own backtrace, which
//! every configuration has, and the spans and spawn sites around it.
//!
//! As with addresses, an error does not know which Backstop will show it, so the Backstops that show backtraces are
//! counted for the whole process. In production there are none, and creating an error costs one more relaxed load.

use std::backtrace::Backtrace;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use tracing::Metadata;

/// Where an error was created, to be resolved only if a developer sees it.
#[derive(Clone)]
pub(crate) struct CreationTrace(Arc<Parts>);

struct Parts {
    backtrace: Backtrace,
    logical: LogicalTrace,
}

/// The way to code that the call stack does not show, because tasks and futures lie between.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogicalTrace {
    /// The spans around the code, innermost first.
    pub(crate) spans: Vec<&'static Metadata<'static>>,
    /// Where the task or the scope was spawned, newest first.
    pub(crate) spawned_at: Vec<&'static Location<'static>>,
}

/// How many Backstops show backtraces to developers.
static SHOWN_BY: AtomicUsize = AtomicUsize::new(0);
/// Reads the spans and spawn sites of the current code; the scopes know them.
static LOGICAL: OnceLock<fn() -> LogicalTrace> = OnceLock::new();

impl CreationTrace {
    /// Captures the trace of the caller, if a Backstop shows backtraces to developers.
    #[inline]
    pub(crate) fn capture_if_shown() -> Option<Self> {
        (SHOWN_BY.load(Ordering::Relaxed) > 0).then(Self::capture)
    }

    #[cold]
    #[inline(never)]
    fn capture() -> Self {
        let mut logical = LOGICAL.get().map(|read| read()).unwrap_or_default();
        if logical.spans.is_empty() {
            logical.spans.extend(tracing::Span::current().metadata());
        }
        Self(Arc::new(Parts {
            backtrace: Backtrace::force_capture(),
            logical,
        }))
    }

    /// The backtrace as std writes it. The first call resolves the addresses, under std's global lock.
    pub(crate) fn text(&self) -> String {
        format!("{:#}", self.0.backtrace)
    }

    pub(crate) fn logical(&self) -> &LogicalTrace {
        &self.0.logical
    }
}

impl fmt::Debug for CreationTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CreationTrace")
    }
}

/// A Backstop that shows backtraces to developers: errors keep where they were created while it lives.
#[derive(Debug)]
pub(crate) struct ShownTraces {
    is_shown: bool,
}

impl ShownTraces {
    pub(crate) fn new(is_shown: bool, logical: fn() -> LogicalTrace) -> Self {
        if is_shown {
            LOGICAL.get_or_init(|| logical);
        }
        SHOWN_BY.fetch_add(usize::from(is_shown), Ordering::Relaxed);
        Self { is_shown }
    }
}

impl Drop for ShownTraces {
    fn drop(&mut self) {
        SHOWN_BY.fetch_sub(usize::from(self.is_shown), Ordering::Relaxed);
    }
}
