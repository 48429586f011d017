//! The redactor over a whole report.

use std::borrow::Cow;

use http::Uri;
use serde_json::{Map, Value};

use crate::disclosure::{REDACTED, Redactor};
use crate::report::breadcrumb::{Breadcrumb, LogLine};
use crate::report::environment::{App, Device, Thread};
use crate::report::feature_flag::FeatureFlag;
use crate::report::frame::{Frame, SourceLine};
use crate::report::report::Report;
use crate::report::report_error::ReportError;
use crate::report::request_parts::ReportRequest;
use crate::report::user::User;

/// Hides what is sensitive. Every field is named here, so that a new one is not forgotten.
pub(super) fn scrub(report: &mut Report, redactor: &Redactor) {
    let Report {
        id: _,
        timestamp: _,
        severity: _,
        handled: _,
        origin: _,
        errors,
        frames,
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
        suppressed: _,
        trimmed,
    } = report;
    let scrubber = Scrubber(redactor);
    errors.iter_mut().for_each(|error| scrubber.error(error));
    frames.iter_mut().for_each(|frame| scrubber.frame(frame));
    request
        .iter_mut()
        .for_each(|request| scrubber.request(request));
    scrubber.maybe(transaction);
    user.iter_mut().for_each(|user| scrubber.user(user));
    for (key, value) in attributes {
        redactor.member(key, value);
    }
    for (section, members) in metadata {
        scrubber.section(section, members);
    }
    feature_flags
        .iter_mut()
        .for_each(|flag| scrubber.flag(flag));
    breadcrumbs
        .iter_mut()
        .for_each(|crumb| scrubber.breadcrumb(crumb));
    logs.iter_mut()
        .for_each(|LogLine { message, .. }| scrubber.text(message));
    if let Some(App {
        name,
        version,
        release_stage,
    }) = app
    {
        let texts = [name, version, release_stage];
        texts.into_iter().for_each(|text| scrubber.maybe(text));
    }
    if let Some(Device { hostname, os, arch }) = device {
        scrubber.maybe(hostname);
        scrubber.text(os);
        scrubber.text(arch);
    }
    if let Some(Thread { name, id: _ }) = thread {
        scrubber.maybe(name);
    }
    scrubber.text(fingerprint);
    trimmed.iter_mut().for_each(|text| scrubber.text(text));
}

struct Scrubber<'a>(&'a Redactor);

impl Scrubber<'_> {
    fn text(&self, text: &mut String) {
        if let Cow::Owned(redacted) = self.0.text(text) {
            *text = redacted;
        }
    }

    fn maybe(&self, text: &mut Option<String>) {
        text.iter_mut().for_each(|text| self.text(text));
    }

    /// The value of a key.
    fn member(&self, key: &str, text: &mut String) {
        if self.0.is_sensitive(key) {
            REDACTED.clone_into(text);
        } else {
            self.text(text);
        }
    }

    fn error(
        &self,
        ReportError {
            type_name,
            message,
            location: _,
        }: &mut ReportError,
    ) {
        self.maybe(type_name);
        self.text(message);
    }

    fn frame(&self, frame: &mut Frame) {
        let Frame {
            function,
            file,
            source,
            line: _,
            column: _,
            address: _,
            in_app: _,
        } = frame;
        self.maybe(function);
        self.maybe(file);
        source
            .iter_mut()
            .for_each(|SourceLine { text, .. }| self.text(text));
    }

    fn request(&self, request: &mut ReportRequest) {
        let ReportRequest {
            method,
            url,
            route,
            headers,
        } = request;
        self.text(method);
        if let Ok(uri) = url.parse::<Uri>() {
            let start = uri
                .authority()
                .map(|authority| format!("{}://{authority}", uri.scheme_str().unwrap_or_default()));
            *url = start.unwrap_or_default() + &self.0.uri(&uri);
        }
        self.text(url);
        self.maybe(route);
        for (name, value) in headers {
            self.member(name, value);
        }
    }

    fn user(&self, User { id, name, email }: &mut User) {
        for (key, value) in [("id", id), ("name", name), ("email", email)] {
            value.iter_mut().for_each(|value| self.member(key, value));
        }
    }

    fn section(&self, section: &str, members: &mut Map<String, Value>) {
        let is_sensitive = self.0.is_sensitive(section);
        for (key, value) in members {
            if is_sensitive {
                *value = Value::String(REDACTED.to_owned());
            } else {
                self.0.member(key, value);
            }
        }
    }

    fn flag(&self, FeatureFlag { name, variant }: &mut FeatureFlag) {
        variant
            .iter_mut()
            .for_each(|variant| self.member(name, variant));
    }

    fn breadcrumb(&self, crumb: &mut Breadcrumb) {
        let Breadcrumb {
            timestamp: _,
            message,
            kind: _,
            level: _,
            data,
        } = crumb;
        if let Cow::Owned(redacted) = self.0.text(message) {
            *message = Cow::Owned(redacted);
        }
        self.section("", data);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_secret_survives_wherever_it_stands() {
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
            "feature_flags": [{"name": "auth_variant", "variant": "s3cr3t"}],
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
        scrub(&mut report, &Redactor::default());
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
        scrub(&mut report, &Redactor::default());
        assert_eq!(report, once, "twice changes nothing");
    }

    #[test]
    fn the_applications_own_keys_hide_the_users_too() {
        let mut redactor = Redactor::default();
        redactor.insert("email");
        let mut report: Report = serde_json::from_value(json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057",
            "timestamp": 1, "severity": "error", "handled": false, "origin": "handler",
            "user": {"id": "7", "email": "me@example.com"}, "fingerprint": "",
        }))
        .unwrap();
        scrub(&mut report, &redactor);
        let user = report.user.unwrap();
        assert_eq!(
            (user.id.as_deref(), user.email.as_deref()),
            (Some("7"), Some(REDACTED))
        );
    }
}
