//! A report as one event.

use std::borrow::Cow;

use backstop::Report;
use sentry_types::protocol::v7::{ClientSdkInfo, ClientSdkPackage, Event, User};
use serde_json::Value;

use crate::breadcrumbs::{breadcrumbs, level, time};
use crate::contexts::contexts;
use crate::debug_meta::{adjust_addresses, debug_meta};
use crate::exceptions::{exceptions, threads};
use crate::names::{Names, one_line};
use crate::request::request;
use crate::tags::tags;

/// The name and version of the SDK, as events contain them.
const NAME: &str = "backstop";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The event as JSON.
pub(crate) fn render(report: &Report, names: &Names) -> Vec<u8> {
    let mut event = serde_json::to_value(event(report, names)).unwrap_or_default();
    // `sentry-types` gives the type `unknown` to contexts that it does not know. Sentry goes by their names alone.
    let contexts = event.get_mut("contexts").and_then(Value::as_object_mut);
    let contexts = contexts
        .into_iter()
        .flat_map(|contexts| contexts.values_mut());
    for context in contexts.filter_map(Value::as_object_mut) {
        if context.get("type").is_some_and(|kind| kind == "unknown") {
            context.remove("type");
        }
    }
    if !report.debug_images.is_empty() {
        adjust_addresses(&mut event);
    }
    serde_json::to_vec(&event).unwrap_or_default()
}

pub(crate) fn sdk() -> ClientSdkInfo {
    ClientSdkInfo {
        name: NAME.to_owned(),
        version: VERSION.to_owned(),
        integrations: Vec::new(),
        packages: vec![ClientSdkPackage {
            name: format!("cargo:{NAME}"),
            version: VERSION.to_owned(),
        }],
    }
}

fn event(report: &Report, names: &Names) -> Event<'static> {
    let (tags, attributes) = tags(report);
    let (contexts, extra) = contexts(report, attributes);
    let device = report.device.as_ref();
    let hostname = device.and_then(|device| device.hostname.clone());
    let transaction = report.transaction.as_deref();
    let transaction = transaction.map(|transaction| one_line(transaction, 200));
    Event {
        event_id: report.id,
        timestamp: time(report.timestamp),
        level: level(report.severity),
        // The platform for which Sentry shows compiled code.
        platform: Cow::Borrowed("native"),
        fingerprint: Cow::Owned(vec![fingerprint(report)]),
        transaction: transaction.filter(|transaction| !transaction.is_empty()),
        server_name: hostname.map(Cow::Owned),
        release: names.release(report).map(Cow::Owned),
        environment: names.environment(report).map(Cow::Owned),
        user: user(report),
        request: request(report),
        contexts,
        extra,
        tags,
        breadcrumbs: breadcrumbs(report).into(),
        exception: exceptions(report).into(),
        threads: threads(report).into(),
        debug_meta: debug_meta(report),
        sdk: Some(Cow::Owned(sdk())),
        ..Event::default()
    }
}

/// Sentry groups by the stack trace and the types, unless the application set a fingerprint.
fn fingerprint(report: &Report) -> Cow<'static, str> {
    if report.has_default_fingerprint() {
        Cow::Borrowed("{{ default }}")
    } else {
        Cow::Owned(report.fingerprint.clone())
    }
}

fn user(report: &Report) -> Option<User> {
    let user = report.user.as_ref()?;
    Some(User {
        id: user.id.clone(),
        username: user.name.clone(),
        email: user.email.clone(),
        ..User::default()
    })
}
