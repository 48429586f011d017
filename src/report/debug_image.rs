//! The executables and libraries that a report's frames belong to.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An executable or a shared library, as it was loaded when the failure occurred.
///
/// With its ids a tracker finds the debug file that was uploaded for it, and with its address the place of a frame in it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DebugImage {
    /// The path of the file.
    pub file: String,
    /// The linker's build id, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_id: Option<String>,
    /// The id by which debug files are stored: the start of the build id, or a hash of the code if there is none.
    pub debug_id: Uuid,
    /// The address at which the file is loaded.
    pub address: u64,
    /// The size in memory, in bytes.
    pub size: u64,
}

impl DebugImage {
    /// Creates an image of a file with its debug id, its address and its size in bytes.
    #[must_use]
    pub fn new(file: impl Into<String>, debug_id: Uuid, address: u64, size: u64) -> Self {
        Self {
            file: file.into(),
            build_id: None,
            debug_id,
            address,
            size,
        }
    }

    /// Sets the linker's build id, in hexadecimal digits.
    #[must_use]
    pub fn with_build_id(mut self, build_id: impl Into<String>) -> Self {
        self.build_id = Some(build_id.into());
        self
    }

    /// Whether the instruction at this address belongs to the file.
    #[must_use]
    pub const fn contains(&self, address: u64) -> bool {
        address >= self.address && address - self.address < self.size
    }
}
