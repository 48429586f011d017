//! What the application learns of a failure: a log record, its callbacks, and a report.

use std::sync::Arc;

use http::StatusCode;

use super::handle::Backstop;
use super::log;
use super::report_policy::Verdict;
use super::span_fields;
use crate::error::{Error, Failure, Origin};
use crate::panics::catch::catch_panic;
use crate::report::error_event::ErrorEvent;
use crate::report::event::ScopeSnapshot;
use crate::request::{AwaitedPart, RequestInfo};
use crate::scope;

impl Backstop {
    /// Logs a failure, calls back, and reports it if the policy says so.
    ///
    /// `sent` is the status of the response, if it had been sent before the failure.
    pub(crate) fn record(
        &self,
        failure: &Failure,
        request: &RequestInfo,
        sent: Option<StatusCode>,
    ) {
        let shared = &*self.shared;
        let mut event = ErrorEvent::new(failure, request);
        if let Some(status) = sent {
            event = event.with_sent_status(status);
        }
        if shared.logs {
            // The subscriber belongs to the application.
            catch_panic(|| {
                let level = log::level(&event, shared.log_level.as_ref());
                log::record(&event, level, &shared.responder.policy.redactor);
            });
        }
        span_fields::record(&event, &shared.responder.policy.redactor);
        for callback in &shared.on_error {
            callback.call(|callback| callback(&event));
        }
        self.report(&event);
        if failure.repr().is_panic() {
            shared.dispatch.panicked(failure);
        }
    }

    /// Says that an error response could not be read because a layer further in has encoded it.
    pub(crate) fn warn_of_encoded_text(&self) {
        if self.shared.logs {
            catch_panic(log::warn_of_encoded_text);
        }
    }

    /// Counts a client that disconnected, which is no failure, and logs it at DEBUG level.
    #[cold]
    pub(crate) fn record_disconnect(&self, request: &RequestInfo, awaited: AwaitedPart) {
        self.shared.disconnects.add(awaited);
        if self.shared.logs {
            // The subscriber belongs to the application.
            catch_panic(|| {
                let redactor = &self.shared.responder.policy.redactor;
                log::record_disconnect(request, awaited, redactor);
            });
        }
    }

    #[inline]
    fn report(&self, event: &ErrorEvent<'_>) {
        let dispatch = self.dispatch();
        let failure = event.failure();
        let known = failure.reported_to();
        if !dispatch.is_listening() || known.is_some_and(|known| known.contains(dispatch.number()))
        {
            return;
        }
        match self.shared.policy.verdict(event) {
            // The application may have reported it in the meantime.
            Verdict::Reported if known.is_some_and(|known| !known.insert(dispatch.number())) => {}
            Verdict::Reported => {
                let mut captured = scope::event(failure.clone(), dispatch);
                captured.request = Some(event.request().for_report());
                captured.status = Some(event.status());
                dispatch.capture(captured);
            }
            Verdict::Refused(reason) => dispatch.refused(failure.id(), reason),
            Verdict::Unreported => {}
        }
    }

    /// Logs and reports the error that `main` ended with.
    pub(crate) fn record_end(&self, error: &Error) {
        let failure = Failure::new(Arc::clone(error.repr()), Origin::Task, self.statuses());
        if self.shared.logs {
            // The subscriber belongs to the application.
            catch_panic(|| log::record_end(&failure, &self.shared.responder.policy.redactor));
        }
        let dispatch = self.dispatch();
        if dispatch.is_listening() && dispatch.claim_report(&failure) {
            let mut event = scope::event_in(ScopeSnapshot::Empty, failure, dispatch, None);
            event.is_urgent = true;
            dispatch.capture(event);
        }
    }
}
