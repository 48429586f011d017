//! Chromium without a window, steered through its `DevTools` pipe.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::server::{Running, bounded, empty};

/// One page. The browser ends when it is dropped.
pub(crate) struct Browser {
    commands: ChildStdin,
    messages: BufReader<ChildStdout>,
    session: Value,
    last_id: u64,
    _process: Running,
}

impl Browser {
    /// With an empty profile, in a folder.
    pub(crate) fn start(folder: &Path) -> Self {
        let profile = empty(folder.join("chromium"));
        // It reads commands from 3 and writes messages to 4.
        let script = "exec chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
            --disable-background-networking --disable-component-update --disable-sync --no-proxy-server \
            --remote-debugging-pipe --user-data-dir=\"$1\" 3<&0 4>&1 0</dev/null 1>&2";
        let mut process = bounded(Path::new("sh"), &profile)
            .args(["-c", script, "chromium"])
            .arg(&profile)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut browser = Self {
            commands: process.stdin.take().unwrap(),
            messages: BufReader::new(process.stdout.take().unwrap()),
            session: Value::Null,
            last_id: 0,
            _process: Running(process),
        };
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        browser.session = browser.call("Target.attachToTarget", &attach)["sessionId"].clone();
        browser.call("Page.enable", &json!({}));
        let size =
            json!({"width": 1_400, "height": 1_400, "deviceScaleFactor": 1, "mobile": false});
        browser.call("Emulation.setDeviceMetricsOverride", &size);
        browser
    }

    pub(crate) fn open(&mut self, url: &str) {
        self.call("Page.navigate", &json!({"url": url}));
        self.loaded();
    }

    /// Fills in the fields of a form and sends it.
    pub(crate) fn submit(&mut self, fields: &[(&str, &str)]) {
        for (name, value) in fields {
            let (name, value) = (json!(format!("[name={name}]")), json!(value));
            self.run(&format!("document.querySelector({name}).value = {value}"));
        }
        self.run("document.querySelector('[name=password]').form.requestSubmit()");
        self.loaded();
    }

    /// What a person reads on the page.
    pub(crate) fn text(&mut self) -> String {
        let text = self.run("document.body.innerText");
        text.as_str().unwrap().to_owned()
    }

    /// A picture of the page as it opens.
    pub(crate) fn screenshot(&mut self, file: &Path) {
        let picture = self.call("Page.captureScreenshot", &json!({}));
        let picture = BASE64_STANDARD
            .decode(picture["data"].as_str().unwrap())
            .unwrap();
        fs::write(file, picture).unwrap();
    }

    fn run(&mut self, script: &str) -> Value {
        let script = json!({"expression": script, "returnByValue": true});
        let ran = self.call("Runtime.evaluate", &script);
        assert!(ran.get("exceptionDetails").is_none(), "{ran}");
        ran["result"]["value"].clone()
    }

    fn loaded(&mut self) {
        while self.next()["method"] != "Page.loadEventFired" {}
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let mut command = json!({"id": id, "method": method, "params": params});
        if !self.session.is_null() {
            command["sessionId"] = self.session.clone();
        }
        write!(self.commands, "{command}\0").unwrap();
        self.commands.flush().unwrap();
        loop {
            let message = self.next();
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    /// The next message or event. A browser that hangs is ended, and then there is none.
    fn next(&mut self) -> Value {
        let mut message = Vec::new();
        self.messages.read_until(0, &mut message).unwrap();
        assert_eq!(message.pop(), Some(0), "Chromium has ended");
        serde_json::from_slice(&message).unwrap()
    }
}
