//! The one redactor.

mod cursor;
mod edit;
mod extent;
mod json;
mod key;
mod markup;
mod members;
mod pairs;
mod redactor;
mod shapes;
mod text;
mod tree;
mod url;
mod value;

pub(crate) use self::edit::REDACTED;
pub(crate) use self::redactor::Redactor;

#[cfg(test)]
mod tests;
