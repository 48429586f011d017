//! What one request has recorded so far, within its limits.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value};

use super::callback::Edit;
use super::{Breadcrumb, FeatureFlag, LogLine, Mechanism, Report, User, limits};

/// The record of one request. A report takes it as it is at that moment: it is shared then, and copied when
/// the request records more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    breadcrumbs: VecDeque<Breadcrumb>,
    crumb_data: usize,
    attributes: BTreeMap<String, Value>,
    metadata: BTreeMap<String, Map<String, Value>>,
    metadata_size: usize,
    feature_flags: Vec<FeatureFlag>,
    logs: VecDeque<LogLine>,
    pub(super) user: Option<User>,
    pub(super) transaction: Option<String>,
    pub(super) fingerprint: Option<String>,
    /// The type of the extractor's rejection that became the response, and its status.
    pub(super) rejection: Option<(String, u16)>,
    edits: Vec<Edit>,
    /// How often each limit left something out.
    trimmed: BTreeMap<&'static str, u64>,
}

/// The section of the metadata that annotations are.
pub(super) const ANNOTATIONS: &str = "annotations";

impl Record {
    pub(super) fn breadcrumb(&mut self, mut crumb: Breadcrumb) {
        if crumb.message.len() > limits::TEXT {
            let mut message = crumb.message.into_owned();
            self.cut(&mut message, limits::TEXT);
            crumb.message = Cow::Owned(message);
        }
        let size = data_size(&crumb);
        if size > limits::VALUE {
            crumb.data = Map::new();
            self.trim("data of breadcrumbs over 16 KiB");
        }
        self.crumb_data += data_size(&crumb);
        while self.breadcrumbs.len() >= limits::RING || self.crumb_data > limits::CRUMB_DATA {
            let Some(oldest) = self.breadcrumbs.pop_front() else {
                break;
            };
            self.crumb_data -= data_size(&oldest);
            self.trim("older breadcrumbs");
        }
        self.breadcrumbs.push_back(crumb);
    }

    pub(super) fn attribute(&mut self, mut key: String, mut value: Value) {
        self.cut(&mut key, limits::KEY);
        if let Value::String(text) = &mut value {
            self.cut(text, limits::SCALAR);
        }
        if self.attributes.len() >= limits::ATTRIBUTES && !self.attributes.contains_key(&key) {
            self.trim("attributes beyond 128");
            return;
        }
        self.attributes.insert(key, value);
    }

    pub(super) fn metadata(&mut self, mut section: String, mut key: String, value: Value) {
        let size = limits::weight(&value);
        if size > limits::VALUE {
            self.trim("metadata over 16 KiB or nested too deep");
            return;
        }
        self.cut(&mut section, limits::KEY);
        self.cut(&mut key, limits::KEY);
        let old = self
            .metadata
            .get(&section)
            .and_then(|section| section.get(&key))
            .map_or(0, |old| limits::weight(old) + key.len());
        let left = self.metadata_size - old;
        if left + size + key.len() > limits::METADATA {
            self.trim("metadata beyond 128 KiB");
            return;
        }
        self.metadata_size = left + size + key.len();
        self.metadata.entry(section).or_default().insert(key, value);
    }

    /// A flag that is evaluated again keeps its place.
    pub(super) fn feature_flag(&mut self, mut name: String, mut variant: Option<String>) {
        self.cut(&mut name, limits::KEY);
        if let Some(variant) = &mut variant {
            self.cut(variant, limits::KEY);
        }
        if let Some(known) = self.feature_flags.iter_mut().find(|flag| flag.name == name) {
            known.variant = variant;
        } else if self.feature_flags.len() >= limits::FLAGS {
            self.trim("feature flags beyond 128");
        } else {
            self.feature_flags.push(FeatureFlag { name, variant });
        }
    }

    pub(super) fn log(&mut self, mut line: LogLine) {
        self.cut(&mut line.message, limits::TEXT);
        if self.logs.len() >= limits::RING {
            self.logs.pop_front();
            self.trim("older log lines");
        }
        self.logs.push_back(line);
    }

    pub(super) fn user(&mut self, mut user: User) {
        for text in [&mut user.id, &mut user.name, &mut user.email]
            .into_iter()
            .flatten()
        {
            self.cut(text, limits::TEXT);
        }
        self.user = Some(user);
    }

    /// A name, cut to its limit.
    pub(super) fn named(&mut self, mut name: String) -> String {
        self.cut(&mut name, limits::TEXT);
        name
    }

