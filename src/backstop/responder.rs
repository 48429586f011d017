//! From a failure to the bytes of its response. Whatever fails on the way, a response comes out.

use bytes::Bytes;
use http::HeaderValue;

use super::localizer::Localizer;
use crate::disclosure::{Disclosed, Policy};
use crate::error::{Failure, Origin};
use crate::formats;
use crate::formats::{Shape, View, grpc, is_xml_name};
use crate::negotiate::{Format, Offers};
use crate::panics::callback::Callback;
use crate::panics::catch::catch_panic;
use crate::problem::{Problem, reason_phrase};
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
    /// Of the built-in page, which needs exactly this one.
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
    /// Renders a failure for the client of this request, under the URN of the failure's id.
    pub(super) fn respond(
        &self,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
    ) -> RenderedError {
        if let Some(content_type) = request.grpc_content_type() {
            return self.respond_to_grpc(failure, urn, request, content_type);
        }
        let chosen = self.choose(request);
        let (shape, offers) = match &chosen {
            Some((shape, offers)) => (shape, offers),
            None => (&self.shape, &self.offers),
        };
        let (format, varies) = self.format(request, shape, offers);
        let render = |disclose: &dyn Fn() -> Disclosed| {
            catch_panic(|| self.render(format, shape, failure, urn, request, disclose()))
        };
        // First everything that may be disclosed. If the error's own code panics on the way, its status and id.
        let rendered = render(&|| Disclosed::new(failure, request, &self.policy))
            .or_else(|| render(&|| Disclosed::minimal(failure)));
        let (body, format, csp, language) = rendered.unwrap_or_else(|| {
            let last_resort = reason_phrase(failure.status()).as_bytes();
            (Bytes::from_static(last_resort), Format::Text, None, None)
        });
        RenderedError {
            body,
            content_type: content_type(format, shape),
            csp,
            grpc: None,
            varies,
            language,
            varies_by_language: self.localize.is_some(),
        }
    }

    /// The response to a gRPC request: no body, the status and the message are headers.
    fn respond_to_grpc(
        &self,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
        content_type: &HeaderValue,
    ) -> RenderedError {
        let reason = reason_phrase(failure.status());
        let message = catch_panic(|| {
            let mut disclosed = Disclosed::new(failure, request, &self.policy);
            let (problem, _) = self.problem(failure, urn, request, &mut disclosed);
            let text = problem.detail().or_else(|| problem.title());
            grpc::message(text.unwrap_or(reason))
        });
        let is_bare = failure.origin() == Origin::Response;
        RenderedError {
            body: Bytes::new(),
            content_type: content_type.clone(),
            csp: None,
            grpc: Some(GrpcStatus {
                code: grpc::status(failure.status(), is_bare),
                message: message.unwrap_or_else(|| grpc::message(reason)),
            }),
            varies: false,
            language: None,
            varies_by_language: false,
        }
    }

    fn render(
        &self,
        format: Format,
        shape: &Shape,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
        mut disclosed: Disclosed,
    ) -> (Bytes, Format, Option<PagePolicy>, Option<HeaderValue>) {
        let (problem, language) = self.problem(failure, urn, request, &mut disclosed);
        if format == Format::Html
            && disclosed.debug.is_none()
            && let Some(page) = &self.html_page
            && let Some(page) = page.call(|page| page(&problem, request)).flatten()
        {
            let csp = PagePolicy::Default(formats::CUSTOM_PAGE_CSP);
            return (Bytes::from(page), format, Some(csp), language);
        }
        let view = View {
            problem: &problem,
            disclosed: &disclosed,
            shape,
            request,
        };
        let body = Bytes::from(formats::render(format, view));
        let is_page = format == Format::Html;
        let csp = is_page.then_some(PagePolicy::BuiltIn(formats::PAGE_CSP));
        (body, format, csp, language)
    }

    /// The problem that this client may see, as `localize` and `customize` leave it, and its language.
    fn problem(
        &self,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
        disclosed: &mut Disclosed,
    ) -> (Problem, Option<HeaderValue>) {
        let mut problem = formats::problem(disclosed, urn);
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

    /// The shape and the formats for this request, if the application chooses them by request.
    fn choose(&self, request: &RequestInfo) -> Option<(Shape, Offers)> {
        if self.shape_by.is_none() && self.format_by.is_none() {
            return None;
        }
        let shape = self.shape_by.as_ref();
        let shape = shape.and_then(|choose| choose.call(|choose| choose(request)));
        let shape = shape
            .filter(|shape| is_xml_name(shape.xml_root()))
            .unwrap_or_else(|| self.shape.clone());
        let default = self.format_by.as_ref();
        let default = default
            .and_then(|choose| choose.call(|choose| choose(request)))
            .filter(|format| shape.has(*format))
            .or_else(|| self.default_format.filter(|format| shape.has(*format)));
        let offers = shape.offers(default);
        Some((shape, offers))
    }

    /// The format, and whether `Accept` has chosen it.
    fn format(&self, request: &RequestInfo, shape: &Shape, offers: &Offers) -> (Format, bool) {
        if let Some(format) = self.queried_format(request, shape) {
            (format, false)
        } else if self.negotiates {
            (offers.pick(request.accept()), true)
        } else {
            (offers.default(), false)
        }
    }

    /// The format that the query names, exactly and only once. Anything else is ignored.
    fn queried_format(&self, request: &RequestInfo, shape: &Shape) -> Option<Format> {
        let name = self.format_query.as_deref()?;
        let query = request.uri().query()?;
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        let (value, None) = (values.next()?.1, values.next()) else {
            return None;
        };
        let format = match &*value {
            "json" => Format::Json,
            "html" => Format::Html,
            "xml" if *shape == Shape::Problem => Format::Xml,
            "xml" => Format::TextXml,
            "text" => Format::Text,
            media_type => *Format::ALL
                .iter()
                .find(|format| format.media_type() == media_type)?,
        };
        shape.has(format).then_some(format)
    }
}

/// The envelopes keep the charset that their clients know; RFC 8259, section 11, defines none for JSON.
fn content_type(format: Format, shape: &Shape) -> HeaderValue {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    if format == Format::Json && !shape.keeps_properties() {
        JSON
    } else {
        format.content_type()
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
