//! The frames of a report's backtrace.

use serde::{Deserialize, Serialize};

/// One frame of a report's backtrace.
///
/// ```
/// use backstop::report::{Frame, SourceLine};
///
/// let mut frame = Frame::new(0x55d0_1234)
///     .with_function("shop::stock::load")
///     .with_location("src/stock.rs", 12);
/// frame.source.push(SourceLine::new(12, "    let stock = load(id)?;"));
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Frame {
    /// The demangled name of the function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The path of the source file, as it was passed to the compiler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The instruction pointer.
    pub address: u64,
    /// Whether the code is the application's own rather than a dependency's or the standard library's.
    pub in_app: bool,
    /// The lines around [`line`](Self::line), if the source file was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<SourceLine>,
}

impl Frame {
    /// Creates a frame with only an instruction pointer.
    #[must_use]
    pub fn new(address: u64) -> Self {
        Self {
            address,
            ..Self::default()
        }
    }

    /// Sets the demangled name of the function.
    #[must_use]
    pub fn with_function(mut self, function: impl Into<String>) -> Self {
        self.function = Some(function.into());
        self
    }

    /// Sets the source file and the line, counted from 1.
    #[must_use]
    pub fn with_location(mut self, file: impl Into<String>, line: u32) -> Self {
        self.file = Some(file.into());
        self.line = Some(line);
        self
    }
}

/// One line of source code around a [`Frame`].
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SourceLine {
    /// The line's number, counted from 1.
    pub number: u32,
    /// The line, without its end.
    pub text: String,
}

impl SourceLine {
    /// Creates a line with its number, counted from 1.
    #[must_use]
    pub fn new(number: u32, text: impl Into<String>) -> Self {
        Self {
            number,
            text: text.into(),
        }
    }
}
