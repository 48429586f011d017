//! The parts of an error, which an [`Error`](crate::Error), its failure and its response share.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use http::StatusCode;
use serde_json::Value;

use super::cause::Cause;
use super::chain;
use super::exposure::Exposure;
use super::http_error::HttpError;
use super::link::Link;
use super::overrides::{Field, Overrides};
use crate::backtrace::{Backtrace, CreationTrace, SourceLocation};
use crate::identity::ReportedTo;
use crate::panics::catch::{catch_panic, drop_catching};
use crate::panics::record::PanicRecord;
use crate::problem::{MemberMap, limit_depth};

/// The parts of an error. They are set while an `Error` is their only owner, and only read from then on.
pub(crate) struct Repr {
    pub(super) cause: Cause,
    pub(super) type_name: Option<&'static str>,
    pub(super) location: Option<&'static Location<'static>>,
    pub(super) status: Option<StatusCode>,
    pub(super) exposure: Option<Exposure>,
    pub(super) is_expected: bool,
    /// Boxed because most errors have none.
    pub(super) overrides: Option<Box<Overrides>>,
    /// The errors of [`Cause::Many`], and those that were added.
    pub(super) items: Vec<Arc<Self>>,
    /// What [`map_error`](crate::Builder::map_error) says about an error in the cause chain. Set when the status of the
    /// error is first asked for with callbacks.
    pub(super) mapped: OnceLock<Arc<Self>>,
    pub(super) backtrace: Option<Backtrace>,
    /// Only in development.
    pub(super) creation: Option<CreationTrace>,
    /// Made when it is first read.
    pub(super) chain: OnceLock<Vec<Link>>,
    /// Set once the application has reported the error itself.
    pub(super) reported_to: OnceLock<Arc<ReportedTo>>,
    /// What Backstop's panic hook recorded, if it is installed.
    panic: Option<Arc<PanicRecord>>,
}

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
            is_expected: false,
            overrides: None,
            items: Vec::new(),
            mapped: OnceLock::new(),
            backtrace: None,
            creation: None,
            chain: OnceLock::new(),
            reported_to: OnceLock::new(),
            panic: None,
        }
    }

    /// A panic that was caught, with its message and what the panic hook recorded.
    pub(crate) fn panicked(message: Cow<'static, str>, record: Option<Arc<PanicRecord>>) -> Self {
        let mut repr = Self::new(Cause::Panic(message), Some("panic"), None);
        if let Some(reported_to) = record.as_ref().and_then(|record| record.reported_to()) {
            repr.reported_to = OnceLock::from(Arc::clone(reported_to));
        }
        repr.panic = record;
        repr
    }

    /// A panic that Backstop did not catch.
    pub(crate) fn uncaught(record: Arc<PanicRecord>) -> Self {
        Self::panicked(Cow::Owned(record.text().to_owned()), Some(record))
    }

    pub(super) fn overrides_mut(&mut self) -> &mut Overrides {
        self.overrides.get_or_insert_default()
    }

    /// The error itself, if there is one.
    pub(crate) fn error(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.error()
    }

    pub(super) fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.cause.errors().find_map(|error| error.downcast_ref())
    }

    /// The status that the error declares itself. That of a foreign error is only a suggestion, and not returned.
    pub(super) fn declared_status(&self) -> Option<StatusCode> {
        self.status.or_else(|| {
            let http = self.cause.http()?;
            (http.has_status() && !http.is_foreign()).then(|| http.status())
        })
    }

    pub(crate) fn exposure(&self) -> Exposure {
        self.exposure
            .or_else(|| self.mapped.get()?.exposure)
            .or_else(|| self.cause.http().map(HttpError::exposure))
            .unwrap_or_default()
    }

    /// Whether production shows clients what the error says, in a response of this status.
    pub(crate) fn is_disclosed(&self, status: StatusCode) -> bool {
        self.exposure().discloses(status, self.is_panic())
    }

    /// The text for clients, where it is disclosed: the detail, else the message unless it is foreign.
    pub(crate) fn client_text(&self, includes_foreign: bool) -> Option<Cow<'static, str>> {
        let message = || {
            let has_message = !matches!(self.cause, Cause::Response(_, None));
            // The message of an error that was mapped was written for another status.
            let is_foreign = self.cause.is_foreign() || self.mapped.get().is_some();
            let is_allowed = includes_foreign || !is_foreign;
            (has_message && is_allowed).then(|| Cow::Owned(self.cause.message().into_owned()))
        };
        self.detail().or_else(message)
    }

    /// Whether it was marked as expected, or declares itself to be. The method of its type may panic.
    pub(crate) fn is_expected(&self) -> bool {
        let declared = |http: &dyn HttpError| catch_panic(|| http.is_expected()).unwrap_or(false);
        let is_mapped = || self.mapped.get().is_some_and(|mapped| mapped.is_expected);
        self.is_expected || is_mapped() || self.cause.http().is_some_and(declared)
    }

    pub(crate) const fn is_panic(&self) -> bool {
        matches!(self.cause, Cause::Panic(_))
    }

    pub(crate) fn code(&self) -> Option<Value> {
        self.get(|set| set.code.clone(), |http| http.code().map(limit_depth))
    }

    pub(crate) fn name(&self) -> Option<Cow<'static, str>> {
        self.get(|set| set.name.clone(), HttpError::name)
    }

    pub(crate) fn title(&self) -> Option<Cow<'static, str>> {
        self.get(|set| set.title.clone(), HttpError::title)
    }

    pub(crate) fn detail(&self) -> Option<Cow<'static, str>> {
        let set = self.overrides.as_deref();
        let mapped = || {
            let mapped = self.mapped.get()?;
            mapped.client_text(mapped.exposure() == Exposure::Public)
        };
        set.and_then(|set| set.detail.clone())
            .or_else(mapped)
            .or_else(|| self.cause.http()?.detail())
    }

    pub(crate) fn type_uri(&self) -> Option<Cow<'static, str>> {
        self.get(|set| set.type_uri.clone(), HttpError::type_uri)
    }

    pub(crate) fn details(&self) -> Option<Value> {
        self.get(
            |set| set.details.clone(),
            |http| http.details().map(limit_depth),
        )
    }

    /// What developers can do about the error.
    pub(crate) fn help(&self) -> Option<Cow<'static, str>> {
        self.cause.http().and_then(HttpError::help)
    }

    /// What was set, else what the error was mapped to, else what it declares.
    fn get<T>(
        &self,
        set: impl Fn(&Overrides) -> Option<T>,
        declared: impl FnOnce(&dyn HttpError) -> Option<T>,
    ) -> Option<T> {
        let of = |repr: &Self| repr.overrides.as_deref().and_then(&set);
        of(self)
            .or_else(|| self.mapped.get().and_then(|mapped| of(mapped)))
            .or_else(|| self.cause.http().and_then(declared))
    }

    pub(crate) fn fields(&self) -> Vec<Field> {
        let mut fields = self.cause.http().map(HttpError::fields).unwrap_or_default();
        for (_, value) in &mut fields {
            *value = limit_depth(value.take());
        }
        if self.set().next().is_none() {
            return fields;
        }
        let mut fields: MemberMap = fields.into_iter().collect();
        fields.extend(self.set().flat_map(|set| set.fields.iter().cloned()));
        fields.into_vec()
    }

    /// More members of a problem, which clients see like its details.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Field> {
        self.set().flat_map(|set| &set.members)
    }

    /// What was set by mapping the error, and then what was set on the error itself.
    pub(super) fn set(&self) -> impl Iterator<Item = &Overrides> {
        let mapped = self
            .mapped
            .get()
            .and_then(|mapped| mapped.overrides.as_deref());
        mapped.into_iter().chain(self.overrides.as_deref())
    }

    pub(crate) fn chain(&self) -> &[Link] {
        self.chain.get_or_init(|| self.new_chain())
    }

    pub(super) fn new_chain(&self) -> Vec<Link> {
        chain::links(
            &self.cause,
            self.type_name,
            self.location(),
            self.overrides.as_deref(),
        )
    }

    /// Where the error was created, or the panic started.
    pub(super) fn location(&self) -> Option<SourceLocation> {
        let of_panic = || self.panic.as_ref()?.location.clone();
        self.location
            .and_then(SourceLocation::of_caller)
            .or_else(of_panic)
    }

    pub(crate) fn backtrace(&self) -> Option<&Backtrace> {
        let of_panic = || self.panic.as_ref()?.backtrace.as_ref();
        self.backtrace.as_ref().or_else(of_panic)
    }

    /// Where the error was created, or the panic started, if a developer may see it.
    pub(crate) fn creation(&self) -> Option<&CreationTrace> {
        let of_panic = || self.panic.as_ref()?.creation.as_ref();
        self.creation.as_ref().or_else(of_panic)
    }

    /// The size of what was set, of its texts and of its backtraces, in bytes, as far as they exist already. What the
    /// error's own type holds is not known.
    pub(super) fn size(&self) -> usize {
        let mut size = self.own_size();
        // Without recursion, because they may be nested to any depth.
        let mut items: Vec<&Arc<Self>> = self.items.iter().collect();
        while let Some(item) = items.pop() {
            size += item.own_size();
            items.extend(&item.items);
        }
        size
    }

    fn own_size(&self) -> usize {
        let links = self.chain.get().into_iter().flatten();
        self.cause.text_size()
            + self.backtrace().map_or(0, Backtrace::size)
            + self.overrides.as_ref().map_or(0, |set| set.size())
            + links.map(|link| link.message().len()).sum::<usize>()
    }
}

/// The destructor of an error is the application's code, and runs far from here, when the response is dropped. It may
/// panic. Errors that are nested to any depth are dropped one by one, because recursion would overflow the stack.
impl Drop for Repr {
    fn drop(&mut self) {
        let mut items = std::mem::take(&mut self.items);
        while let Some(item) = items.pop() {
            if let Some(mut item) = Arc::into_inner(item) {
                items.append(&mut item.items);
            }
        }
        if self.error().is_some() || matches!(self.cause, Cause::List(_)) {
            drop_catching(std::mem::replace(&mut self.cause, Cause::Many));
        }
    }
}

/// The chain with its source locations, one link per line.
impl fmt::Debug for Repr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, link) in self.chain().iter().enumerate() {
            if index > 0 {
                f.write_str("\n  caused by: ")?;
            }
            f.write_str(link.message())?;
            if let Some(location) = link.location() {
                write!(f, " (at {location})")?;
            }
        }
        Ok(())
    }
}
