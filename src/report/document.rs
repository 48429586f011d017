//! The report as reporters see it and as the spool keeps it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// One failure with the story of its request. Reporters send it, `on_report` callbacks may edit it.
///
/// It serialises to JSON, without what is empty, and back.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The id that stands in the answer and the log too.
    pub id: Uuid,
    /// When it failed: milliseconds since 1970, UTC.
    pub timestamp: u64,
    /// How bad it is.
    pub severity: Severity,
    /// Whether the application dealt with it.
    pub handled: bool,
    /// By which way it came.
    pub mechanism: Mechanism,
    /// The cause chain, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ReportError>,
    /// The backtrace, innermost first, where one was taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
    /// The request, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ReportRequest>,
    /// The response, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ReportResponse>,
    /// What was being done, like `GET /orders/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// Who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// Indexed scalars.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// Sections of any JSON; the annotations are the section of that name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Map<String, Value>>,
    /// In the order in which they were evaluated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feature_flags: Vec<FeatureFlag>,
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breadcrumbs: Vec<Breadcrumb>,
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<LogLine>,
    /// The application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<App>,
    /// The machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// The thread on which it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Thread>,
    /// 32 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// 16 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// What groups it with its like.
    pub fingerprint: String,
    /// How many reports of this fingerprint the rate limit has held back since the last one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub suppressed: u64,
    /// What was left out for its size, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trimmed: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// How bad a report is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Dealt with.
    Warning,
    /// A request failed.
    Error,
    /// The process is about to end.
    Fatal,
}

/// By which way a report came.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum Mechanism {
    /// A handler returned an error.
    Handler,
    /// A service failed.
    Service,
    /// A panic.
    Panic,
    /// A response of somebody else's had an error status.
    Response,
    /// A body failed after the head had left.
    Body,
    /// The application told of it.
    Notify,
    /// The application dealt with an error by `.intercept()`.
    Intercept,
    /// A background task failed.
    Task,
}

impl Mechanism {
    /// The name that it has when serialised.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Service => "service",
            Self::Panic => "panic",
            Self::Response => "response",
            Self::Body => "body",
            Self::Notify => "notify",
            Self::Intercept => "intercept",
            Self::Task => "task",
        }
    }

    /// How sinks that group by an error's type call one whose type is not known: a text, or a response of somebody
    /// else's.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Response => "ErrorResponse",
            Self::Handler
            | Self::Service
            | Self::Body
            | Self::Notify
            | Self::Intercept
            | Self::Task => "Error",
        }
    }
}

/// One link of the cause chain.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReportError {
    /// The Rust type, where it is known.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_name: Option<String>,
    /// The text.
    pub message: String,
    /// `file:line:column`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// One frame of a backtrace.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Frame {
    /// The demangled name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The source file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The instruction pointer.
    pub address: u64,
    /// Whether it is the application's own code.
    pub in_app: bool,
    /// The source around the line, where the file is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<SourceLine>,
}

/// One line of source.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SourceLine {
    /// From 1.
    pub number: u32,
    /// The text.
    pub text: String,
}

/// The request of a report.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReportRequest {
    /// The method.
    pub method: String,
    /// Path and query, scrubbed.
    pub url: String,
    /// The matched route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The headers of the allow-list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// The response of a report.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReportResponse {
    /// The status that the client got.
    pub status: u16,
}

/// Who asked.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct User {
    /// The application's id of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A feature flag and, where it has several, its variant.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FeatureFlag {
    /// The name.
    pub name: String,
    /// The variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// One step on the way to the failure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Breadcrumb {
    /// Milliseconds since 1970, UTC.
    pub timestamp: u64,
    /// At most 1 KiB.
    pub message: Cow<'static, str>,
    /// What kind of step.
    pub kind: BreadcrumbKind,
    /// How important.
    pub level: Severity,
    /// Anything more.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
}

/// What kind of step a breadcrumb tells of.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum BreadcrumbKind {
    /// Left by the application.
    #[default]
    Manual,
    /// A log event.
    Log,
    /// A request to another service.
    Request,
    /// A query of a database.
    Query,
    /// Something the user did.
    User,
    /// A change of state.
    State,
    /// A process or a job.
    Process,
    /// An error that was dealt with.
    Error,
}

/// A line of the application's log.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LogLine {
    /// Milliseconds since 1970, UTC.
    pub timestamp: u64,
    /// How important.
    pub level: Severity,
    /// The text.
    pub message: String,
}

/// The application.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct App {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Like `production` or `staging`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_stage: Option<String>,
}

/// The machine.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Device {
    /// The host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Like `linux`.
    pub os: String,
    /// Like `x86_64`.
    pub arch: String,
}

/// The thread on which it failed.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Thread {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number.
    pub id: u64,
}
