//! The body of a request: the report alone, or with its breadcrumbs as an attachment.

use serde_json::{Map, Value, json};

use super::super::http::object;
use super::{Excerpt, document};
use crate::report::{Breadcrumb, BreadcrumbKind, Report, Severity};

/// What is sent for one report.
pub(super) struct Body {
    report: Vec<u8>,
    breadcrumbs: Option<Vec<u8>>,
}

impl Body {
    pub(super) fn of(report: &Report, excerpt: Excerpt) -> Self {
        let has_crumbs = !report.breadcrumbs.is_empty();
        Self {
            report: document::render(report, excerpt),
            breadcrumbs: has_crumbs.then(|| breadcrumbs(report)),
        }
    }

    pub(super) fn content_type(report: &Report, boundary: &str) -> String {
        if report.breadcrumbs.is_empty() {
            "application/json".to_owned()
        } else {
            format!("multipart/form-data; boundary={boundary}")
        }
    }

    pub(super) fn into_bytes(self, boundary: &str) -> Vec<u8> {
        let Some(breadcrumbs) = self.breadcrumbs else {
            return self.report;
        };
        let mut bytes = Vec::new();
        for (name, file, content) in [
            ("upload_file", "upload_file.json", self.report),
            (
                "attachment_bt-breadcrumbs-0",
                "bt-breadcrumbs-0",
                breadcrumbs,
            ),
        ] {
            let head = format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 content-type: application/json\r\n\r\n"
            );
            bytes.extend_from_slice(head.as_bytes());
            bytes.extend_from_slice(&content);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        bytes
    }
}

/// Nobody who writes into a report can know it.
pub(super) fn boundary() -> String {
    format!("backstop-{:032x}", fastrand::u128(..))
}

fn breadcrumbs(report: &Report) -> Vec<u8> {
    let crumbs = (document::first_id(report)..).zip(&report.breadcrumbs);
    let crumbs: Value = crumbs.map(|(id, crumb)| breadcrumb(id, crumb)).collect();
    serde_json::to_vec(&crumbs).unwrap_or_default()
}

fn breadcrumb(id: u64, crumb: &Breadcrumb) -> Value {
    let kind = match crumb.kind {
        BreadcrumbKind::Manual => "manual",
        BreadcrumbKind::Log => "log",
        BreadcrumbKind::Request => "http",
        BreadcrumbKind::User => "user",
        BreadcrumbKind::Query
        | BreadcrumbKind::State
        | BreadcrumbKind::Process
        | BreadcrumbKind::Error => "system",
    };
    let level = match crumb.level {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error | Severity::Fatal => "error",
    };
    let attributes: Map<String, Value> = crumb
        .data
        .iter()
        .map(|(key, value)| (key.clone(), document::scalar(value)))
        .collect();
    object([
        ("id", json!(id)),
        ("message", json!(crumb.message)),
        ("timestamp", json!(crumb.timestamp)),
        ("type", json!(kind)),
        ("level", json!(level)),
        (
            "attributes",
            json!((!attributes.is_empty()).then_some(attributes)),
        ),
    ])
}
