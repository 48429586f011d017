//! What is taken on the request's path: cheap handles, from which the worker makes the report.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::callback::{Edit, Edits};
use super::context::Context;
use super::dispatch::{Dispatch, ReportDefaults};
use super::otel::SpanIds;
use super::record::Record;
use super::trail::Whence;
use super::{
    Frame, Mechanism, Report, ReportError, ReportRequest, ReportResponse, Severity, device,
    grouping, slot,
};
use crate::backtrace::Backtrace;
use crate::error::{Failure, Origin, Repr, StatusMap};
use crate::identity::timestamp_millis;
use crate::panics::catch::catch_panic;
use crate::panics::record::PanicRecord;
use crate::request::RequestInfo;

/// A failure on its way to the worker; in a box, for it changes hands a few times.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) failure: Failure,
    pub(crate) facts: Option<RequestInfo>,
    /// The status that the client got.
    pub(crate) status: Option<StatusCode>,
    pub(crate) severity: Severity,
    pub(crate) handled: bool,
    /// Where it is not what the failure's origin says.
    mechanism: Option<Mechanism>,
    pub(crate) story: ScopeSnapshot,
    pub(super) contexts: Option<Arc<Context>>,
    pub(super) thread: Option<std::thread::Thread>,
    /// Where it failed outside of a request's own future.
    pub(super) whence: Option<Box<Whence>>,
    /// Whether the process may end any moment, so that the report is kept before all others.
    pub(crate) is_urgent: bool,
    /// The span it failed in; else the request's `traceparent` tells.
    span: Option<SpanIds>,
    pub(super) defaults: Option<Arc<ReportDefaults>>,
}

/// What the request had recorded when it failed.
#[derive(Clone, Debug)]
pub(crate) enum ScopeSnapshot {
    /// The code that failed ran in no scope: its task was spawned bare, or belongs to no request.
    Lost,
    /// Nothing was recorded.
    Empty,
    Told(Arc<Record>),
}

impl Event {
    /// A failure that failed now, on this thread; an error that nobody handled, of a lost request.
    pub(crate) fn new(failure: Failure) -> Box<Self> {
        Box::new(Self {
            failure,
            facts: None,
            status: None,
            severity: Severity::Error,
            handled: false,
            mechanism: None,
            story: ScopeSnapshot::Lost,
            contexts: Context::current(),
            thread: Some(std::thread::current()),
            whence: Whence::current(),
            is_urgent: false,
            span: SpanIds::current(),
            defaults: None,
        })
    }

    /// A failure that a layer answered, or saw in a body.
    pub(crate) fn answered(
        failure: &Failure,
        facts: RequestInfo,
        status: StatusCode,
        owner: &Arc<Dispatch>,
    ) -> Box<Self> {
        let is_panic = failure.repr().is_panic();
        let unwound = is_panic.then(slot::take_unwound).flatten();
        // Written at once, where it stays: this is on the path of every reported request.
        Box::new(Self {
            failure: failure.clone(),
            facts: Some(facts),
            status: Some(status),
            severity: Severity::Error,
            handled: false,
            is_urgent: false,
            mechanism: None,
            story: slot::story(owner),
            contexts: unwound.or_else(Context::current),
            thread: Some(std::thread::current()),
            whence: None,
            span: SpanIds::current(),
            defaults: Some(Arc::clone(owner.defaults())),
        })
    }

    /// A failure that the application tells of; the known id if this owner has its report already.
    pub(super) fn told(
        failure: Failure,
        mechanism: Mechanism,
        owner: &Arc<Dispatch>,
        story: ScopeSnapshot,
    ) -> Result<Box<Self>, Uuid> {
        if let Some(reported) = failure.reported_to()
            && !reported.insert(owner.number())
        {
            return Err(failure.id());
        }
        Ok(Self::by_application(failure, mechanism, owner, story))
    }

