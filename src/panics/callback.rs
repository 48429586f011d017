//! The application's callbacks.

use std::fmt;
use std::sync::Arc;

use super::catch::catch_panic;

/// A closure of the application. If it panics, [`call`](Self::call) catches that.
pub(crate) struct Callback<F: ?Sized>(Arc<F>);

impl<F: ?Sized> Callback<F> {
    /// Wraps a closure: `Callback::new(Arc::new(closure))`, so that the closure coerces to a `dyn Fn`.
    pub(crate) const fn new(callback: Arc<F>) -> Self {
        Self(callback)
    }

    /// Whether both are the same closure.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns the result of `call`, or `None` if the closure panics.
    pub(crate) fn call<T>(&self, call: impl FnOnce(&F) -> T) -> Option<T> {
        catch_panic(|| call(&self.0))
    }
}

impl<F: ?Sized> Clone for Callback<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F: ?Sized> fmt::Debug for Callback<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback(…)")
    }
}
