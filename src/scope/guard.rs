//! [`ScopeGuard`]: makes a scope current.

use std::sync::Arc;

use super::current::{self, with_scope};
use super::scope_ref::{CurrentScope, ScopeRef};
use crate::request::RequestInfo;

/// Makes a scope current on this thread until it is dropped, also by unwinding.
///
/// The future that runs the code owns an `Option<CurrentScope>`, which holds what was current before while the guard
/// lives.
#[must_use = "the scope is current as long as the guard lives"]
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

    /// The same for a request that begins now.
    #[inline]
    pub(crate) fn begin(scope: &'a mut Option<CurrentScope>) -> Self {
        let guard = Self::enter(scope);
        #[cfg(feature = "tracing-subscriber")]
        super::span::begin_request();
        guard
    }

    /// Provides the info of the request, for the events that wait for it and those to come.
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

    /// Provides the info of the request before its code runs, for which the scope is made: where a panic ends the
    /// process, there is no later.
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
