//! What a `transparent` variant can be transparent over. It is not part of the public API.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::exposure::Exposure;
use super::handler_error::Error;
use super::http_error::{Forwarded, HttpError};
use super::object::ErrorObject;
use super::overrides::Field;
use super::repr::Repr;
use super::status::StatusMap;
use super::std_error::BoxError;
use crate::problem::{FieldError, Problem, ProblemType};

/// Everything that `?` converts: what implements [`HttpError`], and what has a conversion of its own, which therefore
/// cannot implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `HttpError`, which `transparent` requires",
    label = "`{Self}` does not implement `HttpError`; remove `#[http(transparent)]`, then `Builder::map_error` decides what the error means, or write a `status` instead",
    note = "for an error of another crate, see the features of backstop"
)]
pub trait Transparent {
    /// What it says about the response.
    fn facts(&self) -> Facts<'_>;

    /// The kinds of problem that it can be.
    #[must_use]
    fn catalogue() -> Vec<ProblemType>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

/// A derived error with `transparent` variants.
pub trait Forwards {
    /// What the inner error of a `transparent` variant says.
    fn facts(&self) -> Facts<'_>;
}

#[diagnostic::do_not_recommend]
impl<E: HttpError> Transparent for E {
    fn facts(&self) -> Facts<'_> {
        Facts(Kind::Http(self))
    }

    fn catalogue() -> Vec<ProblemType> {
        <E as HttpError>::catalogue()
    }
}

#[diagnostic::do_not_recommend]
impl Transparent for Error {
    fn facts(&self) -> Facts<'_> {
        Facts(Kind::Value(Forwarded::Value(self), Arc::clone(self.repr())))
    }
}

#[diagnostic::do_not_recommend]
impl Transparent for Problem {
    fn facts(&self) -> Facts<'_> {
        let repr = Arc::new(Repr::of_problem(self));
        Facts(Kind::Value(Forwarded::Value(self), repr))
    }
}

#[diagnostic::do_not_recommend]
impl Transparent for BoxError {
    fn facts(&self) -> Facts<'_> {
        Facts(Kind::Report(&**self))
    }
}

/// A report that was made from a box hides the type of what it contains.
#[cfg(any(feature = "anyhow", feature = "eyre"))]
macro_rules! report {
    ($report:ty) => {
        #[diagnostic::do_not_recommend]
        impl Transparent for $report {
            fn facts(&self) -> Facts<'_> {
                match self.downcast_ref::<BoxError>() {
                    Some(boxed) => boxed.facts(),
                    None => Facts(Kind::Report(&**self)),
                }
            }
        }
    };
}

#[cfg(feature = "anyhow")]
report!(anyhow::Error);

#[cfg(feature = "eyre")]
report!(eyre::Report);

/// What an error says about the response, with the methods of [`HttpError`].
#[derive(Debug)]
pub struct Facts<'a>(Kind<'a>);

enum Kind<'a> {
    Http(&'a dyn HttpError),
    Value(Forwarded<'a>, Arc<Repr>),
    Report(&'a (dyn StdError + 'static)),
}

impl fmt::Debug for Kind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kind")
    }
}

macro_rules! facts {
    ($($name:ident -> $type:ty = $of_repr:expr;)+) => {
        impl Facts<'_> {
            $(
                /// What the method of `HttpError` of this name returns.
                #[must_use]
                pub fn $name(self) -> $type {
                    match self.0 {
                        Kind::Http(http) => http.$name(),
                        Kind::Value(_, repr) => $of_repr(&repr),
                        Kind::Report(report) => match ErrorObject::find(report) {
                            Some(inner) => $of_repr(inner.repr()),
                            None => Unknown.$name(),
                        },
                    }
                }
            )+
        }
    };
}

facts! {
    status -> StatusCode = |repr: &Repr| StatusMap::default().status(repr);
    code -> Option<Value> = Repr::code;
    name -> Option<Cow<'static, str>> = Repr::name;
    title -> Option<Cow<'static, str>> = Repr::title;
    type_uri -> Option<Cow<'static, str>> = Repr::type_uri;
    details -> Option<Value> = Repr::details;
    detail -> Option<Cow<'static, str>> = |repr: &Repr| repr.client_text(repr.exposure() == Exposure::Public);
    help -> Option<Cow<'static, str>> = Repr::help;
    fields -> Vec<Field> = Repr::fields;
    headers -> HeaderMap = |repr: &Repr| repr.headers().unwrap_or_default();
    exposure -> Exposure = Repr::exposure;
    is_expected -> bool = Repr::is_expected;
    has_status -> bool = |repr: &Repr| repr.declared_status().is_some();
    // The message of a report is a context, and that of the error inside is its detail.
    is_foreign -> bool = |_: &Repr| true;
    errors -> Vec<FieldError> = |_: &Repr| Vec::new();
    __is_list -> bool = |_: &Repr| false;
}

impl<'a> Facts<'a> {
    /// Those of a variant that is not transparent, which nothing asks for.
    #[must_use]
    pub fn unknown() -> Self {
        Self(Kind::Http(&Unknown))
    }

    /// The error itself, if it implements `HttpError`.
    #[must_use]
    pub fn transparent_over(self) -> Option<&'a (dyn HttpError + 'static)> {
        match self.0 {
            Kind::Http(http) => Some(http),
            Kind::Value(..) | Kind::Report(_) => None,
        }
    }

    /// The error itself, if it does not.
    #[must_use]
    pub fn __forwarded(self) -> Option<Forwarded<'a>> {
        match self.0 {
            Kind::Http(http) => http.__forwarded(),
            Kind::Value(value, _) => Some(value),
            Kind::Report(report) => Some(Forwarded::Report(report)),
        }
    }
}

/// An error of which nothing is known.
#[derive(Debug)]
struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown")
    }
}

impl StdError for Unknown {}

impl HttpError for Unknown {
    fn is_foreign(&self) -> bool {
        true
    }

    fn has_status(&self) -> bool {
        false
    }
}

/// Any error as a `dyn Error`: method lookup dereferences the boxes and reports that are not errors themselves.
pub trait AsDynError {
    /// The error.
    fn as_dyn_error(&self) -> &(dyn StdError + 'static);
}

impl<E: StdError + 'static> AsDynError for E {
    fn as_dyn_error(&self) -> &(dyn StdError + 'static) {
        self
    }
}

impl AsDynError for dyn StdError + 'static {
    fn as_dyn_error(&self) -> &(dyn StdError + 'static) {
        self
    }
}

impl AsDynError for dyn StdError + Send + 'static {
    fn as_dyn_error(&self) -> &(dyn StdError + 'static) {
        self
    }
}

impl AsDynError for dyn StdError + Send + Sync + 'static {
    fn as_dyn_error(&self) -> &(dyn StdError + 'static) {
        self
    }
}
