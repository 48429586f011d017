//! How the application makes what it records: breadcrumbs, users and attributes' values.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Breadcrumb, BreadcrumbKind, Severity, User};

impl Breadcrumb {
    /// A step that was taken now.
    ///
    /// ```
    /// use backstop::report::Breadcrumb;
    /// use backstop::report::BreadcrumbKind;
    /// use backstop::Scope;
    /// use backstop::report::Severity;
    /// use serde_json::json;
    ///
    /// let crumb = Breadcrumb::new("asked the warehouse")
    ///     .kind(BreadcrumbKind::Request)
    ///     .level(Severity::Warning)
    ///     .data(json!({"attempt": 2}));
    /// Scope::current().breadcrumb(crumb);
    /// ```
    #[must_use]
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            timestamp: now(),
            message: message.into(),
            kind: BreadcrumbKind::default(),
            level: Severity::Info,
            data: Map::new(),
        }
    }

    /// What kind of step. Default: [`BreadcrumbKind::Manual`].
    #[must_use]
    pub const fn kind(mut self, kind: BreadcrumbKind) -> Self {
        self.kind = kind;
        self
    }

    /// How important. Default: [`Severity::Info`].
    #[must_use]
    pub const fn level(mut self, level: Severity) -> Self {
        self.level = level;
        self
    }

    /// Adds the members of an object; anything else becomes the member `value`. What fails to serialise is
    /// left out.
    #[must_use]
    pub fn data(mut self, data: impl Serialize) -> Self {
        match serde_json::to_value(data) {
            Ok(Value::Object(members)) => self.data.extend(members),
            Ok(value) => {
                self.data.insert("value".to_owned(), value);
            }
            Err(_) => {}
        }
        self
    }
}

impl From<&str> for Breadcrumb {
    fn from(message: &str) -> Self {
        Self::new(message.to_owned())
    }
}

impl From<String> for Breadcrumb {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<Cow<'static, str>> for Breadcrumb {
    fn from(message: Cow<'static, str>) -> Self {
        Self::new(message)
    }
}

impl User {
    /// A user by the application's own id.
    ///
    /// ```
    /// use backstop::Scope;
    /// use backstop::report::User;
    ///
    /// Scope::current().user(User::new("u-7").name("Ada").email("ada@example.com"));
    /// ```
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }

    /// The name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
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

/// The value of an attribute: a text, a boolean, an integer or a float.
///
/// ```
/// use backstop::report::Scalar;
/// use backstop::Scope;
///
/// let scope = Scope::current();
/// scope.attribute("tenant", "acme");
/// scope.attribute("retries", 3);
/// scope.attribute("ratio", 0.5);
/// # let _: Scalar = true.into();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar(Value);

impl Scalar {
    pub(crate) fn into_value(self) -> Value {
        self.0
    }
}

impl From<&String> for Scalar {
    fn from(text: &String) -> Self {
        Self::from(&**text)
    }
}

macro_rules! scalars {
    ($($kind:ty),+) => {
        $(impl From<$kind> for Scalar {
            fn from(value: $kind) -> Self {
                Self(Value::from(value))
            }
        })+
    };
}

scalars! {bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f32, f64, &str, String, Cow<'_, str>}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
