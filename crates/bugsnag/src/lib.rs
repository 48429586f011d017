#![doc = include_str!("../README.md")]

mod breadcrumb;
mod bugsnag;
mod event;
mod metadata;
mod payload;
mod protocol;
mod severity;

pub use self::bugsnag::Bugsnag;
