//! XML: the problem of RFC 9457, appendix B, and the envelopes.
//!
//! A problem's arrays hold an `<i>` for each item; an envelope's are repeated elements, as its clients know
//! them. What XML can't say is settled thus: `null` and empty arrays are empty elements, booleans and
//! numbers are their JSON text, a name that is no XML name becomes `<entry name="…">`, and a character that
//! XML 1.0 forbids becomes U+FFFD.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::Value;

use super::shape::is_name;
use super::{Document, Shape, envelope};
use crate::problem::NAMESPACE;

pub(super) fn render(document: &Document<'_>, shape: &Shape) -> Vec<u8> {
    let mut writer = Writer::new(Vec::with_capacity(512));
    // A `Vec` takes all that is written.
    let _ = match shape {
        Shape::Problem => write_problem(&mut writer, document),
        Shape::Envelope { .. } | Shape::Bare => write_envelope(&mut writer, document, shape.root()),
    };
    writer.into_inner()
}

fn write_problem<W: Write>(writer: &mut Writer<W>, document: &Document<'_>) -> io::Result<()> {
    let problem = document.problem;
    let mut root = BytesStart::new("problem");
    root.push_attribute(("xmlns", NAMESPACE));
    begin(writer, root)?;
    let status = document.disclosed.item.status.as_str();
    let members = [
        ("type", problem.type_member()),
        ("title", problem.title_ref()),
        ("status", Some(status)),
        ("detail", problem.detail_ref()),
        ("instance", problem.instance_ref()),
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

fn write_envelope<W: Write>(
    writer: &mut Writer<W>,
    document: &Document<'_>,
    root: &str,
) -> io::Result<()> {
    begin(writer, BytesStart::new(root))?;
    for (name, value) in envelope::members(document).iter() {
        write_value(writer, name, value, Arrays::Siblings)?;
    }
    writer.write_event(Event::End(BytesEnd::new(root)))
}

fn begin<W: Write>(writer: &mut Writer<W>, root: BytesStart<'_>) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(root))
}

/// How an array is told.
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
        Value::Null => write_element(writer, name, None::<fn(&mut Writer<W>) -> io::Result<()>>),
        Value::Bool(value) => write_text(writer, name, if *value { "true" } else { "false" }),
        Value::Number(number) => write_text(writer, name, &number.to_string()),
        Value::String(text) => write_text(writer, name, text),
        Value::Array(items) if items.is_empty() => {
            write_element(writer, name, None::<fn(&mut Writer<W>) -> io::Result<()>>)
        }
        Value::Array(items) => match arrays {
            Arrays::Items => write_element(
                writer,
                name,
                Some(|writer: &mut Writer<W>| {
                    items
                        .iter()
                        .try_for_each(|item| write_value(writer, "i", item, arrays))
                }),
            ),
            Arrays::Siblings => items
                .iter()
                .try_for_each(|item| write_value(writer, name, item, arrays)),
        },
        Value::Object(members) => write_element(
            writer,
            name,
            Some(|writer: &mut Writer<W>| {
                members
                    .iter()
                    .try_for_each(|(name, value)| write_value(writer, name, value, arrays))
            }),
        ),
    }
}

fn write_text<W: Write>(writer: &mut Writer<W>, name: &str, text: &str) -> io::Result<()> {
    let text = allowed(text);
    let mut escaped = escape(&*text);
    if escaped.contains('\r') {
        // A bare one would be read as a line feed (XML 1.0, section 2.11).
        escaped = Cow::Owned(escaped.replace('\r', "&#13;"));
    }
    let content =
        |writer: &mut Writer<W>| writer.write_event(Event::Text(BytesText::from_escaped(escaped)));
    write_element(writer, name, (!text.is_empty()).then_some(content))
}

fn write_element<W: Write>(
    writer: &mut Writer<W>,
    name: &str,
    content: Option<impl FnOnce(&mut Writer<W>) -> io::Result<()>>,
) -> io::Result<()> {
    let mut start = BytesStart::new(if is_name(name) { name } else { "entry" });
    if !is_name(name) {
        start.push_attribute(("name", &*allowed(name)));
    }
    let Some(content) = content else {
        return writer.write_event(Event::Empty(start));
    };
    let end = start.to_end().into_owned();
    writer.write_event(Event::Start(start))?;
    content(writer)?;
    writer.write_event(Event::End(end))
}

/// The text without the characters that XML 1.0 forbids even as references (section 2.2).
fn allowed(text: &str) -> Cow<'_, str> {
    let is_forbidden = |character: char| matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) {
        Cow::Owned(text.replace(is_forbidden, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}
