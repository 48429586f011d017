//! The stack where an error was made: addresses only, for whatever more there is to know of them is slow to find.
//!
//! An [`Error`](super::Error) is made without knowing which Backstop will tell of it. So those that want backtraces
//! are counted for the whole process, and while there is none, making an error costs one relaxed load more. Whether
//! a report shows what was taken is its own Backstop's to say.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Instruction pointers, the innermost first; those of callers are where the call returns to.
#[derive(Clone)]
pub(crate) struct Backtrace(Arc<[usize]>);

/// How many Backstops want backtraces.
static WISHES: AtomicUsize = AtomicUsize::new(0);
/// Addresses that are kept. The innermost ones tell where it failed; what is beyond is the server's own.
#[cfg(feature = "frames")]
const MAX: usize = 64;

impl Backtrace {
    /// The stack of the caller, if there is a Backstop that wants it.
    #[inline]
    pub(crate) fn if_wanted() -> Option<Self> {
        (WISHES.load(Ordering::Relaxed) > 0)
            .then(Self::capture)
            .flatten()
    }

    /// The stack of a panic, in its hook.
    pub(crate) fn of_panic() -> Option<Self> {
        Self::capture()
    }

    /// The stack of the caller. The lock behind this is held only while stacks are walked, as long as nobody
    /// resolves by the crate `backtrace`; this crate never does.
    #[cfg(feature = "frames")]
    #[cold]
    #[inline(never)]
    pub(crate) fn capture() -> Option<Self> {
        let mut addresses = [0; MAX];
        let mut len = 0;
        backtrace::trace(|frame| {
            let address = frame.ip().addr();
            // Below the outermost function there is nothing, and that at 0.
            let slot = addresses.get_mut(len).filter(|_| address != 0);
            if let Some(slot) = slot {
                *slot = address;
                len += 1;
            }
            len < MAX && address != 0
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

    /// The bytes that it takes.
    pub(crate) fn len(&self) -> usize {
        size_of_val(&*self.0)
    }
}

impl fmt::Debug for Backtrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Backtrace({} addresses)", self.0.len())
    }
}

/// A Backstop's wish for backtraces, as long as it lives.
#[derive(Debug)]
pub(crate) struct CaptureInterest {
    is_wished: bool,
}

impl CaptureInterest {
    pub(crate) fn new(is_wished: bool) -> Self {
        WISHES.fetch_add(usize::from(is_wished), Ordering::Relaxed);
        Self { is_wished }
    }
}

impl Drop for CaptureInterest {
    fn drop(&mut self) {
        WISHES.fetch_sub(usize::from(self.is_wished), Ordering::Relaxed);
    }
}

#[cfg(all(test, feature = "frames"))]
mod tests {
    use super::*;

    #[inline(never)]
    fn deep(depth: usize) -> Backtrace {
        if depth == 0 {
            return Backtrace::capture().unwrap();
        }
        // Not a tail call, which would leave one frame.
        std::hint::black_box(deep(depth - 1))
    }

    #[test]
    fn a_backtrace_is_bounded_however_deep_the_stack_is() {
        assert_eq!(deep(1000).addresses().len(), MAX);
        assert_eq!(deep(1000).len(), MAX * size_of::<usize>());
        assert!(deep(0).addresses().iter().all(|address| *address != 0));
    }
}
