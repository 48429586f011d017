//! What a developer sees of a failure, made while the client waits for the response.

use http::HeaderMap;

use super::handle::Backstop;
use crate::development::{DeveloperView, ViewSource};
use crate::disclosure::Debug;
use crate::error::Failure;
use crate::pipeline::redact;
use crate::report::assemble::assemble;
use crate::request::RequestInfo;
use crate::scope;

impl Backstop {
    /// Makes what a developer sees of a failure. It resolves the backtrace and reads source files, while the developer
    /// waits for the page.
    pub(super) fn developer_view(
        &self,
        failure: &Failure,
        request: &RequestInfo,
        head: &HeaderMap,
        debug: &Debug,
    ) -> DeveloperView {
        let redactor = &self.shared.responder.policy.redactor;
        let mut event = scope::shown_event(failure.clone(), self.dispatch());
        event.request = Some(request.for_report());
        event.status = Some(failure.status());
        let mut report = assemble(event);
        redact(&mut report, redactor);
        DeveloperView::new(&ViewSource {
            failure,
            request,
            report: &report,
            head,
            shows_backtrace: debug.shows_backtrace,
            help: debug.help.as_deref(),
            redactor,
            settings: &self.shared.developer,
        })
    }
}
