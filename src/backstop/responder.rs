//! From a failure to the bytes of its answer. Whatever fails on the way, an answer comes out.

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;

use crate::disclosure::{Disclosed, Policy};
use crate::error::{BoxError, Failure};
use crate::formats;
use crate::formats::{Shape, View};
use crate::negotiate::{Format, Offers};
use crate::panics::catch::catch_panic;
use crate::problem::{Problem, reason_phrase};
use crate::request::RequestInfo;

/// The settings of the answers.
#[derive(Debug)]
pub(super) struct Responder {
    pub(super) policy: Policy,
    pub(super) shape: Shape,
    pub(super) offers: Offers,
    pub(super) negotiates: bool,
    pub(super) format_query: Option<String>,
    pub(super) customize: Option<Customize>,
    pub(super) html_page: Option<HtmlPage>,
}

/// One answer, but for the headers that the response already had.
#[derive(Debug)]
pub(crate) struct RenderedError {
    pub(crate) body: Body,
    pub(crate) content_type: HeaderValue,
    pub(crate) csp: Option<HeaderValue>,
    /// Whether another `Accept` could have got another answer.
    pub(crate) varies: bool,
}

/// The bytes of an answer.
#[derive(Debug)]
pub(crate) enum Body {
    Rendered(Vec<u8>),
    /// The last resort.
    Static(&'static str),
}

/// The owner's last word on a problem.
#[derive(Clone)]
pub(super) struct Customize(pub(super) Arc<Edit>);

type Edit = dyn Fn(&mut Problem, &Failure, &RequestInfo) + Send + Sync;

/// The owner's page.
#[derive(Clone)]
pub(super) struct HtmlPage(pub(super) Arc<WritePage>);

type WritePage = dyn Fn(&Problem, &RequestInfo) -> Option<String> + Send + Sync;

/// What [`Builder::html_page`](super::Builder::html_page) may return: a text, or a text that could fail to
/// be made. Where there is none, the built-in page is sent.
pub trait IntoPage {
    /// The page, if there is one.
    fn into_page(self) -> Option<String>;
}

impl Responder {
    pub(super) fn answer(
        &self,
        failure: &Failure,
        urn: &str,
        facts: &RequestInfo,
    ) -> RenderedError {
        let format = self.format(facts);
        // First all that may be told; if an error's own code panics on the way, its status and id.
        let rendered = catch_panic(|| {
            self.render(
                format,
                failure,
                urn,
                facts,
                Disclosed::new(failure, facts, &self.policy),
            )
        })
        .or_else(|| {
            catch_panic(|| self.render(format, failure, urn, facts, Disclosed::minimal(failure)))
        });
        let (body, format, csp) = match rendered {
            Some((bytes, csp)) => (Body::Rendered(bytes), format, csp),
            None => (
                Body::Static(reason_phrase(failure.status())),
                Format::Text,
                None,
            ),
        };
        RenderedError {
            body,
            content_type: format.content_type(),
            csp,
            varies: self.negotiates,
        }
    }

    fn render(
        &self,
        format: Format,
        failure: &Failure,
        urn: &str,
        facts: &RequestInfo,
        mut disclosed: Disclosed,
    ) -> (Vec<u8>, Option<HeaderValue>) {
        let mut problem = formats::problem(&mut disclosed, urn);
        if let Some(customize) = &self.customize {
            let mut edited = problem.clone();
            if catch_panic(|| (customize.0)(&mut edited, failure, facts)).is_some() {
                // The status of a problem is its response's (RFC 9457, section 3.1.2).
                edited.set_status(failure.status());
                edited.limit_depth();
                problem = edited;
            }
        }
        if format == Format::Html
            && disclosed.debug.is_none()
            && let Some(page) = &self.html_page
            && let Some(page) = catch_panic(|| (page.0)(&problem, facts)).flatten()
        {
            return (page.into_bytes(), csp_of_custom_page());
        }
        let view = View {
            problem: &problem,
            disclosed: &disclosed,
            shape: &self.shape,
        };
        (formats::render(format, view), csp_of(format))
    }

    fn format(&self, facts: &RequestInfo) -> Format {
        if let Some(format) = self.queried_format(facts) {
            return format;
        }
        if self.negotiates {
            self.offers.pick(facts.accept())
        } else {
            self.offers.default()
        }
    }

    /// The format that the query names, once and exactly; anything else in it is ignored.
    fn queried_format(&self, facts: &RequestInfo) -> Option<Format> {
        let name = self.format_query.as_deref()?;
        let query = facts.uri().query()?;
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

fn csp_of(format: Format) -> Option<HeaderValue> {
    (format == Format::Html).then_some(formats::PAGE_CSP)
}

const fn csp_of_custom_page() -> Option<HeaderValue> {
    Some(formats::CUSTOM_PAGE_CSP)
}

impl IntoPage for String {
    fn into_page(self) -> Option<String> {
        Some(self)
    }
}

impl IntoPage for Option<String> {
    fn into_page(self) -> Option<String> {
        self
    }
}

impl<E: Into<BoxError>> IntoPage for Result<String, E> {
    fn into_page(self) -> Option<String> {
        self.ok()
    }
}

impl fmt::Debug for Customize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Customize(…)")
    }
}

impl fmt::Debug for HtmlPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HtmlPage(…)")
    }
}
