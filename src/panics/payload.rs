//! Recognizes a panic by its payload.

use std::any::{Any, TypeId};

use crate::text::prefix;

/// What is kept of a panic's payload, to recognize the panic where it is caught.
pub(super) struct Payload {
    text: Option<String>,
    /// The address of the text. Unwinding does not copy the payload, so it usually stays the same. That is a detail
    /// of std, so it is only a preference.
    text_address: usize,
    type_id: TypeId,
}

/// How many bytes of the text are kept.
const MAX_TEXT: usize = 16 * 1024;

/// How the messages begin with which std panics before it aborts the process.
const ABORTING: [&str; 6] = [
    "panic in a destructor during cleanup",
    "panic in a function that cannot unwind",
    "unsafe precondition(s) violated: ",
    "misaligned pointer dereference: ",
    "null pointer dereference occurred",
    "trying to construct an enum from an invalid value",
];

impl Payload {
    pub(super) fn of(payload: &(dyn Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&'static str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self {
            text: text.map(|text| prefix(text, MAX_TEXT).to_owned()),
            text_address: text.map_or(0, |text| text.as_ptr().addr()),
            type_id: payload.type_id(),
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Whether the panic cannot be caught, because std aborts after its hook: a panic that leaves a destructor during
    /// unwinding, one that leaves an `extern "C"` function, and the checks of unsafe code in debug builds. Stable Rust
    /// does not pass this information to the hook, so they are recognized by std's messages. If these change, such a
    /// panic is reported like any other.
    pub(super) fn aborts(&self) -> bool {
        let text = self.text.as_deref().unwrap_or_default();
        ABORTING.iter().any(|message| text.starts_with(message))
    }

    /// Whether both have the same type and the same text, if there is one.
    pub(super) fn is_equal(&self, other: &Self) -> bool {
        other.type_id == self.type_id && other.text == self.text
    }

    /// Whether both are probably the same payload: they are equal, and their texts have the same address.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        other.text_address == self.text_address && self.is_equal(other)
    }
}
