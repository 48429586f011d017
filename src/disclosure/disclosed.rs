//! What one client may see of a failure.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::policy::Policy;
use super::redactor::Redactor;
use crate::error::{Exposure, Failure, Link, Repr};
use crate::problem::reason_phrase;
use crate::request::RequestInfo;

/// Everything that a format may write.
#[derive(Clone, Debug)]
pub(crate) struct Disclosed {
    pub(crate) id: Uuid,
    pub(crate) type_uri: Option<Cow<'static, str>>,
    pub(crate) item: Item,
    /// Only in development, for a client on this machine.
    pub(crate) debug: Option<Debug>,
}

/// What is disclosed of one error. Several errors have one each.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) status: StatusCode,
    pub(crate) name: Option<Cow<'static, str>>,
    /// The error's own title.
    pub(crate) title: Option<Cow<'static, str>>,
    pub(crate) detail: Option<Cow<'static, str>>,
    pub(crate) pointer: Option<Value>,
    pub(crate) parameter: Option<Value>,
    pub(crate) code: Option<Value>,
    pub(crate) details: Option<Value>,
    pub(crate) fields: Vec<(Cow<'static, str>, Value)>,
    pub(crate) items: Vec<Self>,
    /// Whether what the error says is disclosed.
    pub(crate) is_disclosed: bool,
    /// Whether the error is public whatever its status.
    pub(crate) is_public: bool,
}

/// What only developers see.
#[derive(Clone, Debug)]
pub(crate) struct Debug {
    pub(crate) type_name: Option<String>,
    /// What can be done about it.
    pub(crate) help: Option<String>,
    /// The cause chain, redacted.
    pub(crate) chain: Vec<Link>,
    pub(crate) fields: Vec<(Cow<'static, str>, Value)>,
    /// Whether source locations are shown too.
    pub(crate) shows_backtrace: bool,
    /// The method and URI, redacted.
    pub(crate) request: String,
}

/// How deeply several errors may be nested.
const MAX_DEPTH: usize = 8;

impl Disclosed {
    pub(crate) fn new(failure: &Failure, request: &RequestInfo, policy: &Policy) -> Self {
        let (repr, status) = (failure.repr(), failure.status());
        let shows_everything = policy.shows_details(failure, request);
        let is_for_all = failure.is_disclosed();
        let is_disclosed = shows_everything || is_for_all;
        Self {
            id: failure.id(),
            type_uri: policy.type_uri(failure, request, is_disclosed, is_for_all),
            item: Item::new(repr, status, is_for_all, policy, shows_everything, 0),
            debug: shows_everything.then(|| Debug::new(failure, request, policy)),
        }
    }

    /// The status and the id, if disclosing more has failed.
    pub(crate) fn minimal(failure: &Failure) -> Self {
        Self {
            id: failure.id(),
            type_uri: None,
            item: Item::hidden(failure.status()),
            debug: None,
        }
    }
}

impl Item {
    fn new(
        repr: &Repr,
        status: StatusCode,
        is_for_all: bool,
        policy: &Policy,
        shows_everything: bool,
        depth: usize,
    ) -> Self {
        let mut item = Self::hidden(status);
        item.is_disclosed = shows_everything || is_for_all;
        if item.is_disclosed {
            item.name = repr.name();
            item.title = repr.title();
            item.is_public = repr.exposure() == Exposure::Public;
            item.detail = repr.client_text(shows_everything || item.is_public);
            item.code = repr.code();
            item.details = repr.details();
            if policy.redacts_properties && !is_for_all {
                item.redact(&policy.redactor);
            }
        }
        for (key, value) in repr.fields() {
            if item.is_disclosed && depth > 0 && key == "pointer" {
                item.pointer = Some(value);
            } else if item.is_disclosed && depth > 0 && key == "parameter" {
                item.parameter = Some(value);
            } else if policy.is_safe(&key) {
                item.fields.push((key, value));
            }
        }
        if item.is_disclosed {
            item.fields.extend(repr.members().cloned());
        }
        if depth < MAX_DEPTH {
            let items = repr.items();
            let items = items.iter().map(|repr| {
                let (status, is_for_all) = if repr.is_field_error() {
                    (status, is_for_all)
                } else {
                    let status = policy.statuses.status(repr);
                    (status, repr.is_disclosed(status))
                };
                Self::new(
                    repr,
                    status,
                    is_for_all,
                    policy,
                    shows_everything,
                    depth + 1,
                )
            });
            item.items = items.collect();
        }
        item
    }

    /// Redacts what other clients would not see.
    fn redact(&mut self, redactor: &Redactor) {
        let texts = [&mut self.name, &mut self.title, &mut self.detail];
        for text in texts.into_iter().flatten() {
            if let Cow::Owned(redacted) = redactor.text(text) {
                *text = Cow::Owned(redacted);
            }
        }
        for (name, value) in [("code", &mut self.code), ("details", &mut self.details)] {
            if let Some(value) = value {
                redactor.member(name, value);
            }
        }
    }

    const fn hidden(status: StatusCode) -> Self {
        Self {
            status,
            name: None,
            title: None,
            detail: None,
            pointer: None,
            parameter: None,
            code: None,
            details: None,
            fields: Vec::new(),
            items: Vec::new(),
            is_disclosed: false,
            is_public: false,
        }
    }

    /// The error's own title, else the reason phrase of its status.
    pub(crate) fn title(&self) -> Cow<'static, str> {
        self.title
            .clone()
            .unwrap_or_else(|| Cow::Borrowed(reason_phrase(self.status)))
    }
}

impl Debug {
    fn new(failure: &Failure, request: &RequestInfo, policy: &Policy) -> Self {
        let hidden = failure
            .fields()
            .into_iter()
            .filter(|(key, _)| !policy.is_safe(key));
        let fields = hidden.map(|(key, mut value)| {
            if policy.redacts_properties {
                policy.redactor.member(&key, &mut value);
            }
            (key, value)
        });
        let chain = failure.chain().iter().cloned().map(|link| {
            let message = policy.redactor.text(link.message()).into_owned();
            link.with_message(message)
        });
        Self {
            type_name: failure.type_name().map(str::to_owned),
            help: failure
                .repr()
                .help()
                .map(|help| policy.redactor.text(&help).into_owned()),
            chain: chain.collect(),
            fields: fields.collect(),
            shows_backtrace: policy.backtrace.is_on(failure, request),
            request: format!(
                "{} {}",
                request.method(),
                policy.redactor.uri(request.uri())
            ),
        }
    }

    /// The chain as text: each message, and below it its source location.
    pub(crate) fn stack(&self) -> String {
        let mut text = String::new();
        for (index, link) in self.chain.iter().enumerate() {
            if index > 0 {
                text.push_str("\ncaused by: ");
            }
            if let Some(name) = link.type_name() {
                text.push_str(name);
                text.push_str(": ");
            }
            text.push_str(link.message());
            if let Some(location) = link.location() {
                text.push_str("\n    at ");
                text.push_str(&location.to_string());
            }
        }
        text
    }
}
