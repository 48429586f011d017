//! The limits of what one scope records. What exceeds a limit is dropped, and the report says so.

use serde_json::{Map, Value};

use crate::json;

/// The number of breadcrumbs, and of log lines; a new one replaces the oldest.
pub(super) const RING: usize = 100;
/// Bytes of the message of a breadcrumb or log line.
pub(super) const TEXT: usize = 1024;
/// Bytes of the data of all breadcrumbs together.
pub(super) const BREADCRUMB_DATA: usize = 64 * 1024;
/// Attributes.
pub(super) const ATTRIBUTES: usize = 128;
/// Bytes of a key or a name.
pub(super) const KEY: usize = 256;
/// Bytes of an attribute's text.
pub(super) const SCALAR: usize = 4 * 1024;
/// Bytes of one value of the metadata, and of one breadcrumb's data.
pub(super) const VALUE: usize = 16 * 1024;
/// Bytes of all metadata together.
pub(super) const METADATA: usize = 128 * 1024;
/// Feature flags.
pub(super) const FLAGS: usize = 128;
/// `on_report` callbacks.
pub(super) const CALLBACKS: usize = 32;
/// How deeply a value may be nested.
const DEPTH: usize = 32;

/// The approximate size of a value as JSON, in bytes; `usize::MAX` if it is nested too deeply.
pub(super) fn size_of_value(value: &Value) -> usize {
    json::size_of_value(value, DEPTH).unwrap_or(usize::MAX)
}

/// Like [`size_of_value`], for the members of an object; 0 if there are none.
pub(super) fn size_of_map(map: &Map<String, Value>) -> usize {
    if map.is_empty() {
        0
    } else {
        json::size_of_map(map, DEPTH).unwrap_or(usize::MAX)
    }
}
