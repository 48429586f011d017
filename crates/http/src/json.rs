//! Helpers for the JSON that most trackers accept.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Map, Value};

/// An object with the members that are not null.
///
/// ```
/// use backstop_http::json::object;
/// use serde_json::json;
///
/// let user: Option<&str> = None;
/// let event = object([("message", json!("refused")), ("user", json!(user))]);
/// assert_eq!(event, json!({"message": "refused"}));
/// ```
#[must_use]
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    let members: Map<String, Value> = members
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    Value::Object(members)
}

/// Formats a time as in RFC 3339. Like all times in a report, it is in milliseconds since the Unix epoch. A time after
/// the year 9999 becomes the epoch.
///
/// ```
/// assert_eq!(backstop_http::json::timestamp(1_795_296_894_480), "2026-11-21T21:34:54.480Z");
/// ```
#[must_use]
pub fn timestamp(millis: u64) -> String {
    const YEAR_10000: u64 = 253_402_300_800_000;
    let millis = if millis < YEAR_10000 { millis } else { 0 };
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(millis)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_milliseconds_and_impossible_ones_are_the_epoch() {
        assert_eq!(timestamp(1_795_296_894_480), "2026-11-21T21:34:54.480Z");
        assert_eq!(timestamp(253_402_300_799_999), "9999-12-31T23:59:59.999Z");
        for impossible in [253_402_300_800_000, u64::MAX] {
            assert_eq!(timestamp(impossible), "1970-01-01T00:00:00.000Z");
        }
    }
}
