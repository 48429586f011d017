//! Secrets as the keys of objects: `{"tokens_by_value": {"s3cr3tV4lue": 1}}`, and the same flattened with dots.

use super::edit::REDACTED;
use super::key::{Rules, Sense};
use super::value::is_opaque;

/// The key without the secrets in it, if it has some: what has the shape of one, or looks random below a name that speaks
/// of secrets. `below` says whether the object has such a name; `text` returns a text without secrets, if it has some.
pub(super) fn redacted(
    rules: &Rules,
    mut below: bool,
    key: &str,
    text: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    if !key.bytes().any(|byte| byte.is_ascii_digit()) {
        return text(key);
    }
    let mut is_changed = false;
    let parts = key.split('.').map(|part| {
        if below && is_random(rules, part) {
            is_changed = true;
            return REDACTED;
        }
        below |= rules.speaks_of_secrets(part);
        part
    });
    let shown = parts.collect::<Vec<&str>>().join(".");
    text(&shown).or_else(|| is_changed.then_some(shown))
}

/// A key that is not used yet: two secrets must not become one member.
pub(super) fn unused(key: String, is_used: impl Fn(&str) -> bool) -> String {
    if !is_used(&key) {
        return key;
    }
    let mut numbered = (2_u32..).map(|number| format!("{key} ({number})"));
    numbered.find(|key| !is_used(key)).unwrap_or(key)
}

/// Digits and letters that alternate more than once, in a text that is not a name.
fn is_random(rules: &Rules, part: &str) -> bool {
    let turns = part.as_bytes().windows(2);
    let turns = turns.filter(|pair| pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic());
    turns.count() > 1 && is_opaque(part) && rules.sense(part) == Sense::Harmless
}
