//! A page that is being written. Markup consists of literals; every other text goes through the escaping of its place.

use serde_json::Value;

use crate::problem::has_byte;

/// A page that is being written.
pub(super) struct Page(String);

impl Page {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self(String::with_capacity(capacity))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    /// Adds what another page has written.
    pub(super) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    pub(super) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Escapes a text for the content of an element.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        // Nearly every text needs no escaping.
        if !has_byte(text, |byte| {
            (byte == b'&') | (byte == b'<') | (byte == b'>')
        }) {
            self.0.push_str(text);
            return self;
        }
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                _ => self.0.push(character),
            }
        }
        self
    }

    /// Escapes a text for the value of an attribute in double quotes.
    pub(super) fn attribute(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.0.push(character),
            }
        }
        self
    }

    pub(super) fn element(&mut self, start: &'static str, text: &str, end: &'static str) {
        self.markup(start).text(text).markup(end);
    }

    /// A string as it is, any other value as JSON.
    pub(super) fn value(&mut self, value: &Value) -> &mut Self {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(_) | Value::Object(_) => {
                self.text(&serde_json::to_string_pretty(value).unwrap_or_default())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => self.text(&value.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_context_has_its_own_escaping() {
        let text = "<a href=\"x\" title='y'>ä & b</a>";
        let mut page = Page::with_capacity(0);
        page.text(text);
        assert_eq!(page.0, "&lt;a href=\"x\" title='y'&gt;ä &amp; b&lt;/a&gt;");
        let mut page = Page::with_capacity(0);
        page.attribute(text);
        assert_eq!(
            page.0,
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;ä &amp; b&lt;/a&gt;"
        );
    }
}
