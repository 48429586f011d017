//! The problem document.

use std::borrow::Cow;

use http::StatusCode;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::depth::make_shallow;
use super::members::{ReservedName, STANDARD};
use super::reason_phrase;

/// A problem document (RFC 9457): what one failure tells its client.
///
/// It serialises to the JSON of section 3, and clients read it from there, whatever else stands in it, by
/// [`from_json`](Self::from_json) or serde. `type` is left out while it is `about:blank`; the status is
/// the response's.
///
/// ```
/// use backstop::Problem;
/// use http::StatusCode;
///
/// let mut problem = Problem::new(StatusCode::FORBIDDEN)
///     .type_uri("https://example.com/probs/out-of-credit")
///     .title("You do not have enough credit.")
///     .detail("Your current balance is 30, but that costs 50.");
/// problem.insert("balance", 30)?;
/// assert!(problem.insert("status", 200).is_err());
/// assert_eq!(
///     serde_json::to_value(&problem)?,
///     serde_json::json!({
///         "type": "https://example.com/probs/out-of-credit",
///         "title": "You do not have enough credit.",
///         "status": 403,
///         "detail": "Your current balance is 30, but that costs 50.",
///         "balance": 30,
///     }),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problem {
    type_uri: Option<Cow<'static, str>>,
    title: Option<Cow<'static, str>>,
    status: Option<StatusCode>,
    detail: Option<Cow<'static, str>>,
    instance: Option<Cow<'static, str>>,
    extensions: Vec<(Cow<'static, str>, Value)>,
}

impl Problem {
    /// The problem that says no more than its status: type `about:blank`, the reason phrase as the title.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            title: Some(Cow::Borrowed(reason_phrase(status))),
            status: Some(status),
            ..Self::default()
        }
    }

    /// Sets the type: any URI reference, absolute by preference (section 3.1.1).
    #[must_use]
    pub fn type_uri(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.set_type_uri(uri);
        self
    }

    /// Sets the summary of the problem's type (section 3.1.3).
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.set_title(title);
        self
    }

    /// Sets the explanation of this occurrence (section 3.1.4).
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.set_detail(detail);
        self
    }

    /// Sets the URI reference of this occurrence (section 3.1.5).
    #[must_use]
    pub fn instance(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.set_instance(uri);
        self
    }

    /// Like [`type_uri`](Self::type_uri), in place.
    pub fn set_type_uri(&mut self, uri: impl Into<Cow<'static, str>>) {
        // What is left out and what is written out are the same (section 4.2.1).
        self.type_uri = Some(uri.into()).filter(|uri| uri != "about:blank");
    }

    /// Like [`title`](Self::title), in place.
    pub fn set_title(&mut self, title: impl Into<Cow<'static, str>>) {
        self.title = Some(title.into());
    }

    /// Like [`detail`](Self::detail), in place.
    pub fn set_detail(&mut self, detail: impl Into<Cow<'static, str>>) {
        self.detail = Some(detail.into());
    }

    /// Like [`instance`](Self::instance), in place.
    pub fn set_instance(&mut self, uri: impl Into<Cow<'static, str>>) {
        self.instance = Some(uri.into());
    }

    /// Sets an extension member (section 3.2); the value that it had before is returned.
    ///
    /// A name should start with a letter and have three or more letters, digits and `_` (section 4); others
    /// are written too, in XML as `<entry name="…">` where they are no XML names.
    ///
    /// # Errors
    ///
    /// [`ReservedName`] for `type`, `title`, `status`, `detail` and `instance`.
    pub fn insert(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) -> Result<Option<Value>, ReservedName> {
        let (name, value) = (name.into(), value.into());
        if STANDARD.contains(&&*name) {
            return Err(ReservedName::new(&name));
        }
        let known = self.extensions.iter_mut().find(|(known, _)| *known == name);
        if let Some((_, slot)) = known {
            return Ok(Some(std::mem::replace(slot, value)));
        }
        self.extensions.push((name, value));
        Ok(None)
    }

    /// Cuts off what lies too deep to be rendered.
    pub(crate) fn make_shallow(&mut self) {
        for (_, value) in &mut self.extensions {
            make_shallow(value);
        }
    }

    pub(crate) const fn set_status(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// Removes an extension member and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let index = self
            .extensions
            .iter()
            .position(|(known, _)| known == name)?;
        Some(self.extensions.remove(index).1)
    }

    /// The type; `about:blank` where none is set.
    #[must_use]
    pub fn type_ref(&self) -> &str {
        self.type_uri.as_deref().unwrap_or("about:blank")
    }

    /// The title.
    #[must_use]
    pub fn title_ref(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// The detail.
    #[must_use]
    pub fn detail_ref(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The URI of this occurrence; in Backstop's answers `urn:uuid:` and the failure's id.
    #[must_use]
    pub fn instance_ref(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// The value of an extension member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let (_, value) = self.extensions.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The extension members, in the order in which they were set.
    pub fn extensions(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.extensions.iter().map(|(name, value)| (&**name, value))
    }

    /// The members that are set, in the order of the RFC, as a format writes them.
    pub(crate) fn type_member(&self) -> Option<&str> {
        self.type_uri.as_deref()
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        let texts = [("type", self.type_member()), ("title", self.title_ref())];
        for (name, text) in texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
        {
            members.serialize_entry(name, text)?;
        }
        if let Some(status) = self.status {
            members.serialize_entry("status", &status.as_u16())?;
        }
        let texts = [
            ("detail", self.detail_ref()),
            ("instance", self.instance_ref()),
        ];
        for (name, text) in texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
        {
            members.serialize_entry(name, text)?;
        }
        for (name, value) in self.extensions() {
            members.serialize_entry(name, value)?;
        }
        members.end()
    }
}
