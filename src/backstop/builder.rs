//! The settings, each a method, all checked by [`Builder::build`].

use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderName, StatusCode};

use super::event::OnError;
use super::mode::Mode;
use super::owner::OwnerSettings;
use super::report_settings::ReportSettings;
use super::responder::{Customize, HtmlPage, IntoPage, Responder};
use super::{Backstop, ConfigError, ErrorEvent, Shared, report_settings};
use crate::backtrace::CaptureInterest;
use crate::disclosure::{Gate, Policy, TypeUri};
use crate::error::Failure;
use crate::formats::Shape;
use crate::negotiate::Format;
use crate::problem::Problem;
use crate::request::{RequestInfo, Wanted};

/// The settings of a [`Backstop`]; [`build`](Self::build) checks them all.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct Builder {
    pub(super) policy: Policy,
    pub(super) shape: Shape,
    pub(super) default_format: Option<Format>,
    negotiates: bool,
    pub(super) format_query: Option<String>,
    customize: Option<Customize>,
    html_page: Option<HtmlPage>,
    on_error: Vec<OnError>,
    logs: bool,
    keep_headers: Vec<HeaderName>,
    pub(super) owner: OwnerSettings,
    pub(super) reports: ReportSettings,
}

impl Builder {
    pub(super) fn new(mode: Mode) -> Self {
        let shows = mode == Mode::Development;
        let mut owner = OwnerSettings::default();
        owner.capture_backtraces(shows);
        Self {
            policy: Policy {
                details: Gate::from_bool(shows),
                backtrace: Gate::from_bool(shows),
                ..Policy::default()
            },
            shape: Shape::Problem,
            default_format: None,
            negotiates: true,
            format_query: None,
            customize: None,
            html_page: None,
            on_error: Vec::new(),
            logs: true,
            keep_headers: Vec::new(),
            owner,
            reports: ReportSettings::default(),
        }
    }

    /// The fields of errors that every client may see, on any status. Default: none.
    ///
    /// The names of members that Backstop writes itself are refused.
    pub fn safe_fields(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.policy
            .safe_fields
            .extend(names.into_iter().map(Into::into));
        self
    }

    /// The members that answers have. Default: [`Shape::Problem`].
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// The format for clients that ask for nothing, for anything, or for nothing that there is. Default:
    /// [`Format::ProblemJson`], in the other shapes [`Format::Json`].
    pub fn default_format(mut self, format: Format) -> Self {
        self.default_format = Some(format);
        self
    }

    /// Whether `Accept` chooses the format; with `false` every answer has the default one. Default: `true`.
    pub fn negotiate(mut self, negotiate: bool) -> Self {
        self.negotiates = negotiate;
        self
    }

    /// The query parameter that chooses the format over `Accept`: `json`, `html`, `xml`, `text` or a media
    /// type. Other values, and the parameter given twice, are ignored. Default: off.
    pub fn format_query(mut self, name: impl Into<String>) -> Self {
        self.format_query = Some(name.into());
        self
    }

    /// Whether everything an error says is shown: type, message, chain, fields. Default: in development.
    ///
    /// Even then only a client on this machine (or one of [`debug_peers`](Self::debug_peers)) that asked for
    /// a name of this machine (or one of [`debug_hosts`](Self::debug_hosts)) sees it.
    pub fn show_details(mut self, show: bool) -> Self {
        self.policy.details = Gate::from_bool(show);
        self
    }

    /// Like [`show_details`](Self::show_details), decided failure by failure. A question that panics is a no.
    pub fn show_details_if(
        mut self,
        show: impl Fn(&Failure, &RequestInfo) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.policy.details = Gate::If(Arc::new(show));
        self
    }

    /// Whether places and frames are shown where details are. Default: in development.
    pub fn show_backtrace(mut self, show: bool) -> Self {
        self.policy.backtrace = Gate::from_bool(show);
        self
    }

    /// Like [`show_backtrace`](Self::show_backtrace), decided failure by failure.
    pub fn show_backtrace_if(
        mut self,
        show: impl Fn(&Failure, &RequestInfo) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.policy.backtrace = Gate::If(Arc::new(show));
        self
    }

    /// The start of the type of every problem whose error has a code but no type: the type is then this
    /// text and the code. Default: none, the type is `about:blank`.
    pub fn type_base(mut self, base: impl Into<String>) -> Self {
        self.policy.type_base = Some(base.into());
        self
    }

    /// Chooses the type of a problem, any URI reference, on any status; `None` leaves it to the error.
    pub fn type_uri(
        mut self,
        choose: impl Fn(&Failure, &RequestInfo) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.policy.type_uri = Some(TypeUri(Arc::new(choose)));
        self
    }

