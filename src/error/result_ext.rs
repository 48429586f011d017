//! Extension traits for `Result`.

use std::any::type_name;
use std::borrow::Cow;
use std::error::Error as StdError;

use http::StatusCode;

use super::handler_error::Error;

/// Says what a foreign error means for the response: for a `Result` with any standard error.
///
/// ```
/// use backstop::prelude::*;
/// use http::StatusCode;
///
/// fn quantity(text: &str) -> backstop::Result<u32> {
///     Ok(text.parse::<u32>().or_status(StatusCode::BAD_REQUEST)?)
/// }
///
/// fn secret() -> backstop::Result<String> {
///     Ok(std::env::var("SHOP_SECRET").or_internal("reading the configuration")?)
/// }
///
/// assert_eq!(quantity("x").unwrap_err().status(), StatusCode::BAD_REQUEST);
/// assert_eq!(secret().unwrap_err().status(), StatusCode::INTERNAL_SERVER_ERROR);
/// ```
pub trait ResultExt<T> {
    /// Gives the error this status. Its text was not written for clients, so it stays hidden; to show a text, add
    /// `.map_err(|error| error.with_detail("…"))`.
    ///
    /// # Errors
    ///
    /// The `Err` of the result, as an [`Error`].
    fn or_status(self, status: StatusCode) -> Result<T, Error>;

    /// Gives the error the status 500 and a [context](Error::with_context): what was being done.
    ///
    /// # Errors
    ///
    /// The `Err` of the result, as an [`Error`].
    fn or_internal(self, doing: impl Into<Cow<'static, str>>) -> Result<T, Error>;
}

impl<T, E: StdError + Send + Sync + 'static> ResultExt<T> for Result<T, E> {
    #[track_caller]
    fn or_status(self, status: StatusCode) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(foreign(error).with_status(status)),
        }
    }

    #[track_caller]
    fn or_internal(self, doing: impl Into<Cow<'static, str>>) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(foreign(error)
                .with_status(StatusCode::INTERNAL_SERVER_ERROR)
                .with_context(doing)),
        }
    }
}

#[track_caller]
fn foreign<E: StdError + Send + Sync + 'static>(error: E) -> Error {
    Error::foreign(Box::new(error), Some(type_name::<E>()))
}

/// Adds a context to an error: for a `Result` with anything that `?` converts to an [`Error`].
///
/// It is not in the prelude, because the traits of `anyhow` and `eyre` have a method of the same name.
///
/// ```
/// use backstop::Context as _;
///
/// fn stock() -> backstop::Result<String> {
///     Ok(std::fs::read_to_string("/no/such/file").context("loading the stock")?)
/// }
///
/// assert!(format!("{:#}", stock().unwrap_err()).starts_with("loading the stock: No such file"));
/// ```
pub trait Context<T> {
    /// Adds a link on top of the cause chain, and keeps everything that the error says; see
    /// [`Error::with_context`].
    ///
    /// # Errors
    ///
    /// The `Err` of the result, as an [`Error`].
    fn context(self, doing: impl Into<Cow<'static, str>>) -> Result<T, Error>;
}

impl<T, E: Into<Error>> Context<T> for Result<T, E> {
    #[track_caller]
    fn context(self, doing: impl Into<Cow<'static, str>>) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into().with_context(doing)),
        }
    }
}
