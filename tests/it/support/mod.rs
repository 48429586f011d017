//! What the tests share.

pub(crate) mod body;
pub(crate) mod browser;
pub(crate) mod handler;
pub(crate) mod http;
pub(crate) mod process;
pub(crate) mod recorder;
pub(crate) mod reports;
pub(crate) mod services;
pub(crate) mod subscriber;
