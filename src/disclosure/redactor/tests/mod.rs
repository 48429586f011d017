//! The redactor, by itself.

mod corpus;
mod grammars;
mod keys;
mod linear;
mod properties;
