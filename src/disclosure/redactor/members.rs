//! The rules that hide members of JSON, in texts and in values.

use super::key::{Rules, Sense};
use super::lexicon::Role;
use super::value::{Setting, is_secret};
use super::words::{List, role};

/// How deep a value is searched; what lies deeper is hidden whole.
pub(super) const MAX_DEPTH: usize = 32;

/// Members of an object under a sensitive key that are no part of the secret.
const ORDINARY: List = List::new(
    "algorithm at count created_at description domain duration email enabled expires expires_at expires_in expiry format \
    issuer kind length message method name path provider role scope scopes status type url user username",
);

/// The sense of a member: by its own key, or by that of the object around it.
pub(super) fn sense(rules: &Rules, outer: Sense, key: &str) -> Sense {
    if matches!(outer, Sense::Secret | Sense::Line) {
        return outer;
    }
    let own = rules.sense(key);
    if own != Sense::Harmless || outer == Sense::Harmless {
        return own;
    }
    let is_ordinary = ORDINARY.has(key.as_bytes());
    if is_ordinary { Sense::Harmless } else { outer }
}

/// Whether a string is hidden after a key.
pub(super) fn hides_text(rules: &Rules, sense: Sense, text: &str) -> bool {
    sense != Sense::Harmless
        && is_secret(
            rules,
            sense,
            text,
            Setting {
                may_be_prose: true,
                ..Setting::default()
            },
        )
}

/// Whether a number is hidden after a key.
pub(super) fn hides_number(sense: Sense, number: &str) -> bool {
    matches!(sense, Sense::Secret | Sense::Line) || super::shapes::is_card(number)
}

/// Whether a member names another.
pub(super) fn is_name(key: &str) -> bool {
    role(key) == Some(Role::Name)
}

/// Whether a member is the value of that name.
pub(super) fn is_value(key: &str) -> bool {
    role(key) == Some(Role::Value)
}
