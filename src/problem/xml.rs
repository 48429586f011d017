//! A problem read from XML (RFC 9457, appendix B).
//!
//! XML has no types: what has no elements in it is a text, what has only `<i>` elements is an array, all
//! else is an object. So numbers and booleans come back as texts, an empty array or object as the empty one.

use quick_xml::NsReader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use serde_json::{Map, Value};

use super::{InvalidProblem, Problem};

/// The namespace of a problem; RFC 9457 kept RFC 7807's.
pub(crate) const NAMESPACE: &str = "urn:ietf:rfc:7807";

/// How deep elements may stand in each other.
const MAX_DEPTH: usize = 64;

impl Problem {
    /// Reads `application/problem+xml`.
    ///
    /// Elements of other namespaces are skipped. An `<entry name="…">`, as Backstop writes names that XML
    /// can't have, is told by that name.
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
    /// [`InvalidProblem`] for what is no XML, has another root than `problem` in its namespace, an entity of
    /// its own, or elements in each other more than 64 deep.
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

/// An element that is not closed yet.
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

/// The children of the root.
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
                        "its root is not `problem` in `urn:ietf:rfc:7807`",
                    ));
                }
                if !is_ours {
                    if !is_empty {
                        reader.read_to_end(start.name()).map_err(invalid)?;
                    }
                    continue;
                }
                if open.len() == MAX_DEPTH {
                    return Err(InvalidProblem::new("its elements are nested too deeply"));
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
            Event::Eof => return Err(InvalidProblem::new("it ends before its root does")),
            other => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text(other)?);
                }
            }
        }
    }
}

/// Hands the innermost element to the one around it; the children of the last one are the document's.
fn close(open: &mut Vec<Element>) -> Option<Vec<(String, Value)>> {
    let element = open.pop()?;
    let Some(parent) = open.last_mut() else {
        return Some(element.children);
    };
    let name = element.name.clone();
    parent.children.push((name, element.into_value()));
    None
}

/// The text that an event inside an element stands for.
fn text(event: Event<'_>) -> Result<String, InvalidProblem> {
    Ok(match event {
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(text) => text.xml10_content().into_owned(),
        Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(invalid)? {
            Some(character) => character.into(),
            None => resolve_predefined_entity(&reference)
                .ok_or_else(|| InvalidProblem::new("it has an entity of its own"))?
                .to_owned(),
        },
        _ => String::new(),
    })
}

fn invalid(error: impl std::fmt::Display) -> InvalidProblem {
    InvalidProblem::new(error.to_string())
}
