//! The settings of error responses, as methods of [`Builder`].

use std::error::Error as StdError;
use std::sync::Arc;

use super::builder::Builder;
use super::disclosure_settings::Disclosure;
use super::localizer::Localizer;
use crate::error::{Error, Failure, HttpError, recognized};
use crate::formats::Shape;
use crate::negotiate::{Format, Languages};
use crate::panics::callback::Callback;
use crate::problem::Problem;
use crate::request::RequestInfo;

/// # Error responses
impl Builder {
    /// The fields of errors that every client may see, whatever the status. A later call adds more. Default: none.
    ///
    /// The names of members that every error response has are rejected.
    pub fn safe_fields(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.responder.policy.safe_fields.extend(names);
        self
    }

    /// The members of an error response. Default: [`Shape::Problem`].
    pub fn shape(mut self, shape: Shape) -> Self {
        self.responder.shape = shape;
        self
    }

    /// The format used when the client sends no `Accept`, accepts anything, or accepts nothing that is offered.
    /// Default: [`Format::ProblemJson`], and [`Format::Json`] in the other shapes.
    pub fn default_format(mut self, format: Format) -> Self {
        self.default_format = Some(format);
        self
    }

    /// Chooses the members of an error response by the request: its path or one of its headers, which
    /// [`keep_headers`](crate::settings::Reporting::keep_headers) must name. Takes precedence over
    /// [`shape`](Self::shape), which applies if the closure panics.
    ///
    /// ```
    /// use backstop::{Backstop, Shape};
    /// use serde_json::json;
    ///
    /// let backstop = Backstop::production()
    ///     .shape_by(|request| {
    ///         if request.uri().path().starts_with("/v1/") {
    ///             Shape::custom(|problem, _| json!({"error": problem.detail().or(problem.title())}))
    ///         } else {
    ///             Shape::Problem
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn shape_by(
        mut self,
        choose: impl Fn(&RequestInfo) -> Shape + Send + Sync + 'static,
    ) -> Self {
        self.responder.shape_by = Some(Callback::new(Arc::new(choose)));
        self
    }

    /// Chooses the [default format](Self::default_format) by the request: JSON for an API, pages for everything else. A
    /// format that the shape does not have is ignored.
    ///
    /// ```
    /// use backstop::{Backstop, Format};
    ///
    /// let backstop = Backstop::production()
    ///     .default_format_by(|request| {
    ///         let is_api = request.uri().path().starts_with("/api/");
    ///         if is_api { Format::ProblemJson } else { Format::Html }
    ///     })
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn default_format_by(
        mut self,
        choose: impl Fn(&RequestInfo) -> Format + Send + Sync + 'static,
    ) -> Self {
        self.responder.format_by = Some(Callback::new(Arc::new(choose)));
        self
    }

    /// Whether `Accept` chooses the format. With `false` every error response has the default format. Default: `true`.
    pub fn negotiate(mut self, negotiate: bool) -> Self {
        self.responder.negotiates = negotiate;
        self
    }

    /// The query parameter that overrides `Accept`: `json`, `html`, `xml`, `text` or a media type. Other values, and a
    /// parameter that occurs twice, are ignored. Default: off.
    pub fn format_query(mut self, name: impl Into<String>) -> Self {
        self.responder.format_query = Some(name.into());
        self
    }

    /// Edits the finished problem, after disclosure: every client sees what is added here. The status cannot be
    /// changed. If the closure panics, its changes are undone.
    pub fn customize(
        mut self,
        edit: impl Fn(&mut Problem, &Failure, &RequestInfo) + Send + Sync + 'static,
    ) -> Self {
        self.responder.customize = Some(Callback::new(Arc::new(edit)));
        self
    }

