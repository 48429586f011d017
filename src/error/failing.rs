//! Which values the methods of [`ResultExt`](crate::ResultExt) accept. Each conversion has a marker of its own, so that
//! they do not overlap; the compiler infers it.

use std::any::type_name;
use std::error::Error as StdError;

use super::handler_error::Error;
use super::std_error::BoxError;
use crate::problem::Problem;

/// A value that may have failed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fail with an `Error`",
    label = "this needs a `Result`; an `Option` has `.or_not_found(…)`, `.or_status(…)`, `.or_bad_request(…)` and `.or_internal(…)`"
)]
pub trait Fails<T, M> {
    /// The value, or how it failed.
    #[doc(hidden)]
    fn failed(self) -> Result<T, Failed>;
}

/// How a value failed.
#[doc(hidden)]
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "not part of the public API")]
pub enum Failed {
    /// With an error without a status of its own.
    Error(Error),
    /// There is none.
    Nothing,
}

impl<T, E: Foreign<M>, M> Fails<T, (M,)> for Result<T, E> {
    #[track_caller]
    fn failed(self) -> Result<T, Failed> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(Failed::Error(error.into_error())),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T> Fails<T, ()> for Option<T> {
    fn failed(self) -> Result<T, Failed> {
        self.ok_or(Failed::Nothing)
    }
}

/// A value that may be absent.
#[diagnostic::on_unimplemented(
    message = "`or_not_found` is for an `Option`, not for `{Self}`",
    label = "an error is not always a 404; use `.or_mapped()?`, `.or_status(StatusCode::NOT_FOUND)?`, or make an `Option` of the result first"
)]
pub trait Absent<T> {
    /// The value, if there is one.
    #[doc(hidden)]
    fn into_option(self) -> Option<T>;
}

#[diagnostic::do_not_recommend]
impl<T> Absent<T> for Option<T> {
    fn into_option(self) -> Self {
        self
    }
}

/// An error of any kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a standard error that is `Send`, `Sync` and `'static`",
    label = "`{Self}` is not a standard error that is `Send`, `Sync` and `'static`; use `.map_err(backstop::BoxError::from)?`, or `.map_err(|error| backstop::Error::msg(error.to_string()))?`",
    note = "`backstop::BoxError::from` accepts texts, and the reports of most error crates"
)]
pub trait Foreign<M> {
    /// An error without a status of its own, unless it has one already.
    #[doc(hidden)]
    fn into_error(self) -> Error;
}

/// The marker of standard errors.
#[doc(hidden)]
#[derive(Debug)]
pub struct Standard(());

/// The marker of what is not a standard error.
#[doc(hidden)]
#[derive(Debug)]
pub struct Converted(());

#[diagnostic::do_not_recommend]
impl<E: StdError + Send + Sync + 'static> Foreign<Standard> for E {
    #[track_caller]
    fn into_error(self) -> Error {
        Error::foreign(Box::new(self), Some(type_name::<E>()))
    }
}

macro_rules! converted {
    ($($error:ty,)+) => {
        $(
            #[diagnostic::do_not_recommend]
            impl Foreign<Converted> for $error {
                #[track_caller]
                fn into_error(self) -> Error {
                    Error::from(self)
                }
            }
        )+
    };
}

converted! {
    Error,
    Problem,
    BoxError,
    Box<dyn StdError + Send>,
    Box<dyn StdError>,
}

#[cfg(feature = "anyhow")]
converted! { anyhow::Error, }

#[cfg(feature = "eyre")]
converted! { eyre::Report, }
