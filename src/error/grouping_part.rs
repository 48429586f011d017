//! [`GroupingPart`]: one thing that distinguishes a bug from another.

/// One part of a cause chain, outermost first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum GroupingPart {
    /// A context that is a literal.
    Context(&'static str),
    /// A type, and what an error of it is: its variant, or the kind of an `io::Error`. The type of a source is unknown.
    Kind {
        type_name: Option<&'static str>,
        variant: Option<String>,
    },
    /// All that is known of an error is its text.
    Text(String),
    /// The status of a bare error response.
    Status(u16),
}
