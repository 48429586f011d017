//! Extension members: the names that they must not have.

use std::fmt;

/// The members that RFC 9457, section 3.1, defines; an extension of the same name would shadow one.
pub(super) const STANDARD: [&str; 5] = ["type", "title", "status", "detail", "instance"];

/// The members that Backstop writes itself, in one shape or another.
pub(crate) const RESERVED: [&str; 15] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "statusCode",
    "name",
    "message",
    "code",
    "details",
    "errors",
    "stack",
    "cause",
    "debug",
    "error",
];

// `const` because derived code checks the names of its fields at compile time.
pub(crate) const fn is_reserved(name: &str) -> bool {
    let mut index = 0;
    while index < RESERVED.len() {
        if is_equal(RESERVED[index].as_bytes(), name.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

const fn is_equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// The error of [`Problem::insert`](super::Problem::insert) for an extension member that has the name of a
/// standard member (RFC 9457, section 3.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReservedName {
    name: String,
}

impl ReservedName {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }

    /// The rejected name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for ReservedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is a standard member of problem documents, not an extension; set it with its own setter",
            self.name
        )
    }
}

impl std::error::Error for ReservedName {}
