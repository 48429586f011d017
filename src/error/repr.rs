//! What an error consists of, shared between [`Error`](super::Error), its failure and its response.

use std::any::type_name;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::chain::Link;
use super::response::ErrorObject;
use super::status::StatusMap;
use super::{BoxError, Error, Exposure, HttpError, chain, status};
use crate::backtrace::{Backtrace, SourceLocation};
use crate::identity::ReportedTo;
use crate::panics::catch::drop_catching;
use crate::panics::record::PanicRecord;
use crate::problem::{reason_phrase, shallow};

/// The parts of an error. It is made once, set while an `Error` owns it alone, and only read from then on.
pub(crate) struct Repr {
    pub(super) cause: Cause,
    pub(super) type_name: Option<&'static str>,
    pub(super) location: Option<&'static Location<'static>>,
    pub(super) status: Option<StatusCode>,
    pub(super) exposure: Option<Exposure>,
    /// What the setters said; boxed, for most errors say nothing more.
    pub(super) said: Option<Box<Said>>,
    /// The error that a report holds, whose facts are the report's.
    pub(super) told: Option<Arc<Self>>,
    pub(super) chain: OnceLock<Vec<Link>>,
    pub(super) backtrace: Option<Backtrace>,
    /// Where the panic's hook was ours.
    panic: Option<Arc<PanicRecord>>,
    /// Set once the application has reported the error itself.
    notice: OnceLock<Arc<ReportedTo>>,
}

/// Where the error came from.
pub(super) enum Cause {
    Http(Box<dyn HttpError>),
    Foreign(BoxError),
    Message(Cow<'static, str>),
    Panic(Cow<'static, str>),
    Many(Vec<Error>),
    /// A response of somebody else's, with its text.
    Response(StatusCode, Option<String>),
    /// The chain of an error that was only borrowed.
    Snapshot(Vec<Link>),
}

#[derive(Default)]
pub(super) struct Said {
    pub(super) code: Option<Value>,
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) title: Option<Cow<'static, str>>,
    pub(super) detail: Option<Cow<'static, str>>,
    pub(super) type_uri: Option<Cow<'static, str>>,
    pub(super) details: Option<Value>,
    pub(super) fields: Vec<(Cow<'static, str>, Value)>,
    pub(super) headers: HeaderMap,
    pub(super) contexts: Vec<(Cow<'static, str>, &'static Location<'static>)>,
}

/// The text of several errors at once, as strong-error-handler words it.
pub(crate) const MANY: &str = "Failed with multiple errors, see `details` for more information.";

impl Repr {
    pub(super) const fn new(
        cause: Cause,
        type_name: Option<&'static str>,
        location: Option<&'static Location<'static>>,
    ) -> Self {
        Self {
            cause,
            type_name,
            location,
            status: None,
            exposure: None,
            said: None,
            told: None,
            chain: OnceLock::new(),
            backtrace: None,
            panic: None,
            notice: OnceLock::new(),
        }
    }

    /// The parts of an error that knows its answer.
    pub(crate) const fn http(
        error: Box<dyn HttpError>,
        type_name: &'static str,
        location: Option<&'static Location<'static>>,
    ) -> Self {
        Self::new(Cause::Http(error), Some(type_name), location)
    }

    pub(super) fn said_mut(&mut self) -> &mut Said {
        self.said.get_or_insert_default()
    }

    /// The error itself, where there is one.
    pub(crate) fn error(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.cause {
            Cause::Http(error) => Some(error.as_ref()),
            Cause::Foreign(error) => Some(error.as_ref()),
            _ => None,
        }
    }

    /// The error, those that it only passes on, and their sources, bounded.
    pub(super) fn sources(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        let http = std::iter::successors(self.as_http(), |http| http.transparent_over());
        let passed_on = http
            .skip(1)
            .map(|http| -> &(dyn StdError + 'static) { http });
        let error = self.error();
        let sources =
            std::iter::successors(error.and_then(chain::source), |error| chain::source(*error));
        error
            .into_iter()
            .chain(passed_on)
            .chain(sources)
            .take(chain::MAX_LINKS)
    }

    pub(super) fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.sources().find_map(|error| error.downcast_ref())
    }

    pub(super) fn as_http(&self) -> Option<&(dyn HttpError + 'static)> {
        match &self.cause {
            Cause::Http(error) => Some(error.as_ref()),
            _ => None,
        }
    }

    fn said<T>(
        &self,
        ours: impl FnOnce(&Said) -> Option<T>,
        theirs: impl FnOnce(&dyn HttpError) -> Option<T>,
    ) -> Option<T> {
        self.said
            .as_deref()
            .and_then(ours)
            .or_else(|| self.as_http().and_then(theirs))
    }

    /// The status that the error itself insists on.
    pub(crate) fn own_status(&self) -> Option<StatusCode> {
        self.status.or_else(|| {
            self.as_http()
                .filter(|http| !http.is_foreign())
                .map(HttpError::status)
        })
    }

    /// The status that a foreign error suggests when nobody knows better.
    pub(super) fn foreign_status(&self) -> Option<StatusCode> {
        self.as_http().map(HttpError::status)
    }

    /// The status of an error inside another one.
    pub(crate) fn status(&self, map: &StatusMap) -> StatusCode {
        status::of(self, map)
    }

    pub(crate) fn exposure(&self) -> Exposure {
        self.exposure
            .or_else(|| self.as_http().map(HttpError::exposure))
            .unwrap_or_default()
    }

    /// Whether the error's text was written for others than clients, so that it needs a word to be shown.
    pub(crate) fn is_foreign(&self) -> bool {
        match &self.cause {
            Cause::Http(error) => error.is_foreign(),
            Cause::Foreign(_) | Cause::Panic(_) | Cause::Snapshot(_) => true,
            Cause::Message(_) | Cause::Many(_) | Cause::Response(..) => false,
        }
    }

    pub(crate) fn code(&self) -> Option<Value> {
        self.said(|said| said.code.clone(), |http| http.code().map(shallow))
    }

    pub(crate) fn name(&self) -> Option<Cow<'static, str>> {
        self.said(|said| said.name.clone(), HttpError::name)
    }

    pub(crate) fn title(&self) -> Option<Cow<'static, str>> {
        self.said(|said| said.title.clone(), HttpError::title)
    }

    /// What was written for the client, else `None`: the message then speaks for itself.
    pub(crate) fn detail(&self) -> Option<Cow<'static, str>> {
        self.said(
            |said| said.detail.clone(),
            |http| http.detail().map(Cow::Owned),
        )
    }

    pub(crate) fn type_uri(&self) -> Option<Cow<'static, str>> {
        self.said(|said| said.type_uri.clone(), HttpError::type_uri)
    }

