//! Without the feature `frames` there are no frames.

use std::time::Duration;

use crate::report::Report;

#[derive(Debug, Default)]
pub(crate) struct SymbolSettings {}

pub(super) const fn symbolise(_report: &mut Report, _settings: &SymbolSettings) {}

pub(super) const fn symbolise_within(
    _report: &mut Report,
    _settings: &SymbolSettings,
    _time: Duration,
) {
}
