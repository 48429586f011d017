//! Reads a problem from JSON.
//!
//! A client must not fail because of what it does not expect (RFC 9457, section 3.1): a standard member whose
//! value has the wrong type counts as absent, and every other member is an extension.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::Problem;

impl Problem {
    /// Reads `application/problem+json`.
    ///
    /// ```
    /// use backstop::Problem;
    ///
    /// let problem = Problem::from_json(br#"{"title": "Not Found", "status": 404, "detail": 7, "sku": "A1"}"#)?;
    /// assert_eq!(problem.status().unwrap(), 404);
    /// assert_eq!(problem.detail(), None);
    /// assert_eq!(problem.get("sku").unwrap(), "A1");
    /// # Ok::<(), backstop::problem::InvalidProblem>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidProblem`] if `json` is not a JSON object.
    pub fn from_json(json: &[u8]) -> Result<Self, InvalidProblem> {
        serde_json::from_slice(json).map_err(|error| InvalidProblem::new(error.to_string()))
    }

    /// Sets a member, unless it is a standard one whose value has the wrong type.
    pub(super) fn read(&mut self, name: String, value: Value) {
        match (name.as_str(), value) {
            ("type", Value::String(text)) => self.set_type(text),
            ("title", Value::String(text)) => self.set_title(text),
            ("detail", Value::String(text)) => self.set_detail(text),
            ("instance", Value::String(text)) => self.set_instance(text),
            ("status", Value::Number(number)) => {
                let status = number.as_u64().and_then(|number| number.try_into().ok());
                if let Some(status) = status.and_then(|status| StatusCode::from_u16(status).ok()) {
                    self.set_status(status);
                }
            }
            // The standard names are rejected here: their values have the wrong type.
            (_, value) => drop(self.insert(name, value)),
        }
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Problem;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a problem document, which is an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Problem, A::Error> {
        let mut problem = Problem::default();
        while let Some((name, value)) = members.next_entry()? {
            problem.read(name, value);
        }
        Ok(problem)
    }
}

/// The error of [`Problem::from_json`] and [`Problem::from_xml`] for text that is not a problem document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidProblem {
    reason: Cow<'static, str>,
}

impl InvalidProblem {
    pub(super) fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for InvalidProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a problem document: {}", self.reason)
    }
}

impl std::error::Error for InvalidProblem {}
