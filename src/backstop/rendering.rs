//! From a failure to the bytes of its response. Whatever fails on the way, a response comes out.

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::format_choice::content_type;
use super::handle::Backstop;
use super::responder::{PagePolicy, RenderedError, Responder};
use crate::development::DeveloperView;
use crate::disclosure::{Debug, Disclosed};
use crate::error::Failure;
use crate::formats;
use crate::formats::{Shape, View};
use crate::negotiate::{Format, asks_for_all};
use crate::panics::catch::catch_panic;
use crate::problem::reason_phrase;
use crate::request::RequestInfo;

/// Builds what a developer sees beyond what is disclosed of the error.
pub(super) type ShowDeveloper<'a> = dyn Fn(&Debug) -> DeveloperView + 'a;

/// What is rendered, for the steps below.
struct Rendering<'a> {
    responder: &'a Responder,
    failure: &'a Failure,
    urn: &'a str,
    request: &'a RequestInfo,
    /// The headers of the response that is replaced.
    head: &'a HeaderMap,
    shape: &'a Shape,
    format: Format,
}

/// A body, and what depends on it.
struct Rendered {
    body: Bytes,
    format: Format,
    csp: Option<PagePolicy>,
    is_for_developers: bool,
    language: Option<HeaderValue>,
}

impl Backstop {
    /// Renders a failure for the client of this request, under the URN of the failure's id. `head` are the headers of
    /// the response that is replaced.
    pub(crate) fn render(
        &self,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
        head: &HeaderMap,
    ) -> RenderedError {
        let show = |debug: &Debug| self.developer_view(failure, request, head, debug);
        let responder = &self.shared.responder;
        responder.respond(failure, urn, request, head, &show)
    }
}

impl Responder {
    /// Renders a failure for the client of this request, under the URN of the failure's id.
    pub(super) fn respond(
        &self,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
        head: &HeaderMap,
        show: &ShowDeveloper<'_>,
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
        let rendering = Rendering {
            responder: self,
            failure,
            urn,
            request,
            head,
            shape,
            format,
        };
        let rendered = rendering.finish(show);
        RenderedError {
            body: rendered.body,
            content_type: content_type(rendered.format, shape),
            csp: rendered.csp,
            is_for_developers: rendered.is_for_developers,
            grpc: None,
            varies,
            language: rendered.language,
            varies_by_language: self.localize.is_some(),
        }
    }
}

impl Rendering<'_> {
    fn finish(&self, show: &ShowDeveloper<'_>) -> Rendered {
        // First everything that may be disclosed. If the error's own code panics on the way, its status and id.
        let policy = &self.responder.policy;
        let disclosed = catch_panic(|| Disclosed::new(self.failure, self.request, policy));
        let rendered = disclosed.and_then(|disclosed| self.disclose(disclosed, show));
        let rendered = rendered
            .or_else(|| catch_panic(|| self.render(Disclosed::minimal(self.failure), None)));
        rendered.unwrap_or_else(|| Rendered {
            body: Bytes::from_static(reason_phrase(self.failure.status()).as_bytes()),
            format: Format::Text,
            csp: None,
            is_for_developers: false,
            language: None,
        })
    }

    /// Renders what is disclosed; to a developer all of it, or without the page if that fails.
    fn disclose(&self, disclosed: Disclosed, show: &ShowDeveloper<'_>) -> Option<Rendered> {
        let Some(debug) = disclosed.debug.as_ref().filter(|_| self.shows_view()) else {
            return catch_panic(|| self.render(disclosed, None));
        };
        let view = catch_panic(|| show(debug));
        let shown = view.and_then(|view| {
            let disclosed = disclosed.clone();
            catch_panic(|| self.render(disclosed, Some(&view)))
        });
        shown.or_else(|| catch_panic(|| self.render(disclosed, None)))
    }

    /// Whether the format shows more to developers than the error's own members. The envelopes do not, because their
    /// clients know what is in them.
    fn shows_view(&self) -> bool {
        !self.shape.keeps_properties()
            || matches!(self.format, Format::Html | Format::Markdown | Format::Text)
    }

    fn render(&self, mut disclosed: Disclosed, developer: Option<&DeveloperView>) -> Rendered {
        let (request, format) = (self.request, self.format);
        let (problem, language) =
            self.responder
                .problem(self.failure, self.urn, request, &mut disclosed, developer);
        let is_for_developers = disclosed.debug.is_some();
        if format == Format::Html
            && !is_for_developers
            && let Some(page) = &self.responder.html_page
            && let Some(page) = page.call(|page| page(&problem, request)).flatten()
        {
            return Rendered {
                body: Bytes::from(page),
                format,
                csp: Some(PagePolicy::Default(formats::CUSTOM_PAGE_CSP)),
                is_for_developers,
                language,
            };
        }
        let retry_after = (format == Format::Html)
            .then(|| self.retry_after())
            .flatten();
        let view = View {
            problem: &problem,
            disclosed: &disclosed,
            shape: self.shape,
            request,
            developer,
            retry_after: retry_after.as_ref(),
            is_complete: format == Format::Markdown && asks_for_all(request.accept()),
        };
        let csp = match (format, developer) {
            (Format::Html, Some(_)) => Some(formats::DEVELOPMENT_PAGE_CSP),
            (Format::Html, None) => Some(formats::PAGE_CSP),
            _ => None,
        };
        Rendered {
            body: Bytes::from(formats::render(format, view)),
            format,
            csp: csp.map(PagePolicy::BuiltIn),
            is_for_developers,
            language,
        }
    }

    /// What the response says about trying again, for the statuses that may say it.
    fn retry_after(&self) -> Option<HeaderValue> {
        const SAYING: [StatusCode; 3] = [
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        let status = self.failure.status();
        if !SAYING.contains(&status) {
            return None;
        }
        let repr = self.failure.repr();
        let own = repr
            .headers_for(status)
            .and_then(|headers| headers.get(RETRY_AFTER).cloned());
        own.or_else(|| repr.retry_after())
            .or_else(|| self.head.get(RETRY_AFTER).cloned())
    }
}