    fn by_application(
        failure: Failure,
        mechanism: Mechanism,
        owner: &Arc<Dispatch>,
        story: ScopeSnapshot,
    ) -> Box<Self> {
        let mut captured = Self::new(failure);
        captured.mechanism = Some(mechanism);
        if mechanism != Mechanism::Task {
            captured.handled = true;
            captured.severity = Severity::Warning;
        }
        captured.story = story;
        captured.defaults = Some(Arc::clone(owner.defaults()));
        captured
    }

    /// An error that the application's main future ended in; the process ends with it.
    pub(crate) fn ended(failure: Failure, owner: &Arc<Dispatch>) -> Option<Box<Self>> {
        let reported = failure.reported_to();
        if reported.is_some_and(|reported| !reported.insert(owner.number())) {
            return None;
        }
        let mut captured = Self::new(failure);
        captured.mechanism = Some(Mechanism::Task);
        captured.is_urgent = true;
        Some(captured.of(owner, ScopeSnapshot::Empty))
    }

    /// A panic that ended a task or a thread.
    pub(super) fn uncaught(panic: &Arc<PanicRecord>) -> Box<Self> {
        let repr = Arc::new(Repr::uncaught(Arc::clone(panic)));
        let mut captured = Self::new(Failure::new(repr, Origin::Panic, &StatusMap::default()));
        captured.mechanism = Some(Mechanism::Task);
        captured.thread.clone_from(&panic.thread);
        captured
    }

    /// The same of one that may end the process.
    pub(super) fn urgent(mut self: Box<Self>) -> Box<Self> {
        self.mechanism = Some(Mechanism::Panic);
        self.is_urgent = true;
        self
    }

    /// For this owner, with this story.
    pub(super) fn of(
        mut self: Box<Self>,
        owner: &Arc<Dispatch>,
        story: ScopeSnapshot,
    ) -> Box<Self> {
        self.story = story;
        self.defaults = Some(Arc::clone(owner.defaults()));
        self
    }

    /// A failure that the application reports by hand, in the current scope if that is this owner's; with the
    /// request's facts, unless this is its first poll.
    pub(crate) fn drafted(failure: Failure, owner: &Arc<Dispatch>) -> Box<Self> {
        let story = slot::story(owner);
        let mut captured = Self::by_application(failure, Mechanism::Notify, owner, story);
        captured.facts = slot::facts(owner);
        captured
    }

    /// About how many bytes the story holds on to: for the queue, which is bounded in bytes.
    pub(crate) fn story_len(&self) -> usize {
        match &self.story {
            ScopeSnapshot::Told(record) => record.len(),
            ScopeSnapshot::Lost | ScopeSnapshot::Empty => 0,
        }
    }

    /// When it failed, in milliseconds since 1970: then its id was made.
    pub(crate) fn timestamp(&self) -> u64 {
        timestamp_millis(self.failure.id())
    }

    /// By which way it came.
    pub(crate) fn mechanism(&self) -> Mechanism {
        let by_origin = || by_origin(self.failure.origin());
        self.mechanism.unwrap_or_else(by_origin)
    }

    /// The application's callbacks: to be asked for before [`into_report`](Self::into_report), and applied
    /// to what that made, before it is scrubbed.
    pub(crate) fn edits(&self) -> Edits {
        let of_request: &[Edit] = match &self.story {
            ScopeSnapshot::Told(record) => record.edits(),
            ScopeSnapshot::Lost | ScopeSnapshot::Empty => &[],
        };
        let contexts = self.contexts.iter().flat_map(|context| context.edits());
        Edits::new(of_request.iter().chain(contexts).cloned().collect())
    }

