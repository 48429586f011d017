//! The failure as one client may see it.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::policy::{Policy, is_open};
use crate::error::{Exposure, Failure, Link, Repr};
use crate::problem::reason_phrase;
use crate::request::RequestInfo;

/// All that a format may write.
#[derive(Debug)]
pub(crate) struct Disclosed {
    pub(crate) id: Uuid,
    pub(crate) type_uri: Option<Cow<'static, str>>,
    pub(crate) item: Item,
    /// Only in development, only for a local client.
    pub(crate) debug: Option<Debug>,
}

/// What is shown of one error, of several under one answer too.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) status: StatusCode,
    pub(crate) name: Option<Cow<'static, str>>,
    /// The title that the error gave itself.
    pub(crate) title: Option<Cow<'static, str>>,
    pub(crate) detail: Option<Cow<'static, str>>,
    pub(crate) pointer: Option<Value>,
    pub(crate) code: Option<Value>,
    pub(crate) details: Option<Value>,
    pub(crate) fields: Vec<(Cow<'static, str>, Value)>,
    pub(crate) items: Vec<Self>,
    /// Whether what the error says may be shown.
    pub(crate) is_open: bool,
    /// Whether the error itself asked to be shown.
    pub(crate) is_public: bool,
}

/// What only a developer sees.
#[derive(Debug)]
pub(crate) struct Debug {
    pub(crate) type_name: Option<String>,
    pub(crate) chain: Vec<Link>,
    pub(crate) fields: Vec<(Cow<'static, str>, Value)>,
    /// Whether places and frames are shown too.
    pub(crate) shows_backtrace: bool,
    /// Method and URI, the sensitive parts of its query left out.
    pub(crate) request: String,
}

/// How deep errors may be nested in `Error::many`.
const MAX_DEPTH: usize = 8;

impl Disclosed {
    pub(crate) fn new(failure: &Failure, facts: &RequestInfo, policy: &Policy) -> Self {
        let inner = failure.inner();
        let everything = policy.shows_details(failure, facts);
        let open = everything || is_open(inner, failure.status());
        Self {
            id: failure.id(),
            type_uri: policy.type_uri(failure, facts, open),
            item: Item::new(inner, failure.status(), policy, everything, 0),
            debug: everything.then(|| Debug::new(failure, facts, policy)),
        }
    }

    /// The least that can be said, for when saying more failed.
    pub(crate) fn minimal(failure: &Failure) -> Self {
        Self {
            id: failure.id(),
            type_uri: None,
            item: Item::closed(failure.status()),
            debug: None,
        }
    }
}

impl Item {
    fn new(
        inner: &Repr,
        status: StatusCode,
        policy: &Policy,
        everything: bool,
        depth: usize,
    ) -> Self {
        let mut item = Self::closed(status);
        item.is_open = everything || is_open(inner, status);
        if item.is_open {
            item.name = inner.name();
            item.title = inner.title();
            item.is_public = inner.exposure() == Exposure::Public;
            item.detail = inner.client_text(everything || item.is_public);
            item.code = inner.code();
            item.details = inner.details();
        }
        for (key, value) in inner.fields() {
            if item.is_open && depth > 0 && key == "pointer" {
                item.pointer = Some(value);
            } else if policy.is_safe(&key) {
                item.fields.push((key, value));
            }
        }
        if depth < MAX_DEPTH {
            let items = inner.items().iter().map(|error| {
                let inner = error.inner();
                Self::new(
                    inner,
                    inner.status(&policy.statuses),
                    policy,
                    everything,
                    depth + 1,
                )
            });
            item.items = items.collect();
        }
        item
    }

    const fn closed(status: StatusCode) -> Self {
        Self {
            status,
            name: None,
            title: None,
            detail: None,
            pointer: None,
            code: None,
            details: None,
            fields: Vec::new(),
            items: Vec::new(),
            is_open: false,
            is_public: false,
        }
    }

    /// The error's title, else the reason phrase of its status.
    pub(crate) fn title(&self) -> Cow<'static, str> {
        self.title
            .clone()
            .unwrap_or_else(|| Cow::Borrowed(reason_phrase(self.status)))
    }
}

impl Debug {
    fn new(failure: &Failure, facts: &RequestInfo, policy: &Policy) -> Self {
        let hidden = failure
            .fields()
            .into_iter()
            .filter(|(key, _)| !policy.is_safe(key));
        let fields = hidden.map(|(key, mut value)| {
            if policy.redacts_fields {
                policy.redactor.member(&key, &mut value);
            }
            (key, value)
        });
        Self {
            type_name: failure.type_name().map(str::to_owned),
            chain: failure.chain().to_vec(),
            fields: fields.collect(),
            shows_backtrace: policy.backtrace.is_open(failure, facts),
            request: format!("{} {}", facts.method(), policy.redactor.uri(facts.uri())),
        }
    }

    /// The chain as text: each message, and under it the place it came from.
    pub(crate) fn stack(&self) -> String {
        let mut text = String::new();
        for (depth, link) in self.chain.iter().enumerate() {
            if depth > 0 {
                text.push_str("\ncaused by: ");
            }
            if let Some(name) = link.type_name() {
                text.push_str(name);
                text.push_str(": ");
            }
            text.push_str(link.message());
            if let Some(at) = link.at() {
                text.push_str("\n    at ");
                text.push_str(&at.to_string());
            }
        }
        text
    }
}
