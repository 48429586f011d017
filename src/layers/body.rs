//! The guarded body: what fails after the head has left.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

use super::catch::{catch_failure, catch_failure_inside, dropped};
use crate::backstop::Backstop;
use crate::error::{
    BoxError, ErrorObject, Failure, Origin, RenderedMark, ReportedBy, Repr, service_error,
};
use crate::panics::catch::catch_panic;
use crate::request::RequestInfo;
use crate::scope::{CurrentScope, ScopeGuard, scope_of_body};

/// A body of this exact size or less is mostly in memory already and passes unguarded.
const SMALL: u64 = 64 * 1024;

/// The response with its body guarded, unless it is small.
pub(super) fn guard<R>(
    backstop: &Backstop,
    facts: &RequestInfo,
    response: Response<R>,
) -> Response<Body>
where
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let is_small = catch_failure_inside(|| {
        response
            .body()
            .size_hint()
            .exact()
            .is_some_and(|size| size <= SMALL)
    });
    if is_small.unwrap_or(false) {
        return response.map(Body::new);
    }
    let status = response.status();
    response.map(|inner| {
        Body::new(GuardedBody {
            inner: Some(inner),
            slot: Some(scope_of_body(backstop.owner())),
            backstop: backstop.clone(),
            facts: facts.clone(),
            status,
        })
    })
}

pin_project! {
    /// Ends in an error where the inner body fails or panics, and tells the owner.
    struct GuardedBody<B> {
        // None once it has failed: it must not be polled again.
        #[pin]
        inner: Option<B>,
        // Taken while it is bound.
        slot: Option<CurrentScope>,
        backstop: Backstop,
        facts: RequestInfo,
        status: StatusCode,
    }
}

impl<B> http_body::Body for GuardedBody<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut this = self.project();
        let Some(inner) = this.inner.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let bound = ScopeGuard::enter(this.slot);
        let polled = catch_failure(|| inner.poll_frame(cx));
        bound.provide_request(this.facts);
        let error = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(None)) => return Poll::Ready(None),
            Ok(Poll::Ready(Some(Ok(frame)))) => return Poll::Ready(Some(Ok(frame))),
            Ok(Poll::Ready(Some(Err(error)))) => {
                told(this.backstop, this.facts, *this.status, error.into())
            }
            Err(panic) => tell(this.backstop, this.facts, *this.status, panic, None),
        };
        dropped(|| this.inner.set(None));
        Poll::Ready(Some(Err(error)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner
            .as_ref()
            .is_none_or(|inner| catch_panic(|| inner.is_end_stream()).unwrap_or(false))
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self
            .inner
            .as_ref()
            .map(|inner| catch_panic(|| inner.size_hint()).unwrap_or_default());
        hint.unwrap_or_else(|| SizeHint::with_exact(0))
    }
}

/// The error that ends the stream, once this Backstop's owner knows of it.
fn told(
    backstop: &Backstop,
    facts: &mut RequestInfo,
    status: StatusCode,
    error: BoxError,
) -> BoxError {
    let answered = ErrorObject::find(error.as_ref()).and_then(|found| found.rendered.clone());
    match answered {
        Some(answered) if answered.reported_by.contains(backstop.number()) => error,
        answered => tell(backstop, facts, status, service_error(error), answered),
    }
}

fn tell(
    backstop: &Backstop,
    facts: &mut RequestInfo,
    status: StatusCode,
    inner: Arc<Repr>,
    answered: Option<RenderedMark>,
) -> BoxError {
    let mut failure = Failure::new(Arc::clone(&inner), Origin::Body, backstop.statuses());
    let reported_by = match answered {
        Some(answered) => {
            failure = failure.with_id(answered.id);
            let mut reported_by = answered.reported_by;
            reported_by.insert(backstop.number());
            reported_by
        }
        None => ReportedBy::new(backstop.number()),
    };
    // The head has left: whatever the error would have answered, this is the server's failure.
    let failure = failure.with_status(StatusCode::INTERNAL_SERVER_ERROR);
    backstop.tell(&failure, facts, Some(status));
    let answered = RenderedMark {
        id: failure.id(),
        origin: Origin::Body,
        reported_by,
    };
    Box::new(ErrorObject::rendered(inner, answered))
}
