//! Telling the owner, of what the layers see and of what the application says itself.

use http::StatusCode;
use uuid::Uuid;

use super::policy::Verdict;
use super::{Backstop, log};
use crate::error::{Failure, Origin};
use crate::panics::catch::catch_panic;
use crate::report::error_event::ErrorEvent;
use crate::request::RequestInfo;
use crate::scope::{self, Reportable, Scope, report_to};

impl Backstop {
    /// A scope for what is no request, such as a job: it reports to this Backstop.
    ///
    /// ```
    /// use backstop::{Backstop, Scope, prelude::*};
    ///
    /// # async fn import() {}
    /// # async fn job() -> Result<(), backstop::ConfigError> {
    /// let backstop = Backstop::production().build()?;
    /// let scope = backstop.scope();
    /// scope.set_transaction("nightly import");
    /// async {
    ///     Scope::current().add_breadcrumb("opened the file");
    /// }
    /// .in_scope(&scope)
    /// .await;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(job()).unwrap();
    /// ```
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::of_job(self.owner())
    }

    /// Reports an error to this Backstop's owner; see [`Scope::notify`]. Where no scope of this Backstop is
    /// current, the report has the attribute `scope: unknown`.
    #[track_caller]
    pub fn notify<E: Reportable + ?Sized>(&self, error: &E) -> Option<Uuid> {
        let failure = error.failure().with_origin(Origin::Notify);
        report_to(self.owner(), failure, None)
    }

    /// Tells the owner: one record, each callback, and a report where the policy wants one.
    /// The facts of the request go along with the report, for this comes last.
    pub(crate) fn tell(
        &self,
        failure: &Failure,
        facts: &mut RequestInfo,
        sent: Option<StatusCode>,
    ) {
        let shared = &*self.shared;
        let event = error_event(failure, facts, sent);
        if shared.logs {
            // A subscriber is the application's.
            catch_panic(|| log::record(&event, &shared.answers.policy.redactor));
        }
        for hook in &shared.on_error {
            hook.call(&event);
        }
        self.report(failure, facts, sent);
        if failure.repr().is_panic() {
            shared.owner.panicked(failure);
        }
    }

    #[inline]
    fn report(&self, failure: &Failure, facts: &mut RequestInfo, sent: Option<StatusCode>) {
        let shared = &*self.shared;
        let owner = &shared.owner;
        let reported = failure.reported_to();
        let is_known = || reported.is_some_and(|reported| reported.contains(owner.number()));
        if !owner.is_listening() || is_known() {
            return;
        }
        let event = error_event(failure, facts, sent);
        let status = event.status();
        match shared.reported.verdict(&event) {
            // Somebody else may have told of it meanwhile.
            Verdict::Reported
                if reported.is_some_and(|reported| !reported.insert(owner.number())) => {}
            Verdict::Reported => {
                let mut event = scope::event(failure.clone(), owner);
                event.request = Some(facts.take());
                event.status = Some(status);
                owner.capture(event);
            }
            Verdict::Filtered => owner.filtered(failure.id()),
            Verdict::Expected => {}
        }
    }
}

fn error_event<'a>(
    failure: &'a Failure,
    request: &'a RequestInfo,
    sent: Option<StatusCode>,
) -> ErrorEvent<'a> {
    let event = ErrorEvent::new(failure, request);
    match sent {
        Some(status) => event.with_sent_status(status),
        None => event,
    }
}
