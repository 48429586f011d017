//! [`PanicMark`]: the order in which panics start.

use std::sync::atomic::{AtomicU64, Ordering};

/// A moment in the order of the process's panics. Code that catches panics remembers the one at which it began, because
/// what it catches started later.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct PanicMark(u64);

/// How many panics were recorded.
static RECORDED: AtomicU64 = AtomicU64::new(0);

impl PanicMark {
    /// Before every panic.
    pub(super) const START: Self = Self(0);

    /// Now. Whatever starts a panic that the caller may catch happens after this, so no ordering is needed.
    #[inline]
    pub(crate) fn now() -> Self {
        Self(RECORDED.load(Ordering::Relaxed))
    }

    /// The moment of a panic that is recorded now, which is different from that of every other panic.
    pub(super) fn of_panic() -> Self {
        Self(RECORDED.fetch_add(1, Ordering::Relaxed))
    }

    /// The moment after this one.
    pub(super) const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}
