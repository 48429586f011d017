//! What of an error says which bug it is, for the fingerprint of its report. Runs on the worker; only an error that is
//! borrowed is looked at while it exists.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::io;

use super::cause::Cause;
use super::grouping_part::GroupingPart;
use super::object::ErrorObject;
use super::repr::Repr;
use super::std_error::{display, sources};
use crate::panics::catch::catch_panic;

/// The longest name of a variant, in bytes.
const MAX_NAME: usize = 64;

impl Repr {
    /// What distinguishes the error from another bug's. Contexts that were formatted do not, because they may contain
    /// anything.
    pub(crate) fn grouping(&self) -> Vec<GroupingPart> {
        let contexts = self
            .overrides
            .iter()
            .flat_map(|set| set.contexts.iter().rev());
        let literals = contexts.filter_map(|(text, _)| match text {
            Cow::Borrowed(text) => Some(GroupingPart::Context(text)),
            Cow::Owned(_) => None,
        });
        let mut parts: Vec<GroupingPart> = literals.collect();
        match (&self.cause, self.cause.error()) {
            (Cause::Response(status, text), _) => {
                parts.push(GroupingPart::Status(status.as_u16()));
                parts.extend(text.clone().map(GroupingPart::Text));
            }
            (Cause::Snapshot(_), _) => {
                let snapshot = self.overrides.iter().flat_map(|set| &set.grouping);
                parts.extend(snapshot.cloned());
            }
            (_, Some(error)) => add(&mut parts, self.type_name, error),
            (cause, None) => {
                parts.extend(self.type_name.map(|name| kind(Some(name), None)));
                parts.push(GroupingPart::Text(cause.message().into_owned()));
            }
        }
        parts
    }
}

/// What distinguishes an error that is only borrowed.
pub(super) fn of_error(
    type_name: Option<&'static str>,
    error: &(dyn StdError + 'static),
) -> Vec<GroupingPart> {
    let mut parts = Vec::new();
    add(&mut parts, type_name, error);
    parts
}

/// Adds an error and its sources.
fn add(
    parts: &mut Vec<GroupingPart>,
    mut type_name: Option<&'static str>,
    error: &(dyn StdError + 'static),
) {
    for error in sources(error) {
        if let Some(object) = error.downcast_ref::<ErrorObject>() {
            parts.extend(object.repr().grouping());
            return;
        }
        let part = part(type_name.take(), error);
        // A wrapper that passes everything on looks like what it wraps.
        if parts.last() != Some(&part) {
            parts.push(part);
        }
    }
}

fn part(type_name: Option<&'static str>, error: &(dyn StdError + 'static)) -> GroupingPart {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        let kind_name = format!("{:?}", error.kind());
        return kind(Some("std::io::error::Error"), Some(kind_name));
    }
    let variant = variant(error);
    if type_name.is_none() && variant.is_none() {
        return GroupingPart::Text(display(error));
    }
    kind(type_name, variant)
}

const fn kind(type_name: Option<&'static str>, variant: Option<String>) -> GroupingPart {
    GroupingPart::Kind { type_name, variant }
}

/// The name with which the `Debug` text of an error begins: that of its variant, or of its type if it is a struct.
/// `None` if the text is something else, such as prose or a quoted text.
fn variant(error: &(dyn StdError + 'static)) -> Option<String> {
    let mut start = Start::default();
    // It fails once it has seen enough, and `Debug` may panic.
    catch_panic(|| write!(start, "{error:?}").is_ok());
    let Start { text } = start;
    let end = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    // `anyhow` and `eyre` give contexts this name, and the text is all that there is.
    let is_context = name == "Error" && CONTEXTS.contains(&rest);
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && (rest.is_empty() || rest.starts_with('(') || rest.starts_with(" {"));
    (is_name && !is_context).then(|| name.to_owned())
}

/// How the `Debug` texts of the contexts of `anyhow` and `eyre` go on after the name.
const CONTEXTS: [&str; 4] = [
    " { context: ",
    " {\n    context: ",
    " { msg: ",
    " {\n    msg: ",
];

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':')
}

/// Accepts the start of a text up to the first field's value, and then fails, which stops the writer.
#[derive(Default)]
struct Start {
    text: String,
}

impl fmt::Write for Start {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.is_complete() {
                return Err(fmt::Error);
            }
            self.text.push(c);
        }
        Ok(())
    }
}

impl Start {
    fn is_complete(&self) -> bool {
        let text = &*self.text;
        let end = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        text.len() >= MAX_NAME
            || CONTEXTS.contains(&rest)
            || !rest.is_empty() && CONTEXTS.iter().all(|known| !known.starts_with(rest))
            // Only a context's first field matters.
            || name != "Error" && rest.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::error::Error;

    /// An error with this `Debug` text.
    struct Shown(&'static str);

    impl fmt::Debug for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("shown")
        }
    }

    impl StdError for Shown {}

    #[test]
    fn a_variant_is_the_name_at_the_start_of_the_debug_text() {
        for (text, name) in [
            ("Gone", Some("Gone")),
            ("Gone(7)", Some("Gone")),
            ("Gone { id: 7 }", Some("Gone")),
            ("Gone {\n    id: 7,\n}", Some("Gone")),
            (
                "JoinError::Panic(Id(7), \"boom\")",
                Some("JoinError::Panic"),
            ),
            ("Error(\"expected value\", line: 1)", Some("Error")),
            ("Error { kind: Io }", Some("Error")),
            ("Error", Some("Error")),
            ("\"no such user\"", None),
            ("no such user", None),
            ("user: 7", None),
            ("", None),
            ("7", None),
            ("Error { context: \"loading\", source: X }", None),
            ("Error { msg: \"loading\", source: X }", None),
        ] {
            assert_eq!(variant(&Shown(text)).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn an_endless_debug_text_is_stopped_and_one_that_panics_is_none() {
        struct Endless(Cell<usize>);
        impl fmt::Debug for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    self.0.set(self.0.get() + 1);
                    f.write_str("x")?;
                }
            }
        }
        impl fmt::Display for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("endless")
            }
        }
        impl StdError for Endless {}
        let endless = Endless(Cell::new(0));
        assert!(variant(&endless).is_some_and(|name| name.len() == MAX_NAME));
        assert!(endless.0.get() < 100);

        #[derive(Debug)]
        struct Field;
        struct Panics;
        impl fmt::Debug for Panics {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("in `Debug`")
            }
        }
        impl fmt::Display for Panics {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{Field:?}")
            }
        }
        impl StdError for Panics {}
        assert_eq!(part(None, &Panics), GroupingPart::Text("Field".to_owned()));
    }

    #[test]
    fn an_error_inside_another_is_looked_at_as_itself() {
        let inner = Error::msg("no stock").with_context("loading");
        let parts = inner.repr().grouping();
        let outer = io::Error::other(crate::BoxError::from(inner));
        let outer = Error::from(outer).repr().grouping();
        assert_eq!(outer[1..], parts);
    }
}
