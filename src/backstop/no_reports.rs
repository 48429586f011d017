//! Without the feature `reports` nobody is told but the log and the callbacks.

use http::StatusCode;

use super::{Backstop, ConfigError};
use crate::disclosure::Redactor;
use crate::error::Failure;
use crate::request::RequestFacts;

#[derive(Debug, Default)]
pub(super) struct ReportSettings;

#[derive(Debug)]
pub(super) struct Reports;

#[expect(clippy::unnecessary_wraps, reason = "its twin can fail")]
pub(super) const fn build(
    _settings: ReportSettings,
    _redactor: &Redactor,
) -> Result<Reports, ConfigError> {
    Ok(Reports)
}

impl Backstop {
    pub(super) fn capture(
        &self,
        _failure: &Failure,
        _facts: &RequestFacts,
        _status: Option<StatusCode>,
    ) {
        let Reports = self.shared.reports;
    }
}
