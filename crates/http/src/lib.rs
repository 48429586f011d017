#![doc = include_str!("../README.md")]

mod batch;
mod classify;
mod client;
mod delegate;
mod endpoint;
mod health;
pub mod json;
mod protocol;
mod reporter;
mod request;
mod response;
mod secret;
pub mod stack;

pub use self::endpoint::Endpoint;
pub use self::protocol::Protocol;
pub use self::reporter::HttpReporter;
pub use self::request::Request;
pub use self::response::Response;
pub use self::secret::Secret;

/// For [`http_reporter!`].
#[doc(hidden)]
pub mod __private {
    pub use backstop::reporters::{Delivery, Reporter};
    pub use backstop::stats::Outcome;
    pub use backstop::{BoxError, Report};
}
