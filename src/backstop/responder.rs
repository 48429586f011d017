//! From a failure to the bytes of its response. Whatever fails on the way, a response comes out.

use bytes::Bytes;
use http::HeaderValue;

use crate::disclosure::{Disclosed, Policy};
use crate::error::Failure;
use crate::formats;
use crate::formats::{Shape, View};
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
    pub(super) negotiates: bool,
    pub(super) format_query: Option<String>,
    pub(super) customize: Option<Callback<Customize>>,
    pub(super) html_page: Option<Callback<HtmlPage>>,
}

/// Edits the finished problem.
pub(super) type Customize = dyn Fn(&mut Problem, &Failure, &RequestInfo) + Send + Sync;

/// Writes the page; `None` leaves it to the built-in one.
pub(super) type HtmlPage = dyn Fn(&Problem, &RequestInfo) -> Option<String> + Send + Sync;

/// An error response, without the headers that do not depend on its body.
#[derive(Debug)]
pub(crate) struct RenderedError {
    pub(crate) body: Bytes,
    pub(crate) content_type: HeaderValue,
    pub(crate) csp: Option<HeaderValue>,
    /// Whether `Accept` may choose the format, so that the response needs `Vary: Accept`.
    pub(crate) varies: bool,
}

impl Responder {
    /// Renders a failure for the client of this request, under the URN of the failure's id.
    pub(super) fn respond(
        &self,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
    ) -> RenderedError {
        let format = self.format(request);
        let render = |disclose: &dyn Fn() -> Disclosed| {
            catch_panic(|| self.render(format, failure, urn, request, disclose()))
        };
        // First everything that may be disclosed. If the error's own code panics on the way, its status and id.
        let rendered = render(&|| Disclosed::new(failure, request, &self.policy))
            .or_else(|| render(&|| Disclosed::minimal(failure)));
        let (body, format, csp) = rendered.unwrap_or_else(|| {
            let last_resort = reason_phrase(failure.status()).as_bytes();
            (Bytes::from_static(last_resort), Format::Text, None)
        });
        RenderedError {
            body,
            content_type: self.content_type(format),
            csp,
            varies: self.negotiates,
        }
    }

    fn render(
        &self,
        format: Format,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
        mut disclosed: Disclosed,
    ) -> (Bytes, Format, Option<HeaderValue>) {
        let mut problem = formats::problem(&mut disclosed, urn);
        if let Some(customize) = &self.customize {
            let mut edited = problem.clone();
            let edit = |edit: &Customize| edit(&mut edited, failure, request);
            let is_edited = customize.call(edit).is_some();
            // Also if it has failed, because dropping deep values would overflow the stack.
            edited.limit_depth();
            if is_edited {
                // The status of a problem is the status of its response (RFC 9457, section 3.1.2).
                edited.set_status(failure.status());
                problem = edited;
            }
        }
        if format == Format::Html
            && disclosed.debug.is_none()
            && let Some(page) = &self.html_page
            && let Some(page) = page.call(|page| page(&problem, request)).flatten()
        {
            return (Bytes::from(page), format, Some(formats::CUSTOM_PAGE_CSP));
        }
        let view = View {
            problem: &problem,
            disclosed: &disclosed,
            shape: &self.shape,
        };
        let body = Bytes::from(formats::render(format, view));
        let csp = (format == Format::Html).then_some(formats::PAGE_CSP);
        (body, format, csp)
    }

    /// The envelopes keep the charset that their clients know; RFC 8259, section 11, defines none for JSON.
    fn content_type(&self, format: Format) -> HeaderValue {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        if format == Format::Json && self.shape == Shape::Problem {
            JSON
        } else {
            format.content_type()
        }
    }

    fn format(&self, request: &RequestInfo) -> Format {
        if let Some(format) = self.queried_format(request) {
            return format;
        }
        if self.negotiates {
            self.offers.pick(request.accept())
        } else {
            self.offers.default()
        }
    }

    /// The format that the query names, exactly and only once. Anything else is ignored.
    fn queried_format(&self, request: &RequestInfo) -> Option<Format> {
        let name = self.format_query.as_deref()?;
        let query = request.uri().query()?;
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        let (value, None) = (values.next()?.1, values.next()) else {
            return None;
        };
        let format = match &*value {
            "json" => Format::Json,
            "html" => Format::Html,
            "xml" if self.shape == Shape::Problem => Format::Xml,
            "xml" => Format::TextXml,
            "text" => Format::Text,
            media_type => *Format::ALL
                .iter()
                .find(|format| format.media_type() == media_type)?,
        };
        self.offers.contains(format).then_some(format)
    }
}

impl Default for Responder {
    fn default() -> Self {
        let shape = Shape::default();
        Self {
            policy: Policy::default(),
            offers: shape.offers(None),
            shape,
            negotiates: true,
            format_query: None,
            customize: None,
            html_page: None,
        }
    }
}
