//! The tests of the crate through its public API, in one binary: a chapter is a folder.

// Public, as some lints that the derived code must satisfy look at what a crate exports.
pub mod errors;
mod layout;
mod process;
mod reporting;
mod responding;
mod support;
