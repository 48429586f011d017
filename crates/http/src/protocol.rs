//! What distinguishes one tracker from another.

use std::borrow::Cow;
use std::time::Duration;

use backstop::reporters::{Delivery, Rendered};
use backstop::stats::Outcome;
use backstop::{BoxError, Report};

use crate::endpoint::Endpoint;
use crate::request::Request;
use crate::response::Response;

/// How one tracker wants its reports: the part of a reporter that is different for each. The rest is done by
/// [`HttpReporter`](crate::HttpReporter).
///
/// Four methods have to be written: [`name`](Self::name), [`endpoint`](Self::endpoint), [`render`](Self::render) and
/// [`request`](Self::request). The [crate's documentation](crate) has an example.
pub trait Protocol: Send + Sync {
    /// One report as the tracker takes it. `Vec<u8>` does for most.
    type Event: Rendered + Send + Sync;

    /// The name of the reporter in statistics and in the log.
    fn name(&self) -> Cow<'static, str>;

    /// Where requests are sent to. `server` is what [`HttpReporter::endpoint`](crate::HttpReporter::endpoint) was
    /// given, if it was; without it there should be a default.
    ///
    /// # Errors
    ///
    /// What is wrong with a setting, and what to set instead. `Builder::build` fails with it.
    fn endpoint(&self, server: Option<&Endpoint>) -> Result<Endpoint, BoxError>;

    /// Renders one report. If the result is larger than [`limit`](Self::limit), this is called again with a smaller
    /// copy of the report.
    fn render(&self, report: &Report) -> Self::Event;

    /// Makes the request that carries these events: one, or several if [`is_batching`](Self::is_batching). Their
    /// reports are rejected if this returns `None`.
    fn request(&self, events: &[Self::Event]) -> Option<Request>;

    /// How many bytes the events of one request may take, with one more between two of them. Default: no limit.
    fn limit(&self) -> usize {
        usize::MAX
    }

    /// Whether one request may carry several events. If a request with several of them is refused for its content
    /// (400, 413 or 422), each is sent alone. Default: `false`.
    fn is_batching(&self) -> bool {
        false
    }

    /// What identifies the project, if the endpoint's URL does not; such as a key that is sent in a header. With the
    /// URL it is the [`destination`](backstop::reporters::Reporter::destination) of the reporter. Default: empty.
    fn project(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    /// Whether the tracker can show the frames of a backtrace. Default: `true`.
    fn wants_frames(&self) -> bool {
        true
    }

    /// Whether the settings other than the endpoint can work.
    ///
    /// # Errors
    ///
    /// What is wrong with a setting, and what to set instead. `Builder::build` fails with it.
    fn check(&self) -> Result<(), BoxError> {
        Ok(())
    }

    /// Whether the settings let this report be sent; otherwise it counts as filtered. Default: `true`.
    fn accepts(&self, report: &Report) -> bool {
        let _ = report;
        true
    }

    /// For how long nothing must be sent, if the tracker has asked for a pause. Default: `None`.
    fn paused_for(&self) -> Option<Duration> {
        None
    }

    /// What became of the reports of a request; there is no response if the tracker cannot be reached, breaks off or
    /// takes too long. Default: [`Response::delivery`], and without a response another attempt.
    fn classify(&self, response: Option<&Response>) -> Delivery {
        response.map_or(Delivery::RETRY, Response::delivery)
    }

    /// Called before a batch with the number of reports dropped since the last call, once per reason, for trackers
    /// that show what they were not sent. Default: does nothing.
    fn dropped(&self, reason: Outcome, count: u64) {
        let _ = (reason, count);
    }
}
