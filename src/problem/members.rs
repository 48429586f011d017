//! The names that extension members must not take.

use std::fmt;

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

// `const`, because derived code checks the names of its fields when it is compiled.
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

/// The members of RFC 9457, section 3.1, that an extension would shadow.
pub(super) const STANDARD: [&str; 5] = ["type", "title", "status", "detail", "instance"];

/// The name of an extension that would shadow a member of the problem itself (RFC 9457, section 3.1).
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

    /// The name that was refused.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for ReservedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is a member of every problem, so no extension can have that name; set it with the problem's own setter",
            self.name
        )
    }
}

impl std::error::Error for ReservedName {}
