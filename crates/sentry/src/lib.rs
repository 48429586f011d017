#![doc = include_str!("../README.md")]

mod breadcrumbs;
mod client_reports;
mod contexts;
mod debug_meta;
mod envelope;
mod event;
mod exceptions;
mod names;
mod pause;
mod protocol;
mod rate_limits;
mod request;
mod sentry;
mod tags;

pub use self::sentry::Sentry;
