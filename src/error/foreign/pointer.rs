//! JSON Pointers (RFC 6901) as URI fragments, as RFC 9457 shows them: `#/items/0/name`.

use std::fmt::{self, Write as _};

/// The pointer to the whole document, and by [`join`](Self::join) to what is in it.
#[derive(Clone, Debug)]
pub(in crate::error) struct Pointer(String);

impl Pointer {
    pub(in crate::error) fn root() -> Self {
        Self("#".to_owned())
    }

    /// The pointer to the member or item of that name.
    #[must_use]
    pub(in crate::error) fn join(&self, name: &str) -> Self {
        let mut pointer = self.0.clone();
        pointer.push('/');
        for byte in name.bytes() {
            match byte {
                // Section 3 of RFC 6901.
                b'~' => pointer.push_str("~0"),
                b'/' => pointer.push_str("~1"),
                _ if is_of_fragment(byte) => pointer.push(byte.into()),
                // A `String` takes all that is written.
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

/// Whether the byte stands for itself in a fragment (RFC 3986, section 3.5).
fn is_of_fragment(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)
}

#[cfg(test)]
mod tests {
    use crate::error::foreign::pointer::Pointer;

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