    pub(crate) fn details(&self) -> Option<Value> {
        self.said(
            |said| said.details.clone(),
            |http| http.details().map(shallow),
        )
    }

    /// The fields, those of the setters over those of the error.
    pub(crate) fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
        let mut fields = self.as_http().map(HttpError::fields).unwrap_or_default();
        for (_, value) in &mut fields {
            *value = shallow(value.take());
        }
        for (key, value) in self.said.iter().flat_map(|said| &said.fields) {
            fields.retain(|(known, _)| known != key);
            fields.push((key.clone(), value.clone()));
        }
        fields
    }

    pub(crate) fn items(&self) -> &[Error] {
        match &self.cause {
            Cause::Many(items) => items,
            _ => self.told.as_ref().map_or(&[], |told| told.items()),
        }
    }

    pub(crate) const fn is_panic(&self) -> bool {
        matches!(self.cause, Cause::Panic(_))
    }

    /// The bytes of its texts and addresses, as far as they are there already.
    pub(super) fn text_len(&self) -> usize {
        let own = match &self.cause {
            Cause::Message(text) | Cause::Panic(text) => text.len(),
            Cause::Response(_, text) => text.as_deref().map_or(0, str::len),
            Cause::Many(items) => items.iter().map(|item| item.inner().text_len()).sum(),
            Cause::Snapshot(links) => links.iter().map(|link| link.message().len()).sum(),
            Cause::Http(_) | Cause::Foreign(_) => 0,
        };
        let contexts = self.said.iter().flat_map(|said| &said.contexts);
        let links = self.chain.get().into_iter().flatten();
        own + self.backtrace().map_or(0, Backtrace::len)
            + contexts.map(|(text, _)| text.len()).sum::<usize>()
            + links.map(|link| link.message().len()).sum::<usize>()
    }

    /// The error's own message, without the contexts around it.
    pub(crate) fn message(&self) -> Cow<'_, str> {
        match &self.cause {
            Cause::Message(text) | Cause::Panic(text) => Cow::Borrowed(text),
            Cause::Many(_) => Cow::Borrowed(MANY),
            Cause::Response(status, text) => {
                Cow::Borrowed(text.as_deref().unwrap_or_else(|| reason_phrase(*status)))
            }
            Cause::Snapshot(links) => links
                .first()
                .map_or(Cow::Borrowed(""), |link| link.message().into()),
            Cause::Http(error) => Cow::Owned(chain::shown(error)),
            Cause::Foreign(error) => Cow::Owned(chain::shown(error)),
        }
    }

    /// What the error itself would tell a client, if it may: what was written for clients, else its message
    /// unless that was written for others.
    pub(crate) fn client_text(&self, foreign_too: bool) -> Option<Cow<'static, str>> {
        let message = || {
            let is_silent = matches!(self.cause, Cause::Response(_, None));
            let is_allowed = foreign_too || !self.is_foreign();
            (is_allowed && !is_silent).then(|| Cow::Owned(self.message().into_owned()))
        };
        self.detail().or_else(message)
    }

    /// What the panic said that was caught, and what its hook knew of it.
    pub(crate) fn panicked(text: Cow<'static, str>, panic: Option<Arc<PanicRecord>>) -> Self {
        let mut inner = Self::new(Cause::Panic(text), Some("panic"), None);
        if let Some(notice) = panic.as_ref().and_then(|panic| panic.notice()) {
            inner.notice = OnceLock::from(Arc::clone(notice));
        }
        inner.panic = panic;
        inner
    }

    /// A panic that nobody here caught, to be told once.
    pub(crate) fn uncaught(panic: Arc<PanicRecord>) -> Self {
        Self::panicked(Cow::Owned(panic.text().to_owned()), Some(panic))
    }

    /// Where it was made.
    pub(super) fn place(&self) -> Option<SourceLocation> {
        let of_panic = || self.panic.as_ref()?.place.clone();
        self.location.map(SourceLocation::from).or_else(of_panic)
    }

    /// The failure that a response of somebody else's stands for.
    pub(crate) fn response(status: StatusCode, text: Option<String>) -> Self {
        let mut inner = Self::new(Cause::Response(status, text), None, None);
        inner.status = Some(status);
        inner
    }

    /// A service's error.
    pub(crate) fn service<E: Into<BoxError>>(error: BoxError) -> Self {
        let known = status::known(error.as_ref()).map(|known| known.name);
        let named = type_name::<E>();
        // The name of a box says nothing of what is in it.
        let type_name = known.or_else(|| (named != type_name::<BoxError>()).then_some(named));
        Self::new(Cause::Foreign(error), type_name, None)
    }

    pub(crate) fn chain(&self) -> &[Link] {
        self.chain.get_or_init(|| chain::of(self))
    }

    /// What a report needs of an error that lives on. Both know that it was reported.
    pub(super) fn snapshot(original: &Self) -> Self {
        let mut inner = Self::new(
            Cause::Snapshot(chain::of(original)),
            original.type_name,
            None,
        );
        inner.said = Some(Box::new(Said {
            code: original.code(),
            details: original.details(),
            fields: original.fields(),
            ..Said::default()
        }));
        inner.backtrace = original.backtrace().cloned();
        inner.notice = OnceLock::from(Arc::clone(original.notice_or_new()));
        inner
    }

    /// Where the error was made: the one in a report, if there is one, for it failed first.
    pub(crate) fn backtrace(&self) -> Option<&Backtrace> {
        let told = self.told.as_ref().and_then(|told| told.backtrace());
        let of_panic = || self.panic.as_ref()?.backtrace.as_ref();
        told.or(self.backtrace.as_ref()).or_else(of_panic)
    }

    /// Who knows of this error, or of one of its causes, from the application.
    pub(crate) fn notice(&self) -> Option<&ReportedTo> {
        let known = self.notice.get().or_else(|| self.notice_of_cause());
        known.map(|notice| &**notice)
    }

    fn notice_of_cause(&self) -> Option<&Arc<ReportedTo>> {
        self.error()?;
        self.sources()
            .filter_map(|error| error.downcast_ref::<ErrorObject>())
            .find_map(|found| found.inner().notice.get())
    }

    fn notice_or_new(&self) -> &Arc<ReportedTo> {
        self.notice
            .get_or_init(|| self.notice_of_cause().cloned().unwrap_or_default())
    }
}

/// An error may panic when it is dropped, far from here: with the response that carries it.
impl Drop for Repr {
    fn drop(&mut self) {
        if self.error().is_some() {
            drop_catching(std::mem::replace(&mut self.cause, Cause::Many(Vec::new())));
        }
    }
}

/// The chain with its places, one link a line.
impl fmt::Debug for Repr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, link) in self.chain().iter().enumerate() {
            if depth > 0 {
                f.write_str("\n  caused by: ")?;
            }
            f.write_str(link.message())?;
            if let Some(at) = link.at() {
                write!(f, " (at {at})")?;
            }
        }
        Ok(())
    }
}
