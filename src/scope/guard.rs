//! [`ScopeGuard`]: makes a scope current.

use std::sync::Arc;

use super::current::{self, with_scope};
use super::scope_ref::{CurrentScope, ScopeRef};
use crate::request::RequestInfo;

/// Makes a scope current on this thread until the guard is dropped, even during unwinding.
///
/// The future that runs the code owns an `Option<CurrentScope>`. While the guard lives, it holds the previous scope of
/// the thread.
#[must_use = "the scope is current only while the guard lives"]
pub(crate) struct ScopeGuard<'a> {
    scope: &'a mut Option<CurrentScope>,
    is_bound: bool,
}

impl<'a> ScopeGuard<'a> {
    #[inline]
    pub(crate) fn enter(scope: &'a mut Option<CurrentScope>) -> Self {
        let is_bound = with_scope(|current| {
            let binds = scope
                .as_ref()
                .is_some_and(|scope| !scope.is_inside(current.as_ref()));
            if binds {
                std::mem::swap(current, scope);
            }
            binds
        });
        Self {
            scope,
            is_bound: is_bound.unwrap_or(false),
        }
    }

    /// Like [`enter`](Self::enter), for a request that begins now.
    #[inline]
    pub(crate) fn begin(scope: &'a mut Option<CurrentScope>) -> Self {
        let guard = Self::enter(scope);
        #[cfg(feature = "tracing-subscriber")]
        super::span::begin_request();
        guard
    }

    /// Whether the guard makes its scope current. A request inside another one of the same Backstop shares the scope that
    /// is current already.
    #[inline]
    pub(crate) const fn is_bound(&self) -> bool {
        self.is_bound
    }

    /// Provides the info of the request, both for the events that wait for it and for later ones.
    #[inline]
    pub(crate) fn provide_request(&self, request: &RequestInfo) {
        if !self.is_bound {
            return;
        }
        let waiting = with_scope(|current| match current {
            Some(CurrentScope::Request(ScopeRef::Used(scope))) if scope.request().is_none() => {
                Some(Arc::clone(scope))
            }
            _ => None,
        });
        if let Some(Some(scope)) = waiting {
            scope.provide_request(request);
        }
    }

    /// Allocates the scope and provides the info of the request before the request's code runs. Where a panic ends the
    /// process, it cannot be provided later.
    pub(crate) fn provide_request_now(&self, request: &RequestInfo) {
        if self.is_bound {
            drop(current::scope());
            self.provide_request(request);
        }
    }
}

impl Drop for ScopeGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.is_bound {
            with_scope(|current| std::mem::swap(current, self.scope));
        }
    }
}
