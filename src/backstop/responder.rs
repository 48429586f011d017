//! [`Responder`]: the settings of error responses, and what comes of them.

use bytes::Bytes;
use http::HeaderValue;

use super::localizer::Localizer;
use crate::development::DeveloperView;
use crate::disclosure::{Disclosed, Policy};
use crate::error::Failure;
use crate::formats;
use crate::formats::Shape;
use crate::negotiate::{Format, Offers};
use crate::panics::callback::Callback;
use crate::problem::Problem;
use crate::request::RequestInfo;

/// The settings of error responses.
#[derive(Debug)]
pub(super) struct Responder {
    pub(super) policy: Policy,
    pub(super) shape: Shape,
    pub(super) offers: Offers,
    pub(super) default_format: Option<Format>,
    pub(super) shape_by: Option<Callback<ShapeBy>>,
    pub(super) format_by: Option<Callback<FormatBy>>,
    pub(super) negotiates: bool,
    pub(super) format_query: Option<String>,
    pub(super) localize: Option<Localizer>,
    pub(super) customize: Option<Callback<Customize>>,
    pub(super) html_page: Option<Callback<HtmlPage>>,
    pub(super) sends_error_events: bool,
}

/// Chooses the shape for a request.
pub(super) type ShapeBy = dyn Fn(&RequestInfo) -> Shape + Send + Sync;

/// Chooses the default format for a request.
pub(super) type FormatBy = dyn Fn(&RequestInfo) -> Format + Send + Sync;

/// Edits the finished problem.
pub(super) type Customize = dyn Fn(&mut Problem, &Failure, &RequestInfo) + Send + Sync;

/// Writes the page; `None` leaves it to the built-in one.
pub(super) type HtmlPage = dyn Fn(&Problem, &RequestInfo) -> Option<String> + Send + Sync;

/// An error response, without the headers that do not depend on its body.
#[derive(Debug)]
pub(crate) struct RenderedError {
    pub(crate) body: Bytes,
    pub(crate) content_type: HeaderValue,
    /// The Content-Security-Policy of a page.
    pub(crate) csp: Option<PagePolicy>,
    /// Whether it shows a developer what no one else may see.
    pub(crate) is_for_developers: bool,
    /// gRPC's status, if the client speaks gRPC.
    pub(crate) grpc: Option<GrpcStatus>,
    /// Whether `Accept` has chosen the format, so that the response needs `Vary: Accept`.
    pub(crate) varies: bool,
    /// The language of its texts, if they were translated.
    pub(crate) language: Option<HeaderValue>,
    /// Whether `Accept-Language` may choose the language, so that the response needs `Vary: Accept-Language`.
    pub(crate) varies_by_language: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum PagePolicy {
    /// Of a built-in page, which needs exactly this one.
    BuiltIn(HeaderValue),
    /// Of the application's page: it applies unless the application has set one itself.
    Default(HeaderValue),
}

/// The values of `grpc-status` and `grpc-message`.
#[derive(Debug)]
pub(crate) struct GrpcStatus {
    pub(crate) code: HeaderValue,
    pub(crate) message: HeaderValue,
}

impl Responder {
    /// The problem that this client may see, as `localize` and `customize` leave it, and its language.
    pub(super) fn problem(
        &self,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
        disclosed: &mut Disclosed,
        developer: Option<&DeveloperView>,
    ) -> (Problem, Option<HeaderValue>) {
        let mut problem = formats::problem(disclosed, urn, developer);
        let localize = self.localize.as_ref();
        let language = localize.and_then(|localize| localize.localize(&mut problem, request));
        let Some(customize) = &self.customize else {
            return (problem, language);
        };
        let mut edited = problem.clone();
        let edit = |edit: &Customize| edit(&mut edited, failure, request);
        let is_edited = customize.call(edit).is_some();
        // Also if it has failed, because dropping deep values would overflow the stack.
        edited.limit_depth();
        if !is_edited {
            return (problem, language);
        }
        // The status of a problem is the status of its response (RFC 9457, section 3.1.2).
        edited.set_status(failure.status());
        (edited, language)
    }
}

impl Default for Responder {
    fn default() -> Self {
        let shape = Shape::default();
        Self {
            policy: Policy::default(),
            offers: shape.offers(None),
            default_format: None,
            shape_by: None,
            format_by: None,
            shape,
            negotiates: true,
            format_query: None,
            localize: None,
            customize: None,
            html_page: None,
            sends_error_events: false,
        }
    }
}
