//! What `Result` learns from the prelude: a word on errors that do not say how they answer.

use std::borrow::Cow;
use std::error::Error as StdError;

use http::StatusCode;

use super::Error;

/// Says what a foreign error means: for a `Result` of any standard error.
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
/// # assert!(quantity("x").is_err() && secret().is_err());
/// ```
pub trait ResultExt<T> {
    /// The error with this status. Its text was not written for clients, so it stays hidden; add
    /// `.map_err(|error| error.public())` or `.detail(…)` to say something.
    ///
    /// # Errors
    ///
    /// The `Err` of the result, as an [`Error`].
    fn or_status(self, status: StatusCode) -> Result<T, Error>;

    /// The error as a 500, with what was being done: shorthand for
    /// `.or_status(INTERNAL_SERVER_ERROR)` and [`Error::context`].
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
            Err(error) => Err(foreign(error).status(status)),
        }
    }

    #[track_caller]
    fn or_internal(self, doing: impl Into<Cow<'static, str>>) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(foreign(error)
                .status(StatusCode::INTERNAL_SERVER_ERROR)
                .context(doing)),
        }
    }
}

#[track_caller]
fn foreign<E: StdError + Send + Sync + 'static>(error: E) -> Error {
    Error::foreign(Box::new(error), Some(std::any::type_name::<E>()))
}

/// Tells what was being done: for a `Result` of everything that `?` turns into an [`Error`].
///
/// ```
/// use backstop::prelude::*;
///
/// fn stock() -> backstop::Result<String> {
///     Ok(std::fs::read_to_string("/no/such/file").context("loading the stock")?)
/// }
///
/// assert!(format!("{:#}", stock().unwrap_err()).starts_with("loading the stock: No such file"));
/// ```
pub trait Context<T> {
    /// Puts a link on top of the cause chain and keeps all that the error says; see [`Error::context`].
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
            Err(error) => Err(error.into().context(doing)),
        }
    }
}