    /// Translates the problem, after disclosure and before [`customize`](Self::customize), and returns the language,
    /// which becomes `Content-Language` (RFC 9457, section 3.1.3). If the closure returns `None` or panics, the problem
    /// stays as it was. The status cannot be changed.
    ///
    /// Every error response then has `Vary: accept-language`. The client's languages are empty if it sends no
    /// `Accept-Language`. Default: none, and then that header is not kept from requests.
    ///
    /// ```
    /// use backstop::Backstop;
    ///
    /// let backstop = Backstop::production()
    ///     .localize(|problem, languages| {
    ///         let language = languages.lookup(["de", "fr"])?;
    ///         let code = problem.get("code").and_then(|code| code.as_str());
    ///         // In an application, a look-up in its catalog of messages.
    ///         let (title, detail) = match (language, code) {
    ///             ("de", Some("OUT_OF_STOCK")) => ("Ausverkauft", "Der Artikel ist nicht auf Lager."),
    ///             ("fr", Some("OUT_OF_STOCK")) => ("\u{c9}puis\u{e9}", "L'article n'est plus en stock."),
    ///             _ => return None,
    ///         };
    ///         problem.set_title(title);
    ///         problem.set_detail(detail);
    ///         Some(language)
    ///     })
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn localize<L: AsRef<str>>(
        mut self,
        localize: impl Fn(&mut Problem, &Languages<'_>) -> Option<L> + Send + Sync + 'static,
    ) -> Self {
        self.responder.localize = Some(Localizer::new(localize));
        self
    }

    /// Writes the HTML page, from the problem that the client may see. The closure must escape what it inserts. If it
    /// returns `None` or panics, the built-in page is sent.
    ///
    /// A `Content-Security-Policy` that the error or a layer further in has set applies to the page too. If there is
    /// none, the page is sent under a policy that allows styles, images and fonts of its own origin, and no script. In
    /// development a local client still gets the page for developers.
    ///
    /// A template engine escapes what it inserts, and puts the page into the layout of the site:
    ///
    /// ```
    /// use askama::Template;
    /// use backstop::{Backstop, Problem, RequestInfo};
    ///
    /// #[derive(Template)]
    /// #[template(ext = "html", source = r#"<!doctype html>
    /// <html lang="en"><head><title>{{ title }} – Tea shop</title><link rel="stylesheet" href="/site.css"></head>
    /// <body><header><a href="/">Tea shop</a></header>
    /// <main><h1>{{ title }}</h1>{% if let Some(detail) = detail %}<p>{{ detail }}</p>{% endif %}
    /// <p>If you write to us, quote <code>{{ id }}</code>.</p></main></body></html>"#)]
    /// struct ErrorPage<'a> {
    ///     title: &'a str,
    ///     detail: Option<&'a str>,
    ///     id: &'a str,
    /// }
    ///
    /// fn error_page(problem: &Problem, _request: &RequestInfo) -> Option<String> {
    ///     let page = ErrorPage {
    ///         title: problem.title().unwrap_or("Something went wrong"),
    ///         detail: problem.detail(),
    ///         id: problem.instance().and_then(|urn| urn.strip_prefix("urn:uuid:")).unwrap_or_default(),
    ///     };
    ///     page.render().ok() // `None` sends the built-in page
    /// }
    ///
    /// let backstop = Backstop::production().html_page(error_page).build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn html_page<P: Into<Option<String>>>(
        mut self,
        page: impl Fn(&Problem, &RequestInfo) -> P + Send + Sync + 'static,
    ) -> Self {
        let page = move |problem: &Problem, request: &RequestInfo| page(problem, request).into();
        self.responder.html_page = Some(Callback::new(Arc::new(page)));
        self
    }

    /// Whether a stream of server-sent events (`text/event-stream`) that fails or panics ends with an event `error`, whose
    /// data is a problem document with status 500 and the id of the failure. Otherwise the connection is reset, as for
    /// every other body. Default: `false`.
    pub fn error_events(mut self, error_events: bool) -> Self {
        self.responder.sends_error_events = error_events;
        self
    }

    /// Decides what errors of type `E` mean, wherever they are in the cause chain of an error without a status of its
    /// own: one that came through [`.or_mapped()`](crate::ResultExt::or_mapped), in a box or a report, as a service's
    /// error, or in a variant of a derived error type without a `status`.
    ///
    /// The closure returns the [`Error`] that clients read instead: its status, code, text, fields, headers and listed
    /// errors. What it does not set is as if there were no closure, and the text of the foreign error stays hidden. The
    /// report keeps the whole cause chain. A later call takes precedence for errors of the same type.
    ///
    /// A status alone converts to an `Error` with `into()`.
    ///
    /// ```
    /// use backstop::{Backstop, Error};
    /// use http::{StatusCode, header::RETRY_AFTER};
    /// use std::io::ErrorKind;
    ///
    /// let backstop = Backstop::production()
    ///     .map_error::<std::io::Error>(|error| match error.kind() {
    ///         ErrorKind::TimedOut => StatusCode::GATEWAY_TIMEOUT.into(),
    ///         ErrorKind::StorageFull => Error::unavailable("no room for uploads at the moment")
    ///             .with_code("STORAGE_FULL")
    ///             .with_header(RETRY_AFTER, 600.into())
    ///             .public(),
    ///         _ => StatusCode::INTERNAL_SERVER_ERROR.into(),
    ///     })
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn map_error<E: StdError + 'static>(
        mut self,
        map: impl Fn(&E) -> Error + Send + Sync + 'static,
    ) -> Self {
        let map = move |error: &E| Some(Arc::clone(map(error).repr()));
        self.responder.policy.statuses.insert(map);
        self
    }

    /// Lets errors of the application's type `E` keep the status, code and text that they declare where they are in the
    /// cause chain of an error without a status of its own: inside a [`BoxError`](crate::BoxError), or a report of
    /// `anyhow` or `eyre`. Without it such an error is a 500.
    ///
    /// ```
    /// use backstop::prelude::*;
    /// use backstop::{Backstop, BoxError};
    ///
    /// #[derive(Debug, thiserror::Error, HttpError)]
    /// #[error("there is no user {0}")]
    /// #[http(status = 404, code = "NO_USER")]
    /// struct NoUser(u32);
    ///
    /// fn service() -> Result<String, BoxError> {
    ///     Err(NoUser(7).into())
    /// }
    ///
    /// // A 404 with the code NO_USER.
    /// async fn handler() -> backstop::Result<String> {
    ///     Ok(service()?)
    /// }
    ///
    /// let backstop = Backstop::production().recognize::<NoUser>().build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn recognize<E: HttpError>(mut self) -> Self {
        self.responder.policy.statuses.insert(recognized::<E>);
        self
    }

    /// Chooses the `type` of a problem, any URI reference, whatever the status. `None` leaves it to the error.
    pub fn type_uri(
        mut self,
        choose: impl Fn(&Failure, &RequestInfo) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.responder.policy.type_uri = Some(Callback::new(Arc::new(choose)));
        self
    }

    /// Which clients see the details of a failure. A later call adds to an earlier one, and takes precedence.
    pub fn disclosure(mut self, disclosure: Disclosure) -> Self {
        self.disclosure.merge(disclosure);
        self
    }
}