    /// Assembles the report, on the worker: here texts are made and copied.
    pub(crate) fn into_report(self: Box<Self>) -> Report {
        let mechanism = self.mechanism();
        let errors = self.failure.chain().iter().map(|link| ReportError {
            type_name: link.type_name().map(str::to_owned),
            message: link.message().to_owned(),
            at: link.location().map(ToString::to_string),
        });
        let errors: Vec<ReportError> = errors.collect();
        let facts = self.facts.as_ref();
        let mut report = Report {
            id: self.failure.id(),
            timestamp: self.timestamp(),
            severity: self.severity,
            handled: self.handled,
            mechanism,
            fingerprint: String::new(),
            errors,
            frames: self.frames(),
            request: facts.map(|facts| self.request(facts)),
            response: self.status.map(|status| ReportResponse {
                status: status.as_u16(),
            }),
            transaction: facts.and_then(transaction),
            user: None,
            attributes: Default::default(),
            metadata: Default::default(),
            feature_flags: Vec::new(),
            breadcrumbs: Vec::new(),
            logs: Vec::new(),
            app: None,
            device: Some(device::device().clone()),
            thread: self.thread.as_ref().map(device::thread),
            trace_id: match &self.span {
                Some(ids) => Some(format!("{:032x}", ids.trace)),
                None => facts.and_then(RequestInfo::trace_id).map(str::to_owned),
            },
            span_id: match &self.span {
                Some(ids) => Some(format!("{:016x}", ids.span)),
                None => facts.and_then(RequestInfo::parent_id).map(str::to_owned),
            },
            suppressed: 0,
            trimmed: Vec::new(),
        };
        if let Some(defaults) = &self.defaults {
            report.app = defaults.app();
            report.attributes.clone_from(&defaults.attributes);
        }
        match &self.story {
            ScopeSnapshot::Told(record) => record.merge_into(&mut report),
            ScopeSnapshot::Lost => {
                report.attributes.insert("scope".to_owned(), "lost".into());
            }
            ScopeSnapshot::Empty => {}
        }
        if let Some(whence) = &self.whence {
            whence.merge_into(&mut report);
        }
        self.event(&mut report);
        if report.fingerprint.is_empty() {
            report.fingerprint =
                grouping::of(&report.errors, mechanism, self.status, self.facts.as_ref());
        }
        report
    }

    /// The addresses of the backtrace: what is at them is found later, if at all.
    fn frames(&self) -> Vec<Frame> {
        let repr = self.failure.repr();
        let wants = repr.is_panic() || self.defaults.as_ref().is_some_and(|it| it.backtraces);
        let backtrace = repr.backtrace().filter(|_| wants);
        let addresses = backtrace.map_or(&[][..], Backtrace::addresses);
        let frame = |address: &usize| Frame {
            address: *address as u64,
            ..Frame::default()
        };
        addresses.iter().map(frame).collect()
    }

    fn request(&self, facts: &RequestInfo) -> ReportRequest {
        let write = self
            .defaults
            .as_ref()
            .and_then(|defaults| defaults.url.as_ref());
        ReportRequest {
            method: facts.method().to_string(),
            url: write.map_or_else(|| facts.uri().path().to_owned(), |write| write(facts.uri())),
            route: facts.route().map(str::to_owned),
            headers: facts
                .headers()
                .map(|(name, value)| {
                    let text = String::from_utf8_lossy(value.as_bytes());
                    (name.to_string(), text.into_owned())
                })
                .collect(),
        }
    }

    /// What the error itself says stands over all that the scope and the Backstop say.
    fn event(&self, report: &mut Report) {
        let repr = self.failure.repr();
        // The error's own code, so it may panic.
        let said = catch_panic(|| {
            let mut said: Map<String, Value> = repr
                .fields()
                .into_iter()
                .map(|(key, value)| (key.into_owned(), value))
                .collect();
            said.extend(repr.code().map(|code| ("code".to_owned(), code)));
            said.extend(
                repr.details()
                    .map(|details| ("details".to_owned(), details)),
            );
            said
        });
        let mut event = Record::default();
        for (key, value) in said.unwrap_or_default() {
            event.metadata("error".to_owned(), key, value);
        }
        event.merge_into(report);
    }
}

const fn by_origin(origin: Origin) -> Mechanism {
    match origin {
        Origin::Handler => Mechanism::Handler,
        Origin::Service => Mechanism::Service,
        Origin::Panic => Mechanism::Panic,
        Origin::Response => Mechanism::Response,
        Origin::Body => Mechanism::Body,
    }
}

/// Without a route there is no name: a path is as good as unique.
fn transaction(facts: &RequestInfo) -> Option<String> {
    Some(format!("{} {}", facts.method(), facts.route()?))
}
