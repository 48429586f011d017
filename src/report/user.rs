//! The user of a report.

use serde::{Deserialize, Serialize};

/// The user on whose behalf a request ran; see [`Scope::set_user`](crate::Scope::set_user).
///
/// ```
/// use backstop::{Scope, report::User};
///
/// Scope::current().set_user(User::new("u-7").with_name("Ada").with_email("ada@example.com"));
/// Scope::current().set_user("u-7");
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct User {
    /// The user's id in the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The email address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl User {
    /// Creates a user with an id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }

    /// Sets the name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the email address.
    #[must_use]
    pub fn with_email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Overwrites every field that is set in `other`.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (own, other) in [
            (&mut self.id, &other.id),
            (&mut self.name, &other.name),
            (&mut self.email, &other.email),
        ] {
            if other.is_some() {
                own.clone_from(other);
            }
        }
    }
}

impl From<&str> for User {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for User {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}
