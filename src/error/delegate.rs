//! Errors whose type is only known to a report around them: boxes, `anyhow` and `eyre`.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::backtrace::Backtrace;
#[cfg(any(feature = "anyhow", feature = "eyre"))]
use crate::error::BoxError;
#[cfg(any(feature = "anyhow", feature = "eyre"))]
use crate::error::chain::MAX_LINKS;
use crate::error::repr::{Cause, Repr};
use crate::error::response::ErrorObject;
use crate::error::status::StatusMap;
use crate::error::{Error, Exposure, HttpError};
#[cfg(any(feature = "anyhow", feature = "eyre"))]
use crate::panics::catch::catch_panic;

impl Error {
    /// A report as a foreign error; if an [`Error`] is somewhere in its chain, with all that this one says.
    #[track_caller]
    pub(crate) fn from_report<R>(report: R) -> Self
    where
        R: Deref<Target = dyn StdError + Send + Sync> + fmt::Display + Send + Sync + 'static,
    {
        let mut inner = Repr::reporting(report);
        inner.location = Some(Location::caller());
        if inner.backtrace().is_none() {
            inner.backtrace = Backtrace::if_wanted();
        }
        Self::from_inner(Arc::new(inner))
    }

    /// A report that was made of a box hides the type of what is in there. So the boxed error is taken out,
    /// and what the report says on top of it are contexts: all of its chain but the box and its sources.
    #[cfg(any(feature = "anyhow", feature = "eyre"))]
    #[track_caller]
    pub(crate) fn from_unboxed(boxed: BoxError, chain: Vec<String>) -> Self {
        // As the report counted them: by `source()`, which passes over what an `io::Error` wraps.
        let sources = std::iter::successors(boxed.source(), |error| (*error).source());
        let links = 1 + catch_panic(|| sources.take(MAX_LINKS).count()).unwrap_or_default();
        let contexts = chain.len().saturating_sub(links);
        let mut error = Self::from(boxed);
        for text in chain.into_iter().take(contexts).rev() {
            error = error.context(text);
        }
        error
    }
}

impl Repr {
    /// The parts of a report.
    pub(in crate::error) fn reporting<R>(report: R) -> Self
    where
        R: Deref<Target = dyn StdError + Send + Sync> + fmt::Display + Send + Sync + 'static,
    {
        let report = Reported(report);
        let Some(told) = report.inner() else {
            return Self::new(Cause::Foreign(Box::new(report)), None, None);
        };
        // A status that was said aloud wins over `map_status`, though the report is foreign.
        let (status, exposure, told) = (told.own_status(), told.exposure(), Arc::clone(told));
        let mut inner = Self::new(Cause::Http(Box::new(report)), None, None);
        inner.status = status;
        inner.exposure = Some(exposure);
        inner.told = Some(told);
        inner
    }
}

/// A report as an error. The report's own error is its source, so that it can be found by its type; both
/// have one message, which a chain shows once.
struct Reported<R>(R);

impl<R: Deref<Target = dyn StdError + Send + Sync>> Reported<R> {
    fn inner(&self) -> Option<&Arc<Repr>> {
        let error: &(dyn StdError + 'static) = &*self.0;
        ErrorObject::find(error).map(ErrorObject::inner)
    }

    fn fact<T>(&self, fact: impl FnOnce(&Repr) -> Option<T>) -> Option<T> {
        self.inner().and_then(|inner| fact(inner))
    }
}

impl<R: fmt::Display> fmt::Display for Reported<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the report's own `Display`, for which `{:#}` means the whole chain.
        write!(f, "{}", self.0)
    }
}

impl<R: Deref<Target = dyn StdError + Send + Sync>> fmt::Debug for Reported<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl<R> StdError for Reported<R>
where
    R: Deref<Target = dyn StdError + Send + Sync> + fmt::Display,
{
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

/// The facts of the error in the chain.
impl<R> HttpError for Reported<R>
where
    R: Deref<Target = dyn StdError + Send + Sync> + fmt::Display + Send + Sync + 'static,
{
    fn status(&self) -> StatusCode {
        self.inner()
            .map_or(StatusCode::INTERNAL_SERVER_ERROR, |inner| {
                inner.status(&StatusMap::default())
            })
    }

    fn code(&self) -> Option<Value> {
        self.fact(Repr::code)
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        self.fact(Repr::name)
    }

    fn title(&self) -> Option<Cow<'static, str>> {
        self.fact(Repr::title)
    }

    /// What the error in the chain tells clients: the report's own message is context, for the owner.
    fn detail(&self) -> Option<String> {
        let is_public = self.exposure() == Exposure::Public;
        self.fact(|inner| inner.client_text(is_public))
            .map(Cow::into_owned)
    }

    fn type_uri(&self) -> Option<Cow<'static, str>> {
        self.fact(Repr::type_uri)
    }

    fn details(&self) -> Option<Value> {
        self.fact(Repr::details)
    }

    fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
        self.inner().map(|inner| inner.fields()).unwrap_or_default()
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for theirs in self.inner().into_iter().flat_map(|inner| inner.headers()) {
            headers.extend(theirs);
        }
        headers
    }

    fn exposure(&self) -> Exposure {
        self.inner()
            .map(|inner| inner.exposure())
            .unwrap_or_default()
    }

    /// Always: the report's message was not written for clients.
    fn is_foreign(&self) -> bool {
        true
    }
}
