//! Recognizes a panic by its payload.

use std::any::{Any, TypeId};

use crate::text::prefix;

/// What is kept of a panic's payload, to recognize the panic where it is caught.
#[derive(Clone)]
pub(super) struct Payload {
    text: Option<String>,
    /// The address of the text. Unwinding moves the payload but copies no text, so it stays the same.
    text_address: usize,
    /// Whether the text is in a buffer of its own: no other text that exists has the same address.
    has_buffer: bool,
    /// The address of the box that contains the payload, which resuming a panic does not change. A hook does not know
    /// it, because std makes the box afterwards.
    box_address: Option<usize>,
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
    /// The payload of a panic that has just started, in a hook.
    pub(super) fn started(payload: &(dyn Any + Send)) -> Self {
        let buffer = payload.downcast_ref::<String>().map(String::as_str);
        let literal = || payload.downcast_ref::<&'static str>().copied();
        let text = buffer.or_else(literal);
        Self {
            text: text.map(|text| prefix(text, MAX_TEXT).to_owned()),
            text_address: text.map_or(0, |text| text.as_ptr().addr()),
            has_buffer: buffer.is_some_and(|text| !text.is_empty()),
            box_address: None,
            type_id: payload.type_id(),
        }
    }

    /// The payload of a panic that was caught, in its box.
    pub(super) fn caught(payload: &(dyn Any + Send)) -> Self {
        // A box of nothing has no memory.
        let address = std::ptr::from_ref(payload).cast::<()>().addr();
        Self {
            box_address: (size_of_val(payload) > 0).then_some(address),
            ..Self::started(payload)
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

    pub(super) const fn has_buffer(&self) -> bool {
        self.has_buffer
    }

    /// Whether both have the same type and the same text, if there is one.
    pub(super) fn is_equal(&self, other: &Self) -> bool {
        other.type_id == self.type_id && other.text == self.text
    }

    /// Whether both are equal and have the text at the same address. Equal literals have, too.
    pub(super) fn has_same_text(&self, other: &Self) -> bool {
        other.text_address == self.text_address && self.is_equal(other)
    }

    /// Whether both are equal and have the same buffer.
    pub(super) fn is_same_buffer(&self, other: &Self) -> bool {
        self.has_buffer && other.has_buffer && self.has_same_text(other)
    }

    /// Whether both are equal and in the same box.
    pub(super) fn is_same_box(&self, other: &Self) -> bool {
        self.box_address.is_some()
            && self.box_address == other.box_address
            && self.has_same_text(other)
    }

    /// Whether both have memory at the same address, whatever it contains.
    pub(super) fn is_at(&self, other: &Self) -> bool {
        let has_same_box = self.box_address.is_some() && self.box_address == other.box_address;
        let has_buffers = self.has_buffer && other.has_buffer;
        has_same_box || (has_buffers && self.text_address == other.text_address)
    }
}
