//! How many catching scopes enclose the code that currently runs on this thread.

use super::thread::THREAD;

/// A packed counter, because every request updates it several times.
///
/// * Bits 0–15: the depth of catching scopes that respond to a panic and report it.
/// * Bits 16–31: the depth of catching scopes that do neither.
/// * Bits 32–63: the generation. It is incremented whenever both depths return to zero, which invalidates the
///   panics that were stashed before.
#[derive(Clone, Copy)]
pub(super) struct CatchDepth(u64);

impl CatchDepth {
    const VISIBLE: u64 = 1 << 16;
    const GENERATION: u64 = 1 << 32;

    /// Returns the depth of the code that is running.
    #[inline]
    pub(super) fn current() -> Self {
        Self(THREAD.with(|thread| thread.catch_depth.get()))
    }

    #[inline]
    fn make_current(self) {
        THREAD.with(|thread| thread.catch_depth.set(self.0));
    }

    /// Whether no scope encloses the code.
    pub(super) const fn is_zero(self) -> bool {
        self.0.is_multiple_of(Self::GENERATION)
    }

    /// Whether a layer will respond to a panic and report it: scopes enclose the code, and all of them do so.
    pub(super) const fn is_reported(self) -> bool {
        !self.is_zero() && self.0 % Self::GENERATION < Self::VISIBLE
    }

    pub(super) const fn generation(self) -> u64 {
        self.0 / Self::GENERATION
    }
}

/// Whether a panic that starts now will be caught by a layer, which responds to it and reports it.
pub(crate) fn will_be_reported() -> bool {
    CatchDepth::current().is_reported()
}

/// The guard of a scope that responds to the panics that it catches, and reports them.
pub(crate) type CatchGuard = DepthGuard<1>;

/// The guard of a scope that catches panics and continues as if they had not happened, or resumes them. A quiet
/// panic hook is not quiet inside it, because nothing else would show the panic.
pub(crate) type VisibleCatchGuard = DepthGuard<{ CatchDepth::VISIBLE }>;

/// While this guard lives, panics on this thread will be caught.
#[must_use = "panics count as caught only while the guard lives"]
pub(crate) struct DepthGuard<const DEPTH: u64>(());

impl<const DEPTH: u64> DepthGuard<DEPTH> {
    #[inline]
    pub(crate) fn enter() -> Self {
        CatchDepth(CatchDepth::current().0.wrapping_add(DEPTH)).make_current();
        Self(())
    }
}

impl<const DEPTH: u64> Drop for DepthGuard<DEPTH> {
    #[inline]
    fn drop(&mut self) {
        let mut depth = CatchDepth(CatchDepth::current().0.wrapping_sub(DEPTH));
        if depth.is_zero() {
            depth.0 = depth.0.wrapping_add(CatchDepth::GENERATION);
        }
        depth.make_current();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_reported_only_if_every_enclosing_scope_reports_it() {
        assert!(!will_be_reported());
        let _reporting = CatchGuard::enter();
        assert!(will_be_reported());
        let visible = VisibleCatchGuard::enter();
        assert!(!will_be_reported());
        drop(visible);
        assert!(will_be_reported());
    }

    #[test]
    fn leaving_the_outermost_scope_starts_a_new_generation() {
        let before = CatchDepth::current().generation();
        let outer = CatchGuard::enter();
        drop(VisibleCatchGuard::enter());
        assert_eq!(CatchDepth::current().generation(), before);
        drop(outer);
        assert_eq!(CatchDepth::current().generation(), before + 1);
        assert!(CatchDepth::current().is_zero());
    }
}
