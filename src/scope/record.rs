//! The methods with which the application records in a scope.

use serde::Serialize;

use super::scope::Scope;
use crate::problem::to_value;
use crate::report::breadcrumb::{Breadcrumb, LogLine};
use crate::report::feature_flag::FeatureFlag;
use crate::report::flatten::Flatten;
#[cfg(feature = "tracing-subscriber")]
use crate::report::report_error::ReportError;
use crate::report::scalar::Scalar;
use crate::report::scope_data::ScopeData;
use crate::report::severity::Severity;
use crate::report::user::User;

/// Recording.
impl Scope {
    /// Adds a breadcrumb: a message, or a [`Breadcrumb`] with its kind, level and data.
    pub fn add_breadcrumb(&self, crumb: impl Into<Breadcrumb>) {
        self.record(|| crumb.into(), ScopeData::add_breadcrumb);
    }

    /// Adds a line to the log that is sent with the report.
    pub fn log(&self, level: Severity, message: impl Into<String>) {
        self.record(|| LogLine::new(level, message), ScopeData::add_log_line);
    }

    /// Sets an attribute: a scalar that trackers index.
    pub fn set_attribute(&self, key: impl Into<String>, value: impl Into<Scalar>) {
        self.record(
            || (key.into(), value.into().into_value()),
            |data, (key, value)| data.set_attribute(key, value),
        );
    }

    /// Sets an attribute for each member of an object, under dotted keys; see [`Flatten`].
    pub fn add_attributes(&self, object: impl Into<Flatten>) {
        self.record(
            || object.into().into_attributes(),
            ScopeData::add_attributes,
        );
    }

    /// Removes an attribute.
    pub fn remove_attribute(&self, key: impl AsRef<str>) {
        self.record(
            || key.as_ref().to_owned(),
            |data, key| data.remove_attribute(&key),
        );
    }

    /// Adds an annotation, which is any JSON in the section `annotations` of the
    /// [metadata](Self::set_metadata).
    pub fn add_annotation(&self, key: impl Into<String>, value: impl Serialize) {
        self.set_metadata(ScopeData::ANNOTATIONS, key, value);
    }

    /// Sets any JSON under a section and a key. A value that cannot be serialized is ignored.
    pub fn set_metadata(
        &self,
        section: impl Into<String>,
        key: impl Into<String>,
        value: impl Serialize,
    ) {
        self.record(
            || (section.into(), key.into(), to_value(value)),
            |data, (section, key, value)| {
                if let Some(value) = value {
                    data.set_metadata(section, key, value);
                }
            },
        );
    }

    /// Removes a section of the metadata.
    pub fn clear_metadata(&self, section: impl AsRef<str>) {
        self.record(
            || section.as_ref().to_owned(),
            |data, section| data.clear_metadata(&section),
        );
    }

    /// Records the evaluation of a feature flag: its name, or a [`FeatureFlag`] with its variant. A flag with the same
    /// name is replaced.
    pub fn add_feature_flag(&self, flag: impl Into<FeatureFlag>) {
        self.record(|| flag.into(), ScopeData::add_feature_flag);
    }

    /// Removes all feature flags.
    pub fn clear_feature_flags(&self) {
        self.record(|| (), |data, ()| data.clear_feature_flags());
    }

    /// Sets the user on whose behalf the request runs: a [`User`], or a user id.
    pub fn set_user(&self, user: impl Into<User>) {
        self.record(|| user.into(), ScopeData::set_user);
    }

    /// Sets the name of the operation. Default: the method and the matched route, such as `GET /orders/{id}`.
    pub fn set_transaction(&self, name: impl Into<String>) {
        self.record(|| name.into(), ScopeData::set_transaction);
    }

    /// Sets the fingerprint that groups the request's reports, except those of an error with a fingerprint
    /// [of its own](crate::Error::with_fingerprint). Default: what distinguishes one bug from another; see
    /// [`Report::fingerprint`](crate::Report::fingerprint).
    pub fn set_fingerprint(&self, fingerprint: impl Into<String>) {
        self.record(|| fingerprint.into(), ScopeData::set_fingerprint);
    }

    /// Records what an event at ERROR level says. A later one replaces it.
    #[cfg(feature = "tracing-subscriber")]
    pub(crate) fn set_logged_errors(&self, errors: Vec<ReportError>) {
        self.record(|| errors, ScopeData::set_logged_errors);
    }

    /// Records that an extractor has rejected the request.
    #[cfg(feature = "tracing-subscriber")]
    pub(crate) fn set_rejection(&self, type_name: Option<&str>, status: Option<u16>) {
        self.record(
            || Some((type_name?.to_owned(), status?)),
            |data, rejection| data.rejection = rejection,
        );
    }
}
