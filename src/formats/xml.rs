//! XML: the problem document (RFC 9457, appendix B) and the envelopes.
//!
//! * An array of a problem has an `<i>` for each item; in an envelope it is a repeated element, as its clients expect.
//! * `null` and an empty array are empty elements.
//! * Booleans and numbers are written as in JSON.
//! * A name that is not an XML name is written as `<entry name="…">`.
//! * A character that XML 1.0 forbids becomes U+FFFD.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::Value;

use super::envelope;
use super::shape::{Shape, is_xml_name};
use super::view::View;
use crate::problem::NAMESPACE;

pub(super) fn render(view: View<'_>) -> Vec<u8> {
    let mut writer = Writer::new(Vec::with_capacity(512));
    // Writing to a `Vec` does not fail.
    let _ = match view.shape {
        Shape::Problem => write_problem(&mut writer, view),
        Shape::Envelope { .. } | Shape::Bare | Shape::Custom { .. } => {
            write_envelope(&mut writer, view)
        }
    };
    writer.into_inner()
}

fn write_problem<W: Write>(writer: &mut Writer<W>, view: View<'_>) -> io::Result<()> {
    let problem = view.problem;
    let mut root = BytesStart::new("problem");
    root.push_attribute(("xmlns", NAMESPACE));
    begin(writer, root)?;
    let status = view.disclosed.item.status.as_str();
    let members = [
        ("type", problem.type_member()),
        ("title", problem.title()),
        ("status", Some(status)),
        ("detail", problem.detail()),
        ("instance", problem.instance()),
    ];
    for (name, text) in members
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?)))
    {
        write_text(writer, name, text)?;
    }
    for (name, value) in problem.extensions() {
        write_value(writer, name, value, Arrays::Items)?;
    }
    writer.write_event(Event::End(BytesEnd::new("problem")))
}

fn write_envelope<W: Write>(writer: &mut Writer<W>, view: View<'_>) -> io::Result<()> {
    let root = view.shape.xml_root();
    begin(writer, BytesStart::new(root))?;
    for (name, value) in envelope::members(view).iter() {
        write_value(writer, name, value, Arrays::Siblings)?;
    }
    writer.write_event(Event::End(BytesEnd::new(root)))
}

fn begin<W: Write>(writer: &mut Writer<W>, root: BytesStart<'_>) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(root))
}

/// How an array is written.
#[derive(Clone, Copy)]
enum Arrays {
    /// One element with an `<i>` for each item.
    Items,
    /// One element of the array's name for each item.
    Siblings,
}

fn write_value<W: Write>(
    writer: &mut Writer<W>,
    name: &str,
    value: &Value,
    arrays: Arrays,
) -> io::Result<()> {
    match value {
        Value::Null => write_empty(writer, name),
        Value::Bool(value) => write_text(writer, name, if *value { "true" } else { "false" }),
        Value::Number(number) => write_text(writer, name, &number.to_string()),
        Value::String(text) => write_text(writer, name, text),
        Value::Array(items) if items.is_empty() => write_empty(writer, name),
        Value::Array(items) => match arrays {
            Arrays::Items => write_element(writer, name, |writer| {
                items
                    .iter()
                    .try_for_each(|item| write_value(writer, "i", item, arrays))
            }),
            Arrays::Siblings => items
                .iter()
                .try_for_each(|item| write_value(writer, name, item, arrays)),
        },
        Value::Object(members) => write_element(writer, name, |writer| {
            members
                .iter()
                .try_for_each(|(name, value)| write_value(writer, name, value, arrays))
        }),
    }
}

fn write_text<W: Write>(writer: &mut Writer<W>, name: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return write_empty(writer, name);
    }
    let text = without_forbidden(text);
    let mut escaped = escape(&*text);
    if escaped.contains('\r') {
        // A parser reads a literal carriage return as a line feed (XML 1.0, section 2.11).
        escaped = Cow::Owned(escaped.replace('\r', "&#13;"));
    }
    write_element(writer, name, |writer| {
        writer.write_event(Event::Text(BytesText::from_escaped(escaped)))
    })
}

fn write_empty<W: Write>(writer: &mut Writer<W>, name: &str) -> io::Result<()> {
    writer.write_event(Event::Empty(start_of(name)))
}

fn write_element<W: Write>(
    writer: &mut Writer<W>,
    name: &str,
    write_content: impl FnOnce(&mut Writer<W>) -> io::Result<()>,
) -> io::Result<()> {
    let start = start_of(name);
    let end = start.to_end().into_owned();
    writer.write_event(Event::Start(start))?;
    write_content(writer)?;
    writer.write_event(Event::End(end))
}

fn start_of(name: &str) -> BytesStart<'_> {
    if is_xml_name(name) {
        return BytesStart::new(name);
    }
    let mut start = BytesStart::new("entry");
    start.push_attribute(("name", &*without_forbidden(name)));
    start
}

/// Replaces the characters that XML 1.0 forbids, even as references (section 2.2).
fn without_forbidden(text: &str) -> Cow<'_, str> {
    let is_forbidden = |character: char| {
        matches!(
            character,
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'
        )
    };
    if text.contains(is_forbidden) {
        Cow::Owned(text.replace(is_forbidden, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}
