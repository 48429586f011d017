//! Taking back what was recorded.

use super::Scope;
use super::record::{ANNOTATIONS, Record};

/// Taking back what was recorded: reports that were made before keep it.
impl Scope {
    /// Removes all breadcrumbs.
    pub fn clear_breadcrumbs(&self) {
        self.record(|| (), |record, ()| record.clear_breadcrumbs());
    }

    /// Removes all attributes.
    pub fn clear_attributes(&self) {
        self.record(|| (), |record, ()| record.clear_attributes());
    }

    /// Removes one attribute.
    pub fn clear_attribute(&self, key: impl AsRef<str>) {
        self.record(
            || key.as_ref().to_owned(),
            |record, key| record.clear_attribute(&key),
        );
    }

    /// Removes all annotations.
    pub fn clear_annotations(&self) {
        self.clear_section(ANNOTATIONS);
    }

    /// Removes all metadata, the annotations too.
    pub fn clear_metadata(&self) {
        self.record(|| (), |record, ()| record.clear_metadata());
    }

    /// Removes one section of the metadata.
    pub fn clear_section(&self, section: impl AsRef<str>) {
        self.record(
            || section.as_ref().to_owned(),
            |record, section| record.clear_section(&section),
        );
    }

    /// Forgets all feature flags.
    pub fn clear_feature_flags(&self) {
        self.record(|| (), |record, ()| record.clear_feature_flags());
    }

    /// Forgets one feature flag.
    pub fn clear_feature_flag(&self, name: impl AsRef<str>) {
        self.record(
            || name.as_ref().to_owned(),
            |record, name| record.clear_feature_flag(&name),
        );
    }

    /// Forgets who asked.
    pub fn clear_user(&self) {
        self.record(|| (), |record, ()| record.user = None);
    }

    /// Removes all log lines.
    pub fn clear_logs(&self) {
        self.record(|| (), |record, ()| record.clear_logs());
    }

    /// Back to the default name.
    pub fn clear_transaction(&self) {
        self.record(|| (), |record, ()| record.transaction = None);
    }

    /// Back to the default fingerprint.
    pub fn clear_fingerprint(&self) {
        self.record(|| (), |record, ()| record.fingerprint = None);
    }

    /// Removes all callbacks.
    pub fn clear_on_report(&self) {
        if let Some(inner) = self.inner() {
            // Dropped when the lock is free again.
            let removed = inner.record(Record::take_edits);
            drop(removed);
        }
    }

    /// Removes everything that was recorded.
    pub fn clear(&self) {
        if let Some(inner) = self.inner() {
            let removed = inner.record(std::mem::take);
            drop(removed);
        }
    }
}
