//! The page that is being written, within its bounds.

use super::super::page::Page;
use crate::development::{DeveloperView, Position};
use crate::printable::Lines;
use crate::report::frame::SourceLine;

pub(super) struct Writer<'a> {
    pub(super) page: Page,
    /// How long the page may be at the end of the current section.
    pub(super) limit: usize,
    pub(super) shown: &'a DeveloperView,
}

impl Writer<'_> {
    /// Whether the section has no room for another entry.
    pub(super) fn is_full(&self) -> bool {
        self.page.len() > self.limit
    }

    /// A text of which all is shown.
    pub(super) fn text(&mut self, text: &str) -> &mut Page {
        self.page.text(&printable(text))
    }

    pub(super) fn element(&mut self, start: &'static str, text: &str, end: &'static str) {
        self.page.markup(start).text(&printable(text)).markup(end);
    }

    /// A sentence of our own, with code between backticks.
    pub(super) fn prose(&mut self, text: &str) {
        for (index, part) in text.split('`').enumerate() {
            if index % 2 == 0 {
                self.page.text(part);
            } else {
                self.element("<code>", part, "</code>");
            }
        }
    }

    pub(super) fn number(&mut self, number: usize) {
        self.page.text(&number.to_string());
    }

    /// `file:line:column`, as a link to the editor if there is one.
    pub(super) fn position(&mut self, position: &Position) {
        match &position.link {
            Some(link) => {
                self.page.markup("<a class=\"at\" href=\"").attribute(link);
                self.page.markup("\">");
                self.text(&position.text()).markup("</a>");
            }
            None => self.element("<code class=\"at\">", &position.text(), "</code>"),
        }
    }

    pub(super) fn source(&mut self, lines: &[SourceLine], hit: u32) {
        if lines.is_empty() {
            return;
        }
        self.page
            .markup("<pre tabindex=\"0\" aria-label=\"Source\">");
        for line in lines {
            let is_hit = line.number == hit;
            self.page.markup(if is_hit {
                "<b class=\"hit\"><i>"
            } else {
                "<span><i>"
            });
            let mark = if is_hit { '>' } else { ' ' };
            self.page
                .text(&format!("{mark} {:>4}  ", line.number))
                .markup("</i>");
            self.text(&line.text);
            self.page
                .markup(if is_hit { "\n</b>" } else { "\n</span>" });
        }
        self.page.markup("</pre>");
    }

    /// A table of names and values, unless it is empty.
    pub(super) fn entries(&mut self, title: &'static str, entries: &[(String, String)]) {
        if entries.is_empty() {
            return;
        }
        self.page.markup(title).markup("<dl class=\"table\">");
        for (name, value) in entries {
            if self.is_full() {
                self.page
                    .markup("<div><dt>…</dt><dd>more did not fit</dd></div>");
                break;
            }
            self.element("<div data-item><dt>", name, "</dt>");
            self.element("<dd>", value, "</dd></div>");
        }
        self.page.markup("</dl>");
    }

    pub(super) fn more(&mut self, what: &'static str) {
        self.page.markup("<li class=\"note\">More ").markup(what);
        self.page.markup(" did not fit on this page.</li>");
    }

    /// A text that is shown whole, or another one in its place.
    pub(super) fn fitting(&mut self, text: &str, otherwise: &'static str) {
        let mut escaped = Page::with_capacity(text.len());
        escaped.text(&printable(text));
        if self.page.len() + escaped.len() < self.limit {
            self.page.append(&escaped);
        } else {
            self.page.markup(otherwise);
        }
    }
}

/// A text of which all is shown.
fn printable(text: &str) -> String {
    Lines { text, indent: "" }.to_string()
}