    /// The status of errors of type `E`, wherever they stand in the cause chain of an error that has none of
    /// its own. Outside 400–599 it becomes 500. The error's text stays hidden.
    ///
    /// ```
    /// use backstop::Backstop;
    /// use http::{HeaderName, StatusCode};
    ///
    /// let backstop = Backstop::production()
    ///     .map_status::<std::io::Error>(|error| match error.kind() {
    ///         std::io::ErrorKind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
    ///         _ => StatusCode::INTERNAL_SERVER_ERROR,
    ///     })
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn map_status<E: StdError + 'static>(
        mut self,
        status: impl Fn(&E) -> StatusCode + Send + Sync + 'static,
    ) -> Self {
        self.policy.statuses.insert(status);
        self
    }

    /// Edits the finished problem, after disclosure: what it adds is shown to every client. Its status stays
    /// the response's. An edit that panics is undone.
    pub fn customize(
        mut self,
        edit: impl Fn(&mut Problem, &Failure, &RequestInfo) + Send + Sync + 'static,
    ) -> Self {
        self.customize = Some(Customize(Arc::new(edit)));
        self
    }

    /// Writes the page for people in place of the built-in one; the problem is what the client may see.
    /// Escaping is the writer's. A page that panics, or is `None` or an `Err`, is replaced by the built-in one.
    ///
    /// The page is sent under a policy that allows styles, images and fonts of its own origin and no script;
    /// an error that carries `Content-Security-Policy` sets another.
    pub fn html_page<P: IntoPage>(
        mut self,
        page: impl Fn(&Problem, &RequestInfo) -> P + Send + Sync + 'static,
    ) -> Self {
        let page = move |problem: &Problem, facts: &RequestInfo| page(problem, facts).into_page();
        self.html_page = Some(HtmlPage(Arc::new(page)));
        self
    }

    /// Calls back for every failure, after its answer was decided. Several callbacks are all called, in the
    /// order in which they were set; one that panics changes nothing. It runs on the request's task, so it
    /// should be quick.
    pub fn on_error(mut self, callback: impl Fn(&ErrorEvent<'_>) + Send + Sync + 'static) -> Self {
        self.on_error.push(OnError(Arc::new(callback)));
        self
    }

    /// Whether each failure is one `tracing` record of the target `backstop`: ERROR from 500 on, DEBUG below.
    /// Default: `true`.
    pub fn log(mut self, log: bool) -> Self {
        self.logs = log;
        self
    }

    /// Request headers that hooks and reports should see beside `Accept` and `traceparent`, like
    /// `User-Agent` or `x-request-id`. Every request pays for each, whether it fails or not: about a hundred
    /// instructions. Default: none.
    pub fn keep_headers(mut self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        self.keep_headers.extend(names);
        self
    }

    /// Host names beside `localhost` and the loopback addresses under which details are shown, without port.
    /// Default: none.
    pub fn debug_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.policy.hosts.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// Addresses beside the loopback to which details are shown. Default: none.
    pub fn debug_peers(mut self, peers: impl IntoIterator<Item = impl Into<IpAddr>>) -> Self {
        self.policy.peers.extend(peers.into_iter().map(Into::into));
        self
    }

    /// More keys whose values are hidden on the developer's page, in logs and in reports, beside those that
    /// always are (passwords, tokens, cookies, …). A key counts if it contains one of these, whatever case
    /// and separators it is written with.
    pub fn redact_keys(mut self, keys: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        for key in keys {
            self.policy.redactor.insert(key.as_ref());
        }
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the setting and the fix: a safe field with a reserved name, a root that
    /// is no XML name, a default format that the shape does not have, an empty query parameter, a type base
    /// that no URI can start with, a debug host with a scheme or a port, a sample rate outside 0–1, a rate
    /// limit of 0, a queue without room, a reporter whose own settings can't work, callbacks of a shutdown that never comes.
    pub fn build(mut self) -> Result<Backstop, ConfigError> {
        self.check_names()?;
        self.check_format()?;
        self.policy.redacts_fields = self.shape == Shape::Problem;
        let answers = Responder {
            offers: self.shape.offers(self.default_format),
            policy: self.policy,
            shape: self.shape,
            negotiates: self.negotiates,
            format_query: self.format_query,
            customize: self.customize,
            html_page: self.html_page,
        };
        if self.reports.pipeline.wants_frames() {
            self.owner.capture_backtraces(true);
        }
        let reports = report_settings::build(self.reports, &answers.policy.redactor)?;
        let sink = report_settings::sink(&reports);
        let alarm = report_settings::alarm(&reports);
        let wants_backtraces = self.owner.wants_backtraces();
        let owner = self.owner.owner(&answers.policy.redactor, sink);
        Ok(Backstop::new(Shared {
            _wish: CaptureInterest::new(wants_backtraces && owner.listens()),
            owner: Arc::new(owner.with_alarm(alarm)),
            wanted: Wanted {
                origin: answers.policy.details.may_open(),
                headers: self.keep_headers,
            },
            answers,
            on_error: self.on_error,
            logs: self.logs,
            reported: self.owner.reported,
            reports,
        }))
    }
}
