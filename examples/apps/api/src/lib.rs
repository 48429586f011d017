//! A library's API: books and their authors in SQLite. The README lists every failure that it can have.
#![forbid(unsafe_code)]

mod app;
mod errors;
mod handlers;
mod openapi;
mod requests;
mod store;

pub use self::app::{Limits, guard, routes, settings};
pub use self::store::Store;
