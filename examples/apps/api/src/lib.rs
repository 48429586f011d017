//! A library's API: books and their authors in SQLite, and a list of every failure it can have (the README).
#![forbid(unsafe_code)]

mod app;
mod errors;
mod handlers;
mod openapi;
mod requests;
mod store;

pub use self::app::{Limits, guard, routes, settings};
pub use self::store::Store;
