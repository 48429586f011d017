//! The redactor itself: what every exit calls.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use http::Uri;
use serde_json::{Map, Value};

use super::cursor::Dialect;
use super::edit::{Edit, REDACTED, apply};
use super::key::Rules;
use super::{json, members, object_keys, text, tree};
use crate::panics::callback::Callback;

/// The application's own redactor: gets a text and the key that it belongs to, if it has one, and returns what may be
/// shown.
pub(crate) type Replacement =
    Callback<dyn for<'a> Fn(Option<&str>, &'a str) -> Cow<'a, str> + Send + Sync>;

/// The most passes over a text; one in which the last pass still finds something is hidden whole.
const MAX_PASSES: usize = 4;

/// Hides credentials in texts, values and URLs.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    rules: Rules,
    replacement: Option<Replacement>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor")
            .field("rules", &self.rules)
            .field("is_replaced", &self.replacement.is_some())
            .finish()
    }
}

impl Redactor {
    /// Leaves everything to `replacement`. If that panics, the text is hidden whole.
    pub(crate) fn replace_with(&mut self, replacement: Replacement) {
        self.replacement = Some(replacement);
    }

    /// Adds a key: hidden where a key ends in its words.
    pub(crate) fn insert(&mut self, key: &str) {
        self.rules.insert(key);
    }

    /// Whether the values of a key are hidden, unless they can't be a secret.
    #[cfg(test)]
    pub(crate) fn is_sensitive(&self, key: &str) -> bool {
        self.replacement.is_none() && self.rules.sense(key) != super::key::Sense::Harmless
    }

    /// A text: JSON, a URL, a log line, a header, or free text.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.replacement {
            Some(replacement) => replaced(replacement, None, text),
            None => self.settled(text, json::edits),
        }
    }

    /// A line of source code: only literals after sensitive keys are hidden, and what is a secret by its shape.
    pub(crate) fn source<'a>(&self, line: &'a str) -> Cow<'a, str> {
        match &self.replacement {
            Some(replacement) => replaced(replacement, None, line),
            None => self.settled(line, |line, rules| {
                text::edits(line, rules, Dialect::Source)
            }),
        }
    }

    /// The text that belongs to a key: a header, an attribute.
    pub(crate) fn field<'a>(&self, key: &str, text: &'a str) -> Cow<'a, str> {
        if let Some(replacement) = &self.replacement {
            return replaced(replacement, Some(key), text);
        }
        let sense = self.rules.sense(key);
        let is_hidden = |text: &str| members::hides_text(&self.rules, sense, text);
        if is_hidden(text) {
            return Cow::Borrowed(REDACTED);
        }
        // What was hidden of it may have been what made it harmless.
        let redacted = self.text(text);
        if is_hidden(&redacted) {
            Cow::Borrowed(REDACTED)
        } else {
            redacted
        }
    }

    /// Hides `value` if its key is sensitive, else what is sensitive inside it.
    pub(crate) fn member(&self, key: &str, value: &mut Value) {
        match &self.replacement {
            Some(replacement) => replace(replacement, Some(key), value),
            None => tree::redact(&self.rules, key, value, &|text| self.changed(text)),
        }
    }

    /// Hides what is sensitive in the members of an object whose key is `outer`.
    pub(crate) fn members(&self, outer: &str, object: &mut Map<String, Value>) {
        match &self.replacement {
            Some(replacement) => object
                .iter_mut()
                .for_each(|(key, value)| replace(replacement, Some(key), value)),
            None => tree::members(&self.rules, outer, object, &|text| self.changed(text)),
        }
    }

    /// The path of a URI.
    pub(crate) fn path<'a>(&self, uri: &'a Uri) -> Cow<'a, str> {
        self.url(uri.path())
    }

    /// The path and query of a URI.
    pub(crate) fn uri(&self, uri: &Uri) -> String {
        let text = uri.path_and_query().map_or("", |path| path.as_str());
        self.url(text).into_owned()
    }

    /// An address: a URL, or the path and query of one.
    pub(crate) fn address<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.starts_with('/') || text.contains("://") {
            self.url(text)
        } else {
            self.text(text)
        }
    }

    fn url<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.replacement {
            Some(replacement) => replaced(replacement, None, text),
            None => self.settled(text, |url, rules| text::edits(url, rules, Dialect::Url)),
        }
    }

    /// Hides what is sensitive in attributes. Their keys are often flattened from objects, so they may be secrets too; a
    /// replacement leaves keys as they are.
    pub(crate) fn attributes(&self, attributes: &mut BTreeMap<String, Value>) {
        for (key, value) in &mut *attributes {
            self.member(key, value);
        }
        if self.replacement.is_some() {
            return;
        }
        let renamed = attributes.keys().filter_map(|key| {
            let text = |key: &str| self.changed(key);
            let shown = object_keys::redacted(&self.rules, false, key, &text)?;
            Some((key.clone(), shown))
        });
        for (key, shown) in renamed.collect::<Vec<_>>() {
            if let Some(value) = attributes.remove(&key) {
                let shown = object_keys::unused(shown, |key| attributes.contains_key(key));
                attributes.insert(shown, value);
            }
        }
    }

    /// Redacts a text in place.
    pub(crate) fn string(&self, text: &mut String) {
        if let Some(redacted) = self.changed(text) {
            *text = redacted;
        }
    }

    fn changed(&self, text: &str) -> Option<String> {
        match self.text(text) {
            Cow::Owned(redacted) => Some(redacted),
            Cow::Borrowed(shown) => (shown != text).then(|| shown.to_owned()),
        }
    }

    /// The text after which another pass finds nothing.
    fn settled<'a>(
        &self,
        text: &'a str,
        edits: impl Fn(&str, &Rules) -> Vec<Edit>,
    ) -> Cow<'a, str> {
        let mut settled = Cow::Borrowed(text);
        for _ in 0..MAX_PASSES {
            let found = edits(&settled, &self.rules);
            if found.is_empty() {
                return settled;
            }
            settled = Cow::Owned(apply(&settled, &found).into_owned());
        }
        Cow::Borrowed(REDACTED)
    }
}

fn replaced<'a>(replacement: &Replacement, key: Option<&str>, text: &'a str) -> Cow<'a, str> {
    let shown = replacement.call(|replacement| replacement(key, text));
    shown.unwrap_or(Cow::Borrowed(REDACTED))
}

/// The replacement over the strings of a value.
fn replace(replacement: &Replacement, key: Option<&str>, value: &mut Value) {
    match value {
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => {
            let text = value.to_string();
            let redacted = replaced(replacement, key, &text);
            if redacted != text {
                *value = Value::String(redacted.into_owned());
            }
        }
        Value::String(text) => *text = replaced(replacement, key, text).into_owned(),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace(replacement, key, item)),
        Value::Object(members) => members
            .iter_mut()
            .for_each(|(key, value)| replace(replacement, Some(key), value)),
    }
}
