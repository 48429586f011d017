//! [`ScopeData`]: what a scope has recorded, within its limits.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value};

use super::breadcrumb::{Breadcrumb, LogLine};
use super::callback::ReportCallback;
use super::feature_flag::FeatureFlag;
use super::flatten::Attributes;
use super::limits::{self, size_of_map, size_of_value};
use super::report_error::ReportError;
use super::user::User;
use crate::text::{prefix, truncate};

/// What a scope has recorded. Events share it: a scope that records more afterwards copies it first.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScopeData {
    pub(super) breadcrumbs: VecDeque<Breadcrumb>,
    breadcrumb_data_size: usize,
    /// The size of breadcrumbs without their data, log lines, attributes and feature flags, in bytes.
    parts_size: usize,
    pub(super) attributes: BTreeMap<String, Value>,
    pub(super) metadata: BTreeMap<String, Map<String, Value>>,
    metadata_size: usize,
    pub(super) feature_flags: Vec<FeatureFlag>,
    pub(super) logs: VecDeque<LogLine>,
    pub(super) user: Option<User>,
    pub(super) transaction: Option<String>,
    pub(super) fingerprint: Option<String>,
    /// The type of the extractor's rejection that became the response, and its status.
    pub(crate) rejection: Option<(String, u16)>,
    /// What the last event at ERROR level said.
    pub(super) logged_errors: Vec<ReportError>,
    callbacks: Vec<ReportCallback>,
    /// How often each limit was exceeded.
    pub(super) trimmed: BTreeMap<&'static str, u64>,
}

impl ScopeData {
    /// The section of the metadata that holds annotations.
    pub(crate) const ANNOTATIONS: &str = "annotations";

    pub(crate) fn add_breadcrumb(&mut self, mut crumb: Breadcrumb) {
        if crumb.message.len() > limits::TEXT {
            let mut message = crumb.message.into_owned();
            self.cut(&mut message, limits::TEXT);
            crumb.message = Cow::Owned(message);
        }
        if size_of_map(&crumb.data) > limits::VALUE {
            crumb.data = Map::new();
            self.trim("breadcrumb data over 16 KiB");
        }
        self.breadcrumb_data_size += size_of_map(&crumb.data);
        while self.breadcrumbs.len() >= limits::RING
            || self.breadcrumb_data_size > limits::BREADCRUMB_DATA
        {
            let Some(oldest) = self.breadcrumbs.pop_front() else {
                break;
            };
            self.breadcrumb_data_size -= size_of_map(&oldest.data);
            self.parts_size -= size_of_crumb(&oldest);
            self.trim("oldest breadcrumbs");
        }
        self.parts_size += size_of_crumb(&crumb);
        self.breadcrumbs.push_back(crumb);
    }

    pub(crate) fn add_log_line(&mut self, mut line: LogLine) {
        self.cut(&mut line.message, limits::TEXT);
        if self.logs.len() >= limits::RING {
            self.parts_size -= self.logs.pop_front().map_or(0, |line| size_of_line(&line));
            self.trim("oldest log lines");
        }
        self.parts_size += size_of_line(&line);
        self.logs.push_back(line);
    }

    pub(crate) fn set_attribute(&mut self, mut key: String, mut value: Value) {
        self.cut(&mut key, limits::KEY);
        if let Value::String(text) = &mut value {
            self.cut(text, limits::SCALAR);
        }
        if self.attributes.len() >= limits::ATTRIBUTES && !self.attributes.contains_key(&key) {
            self.trim("attributes beyond 128");
            return;
        }
        self.remove_attribute(&key);
        self.parts_size += size_of_attribute(&key, &value);
        self.attributes.insert(key, value);
    }

    pub(crate) fn add_attributes(&mut self, attributes: Attributes) {
        for (key, value) in attributes.scalars {
            self.set_attribute(key, value);
        }
        if attributes.too_deep > 0 {
            let count = self.trimmed.entry("attributes nested too deeply");
            *count.or_default() += attributes.too_deep;
        }
    }

    pub(crate) fn remove_attribute(&mut self, key: &str) {
        let removed = self.attributes.remove_entry(prefix(key, limits::KEY));
        self.parts_size -= removed.map_or(0, |(key, value)| size_of_attribute(&key, &value));
    }

    pub(crate) fn set_metadata(&mut self, mut section: String, mut key: String, value: Value) {
        let size = size_of_value(&value);
        if size > limits::VALUE {
            self.trim("metadata values over 16 KiB or nested too deeply");
            return;
        }
        self.cut(&mut section, limits::KEY);
        self.cut(&mut key, limits::KEY);
        let known = self
            .metadata
            .get(&section)
            .and_then(|section| section.get(&key));
        let replaced = known.map_or(0, |known| key.len() + size_of_value(known));
        let total = self.metadata_size - replaced + key.len() + size;
        if total > limits::METADATA {
            self.trim("metadata beyond 128 KiB");
            return;
        }
        self.metadata_size = total;
        self.metadata.entry(section).or_default().insert(key, value);
    }

