//! Raw backtraces: addresses only, because resolving them to functions and lines is slow and happens on the worker.
//!
//! An [`Error`](crate::Error) does not know which Backstop will report it. The Backstops that want backtraces are
//! therefore counted for the whole process; while there are none, creating an error costs one more relaxed load. Each
//! Backstop decides whether its reports include the backtrace.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Instruction pointers, innermost first. Those of callers are return addresses.
#[derive(Clone)]
pub(crate) struct Backtrace(Arc<[usize]>);

/// How many Backstops want backtraces.
static INTERESTED: AtomicUsize = AtomicUsize::new(0);

/// The most addresses of a backtrace. The innermost ones show where the failure happened; the outermost ones belong to
/// the server.
#[cfg(feature = "frames")]
const MAX_ADDRESSES: usize = 64;

impl Backtrace {
    /// Captures the backtrace of the caller, if a Backstop wants backtraces.
    #[inline]
    pub(crate) fn capture_if_wanted() -> Option<Self> {
        (INTERESTED.load(Ordering::Relaxed) > 0)
            .then(Self::capture)
            .flatten()
    }

    /// Captures the backtrace of the caller.
    ///
    /// The crate `backtrace` has a global lock, which is held only while the stack is walked. It would be held longer
    /// if addresses were resolved through that crate, so this crate never does that.
    #[cfg(feature = "frames")]
    #[cold]
    #[inline(never)]
    pub(crate) fn capture() -> Option<Self> {
        let mut addresses = [0; MAX_ADDRESSES];
        let mut len = 0;
        backtrace::trace(|frame| {
            let address = frame.ip().addr();
            // The outermost function is followed by a frame at address 0.
            let entry = addresses.get_mut(len).filter(|_| address != 0);
            if let Some(entry) = entry {
                *entry = address;
                len += 1;
            }
            len < MAX_ADDRESSES && address != 0
        });
        Some(Self(Arc::from(&addresses[..len])))
    }

    /// Without the feature `frames` there is no unwinder to walk the stack.
    #[cfg(not(feature = "frames"))]
    pub(crate) const fn capture() -> Option<Self> {
        None
    }

    pub(crate) fn addresses(&self) -> &[usize] {
        &self.0
    }

    /// Its size in memory, in bytes.
    pub(crate) fn size(&self) -> usize {
        size_of_val(&*self.0)
    }
}

impl fmt::Debug for Backtrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Backtrace({} addresses)", self.0.len())
    }
}

/// A Backstop's interest in backtraces: errors capture them while it lives.
#[derive(Debug)]
pub(crate) struct CaptureInterest {
    is_interested: bool,
}

impl CaptureInterest {
    pub(crate) fn new(is_interested: bool) -> Self {
        INTERESTED.fetch_add(usize::from(is_interested), Ordering::Relaxed);
        Self { is_interested }
    }
}

impl Drop for CaptureInterest {
    fn drop(&mut self) {
        INTERESTED.fetch_sub(usize::from(self.is_interested), Ordering::Relaxed);
    }
}

#[cfg(all(test, feature = "frames"))]
mod tests {
    use super::*;

    #[inline(never)]
    fn deep(depth: usize) -> Backtrace {
        if depth == 0 {
            return Backtrace::capture().expect("a backtrace");
        }
        // Prevents a tail call, which would leave a single frame.
        std::hint::black_box(deep(depth - 1))
    }

    #[test]
    fn a_backtrace_is_bounded_however_deep_the_stack_is() {
        assert_eq!(deep(1000).addresses().len(), MAX_ADDRESSES);
        assert_eq!(deep(1000).size(), MAX_ADDRESSES * size_of::<usize>());
        assert!(deep(0).addresses().iter().all(|address| *address != 0));
    }
}
