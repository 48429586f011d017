//! Redacts a whole report.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::disclosure::Redactor;
use crate::report::breadcrumb::{Breadcrumb, LogLine};
use crate::report::debug_image::DebugImage;
use crate::report::environment::{App, Device, Thread};
use crate::report::feature_flag::FeatureFlag;
use crate::report::frame::Frame;
use crate::report::report::Report;
use crate::report::report_error::ReportError;
use crate::report::request_parts::ReportRequest;
use crate::report::user::User;
use crate::symbols::redact_frame;

/// Redacts sensitive values. The report is destructured without `..`, so that no new field is forgotten.
pub(crate) fn redact(report: &mut Report, redactor: &Redactor) {
    let is_default = report.has_default_fingerprint();
    let Report {
        id: _,
        timestamp: _,
        severity: _,
        handled: _,
        origin: _,
        errors,
        frames,
        debug_images,
        request,
        response: _,
        transaction,
        user,
        attributes,
        metadata,
        feature_flags,
        breadcrumbs,
        logs,
        app,
        device,
        thread,
        trace_id: _,
        span_id: _,
        fingerprint,
        site: _,
        suppressed: _,
        trimmed,
    } = report;
    let redaction = Redaction(redactor);
    redaction.errors(errors);
    redaction.backtrace(frames, debug_images);
    redaction.request(request, user);
    redaction.maybe(transaction);
    redaction.data(attributes, metadata, feature_flags);
    redaction.record(breadcrumbs, logs);
    redaction.process(app, device, thread);
    if !is_default {
        redaction.text(fingerprint);
    }
    for text in trimmed {
        redaction.text(text);
    }
}

struct Redaction<'a>(&'a Redactor);

