//! How what a scope has recorded becomes part of a report.

use http::StatusCode;
use serde_json::{Map, Value};

use super::report::Report;
use super::scope_data::ScopeData;
use crate::error::Origin;
use crate::problem::reason_phrase;

impl ScopeData {
    /// Merges the data into a report. On a conflict the value of this scope wins; objects are merged.
    pub(super) fn merge_into(&self, report: &mut Report) {
        let attributes = self.attributes.iter();
        report
            .attributes
            .extend(attributes.map(|(key, value)| (key.clone(), value.clone())));
        for (name, section) in &self.metadata {
            merge(report.metadata.entry(name.clone()).or_default(), section);
        }
        report.feature_flags.extend_from_slice(&self.feature_flags);
        report.breadcrumbs.extend(self.breadcrumbs.iter().cloned());
        report.logs.extend(self.logs.iter().cloned());
        if let Some(user) = &self.user {
            report.user.get_or_insert_default().merge(user);
        }
        if self.transaction.is_some() {
            report.transaction.clone_from(&self.transaction);
        }
        if let Some(fingerprint) = &self.fingerprint {
            report.fingerprint.clone_from(fingerprint);
        }
        self.merge_rejection(report);
        self.merge_logged_errors(report);
        let trimmed = self.trimmed.iter();
        report
            .trimmed
            .extend(trimmed.map(|(what, count)| format!("{what}: {count}")));
    }

    /// Sets the errors of a response with a status of 500 or above that says no more than its status.
    fn merge_logged_errors(&self, report: &mut Report) {
        let status = report.response.as_ref().map(|response| response.status);
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        if let Some(status) = status.filter(StatusCode::is_server_error)
            && !self.logged_errors.is_empty()
            && report.origin == Origin::Response
            && let [only] = report.errors.as_slice()
            && only.type_name.is_none()
            && only.message.eq_ignore_ascii_case(reason_phrase(status))
        {
            report.errors.clone_from(&self.logged_errors);
        }
    }

    /// Sets the type of a response's error, if the response is that of the recorded rejection.
    fn merge_rejection(&self, report: &mut Report) {
        let status = report.response.as_ref().map(|response| response.status);
        if let Some((type_name, rejected)) = &self.rejection
            && report.origin == Origin::Response
            && status == Some(*rejected)
            && let Some(error) = report.errors.first_mut()
        {
            error.type_name.get_or_insert_with(|| type_name.clone());
        }
    }
}

/// Merges objects and replaces everything else; the limits bound the depth.
fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Object(into)), Value::Object(from)) => merge(into, from),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}
