//! A location in source code.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A location in source code, such as that of the `?` that created an [`Error`](crate::Error). It is displayed and
/// serialized as `file:line:column`.
///
/// ```
/// use backstop::{Error, Failure};
///
/// let failure = Failure::from(Error::msg("out of stock"));
/// assert!(failure.location().unwrap().file().ends_with(".rs"));
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct SourceLocation {
    file: Cow<'static, str>,
    line: u32,
    column: u32,
}

impl SourceLocation {
    /// Creates a location in this file, with line and column counted from 1.
    #[must_use]
    pub fn new(file: impl Into<Cow<'static, str>>, line: u32, column: u32) -> Self {
        Self {
            file: file.into(),
            line,
            column,
        }
    }

    /// Copies a location whose file name is only borrowed, such as that in a panic hook.
    pub(crate) fn copied_from(location: &Location<'_>) -> Self {
        Self {
            file: Cow::Owned(location.file().to_owned()),
            line: location.line(),
            column: location.column(),
        }
    }

    /// The location of a caller. `None` in the standard library, which calls what it is passed, as in
    /// `.map_err(Error::from)`: it is the same for all such callers.
    pub(crate) fn of_caller(location: &'static Location<'static>) -> Option<Self> {
        let location = Self::from(location);
        (!location.is_in_std()).then_some(location)
    }

    /// Whether the file is the standard library's, as it was built or as it is installed.
    pub(crate) fn is_in_std(&self) -> bool {
        const STARTS: [&str; 5] = [
            "/rustc/",
            "/rust/deps/",
            "library/core/src/",
            "library/alloc/src/",
            "library/std/src/",
        ];
        const INSTALLED: [&str; 2] = ["/rustlib/src/rust/", r"\rustlib\src\rust\"];
        STARTS.iter().any(|start| self.file.starts_with(start))
            || INSTALLED.iter().any(|part| self.file.contains(part))
    }

    /// The path of the source file, as it was passed to the compiler.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, counted from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column, counted from 1.
    #[must_use]
    pub const fn column(&self) -> u32 {
        self.column
    }
}

impl From<&'static Location<'static>> for SourceLocation {
    fn from(location: &'static Location<'static>) -> Self {
        Self {
            file: Cow::Borrowed(location.file()),
            line: location.line(),
            column: location.column(),
        }
    }
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Serialize for SourceLocation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SourceLocation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Split from the end, because a file name may contain colons.
        let mut parts = text.rsplitn(3, ':');
        let mut number = || parts.next()?.parse::<u32>().ok();
        let (column, line) = (number(), number());
        match (parts.next(), line, column) {
            (Some(file), Some(line), Some(column)) => Ok(Self::new(file.to_owned(), line, column)),
            _ => Err(D::Error::custom("expected `file:line:column`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_location_survives_serialization_even_with_colons_in_its_file() {
        let location = SourceLocation::new("C:\\shop\\stock.rs", 12, 5);
        let json = serde_json::to_value(&location).unwrap();
        assert_eq!(json, "C:\\shop\\stock.rs:12:5");
        assert_eq!(
            serde_json::from_value::<SourceLocation>(json).unwrap(),
            location
        );
        for text in ["", "stock.rs", "stock.rs:12", "stock.rs:twelve:5"] {
            assert!(serde_json::from_value::<SourceLocation>(json!(text)).is_err());
        }
    }
}
