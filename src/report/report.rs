//! [`Report`]: what reporters deliver and spools keep on disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::breadcrumb::{Breadcrumb, LogLine};
use super::debug_image::DebugImage;
use super::environment::{App, Device, Thread};
use super::feature_flag::FeatureFlag;
use super::frame::Frame;
use super::report_error::ReportError;
use super::request_parts::{ReportRequest, ReportResponse};
use super::severity::Severity;
use super::user::User;
use crate::error::Origin;
use crate::identity::timestamp_millis;
use crate::problem::{limit_depth, limit_depth_of};

/// One failure, with everything that was recorded about its request.
///
/// [Reporters](crate::reporters::Reporter) deliver it, and [`on_report`](crate::Scope::on_report) callbacks may
/// change it first. It serializes to JSON, without empty members, and back.
///
/// Backstop creates reports; a test of a reporter or a callback can create its own:
///
/// ```
/// use backstop::report::{FeatureFlag, ReportError, Severity};
/// use backstop::{Error, Failure, Origin, Report};
///
/// fn tag_checkout(report: &mut Report) -> bool {
///     report.feature_flags.push(FeatureFlag::new("new-checkout"));
///     true
/// }
///
/// let id = Failure::from(Error::msg("out of stock")).id();
/// let mut report = Report::new(id, ReportError::new("out of stock").with_type("shop::StockError"));
/// report.origin = Origin::Task;
/// report.severity = Severity::Warning;
/// assert!(tag_checkout(&mut report));
/// assert_eq!(report.feature_flags[0].name, "new-checkout");
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The failure's id, which the error response and the log contain too.
    pub id: Uuid,
    /// When it happened, in milliseconds since 1970 (UTC).
    pub timestamp: u64,
    /// How severe it is.
    pub severity: Severity,
    /// Whether the application handled the failure and continued.
    pub handled: bool,
    /// How the failure reached Backstop.
    pub origin: Origin,
    /// The cause chain, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ReportError>,
    /// The backtrace, innermost first, if one was captured. Reports of the same code share their frames;
    /// [`Arc::make_mut`] changes one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Arc<Frame>>,
    /// The executables and libraries that the frames without a line belong to, so that a tracker can resolve them with
    /// uploaded debug files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub debug_images: Vec<Arc<DebugImage>>,
    /// The request, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ReportRequest>,
    /// The response, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ReportResponse>,
    /// The name of the operation, such as `GET /orders/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// The user on whose behalf the request ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// Scalars that trackers index.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// Any JSON, by section and key. Annotations are in the section `annotations`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Map<String, Value>>,
    /// The feature flags that were evaluated, in that order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feature_flags: Vec<FeatureFlag>,
    /// The steps that led to the failure, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breadcrumbs: Vec<Breadcrumb>,
    /// Log lines, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<LogLine>,
    /// The application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<App>,
    /// The machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// The thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Thread>,
    /// The id of the trace, 32 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The id of the span, 16 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// Groups the report with others of the same bug. The application can set it
    /// ([`Error::with_fingerprint`](crate::Error::with_fingerprint),
    /// [`Scope::set_fingerprint`](crate::Scope::set_fingerprint)).
    ///
    /// Otherwise it begins with `v2:`, the version of its rules, and is made of the types of the cause chain with their
    /// variants and codes, the texts of errors that are nothing else (without numbers, ids, paths and quoted parts),
    /// contexts that are literals, the file of the source location, and the route. Line numbers, functions and frames
    /// are no part of it, so it survives edits, another machine, another build profile, and another version of a
    /// dependency.
    pub fingerprint: String,
    /// Where the failure happened, as `file:line:column`, with ` in function` if that is known. Reports of one
    /// fingerprint may have several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// How many failures of this kind the rate limit has suppressed since the last report.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub suppressed: u64,
    /// What was dropped to keep within limits, such as `oldest breadcrumbs: 3`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trimmed: Vec<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// How fingerprints that Backstop made begin: with the version of the rules by which they are made.
pub(super) const FINGERPRINT_VERSION: &str = "v2:";

impl Report {
    /// Creates a report of one error, with the severity [`Error`](Severity::Error) and the origin
    /// [`Handler`](Origin::Handler), unhandled and otherwise empty. Its timestamp is taken from the id, if that is a
    /// UUID of version 7 as Backstop's ids are, and 0 otherwise.
    #[must_use]
    pub fn new(id: Uuid, error: impl Into<ReportError>) -> Self {
        let mut report = Self::empty(id);
        report.errors.push(error.into());
        report
    }

    /// Whether Backstop made the [fingerprint](Self::fingerprint), and the application set none. A reporter to a tracker
    /// that groups well by itself need not send it then.
    #[must_use]
    pub fn has_default_fingerprint(&self) -> bool {
        self.fingerprint.starts_with(FINGERPRINT_VERSION)
    }

    /// Limits how deeply JSON from the application is nested.
    pub(crate) fn limit_depth(&mut self) {
        for value in self.attributes.values_mut() {
            *value = limit_depth(value.take());
        }
        self.metadata.values_mut().for_each(limit_depth_of);
        for crumb in &mut self.breadcrumbs {
            limit_depth_of(&mut crumb.data);
        }
    }

    /// Creates a report with nothing but its id.
    pub(crate) fn empty(id: Uuid) -> Self {
        let is_dated = id.get_version_num() == 7;
        Self {
            id,
            timestamp: if is_dated { timestamp_millis(id) } else { 0 },
            severity: Severity::Error,
            handled: false,
            origin: Origin::Handler,
            errors: Vec::new(),
            frames: Vec::new(),
            debug_images: Vec::new(),
            request: None,
            response: None,
            transaction: None,
            user: None,
            attributes: BTreeMap::new(),
            metadata: BTreeMap::new(),
            feature_flags: Vec::new(),
            breadcrumbs: Vec::new(),
            logs: Vec::new(),
            app: None,
            device: None,
            thread: None,
            trace_id: None,
            span_id: None,
            fingerprint: String::new(),
            site: None,
            suppressed: 0,
            trimmed: Vec::new(),
        }
    }
}
