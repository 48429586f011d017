//! Extension traits for `Result` and `Option`.

use std::borrow::Cow;

use http::StatusCode;

use super::failing::{Absent, Failed, Fails};
use super::handler_error::Error;

/// Says what an error means for the response: for a `Result` with any standard error, and for an `Option`.
///
/// ```
/// use backstop::prelude::*;
/// use http::StatusCode;
///
/// fn quantity(text: &str) -> backstop::Result<u32> {
///     Ok(text.parse::<u32>().or_bad_request("the quantity must be a number")?)
/// }
///
/// fn secret() -> backstop::Result<String> {
///     Ok(std::env::var("SHOP_SECRET").or_internal("reading the configuration")?)
/// }
///
/// fn first(orders: &[u32]) -> backstop::Result<u32> {
///     Ok(*orders.first().or_not_found("there are no orders")?)
/// }
///
/// assert_eq!(quantity("x").unwrap_err().status(), StatusCode::BAD_REQUEST);
/// assert_eq!(secret().unwrap_err().status(), StatusCode::INTERNAL_SERVER_ERROR);
/// assert_eq!(first(&[]).unwrap_err().status(), StatusCode::NOT_FOUND);
/// ```
///
/// The errors of a `Result` may also be boxed, or the reports of `anyhow` and `eyre` with the features of these names.
pub trait ResultExt<T>: Sized {
    /// Gives the error this status. Its text was not written for clients, so it stays hidden; to show a text, add
    /// `.map_err(|error| error.with_detail("…"))`.
    ///
    /// # Errors
    ///
    /// The `Err` of the result as an [`Error`], or one for a `None`.
    #[track_caller]
    fn or_status<M>(self, status: StatusCode) -> Result<T, Error>
    where
        Self: Fails<T, M>,
    {
        match self.failed() {
            Ok(value) => Ok(value),
            Err(Failed::Error(error)) => Err(error.with_status(status)),
            Err(Failed::Nothing) => Err(Error::from(status)),
        }
    }

    /// Gives the error the status 400 and a text that clients read: what is wrong with the request. The error itself is
    /// the cause.
    ///
    /// # Errors
    ///
    /// The `Err` of the result as an [`Error`], or one for a `None`.
    #[track_caller]
    fn or_bad_request<M>(self, text: impl Into<Cow<'static, str>>) -> Result<T, Error>
    where
        Self: Fails<T, M>,
    {
        match self.failed() {
            Ok(value) => Ok(value),
            Err(Failed::Error(error)) => {
                let text = text.into();
                Err(error
                    .with_status(StatusCode::BAD_REQUEST)
                    .with_context(text.clone())
                    .with_detail(text))
            }
            Err(Failed::Nothing) => Err(Error::bad_request(text)),
        }
    }

    /// Gives the error the status 500 and a [context](Error::with_context): what was being done.
    ///
    /// # Errors
    ///
    /// The `Err` of the result as an [`Error`], or one for a `None`.
    #[track_caller]
    fn or_internal<M>(self, doing: impl Into<Cow<'static, str>>) -> Result<T, Error>
    where
        Self: Fails<T, M>,
    {
        match self.failed() {
            Ok(value) => Ok(value),
            Err(Failed::Error(error)) => Err(error
                .with_status(StatusCode::INTERNAL_SERVER_ERROR)
                .with_context(doing)),
            Err(Failed::Nothing) => Err(Error::internal(doing)),
        }
    }

    /// Leaves the status of the error open: [`map_error`](crate::Builder::map_error) decides what it means, by its type
    /// or by that of an error in its cause chain. If nothing does, it is a 500 whose text is hidden.
    ///
    /// ```
    /// use backstop::prelude::*;
    ///
    /// fn settings() -> backstop::Result<u16> {
    ///     Ok(std::env::var("PORT").or_mapped()?.parse::<u16>().or_mapped()?)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The `Err` of the result as an [`Error`].
    #[track_caller]
    fn or_mapped<M>(self) -> Result<T, Error>
    where
        Self: Fails<T, (M,)>,
    {
        match self.failed() {
            Ok(value) => Ok(value),
            Err(Failed::Error(error)) => Err(error),
            Err(Failed::Nothing) => Err(StatusCode::INTERNAL_SERVER_ERROR.into()),
        }
    }

    /// Turns a `None` into a 404 with a text that clients read. It is for an `Option` only, because it would turn the
    /// failure of a database into a 404 that is never reported.
    ///
    /// # Errors
    ///
    /// An [`Error`] with this text for a `None`.
    #[track_caller]
    fn or_not_found(self, text: impl Into<Cow<'static, str>>) -> Result<T, Error>
    where
        Self: Absent<T>,
    {
        match self.into_option() {
            Some(value) => Ok(value),
            None => Err(Error::not_found(text)),
        }
    }
}

impl<T, E> ResultExt<T> for Result<T, E> {}

impl<T> ResultExt<T> for Option<T> {}

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
