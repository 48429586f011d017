//! The problem document.

use std::borrow::Cow;

use http::StatusCode;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::depth::limit_depth;
use super::member_map::MemberMap;
use super::members::{ReservedName, STANDARD};

/// A problem document (RFC 9457): what an error response says about one failure.
///
/// It serializes to the JSON of section 3. Clients read it with [`from_json`](Self::from_json),
/// [`from_xml`](Self::from_xml) or serde; members that they do not know become extensions.
///
/// The `type` is omitted while it is `about:blank`.
///
/// ```
/// use backstop::Problem;
/// use http::StatusCode;
///
/// let mut problem = Problem::new(StatusCode::FORBIDDEN)
///     .with_type("https://example.com/probs/out-of-credit")
///     .with_title("You do not have enough credit.")
///     .with_detail("Your current balance is 30, but that costs 50.");
/// problem.insert("balance", 30)?;
/// assert_eq!(problem.title(), Some("You do not have enough credit."));
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
    extensions: MemberMap,
}

impl Problem {
    /// A problem of the type `about:blank`, with the reason phrase of its status as the title.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            title: Some(Cow::Borrowed(reason_phrase(status))),
            status: Some(status),
            ..Self::default()
        }
    }

    /// Sets the type: any URI reference, preferably an absolute one (section 3.1.1).
    #[must_use]
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.set_type(uri);
        self
    }

    /// Sets the title: a short summary of the type, the same for every occurrence (section 3.1.3).
    #[must_use]
    pub fn with_title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.set_title(title);
        self
    }

    /// Sets the status (section 3.1.2).
    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.set_status(status);
        self
    }

    /// Sets the detail: an explanation of this occurrence (section 3.1.4).
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.set_detail(detail);
        self
    }

    /// Sets the instance: a URI reference that identifies this occurrence (section 3.1.5).
    #[must_use]
    pub fn with_instance(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.set_instance(uri);
        self
    }

    /// Like [`with_type`](Self::with_type), in place.
    pub fn set_type(&mut self, uri: impl Into<Cow<'static, str>>) {
        // An absent type and `about:blank` mean the same (section 4.2.1).
        self.type_uri = Some(uri.into()).filter(|uri| uri != "about:blank");
    }

    /// Like [`with_title`](Self::with_title), in place.
    pub fn set_title(&mut self, title: impl Into<Cow<'static, str>>) {
        self.title = Some(title.into());
    }

    /// Like [`with_status`](Self::with_status), in place. In [`customize`](crate::Builder::customize) it has no
    /// effect: the status of an error response's problem is the response's.
    pub const fn set_status(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// Like [`with_detail`](Self::with_detail), in place.
    pub fn set_detail(&mut self, detail: impl Into<Cow<'static, str>>) {
        self.detail = Some(detail.into());
    }

    /// Like [`with_instance`](Self::with_instance), in place.
    pub fn set_instance(&mut self, uri: impl Into<Cow<'static, str>>) {
        self.instance = Some(uri.into());
    }

    /// Sets an extension member (section 3.2) and returns its previous value.
    ///
    /// A name should start with a letter and consist of three or more letters, digits and `_` (section 4).
    /// Other names are accepted; in XML those that are not XML names are written as `<entry name="…">`.
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
        Ok(self.extensions.set(name, value))
    }

    /// Removes an extension member and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.extensions.remove(name)
    }

    /// The type; `about:blank` unless one is set.
    #[must_use]
    pub fn type_uri(&self) -> &str {
        self.type_uri.as_deref().unwrap_or("about:blank")
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// The detail.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The URI of this occurrence. In Backstop's error responses it is `urn:uuid:` and the failure's id.
    #[must_use]
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// The value of an extension member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.extensions.get(name)
    }

    /// The extension members, in the order in which they were first set.
    pub fn extensions(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.extensions.iter().map(|(name, value)| (&**name, value))
    }

    /// The type, unless it is `about:blank`: the member that a format writes.
    pub(crate) fn type_member(&self) -> Option<&str> {
        self.type_uri.as_deref()
    }

    /// Limits the depth of the extension members, for those that the application has edited.
    pub(crate) fn limit_depth(&mut self) {
        for value in self.extensions.values_mut() {
            *value = limit_depth(value.take());
        }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        if let Some(uri) = self.type_member() {
            members.serialize_entry("type", uri)?;
        }
        if let Some(title) = self.title() {
            members.serialize_entry("title", title)?;
        }
        if let Some(status) = self.status {
            members.serialize_entry("status", &status.as_u16())?;
        }
        if let Some(detail) = self.detail() {
            members.serialize_entry("detail", detail)?;
        }
        if let Some(instance) = self.instance() {
            members.serialize_entry("instance", instance)?;
        }
        for (name, value) in self.extensions() {
            members.serialize_entry(name, value)?;
        }
        members.end()
    }
}

/// The reason phrase of a status: RFC 9110's where it renamed one, `Unknown Error` for an unregistered status.
pub(crate) fn reason_phrase(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Content Too Large",
        StatusCode::UNPROCESSABLE_ENTITY => "Unprocessable Content",
        _ => status.canonical_reason().unwrap_or("Unknown Error"),
    }
}