impl Redaction<'_> {
    fn text(&self, text: &mut String) {
        self.0.string(text);
    }

    fn maybe(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    /// Redacts the value of a key.
    fn member(&self, key: &str, text: &mut String) {
        let redacted = self.0.field(key, text).into_owned();
        *text = redacted;
    }

    fn errors(&self, errors: &mut [ReportError]) {
        for error in errors {
            let ReportError {
                type_name,
                message,
                location: _,
            } = error;
            self.maybe(type_name);
            self.text(message);
        }
    }

    fn backtrace(&self, frames: &mut [Arc<Frame>], debug_images: &mut [Arc<DebugImage>]) {
        // What the worker resolves is added afterwards, redacted.
        for frame in frames {
            if frame.function.is_some() || frame.file.is_some() || !frame.source.is_empty() {
                redact_frame(self.0, Arc::make_mut(frame));
            }
        }
        for image in debug_images {
            let DebugImage {
                file,
                build_id,
                debug_id: _,
                address: _,
                size: _,
            } = Arc::make_mut(image);
            self.text(file);
            self.maybe(build_id);
        }
    }

    fn request(&self, request: &mut Option<ReportRequest>, user: &mut Option<User>) {
        if let Some(ReportRequest {
            method,
            url,
            route,
            headers,
        }) = request
        {
            self.text(method);
            if let Cow::Owned(redacted) = self.0.address(url) {
                *url = redacted;
            }
            self.maybe(route);
            for (name, value) in headers {
                self.member(name, value);
            }
        }
        if let Some(User { id, name, email }) = user {
            for (key, value) in [("id", id), ("name", name), ("email", email)] {
                if let Some(value) = value {
                    self.member(key, value);
                }
            }
        }
    }

    fn data(
        &self,
        attributes: &mut BTreeMap<String, Value>,
        metadata: &mut BTreeMap<String, Map<String, Value>>,
        feature_flags: &mut [FeatureFlag],
    ) {
        self.0.attributes(attributes);
        for (section, members) in metadata {
            self.0.members(section, members);
        }
        for FeatureFlag { name, variant } in feature_flags {
            if let Some(variant) = variant {
                self.member(name, variant);
            }
        }
    }

    fn record(&self, breadcrumbs: &mut [Breadcrumb], logs: &mut [LogLine]) {
        for breadcrumb in breadcrumbs {
            let Breadcrumb {
                timestamp: _,
                message,
                kind: _,
                level: _,
                data,
            } = breadcrumb;
            if let Cow::Owned(redacted) = self.0.text(message) {
                *message = Cow::Owned(redacted);
            }
            self.0.members("", data);
        }
        for LogLine { message, .. } in logs {
            self.text(message);
        }
    }

    fn process(
        &self,
        app: &mut Option<App>,
        device: &mut Option<Device>,
        thread: &mut Option<Thread>,
    ) {
        if let Some(App {
            name,
            version,
            release_stage,
        }) = app
        {
            for text in [name, version, release_stage] {
                self.maybe(text);
            }
        }
        if let Some(Device { hostname, os, arch }) = device {
            self.maybe(hostname);
            self.text(os);
            self.text(arch);
        }
        if let Some(Thread { name, id: _ }) = thread {
            self.maybe(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::disclosure::REDACTED;

    #[test]
    fn no_secret_survives_in_any_field() {
        let nested =
            json!({"deep": [{"api_key_v2": "s3cr3t"}], "text": "{\"password\":\"s3cr3t\"}"});
        let url = "postgres://app:s3cr3t@db/shop";
        let mut report: Report = serde_json::from_value(json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057",
            "timestamp": 1, "severity": "error", "handled": false, "origin": "handler",
            "errors": [
                {"type": "app::auth::Error", "message": format!("{url} refused"), "location": "src/a.rs:1:1"},
                {"message": "{\"token\": \"s3cr3t\"}"},
            ],
            "frames": [{
                "function": "app::session::open", "file": "src/a.rs", "line": 1, "address": 1, "in_app": true,
                "source": [{"number": 1, "text": "let password = \"s3cr3t\";"}],
            }],
            "request": {
                "method": "GET",
                "url": "/a?x=1&access%5Ftoken=s3cr3t&next=https://me:s3cr3t@host/",
                "route": "/a",
                "headers": {"cookie": "s3cr3t", "x-api-key": "s3cr3t", "referer": "https://h/?token=s3cr3t"},
            },
            "response": {"status": 500},
            "transaction": "GET /a?token=s3cr3t",
            "user": {"id": "7", "email": "password=s3cr3t"},
            "attributes": {"session_id": "s3cr3t", "plain": "secret=s3cr3t", "count": 3},
            "metadata": {"annotations": {"order": nested}, "credentials": {"user": "s3cr3t"}},
            "feature_flags": [{"name": "auth_token", "variant": "s3cr3t"}],
            "breadcrumbs": [{
                "timestamp": 1, "message": "Authorization: Bearer s3cr3t", "kind": "manual", "level": "info",
                "data": {"set-cookie": "s3cr3t", "url": url},
            }],
            "logs": [{"timestamp": 1, "level": "info", "message": "pwd=s3cr3t"}],
            "app": {"name": "shop", "version": "token=s3cr3t"},
            "device": {"hostname": "h", "os": "linux", "arch": "x86_64"},
            "thread": {"name": "password: s3cr3t", "id": 1},
            "fingerprint": "secret=s3cr3t",
            "trimmed": ["token=s3cr3t"],
        }))
        .unwrap();
        redact(&mut report, &Redactor::default());
        let text = serde_json::to_string(&report).unwrap();
        assert!(!text.contains("s3cr3t"), "{text}");
        for kept in [
            "app::auth::Error",
            "app::session::open",
            "src/a.rs:1:1",
            "/a?x=1&",
            "\"count\":3",
        ] {
            assert!(text.contains(kept), "{kept} in {text}");
        }
        let once = report.clone();
        redact(&mut report, &Redactor::default());
        assert_eq!(report, once, "twice changes nothing");
    }

    #[test]
    fn the_keys_of_the_application_apply_to_the_user_too() {
        let mut redactor = Redactor::default();
        redactor.insert("email");
        let mut report: Report = serde_json::from_value(json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057",
            "timestamp": 1, "severity": "error", "handled": false, "origin": "handler",
            "user": {"id": "7", "email": "me@example.com"}, "fingerprint": "",
        }))
        .unwrap();
        redact(&mut report, &redactor);
        let user = report.user.unwrap();
        assert_eq!(
            (user.id.as_deref(), user.email.as_deref()),
            (Some("7"), Some(REDACTED))
        );
    }
}
