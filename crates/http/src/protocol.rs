//! What distinguishes one tracker from another.

use std::borrow::Cow;
use std::time::Duration;

use backstop::reporters::{Delivery, Rendered};
use backstop::stats::Outcome;
use backstop::{BoxError, Report};

use crate::endpoint::Endpoint;
use crate::request::Request;
use crate::response::Response;

/// The part of a reporter that differs from tracker to tracker. [`HttpReporter`](crate::HttpReporter) does the rest.
///
/// Four methods are required: [`name`](Self::name), [`endpoint`](Self::endpoint), [`render`](Self::render) and
/// [`request`](Self::request). The [crate's documentation](crate) has an example.
pub trait Protocol: Send + Sync {
    /// One report in the tracker's format. For most trackers, `Vec<u8>` is enough.
    type Event: Rendered + Send + Sync;

    /// The name of the reporter in statistics and in the log.
    fn name(&self) -> Cow<'static, str>;

    /// The URL that requests are sent to. `server` is the one set with
    /// [`HttpReporter::endpoint`](crate::HttpReporter::endpoint); without it, return the tracker's default.
    ///
    /// # Errors
    ///
    /// If a setting cannot work. The message should say what to set instead; `Builder::build` fails with it.
    fn endpoint(&self, server: Option<&Endpoint>) -> Result<Endpoint, BoxError>;

    /// Renders one report. If the result is larger than [`limit`](Self::limit), this is called again with a smaller
    /// copy of the report.
    fn render(&self, report: &Report) -> Self::Event;

    /// Makes the request that carries these events: one, or several if [`is_batching`](Self::is_batching). If this
    /// returns `None`, their reports are rejected.
    fn request(&self, events: &[Self::Event]) -> Option<Request>;

    /// How many bytes the events of one request may take, including one byte between each two. Default: no limit.
    fn limit(&self) -> usize {
        usize::MAX
    }

    /// Whether one request may carry several events. If a request with several of them is refused for its content
    /// (400, 413 or 422), each is sent alone. Default: `false`.
    fn is_batching(&self) -> bool {
        false
    }

    /// Identifies the project if the endpoint's URL does not, such as a key that is sent in a header. Together with the
    /// URL it is the reporter's [`destination`](backstop::reporters::Reporter::destination). Default: empty.
    fn project(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    /// Whether the tracker can show the frames of a backtrace. Default: `true`.
    fn wants_frames(&self) -> bool {
        true
    }

    /// Checks the settings other than the endpoint.
    ///
    /// # Errors
    ///
    /// If a setting cannot work. The message should say what to set instead; `Builder::build` fails with it.
    fn check(&self) -> Result<(), BoxError> {
        Ok(())
    }

    /// Whether the settings allow this report to be sent; otherwise it counts as filtered. Default: `true`.
    fn accepts(&self, report: &Report) -> bool {
        let _ = report;
        true
    }

    /// How long to send nothing, if the tracker has asked for a pause. Default: `None`.
    fn paused_for(&self) -> Option<Duration> {
        None
    }

    /// What became of the reports of a request. There is no response if the tracker is unreachable, closes the
    /// connection or takes too long. Default: [`Response::delivery`] or, without a response, a retry.
    fn classify(&self, response: Option<&Response>) -> Delivery {
        response.map_or(Delivery::RETRY, Response::delivery)
    }

    /// Called before a batch, once per reason, with the number of reports dropped since the last call, for trackers
    /// that show such counts. Default: does nothing.
    fn dropped(&self, reason: Outcome, count: u64) {
        let _ = (reason, count);
    }
}
