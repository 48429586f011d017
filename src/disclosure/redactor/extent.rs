//! A value in a text, and what surrounds it.

use std::ops::Range;

use super::quotes::Quote;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Between quotes; `hidden` is what is inside.
    Quoted,
    /// A string that goes on after its quotes, or has no end.
    Broken,
    /// `[…]`, `{…}`, `(…)`, `Some(…)`, `Config { … }`.
    Group,
    /// Up to a separator, the line's end, or the enclosing quote.
    Plain,
    /// The indented lines of YAML.
    Block,
}

/// A value: what to hide of it, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Extent {
    pub(super) hidden: Range<usize>,
    pub(super) kind: Kind,
}

/// What surrounds a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// The quote that was open before the key.
    pub(super) enclosing: Option<Quote>,
    /// Whether a bracket is open, so that its closer ends the value.
    pub(super) in_brackets: bool,
    /// The value has the rest of its line.
    pub(super) has_line: bool,
    /// What ends a value of several words.
    pub(super) stop: Stop,
    /// `=` rather than `:`: `;` and `&` may end the value.
    pub(super) is_assignment: bool,
    /// Inside a query string, where `&` always ends the value.
    pub(super) is_query: bool,
}

/// The pair after a value of several words that ends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stop {
    /// None: the line's end does.
    #[default]
    Never,
    /// `, port: 5`.
    AfterComma,
    /// ` Port:5`, ` port = 5`.
    AfterSpace,
}
