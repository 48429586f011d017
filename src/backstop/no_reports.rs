//! Without the feature `reports` nobody is told but the log and the callbacks.

use std::sync::Arc;

use super::ConfigError;
use crate::disclosure::Redactor;
use crate::report::{Alarm, Sink};

#[derive(Debug, Default)]
pub(super) struct ReportSettings {
    _private: (),
}

#[derive(Debug)]
pub(super) struct Reports;

#[expect(clippy::unnecessary_wraps, reason = "its twin can fail")]
pub(super) const fn build(
    _settings: ReportSettings,
    _redactor: &Redactor,
) -> Result<Reports, ConfigError> {
    Ok(Reports)
}

pub(super) fn sink(_reports: &Reports) -> Option<Arc<dyn Sink>> {
    None
}

pub(super) fn alarm(_reports: &Reports) -> Option<Arc<dyn Alarm>> {
    None
}
