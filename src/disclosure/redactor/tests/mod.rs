//! The redactor, by itself.

mod corpus;
mod properties;