    pub(crate) fn clear_metadata(&mut self, section: &str) {
        let removed = self
            .metadata
            .remove(prefix(section, limits::KEY))
            .unwrap_or_default();
        for (key, value) in &removed {
            self.metadata_size -= key.len() + size_of_value(value);
        }
    }

    /// Adds a flag. One that is evaluated again keeps its position.
    pub(crate) fn add_feature_flag(&mut self, mut flag: FeatureFlag) {
        self.cut(&mut flag.name, limits::KEY);
        if let Some(variant) = &mut flag.variant {
            self.cut(variant, limits::KEY);
        }
        let mut known = self.feature_flags.iter_mut();
        if let Some(known) = known.find(|known| known.name == flag.name) {
            self.parts_size = self.parts_size - size_of_flag(known) + size_of_flag(&flag);
            *known = flag;
        } else if self.feature_flags.len() >= limits::FLAGS {
            self.trim("feature flags beyond 128");
        } else {
            self.parts_size += size_of_flag(&flag);
            self.feature_flags.push(flag);
        }
    }

    pub(crate) fn clear_feature_flags(&mut self) {
        self.parts_size -= self
            .feature_flags
            .drain(..)
            .map(|flag| size_of_flag(&flag))
            .sum::<usize>();
    }

    pub(crate) fn set_user(&mut self, mut user: User) {
        for text in [&mut user.id, &mut user.name, &mut user.email]
            .into_iter()
            .flatten()
        {
            self.cut(text, limits::TEXT);
        }
        self.user = Some(user);
    }

    pub(crate) fn set_transaction(&mut self, mut name: String) {
        self.cut(&mut name, limits::TEXT);
        self.transaction = Some(name);
    }

    pub(crate) fn set_fingerprint(&mut self, mut fingerprint: String) {
        self.cut(&mut fingerprint, limits::TEXT);
        self.fingerprint = Some(fingerprint);
    }

    #[cfg(feature = "tracing-subscriber")]
    pub(crate) fn set_logged_errors(&mut self, mut errors: Vec<ReportError>) {
        for error in &mut errors {
            truncate(&mut error.message, limits::TEXT);
        }
        self.logged_errors = errors;
    }

    pub(crate) fn add_callback(&mut self, callback: ReportCallback) {
        if self.callbacks.len() >= limits::CALLBACKS {
            self.trim("on_report callbacks beyond 32");
            return;
        }
        self.callbacks.push(callback);
    }

    pub(super) fn callbacks(&self) -> &[ReportCallback] {
        &self.callbacks
    }

    fn cut(&mut self, text: &mut String, max: usize) {
        if truncate(text, max) {
            self.trim("texts cut short");
        }
    }

    fn trim(&mut self, what: &'static str) {
        *self.trimmed.entry(what).or_default() += 1;
    }

    /// The approximate size in memory, in bytes. It is kept up to date, because the queue asks for it on the request's
    /// path.
    pub(super) fn size(&self) -> usize {
        let logged = self.logged_errors.iter().map(|error| error.message.len());
        size_of::<Self>()
            + self.parts_size
            + self.breadcrumb_data_size
            + self.metadata_size
            + logged.sum::<usize>()
    }
}

fn size_of_crumb(crumb: &Breadcrumb) -> usize {
    size_of::<Breadcrumb>() + crumb.message.len()
}

const fn size_of_line(line: &LogLine) -> usize {
    size_of::<LogLine>() + line.message.len()
}

fn size_of_attribute(key: &str, value: &Value) -> usize {
    size_of::<(String, Value)>() + key.len() + value.as_str().map_or(0, str::len)
}

fn size_of_flag(flag: &FeatureFlag) -> usize {
    size_of::<FeatureFlag>() + flag.name.len() + flag.variant.as_deref().map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::severity::Severity;

    #[test]
    fn the_size_follows_what_is_added_replaced_and_removed() {
        let mut data = ScopeData::default();
        let empty = data.size();
        for at in 0..300 {
            data.add_breadcrumb(
                Breadcrumb::new(format!("step {at}")).with_data(json!({ "at": at })),
            );
            data.add_log_line(LogLine::new(Severity::Info, format!("line {at}")));
            data.set_attribute(format!("key {}", at % 7), json!(format!("value {at}")));
            data.add_feature_flag(
                FeatureFlag::new(format!("flag {}", at % 5)).with_variant(at.to_string()),
            );
        }
        let crumbs = data.breadcrumbs.iter().map(size_of_crumb);
        let lines = data.logs.iter().map(size_of_line);
        let attributes = data
            .attributes
            .iter()
            .map(|(key, value)| size_of_attribute(key, value));
        let flags = data.feature_flags.iter().map(size_of_flag);
        let parts: usize = crumbs.chain(lines).chain(attributes).chain(flags).sum();
        assert_eq!(data.parts_size, parts);
        assert_eq!(data.size(), empty + parts + data.breadcrumb_data_size);
        for at in 0..7 {
            data.remove_attribute(&format!("key {at}"));
        }
        data.clear_feature_flags();
        data.breadcrumbs.clear();
        data.logs.clear();
        let rest = 100 * (size_of::<Breadcrumb>() + size_of::<LogLine>() + 2 * "step 200".len());
        assert_eq!(data.parts_size, rest);
    }
}