    pub(super) fn on_report(&mut self, edit: Edit) {
        if self.edits.len() >= limits::CALLBACKS {
            self.trim("callbacks beyond 32");
            return;
        }
        self.edits.push(edit);
    }

    pub(super) fn edits(&self) -> &[Edit] {
        &self.edits
    }

    pub(super) fn clear_breadcrumbs(&mut self) {
        self.breadcrumbs.clear();
        self.crumb_data = 0;
    }

    pub(super) fn clear_attributes(&mut self) {
        self.attributes.clear();
    }

    pub(super) fn clear_attribute(&mut self, key: &str) {
        self.attributes.remove(key);
    }

    pub(super) fn clear_metadata(&mut self) {
        self.metadata.clear();
        self.metadata_size = 0;
    }

    pub(super) fn clear_section(&mut self, section: &str) {
        let removed = self.metadata.remove(section).unwrap_or_default();
        for (key, value) in &removed {
            self.metadata_size -= key.len() + limits::weight(value);
        }
    }

    pub(super) fn clear_feature_flags(&mut self) {
        self.feature_flags.clear();
    }

    pub(super) fn clear_feature_flag(&mut self, name: &str) {
        self.feature_flags.retain(|flag| flag.name != name);
    }

    pub(super) fn clear_logs(&mut self) {
        self.logs.clear();
    }

    /// The callbacks, to be dropped where no lock is held: what they own is the application's.
    pub(super) fn take_edits(&mut self) -> Vec<Edit> {
        std::mem::take(&mut self.edits)
    }

    /// About how many bytes it holds on to.
    pub(super) fn len(&self) -> usize {
        let crumbs = self
            .breadcrumbs
            .iter()
            .map(|crumb| crumb.message.len() + size_of::<Breadcrumb>());
        let logs = self
            .logs
            .iter()
            .map(|line| line.message.len() + size_of::<LogLine>());
        let attributes = self.attributes.iter().map(|(key, value)| {
            key.len() + value.as_str().map_or(0, str::len) + size_of::<(String, Value)>()
        });
        let flags = self.feature_flags.iter().map(|flag| {
            flag.name.len() + flag.variant.as_deref().map_or(0, str::len) + size_of::<FeatureFlag>()
        });
        let parts: usize = crumbs.chain(logs).chain(attributes).chain(flags).sum();
        size_of::<Self>() + parts + self.crumb_data + self.metadata_size
    }

    /// Puts the record over what the report has: its own wins, objects are merged.
    pub(super) fn merge_into(&self, report: &mut Report) {
        let attributes = self.attributes.iter();
        report
            .attributes
            .extend(attributes.map(|(key, value)| (key.clone(), value.clone())));
        for (name, section) in &self.metadata {
            merge(report.metadata.entry(name.clone()).or_default(), section);
        }
        report.feature_flags.extend_from_slice(&self.feature_flags);
        report.breadcrumbs.extend(self.breadcrumbs.iter().cloned());
        report.logs.extend(self.logs.iter().cloned());
        if let Some(user) = &self.user {
            let known = report.user.get_or_insert_default();
            known.id = user.id.clone().or_else(|| known.id.take());
            known.name = user.name.clone().or_else(|| known.name.take());
            known.email = user.email.clone().or_else(|| known.email.take());
        }
        if self.transaction.is_some() {
            report.transaction.clone_from(&self.transaction);
        }
        if let Some(fingerprint) = &self.fingerprint {
            report.fingerprint.clone_from(fingerprint);
        }
        if let Some((type_name, status)) = &self.rejection
            && report.mechanism == Mechanism::Response
            && report
                .response
                .as_ref()
                .is_some_and(|response| response.status == *status)
            && let Some(first) = report.errors.first_mut()
        {
            first.type_name.get_or_insert_with(|| type_name.clone());
        }
        let trimmed = self.trimmed.iter();
        report
            .trimmed
            .extend(trimmed.map(|(what, count)| format!("{what}: {count}")));
    }

    fn cut(&mut self, text: &mut String, max: usize) {
        if crate::text::truncate(text, max) {
            self.trim("texts cut");
        }
    }

    fn trim(&mut self, what: &'static str) {
        *self.trimmed.entry(what).or_default() += 1;
    }
}

fn data_size(crumb: &Breadcrumb) -> usize {
    if crumb.data.is_empty() {
        0
    } else {
        limits::map_weight(&crumb.data)
    }
}

/// Deep: objects are merged, everything else is replaced. The limits keep it from going too deep.
fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Object(into)), Value::Object(from)) => merge(into, from),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}
