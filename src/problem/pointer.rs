//! JSON Pointers (RFC 6901) as URI fragments, as in the examples of RFC 9457: `#/items/0/name`.

use std::fmt::{self, Write as _};

/// A JSON Pointer as a URI fragment.
#[derive(Clone, Debug)]
pub(super) struct Pointer(String);

impl Pointer {
    /// The pointer to the whole document.
    pub(super) fn root() -> Self {
        Self("#".to_owned())
    }

    /// The pointer to the member or item of this name.
    #[must_use]
    pub(super) fn join(&self, name: &str) -> Self {
        let mut pointer = self.0.clone();
        pointer.push('/');
        for byte in name.bytes() {
            match byte {
                // Section 3 of RFC 6901.
                b'~' => pointer.push_str("~0"),
                b'/' => pointer.push_str("~1"),
                _ if is_allowed(byte) => pointer.push(byte.into()),
                // Writing to a `String` does not fail.
                _ => drop(write!(pointer, "%{byte:02X}")),
            }
        }
        Self(pointer)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a fragment may contain the byte unescaped (RFC 3986, section 3.5).
fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_for_the_pointer_and_then_for_the_fragment() {
        let of = |name| Pointer::root().join(name).to_string();
        assert_eq!(Pointer::root().to_string(), "#");
        assert_eq!(of("name"), "#/name");
        assert_eq!(of(""), "#/");
        // The fragments of RFC 6901, section 6.
        assert_eq!(of("a/b"), "#/a~1b");
        assert_eq!(of("c%d"), "#/c%25d");
        assert_eq!(of("e^f"), "#/e%5Ef");
        assert_eq!(of("g|h"), "#/g%7Ch");
        assert_eq!(of("i\\j"), "#/i%5Cj");
        assert_eq!(of("k\"l"), "#/k%22l");
        assert_eq!(of(" "), "#/%20");
        assert_eq!(of("m~n"), "#/m~0n");
        assert_eq!(of("ä"), "#/%C3%A4");
    }
}
