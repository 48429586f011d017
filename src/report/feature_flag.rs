//! The feature flags of a report.

use serde::{Deserialize, Serialize};

/// A feature flag that was evaluated, and its variant if it has several; see
/// [`Scope::add_feature_flag`](crate::Scope::add_feature_flag).
///
/// ```
/// use backstop::{Scope, report::FeatureFlag};
///
/// let scope = Scope::current();
/// scope.add_feature_flag("new-checkout");
/// scope.add_feature_flag(FeatureFlag::new("button").with_variant("blue"));
/// ```
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FeatureFlag {
    /// The name.
    pub name: String,
    /// The variant that was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

impl FeatureFlag {
    /// Creates a flag without a variant.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            variant: None,
        }
    }

    /// Sets the variant.
    #[must_use]
    pub fn with_variant(mut self, variant: impl Into<String>) -> Self {
        self.variant = Some(variant.into());
        self
    }
}

impl From<&str> for FeatureFlag {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for FeatureFlag {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}
