//! The values of attributes.

use std::borrow::Cow;

use serde_json::Value;

/// The value of an attribute: a string, a boolean, an integer or a float. Trackers index attributes, so nested values
/// are not allowed; see [`Scope::set_attribute`](crate::Scope::set_attribute).
///
/// ```
/// use backstop::Scope;
///
/// let scope = Scope::current();
/// scope.set_attribute("tenant", "acme");
/// scope.set_attribute("retries", 3);
/// scope.set_attribute("ratio", 0.5);
/// scope.set_attribute("is_trial", true);
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
