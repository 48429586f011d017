//! How an error travels to the layer: in a response's extensions, or as a service's error.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use http_body::{Frame, SizeHint};
use uuid::Uuid;

use super::repr::Repr;
use super::status::StatusMap;
use super::{BoxError, Error, Exposure, Origin, chain, status};
use crate::panics::catch::{catch_panic, drop_catching};
use crate::problem::Problem;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A failure in a response's extensions.
#[derive(Clone)]
pub(crate) struct FailureExtension {
    pub(crate) inner: Arc<Repr>,
    /// The status that the response was made with; another one was set on purpose.
    pub(crate) status: StatusCode,
    /// Set by the first layer that answered.
    pub(crate) answered: Option<RenderedMark>,
}

/// Who answered a failure, so that no layer does so twice.
#[derive(Clone)]
pub(crate) struct RenderedMark {
    pub(crate) id: Uuid,
    pub(crate) origin: Origin,
    pub(crate) told: ReportedBy,
}

/// The Backstops that told of a failure, by their instance numbers: nearly always one.
#[derive(Clone)]
pub(crate) struct ReportedBy {
    first: u64,
    others: Vec<u64>,
}

impl ReportedBy {
    pub(crate) const fn by(number: u64) -> Self {
        Self {
            first: number,
            others: Vec::new(),
        }
    }

    pub(crate) fn is_by(&self, number: u64) -> bool {
        self.first == number || self.others.contains(&number)
    }

    pub(crate) fn also_by(&mut self, number: u64) {
        self.others.push(number);
    }
}

/// An [`Error`] as a standard error: what it is inside a [`BoxError`].
pub(crate) struct ErrorObject {
    inner: Arc<Repr>,
    /// Set where a guarded body has told of it already.
    pub(crate) answered: Option<RenderedMark>,
}

impl ErrorObject {
    pub(crate) const fn new(inner: Arc<Repr>, answered: RenderedMark) -> Self {
        Self {
            inner,
            answered: Some(answered),
        }
    }

    /// Parts that are shared already.
    pub(super) const fn sharing(inner: Arc<Repr>) -> Self {
        Self {
            inner,
            answered: None,
        }
    }

    pub(crate) const fn inner(&self) -> &Arc<Repr> {
        &self.inner
    }

    pub(super) fn into_error(self) -> Error {
        Error::from_inner(self.inner)
    }

    /// The traveller in a service's error, however deeply it was wrapped since.
    pub(crate) fn find<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Self> {
        std::iter::successors(Some(error), |error| chain::source(*error))
            .take(chain::MAX_LINKS)
            .find_map(|error| error.downcast_ref())
    }
}

/// The parts of a service's error: its own if it is one of ours, however deeply wrapped.
pub(crate) fn service_error<E: Into<BoxError>>(error: E) -> Arc<Repr> {
    let error = error.into();
    if let Some(found) = ErrorObject::find(error.as_ref()) {
        let inner = Arc::clone(found.inner());
        drop_catching(error);
        return inner;
    }
    Arc::new(Repr::service::<E>(error))
}

impl From<Error> for ErrorObject {
    fn from(error: Error) -> Self {
        Self {
            inner: error.into_inner(),
            answered: None,
        }
    }
}

impl fmt::Display for ErrorObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.inner.chain().first().map_or("", |link| link.message()))
    }
}

impl fmt::Debug for ErrorObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.inner, f)
    }
}

impl StdError for ErrorObject {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.error()
    }
}

impl IntoResponse for Error {
    /// A small, safe problem document; the layer puts the negotiated answer in its place.
    fn into_response(self) -> Response {
        respond(self.into_inner())
    }
}

/// The response that carries these parts to the layer.
pub(crate) fn respond(inner: Arc<Repr>) -> Response {
    let status = status::of(&inner, &StatusMap::default());
    let body = Unlayered {
        inner: Arc::clone(&inner),
        status,
        bytes: OnceLock::new(),
        sent: false,
    };
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, PROBLEM_JSON);
    if let Some(theirs) = inner.headers() {
        headers.extend(theirs);
    }
    response.extensions_mut().insert(FailureExtension {
        inner,
        status,
        answered: None,
    });
    response
}

/// The body that an error has without the layer. It is rendered when somebody asks for it: inside the
/// layer nobody does.
struct Unlayered {
    inner: Arc<Repr>,
    status: StatusCode,
    bytes: OnceLock<Bytes>,
    sent: bool,
}

impl Unlayered {
    fn bytes(&self) -> &Bytes {
        self.bytes.get_or_init(|| {
            let mut problem = Problem::new(self.status);
            if let Some(detail) = catch_panic(|| self.detail()).flatten() {
                problem = problem.detail(detail);
            }
            Bytes::from(problem.to_json())
        })
    }

    fn detail(&self) -> Option<Cow<'static, str>> {
        let exposure = self.inner.exposure();
        let shown = match exposure {
            Exposure::Public => true,
            Exposure::Private => false,
            Exposure::ByStatus => self.status.is_client_error(),
        };
        shown
            .then(|| self.inner.client_text(exposure == Exposure::Public))
            .flatten()
    }
}

impl http_body::Body for Unlayered {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.sent {
            return Poll::Ready(None);
        }
        self.sent = true;
        Poll::Ready(Some(Ok(Frame::data(self.bytes().clone()))))
    }

    fn is_end_stream(&self) -> bool {
        self.sent
    }

    fn size_hint(&self) -> SizeHint {
        let left = if self.sent { 0 } else { self.bytes().len() };
        SizeHint::with_exact(left as u64)
    }
}
