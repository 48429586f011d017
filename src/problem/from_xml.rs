//! Reads a problem from XML (RFC 9457, appendix B).
//!
//! XML has no types: an element without child elements is a string, one with only `<i>` children is an array,
//! and any other is an object. So numbers and booleans are read as strings, and an empty array or object as the
//! empty string.

use quick_xml::NsReader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use serde_json::{Map, Value};

use super::Problem;
use super::from_json::InvalidProblem;

/// The namespace of problem documents. RFC 9457 kept that of RFC 7807.
pub(crate) const NAMESPACE: &str = "urn:ietf:rfc:7807";

/// How deeply elements may be nested.
const MAX_DEPTH: usize = 64;

impl Problem {
    /// Reads `application/problem+xml`.
    ///
    /// Elements of other namespaces are skipped. An `<entry name="…">`, which Backstop writes for names that are
    /// not XML names, is read under that name.
    ///
    /// ```
    /// use backstop::Problem;
    ///
    /// let problem = Problem::from_xml(
    ///     r#"<problem xmlns="urn:ietf:rfc:7807"><status>404</status><tags><i>a</i><i>b</i></tags></problem>"#,
    /// )?;
    /// assert_eq!(problem.status().unwrap(), 404);
    /// assert_eq!(problem.get("tags").unwrap(), &serde_json::json!(["a", "b"]));
    /// # Ok::<(), backstop::problem::InvalidProblem>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidProblem`] if `xml` is not well-formed XML, has another root element than `problem` in the namespace
    /// of RFC 9457, refers to an entity that XML does not predefine, or nests elements more than 64 deep.
    pub fn from_xml(xml: &str) -> Result<Self, InvalidProblem> {
        let mut problem = Self::default();
        for (name, value) in read(xml)? {
            let value = match (&*name, value) {
                ("status", Value::String(text)) => {
                    text.trim().parse::<u16>().map_or(Value::Null, Value::from)
                }
                (_, value) => value,
            };
            problem.read(name, value);
        }
        Ok(problem)
    }
}

/// An open element.
struct Element {
    name: String,
    text: String,
    children: Vec<(String, Value)>,
}

impl Element {
    fn new(start: &BytesStart<'_>) -> Result<Self, InvalidProblem> {
        let local = start.local_name();
        let mut name = local.as_ref().to_owned();
        if name == "entry" {
            for attribute in start.attributes() {
                let attribute = attribute.map_err(invalid)?;
                if attribute.key.as_ref() == "name" {
                    name = unescape(&attribute.value).map_err(invalid)?.into_owned();
                }
            }
        }
        Ok(Self {
            name,
            text: String::new(),
            children: Vec::new(),
        })
    }

    fn into_value(self) -> Value {
        if self.children.is_empty() {
            Value::String(self.text)
        } else if self.children.iter().all(|(name, _)| name == "i") {
            self.children.into_iter().map(|(_, item)| item).collect()
        } else {
            Value::Object(self.children.into_iter().collect::<Map<_, _>>())
        }
    }
}

/// Reads the children of the root element.
fn read(xml: &str) -> Result<Vec<(String, Value)>, InvalidProblem> {
    let mut reader = NsReader::from_str(xml);
    let mut open: Vec<Element> = Vec::new();
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(invalid)?;
        let is_ours = namespace == ResolveResult::Bound(Namespace(NAMESPACE));
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(start) | Event::Empty(start) => {
                if open.is_empty() && !(is_ours && start.local_name().as_ref() == "problem") {
                    return Err(InvalidProblem::new(
                        "the root element is not `problem` in the namespace `urn:ietf:rfc:7807`",
                    ));
                }
                if !is_ours {
                    if !is_empty {
                        reader.read_to_end(start.name()).map_err(invalid)?;
                    }
                    continue;
                }
                if open.len() == MAX_DEPTH {
                    return Err(InvalidProblem::new("elements are nested more than 64 deep"));
                }
                open.push(Element::new(&start)?);
                if is_empty && let Some(members) = close(&mut open) {
                    return Ok(members);
                }
            }
            Event::End(_) => {
                if let Some(members) = close(&mut open) {
                    return Ok(members);
                }
            }
            Event::Eof => return Err(InvalidProblem::new("the root element is not closed")),
            other => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text(other)?);
                }
            }
        }
    }
}

/// Closes the innermost element and adds it to its parent. Returns the children of the root once that is closed.
fn close(open: &mut Vec<Element>) -> Option<Vec<(String, Value)>> {
    let element = open.pop()?;
    let Some(parent) = open.last_mut() else {
        return Some(element.children);
    };
    let name = element.name.clone();
    parent.children.push((name, element.into_value()));
    None
}

/// The text content of an event inside an element.
fn text(event: Event<'_>) -> Result<String, InvalidProblem> {
    Ok(match event {
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(text) => text.xml10_content().into_owned(),
        Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(invalid)? {
            Some(character) => character.into(),
            None => resolve_predefined_entity(&reference)
                .ok_or_else(|| InvalidProblem::new("undefined entity reference"))?
                .to_owned(),
        },
        _ => String::new(),
    })
}

fn invalid(error: impl std::fmt::Display) -> InvalidProblem {
    InvalidProblem::new(error.to_string())
}
