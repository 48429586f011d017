//! Errors whose cause chain contains an [`Error`](crate::Error): boxes, and the reports of `anyhow` and `eyre`.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::cause::Cause;
use super::exposure::Exposure;
use super::http_error::HttpError;
use super::object::ErrorObject;
use super::overrides::Field;
use super::repr::Repr;
use super::status::StatusMap;
use super::std_error::BoxError;

/// The parts of a report. If there is an [`Error`](crate::Error) in its cause chain, the response is that one's; else
/// the report is a foreign error.
pub(super) fn parts<R>(report: R) -> Repr
where
    R: Deref<Target = dyn StdError + Send + Sync> + fmt::Display + Send + Sync + 'static,
{
    let report = Delegating(report);
    let Some(inner) = report.inner() else {
        return Repr::new(Cause::Foreign(Box::new(report)), None, None);
    };
    let inner = Arc::clone(inner);
    let mut repr = Repr::new(Cause::Http(Box::new(report)), None, None);
    repr.take_over(&inner);
    repr
}

/// The parts of an error that adds to `shared`, which has other owners and cannot be changed.
pub(super) fn parts_over(shared: &Arc<Repr>) -> Repr {
    let object: BoxError = Box::new(ErrorObject::new(Arc::clone(shared)));
    let mut repr = parts(object);
    repr.location = shared.location;
    repr
}

/// A report as an error that delegates to the [`Error`](crate::Error) in its cause chain.
///
/// The report's outermost error is its source, so that it can be found by its type. Both have the same message, which
/// the chain contains once.
struct Delegating<R>(R);

impl<R: Deref<Target = dyn StdError + Send + Sync>> Delegating<R> {
    fn inner(&self) -> Option<&Arc<Repr>> {
        let error: &(dyn StdError + 'static) = &*self.0;
        ErrorObject::find(error).map(ErrorObject::repr)
    }

    fn get<T>(&self, get: impl FnOnce(&Repr) -> Option<T>) -> Option<T> {
        self.inner().and_then(|inner| get(inner))
    }
}

impl<R: fmt::Display> fmt::Display for Delegating<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the formatter's flags: `{:#}` of a report is its whole chain.
        write!(f, "{}", self.0)
    }
}

impl<R: Deref<Target = dyn StdError + Send + Sync>> fmt::Debug for Delegating<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl<R> StdError for Delegating<R>
where
    R: Deref<Target = dyn StdError + Send + Sync> + fmt::Display,
{
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

impl<R> HttpError for Delegating<R>
where
    R: Deref<Target = dyn StdError + Send + Sync> + fmt::Display + Send + Sync + 'static,
{
    fn status(&self) -> StatusCode {
        self.inner()
            .map_or(StatusCode::INTERNAL_SERVER_ERROR, |inner| {
                StatusMap::default().status(inner)
            })
    }

    fn code(&self) -> Option<Value> {
        self.get(Repr::code)
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        self.get(Repr::name)
    }

    fn title(&self) -> Option<Cow<'static, str>> {
        self.get(Repr::title)
    }

    /// The text for clients of the error in the chain: the report's own message is a context, which clients must not
    /// see.
    fn detail(&self) -> Option<Cow<'static, str>> {
        let is_public = self.exposure() == Exposure::Public;
        self.get(|inner| inner.client_text(is_public))
    }

    fn type_uri(&self) -> Option<Cow<'static, str>> {
        self.get(Repr::type_uri)
    }

    fn details(&self) -> Option<Value> {
        self.get(Repr::details)
    }

    fn fields(&self) -> Vec<Field> {
        self.inner().map(|inner| inner.fields()).unwrap_or_default()
    }

    fn headers(&self) -> HeaderMap {
        self.get(Repr::headers).unwrap_or_default()
    }

    fn exposure(&self) -> Exposure {
        self.inner()
            .map(|inner| inner.exposure())
            .unwrap_or_default()
    }

    fn is_expected(&self) -> bool {
        self.inner().is_some_and(|inner| inner.is_expected())
    }

    /// Always: the report's message was not written for clients.
    fn is_foreign(&self) -> bool {
        true
    }
}
