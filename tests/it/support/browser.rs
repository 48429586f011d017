//! Chromium without a window, steered through its `DevTools` pipe. It records whatever its pages complain about.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// One page. The browser ends when it is dropped, and by itself after five minutes.
pub(crate) struct Browser {
    commands: ChildStdin,
    messages: BufReader<ChildStdout>,
    session: Value,
    last_id: u64,
    /// Errors of scripts, violations of the policy, and whatever is written to the console.
    pub(crate) complaints: Vec<String>,
    process: Child,
}

impl Browser {
    /// Starts with an empty profile in this folder.
    pub(crate) fn start(profile: &Path) -> Self {
        // It reads commands from 3 and writes messages to 4.
        let script = "exec timeout --kill-after=10 300 chromium --headless --no-sandbox --disable-gpu \
            --disable-quic --no-first-run --disable-background-networking --disable-component-update \
            --disable-sync --no-proxy-server --remote-debugging-pipe --user-data-dir=\"$1\" \
            3<&0 4>&1 0</dev/null 1>&2";
        let mut process = Command::new("sh")
            .args(["-c", script, "chromium"])
            .arg(profile)
            .current_dir(profile)
            .env("HOME", profile)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let mut browser = Self {
            commands: process.stdin.take().expect("a pipe"),
            messages: BufReader::new(process.stdout.take().expect("a pipe")),
            session: Value::Null,
            last_id: 0,
            complaints: Vec::new(),
            process,
        };
        let permissions = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
        browser.call("Browser.grantPermissions", &permissions);
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        browser.session = browser.call("Target.attachToTarget", &attach)["sessionId"].clone();
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.call(domain, &json!({}));
        }
        browser.call(
            "Emulation.setFocusEmulationEnabled",
            &json!({"enabled": true}),
        );
        browser
    }

    /// Sets the size of the window and the theme, `light` or `dark`.
    pub(crate) fn appear(&mut self, width: u32, height: u32, theme: &str) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &size);
        let theme = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
        self.call("Emulation.setEmulatedMedia", &theme);
    }

    pub(crate) fn open(&mut self, url: &str) {
        self.call("Page.navigate", &json!({"url": url}));
        while self.next()["method"] != "Page.loadEventFired" {}
    }

    /// Presses and releases a key.
    pub(crate) fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" && key.len() == 1 {
                key
            } else {
                ""
            };
            self.call(
                "Input.dispatchKeyEvent",
                &json!({"type": kind, "key": key, "text": text}),
            );
        }
    }

    /// The value of an expression, for which promises are awaited.
    #[track_caller]
    pub(crate) fn run(&mut self, script: &str) -> Value {
        let script = json!({"expression": script, "returnByValue": true, "awaitPromise": true, "userGesture": true});
        let ran = self.call("Runtime.evaluate", &script);
        assert!(ran.get("exceptionDetails").is_none(), "{ran}");
        ran["result"]["value"].clone()
    }

    pub(crate) fn screenshot(&mut self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", &json!({}));
        let picture = picture["data"].as_str().expect("a picture");
        BASE64_STANDARD.decode(picture).expect("base64")
    }

    #[track_caller]
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let mut command = json!({"id": id, "method": method, "params": params});
        if !self.session.is_null() {
            command["sessionId"] = self.session.clone();
        }
        write!(self.commands, "{command}\0").expect("Chromium reads");
        self.commands.flush().expect("Chromium reads");
        loop {
            let message = self.next();
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    /// The next message or event.
    fn next(&mut self) -> Value {
        let mut message = Vec::new();
        self.messages
            .read_until(0, &mut message)
            .expect("Chromium writes");
        assert_eq!(message.pop(), Some(0), "Chromium has ended");
        let message: Value = serde_json::from_slice(&message).expect("JSON");
        let params = &message["params"];
        let is_complaint = match message["method"].as_str() {
            // That a page is an error page is no complaint.
            Some("Log.entryAdded") => params["entry"]["source"] != "network",
            Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled") => true,
            _ => false,
        };
        if is_complaint {
            self.complaints.push(params.to_string());
        }
        message
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // `timeout` passes it on to Chromium.
        let _ = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _ = self.process.wait();
    }
}
