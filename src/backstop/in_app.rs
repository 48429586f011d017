//! Which functions belong to the application: the setting.

use super::config_error::ConfigError;

/// Which functions belong to the application, by the start of their paths, like `shop_core` or `shop::orders`.
///
/// By default these are all functions except those of Rust itself, of Backstop, of tokio, hyper, axum, tower and
/// their companions, and those whose file is in cargo's registry or in one of its git checkouts. If several names match
/// a function, the longest decides.
///
/// ```
/// use backstop::settings::InApp;
///
/// let in_app = InApp::new().include(["shop_core"]).exclude(["shop_core::vendored"]);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are passed to a builder"]
pub struct InApp {
    rules: Vec<(String, bool)>,
}

impl InApp {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Functions that belong to the application.
    pub fn include(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let rules = names.into_iter().map(|name| (name.into(), true));
        self.rules.extend(rules);
        self
    }

    /// Functions that do not belong to the application.
    pub fn exclude(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let rules = names.into_iter().map(|name| (name.into(), false));
        self.rules.extend(rules);
        self
    }

    /// Adds the rules of a later call.
    pub(super) fn merge(&mut self, later: Self) {
        self.rules.extend(later.rules);
    }

    pub(super) fn into_rules(self) -> Vec<(String, bool)> {
        self.rules
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let invalid = |message: &str| Err(ConfigError::invalid("in_app", message));
        if self.rules.iter().any(|(name, _)| name.is_empty()) {
            return invalid("a name must not be empty; use the path of a crate or module");
        }
        let is_in_conflict =
            |(name, own): &(String, bool)| self.rules.contains(&(name.clone(), !own));
        match self.rules.iter().find(|rule| is_in_conflict(rule)) {
            Some((name, _)) => {
                let message = format!("`{name}` is both included and excluded; keep one of them");
                invalid(&message)
            }
            None => Ok(()),
        }
    }
}
