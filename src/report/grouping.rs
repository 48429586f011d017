//! What groups a report with its like.

use http::StatusCode;

use super::{Mechanism, ReportError};
use crate::request::RequestInfo;

/// The types of the errors and the first place: no message, which differs from one to the next, and no
/// symbol, which differs from build to build. Where no place is known, what failed and where stand for it.
pub(super) fn of(
    errors: &[ReportError],
    mechanism: Mechanism,
    status: Option<StatusCode>,
    facts: Option<&RequestInfo>,
) -> String {
    let types: Vec<&str> = errors
        .iter()
        .filter_map(|error| error.type_name.as_deref())
        .collect();
    let mut text = types.join(" < ");
    if let Some(place) = errors.iter().find_map(|error| error.at.as_deref()) {
        separate(&mut text);
        text.push_str(place);
        return text;
    }
    separate(&mut text);
    text.push_str(mechanism.as_str());
    if let Some(status) = status {
        separate(&mut text);
        text.push_str(status.as_str());
    }
    if let Some(facts) = facts {
        separate(&mut text);
        text.push_str(facts.method().as_str());
        separate(&mut text);
        text.push_str(facts.route().unwrap_or("-"));
    }
    text
}

/// The longest fingerprint, in bytes.
pub(crate) const MAX_FINGERPRINT: usize = 200;

/// The fingerprint as all sinks get it: of a longer one the beginning, and a hash (FNV-1a) that tells it from others
/// which begin so.
pub(crate) fn bounded_fingerprint(text: String) -> String {
    const BEGINNING: usize = 160;
    if text.len() <= MAX_FINGERPRINT {
        return text;
    }
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{} {hash:016x}", super::limits::short(text, BEGINNING))
}

fn separate(text: &mut String) {
    if !text.is_empty() {
        text.push(' ');
    }
}
