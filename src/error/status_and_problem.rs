//! `?` on a status, and on a problem document.

use std::borrow::Cow;
use std::panic::Location;
use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use super::cause::Cause;
use super::handler_error::Error;
use super::overrides::Overrides;
use super::repr::Repr;
use crate::problem::{Problem, limit_depth, reason_phrase};

impl From<StatusCode> for Error {
    /// An error that says no more than its status. One outside 400–599 becomes 500.
    ///
    /// ```
    /// use http::StatusCode;
    ///
    /// fn find(id: u32) -> backstop::Result<&'static str> {
    ///     if id == 7 { Ok("a teapot") } else { Err(StatusCode::NOT_FOUND)? }
    /// }
    ///
    /// assert_eq!(find(1).unwrap_err().status(), StatusCode::NOT_FOUND);
    /// ```
    #[track_caller]
    fn from(status: StatusCode) -> Self {
        let mut repr = Repr::new(
            Cause::Response(status, None),
            None,
            Some(Location::caller()),
        );
        repr.status = Some(status);
        Self::from_repr(repr)
    }
}

impl From<Problem> for Error {
    /// An error whose response is this problem. Clients see its members below 500, as they see what an error says.
    ///
    /// Its `instance` is replaced, because that of a response contains the response's own id.
    ///
    /// ```
    /// use backstop::Problem;
    /// use http::StatusCode;
    ///
    /// fn pay() -> backstop::Result<()> {
    ///     let mut problem = Problem::new(StatusCode::FORBIDDEN).with_detail("your balance is 30");
    ///     problem.insert("balance", 30)?;
    ///     Err(problem)?
    /// }
    ///
    /// assert_eq!(pay().unwrap_err().to_string(), "your balance is 30");
    /// ```
    #[track_caller]
    fn from(problem: Problem) -> Self {
        let mut repr = Repr::of_problem(&problem);
        repr.location = Some(Location::caller());
        Self::from_repr(repr)
    }
}

impl Repr {
    /// The parts of an error whose response is this problem.
    pub(super) fn of_problem(problem: &Problem) -> Self {
        let status = problem
            .status()
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let cause = match problem.detail() {
            Some(detail) => Cause::Message(Cow::Owned(detail.to_owned())),
            None => Cause::Response(status, None),
        };
        let mut repr = Self::new(cause, None, None);
        repr.status = Some(status);
        let mut overrides = Overrides {
            // The default title is that of the status.
            title: problem
                .title()
                .filter(|title| *title != reason_phrase(status))
                .map(|title| Cow::Owned(title.to_owned())),
            type_uri: problem.type_member().map(|uri| Cow::Owned(uri.to_owned())),
            ..Overrides::default()
        };
        for (name, value) in problem.extensions() {
            let value = limit_depth(value.clone());
            match (name, value) {
                ("code", code) => overrides.code = Some(code),
                ("details", details) => overrides.details = Some(details),
                ("errors", Value::Array(errors)) => {
                    let items = errors.iter().map(|it| Arc::new(Self::of_item(it)));
                    repr.items = items.collect();
                }
                ("debug", _) => {}
                (name, value) => overrides.members.push((Cow::Owned(name.to_owned()), value)),
            }
        }
        repr.overrides = Some(Box::new(overrides));
        repr
    }

    /// One of the `errors` of a problem.
    fn of_item(item: &Value) -> Self {
        let detail = item.get("detail").or_else(|| item.get("message"));
        let detail = detail.and_then(Value::as_str).or_else(|| item.as_str());
        let detail = Cow::Owned(detail.unwrap_or_default().to_owned());
        let mut repr = Self::new(Cause::Field(detail), None, None);
        let overrides = repr.overrides_mut();
        for (name, value) in item.as_object().into_iter().flatten() {
            match name.as_str() {
                "detail" => {}
                "message" if item.get("detail").is_none() => {}
                "code" => overrides.code = Some(value.clone()),
                "details" => overrides.details = Some(value.clone()),
                // These two are fields, as those of an application's own items are.
                "pointer" | "parameter" => {
                    overrides
                        .fields
                        .set(Cow::Owned(name.clone()), value.clone());
                }
                _ => overrides
                    .members
                    .push((Cow::Owned(name.clone()), value.clone())),
            }
        }
        repr
    }
}
