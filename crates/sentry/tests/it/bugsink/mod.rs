//! A real receiver: the failures of the example `shop` arrive at Bugsink, which speaks Sentry's protocol, and a person
//! can read them there. `.ci/run` installs what it needs.

mod browser;
mod server;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use backstop_testkit::text;
use serde_json::{Value, json};

use self::browser::Browser;
use self::server::{Bugsink, PASSWORD, Running, USER, bounded};

#[test]
#[ignore = "needs Bugsink from PyPI and Chromium"]
fn failures_of_the_shop_arrive_at_bugsink_where_a_person_can_read_them() {
    let home = target().join("bugsink");
    let bugsink = Bugsink::start(&home);
    let shop = Shop::start(&bugsink.dsn);
    // Below 500 nothing is reported.
    shop.get("/products/42", 404);
    let error = shop.get("/stock?token=s3cr3t", 500);
    let panic = shop.get("/panic", 500);
    let bare = shop.get("/supplier", 502);

    let events = events(&bugsink, 3);
    let whole = json!(events).to_string();
    assert!(
        !whole.contains("s3cr3t") && whole.contains("token=[REDACTED]"),
        "{whole}"
    );
    let of = |id: &str| {
        let id = id.replace('-', "");
        let event = events.iter().find(|event| event["data"]["event_id"] == id);
        event.unwrap_or_else(|| panic!("no {id} in {whole}"))
    };
    assert_error(&of(&error)["data"]);
    assert_panic(&of(&panic)["data"]);
    let values = &of(&bare)["data"]["exception"]["values"];
    assert_eq!(
        values[0]["value"],
        "upstream 10.0.0.7 refused: bad password"
    );

    let mut browser = Browser::start(&home);
    browser.open(&format!("{}/accounts/login/", bugsink.url));
    browser.submit(&[("username", USER), ("password", PASSWORD)]);
    let mut read = |event: &Value, page: &str, parts: &[&str]| {
        let url = format!("{}{}{page}", bugsink.url, event["page"].as_str().unwrap());
        browser.open(&url);
        let text = browser.text();
        for part in parts {
            assert!(text.contains(part), "no {part} at {url}: {text}");
        }
        let name = page.trim_matches('/');
        let kind = event["data"]["contexts"]["backstop"]["mechanism"]
            .as_str()
            .unwrap();
        browser.screenshot(&home.join(format!("{kind}-{name}.png")));
    };
    let chain = [
        "loading the stock",
        "No such file or directory",
        "examples/shop.rs",
    ];
    read(of(&error), "", &chain);
    let frames = ["index out of bounds", "shop::panics", "prices[index]"];
    read(of(&panic), "", &frames);
    read(of(&panic), "breadcrumbs/", &["looked for the last price"]);
    let details = ["GET", "/panic", "shop@", &panic];
    read(of(&panic), "details/", &details);
}

/// The chain, root cause first: each with a frame of the shop, the outermost with its line. Breadcrumbs and request.
fn assert_error(event: &Value) {
    let values = event["exception"]["values"].as_array().unwrap();
    let messages: Vec<&Value> = values.iter().map(|value| &value["value"]).collect();
    let root = "No such file or directory (os error 2)";
    assert_eq!(messages, [root, "loading the stock"]);
    for value in values {
        let frames = value["stacktrace"]["frames"].as_array().unwrap();
        let file = text(&frames.last().unwrap()["filename"]);
        assert!(file.ends_with("examples/shop.rs"), "{file}");
    }
    let innermost = values[1]["stacktrace"]["frames"].as_array().unwrap();
    let line = text(&innermost.last().unwrap()["context_line"]);
    assert!(line.contains("loading the stock"), "{line}");
    assert_eq!(
        values[1]["mechanism"],
        json!({"type": "handler", "handled": false})
    );
    assert_eq!(crumbs(event), ["looked on the shelf"]);
    let request = &event["request"];
    assert_eq!(
        (&request["method"], &request["query_string"]),
        (&json!("GET"), &json!("token=[REDACTED]"))
    );
    assert!(
        request["url"].as_str().unwrap().ends_with("/stock"),
        "{request}"
    );
}

/// The frames, the newest last, with the source of the application's own.
fn assert_panic(event: &Value) {
    let values = event["exception"]["values"].as_array().unwrap();
    assert_eq!(values.len(), 1);
    let frames = values[0]["stacktrace"]["frames"].as_array().unwrap();
    let (frame, callers) = frames.split_last().unwrap();
    assert_eq!(frame["in_app"], true);
    let function = text(&frame["function"]);
    assert!(function.starts_with("shop::panics"), "{frame}");
    let line = text(&frame["context_line"]);
    assert!(line.contains("prices[index]"), "{frame}");
    let is_axum = |frame: &Value| {
        let file = frame["filename"].as_str().unwrap_or_default();
        file.contains("axum") && frame["in_app"] == false
    };
    assert!(callers.iter().any(is_axum), "{callers:#?}");
    assert_eq!(crumbs(event), ["looked for the last price"]);
    assert_eq!(
        event["release"],
        concat!("shop@", env!("CARGO_PKG_VERSION"))
    );
}

fn crumbs(event: &Value) -> Vec<&str> {
    let crumbs = event["breadcrumbs"]["values"].as_array().unwrap();
    crumbs
        .iter()
        .map(|crumb| crumb["message"].as_str().unwrap())
        .collect()
}

/// So many events, as soon as they are there, and never more.
fn events(bugsink: &Bugsink, count: usize) -> Vec<Value> {
    let start = Instant::now();
    loop {
        let events = bugsink.events();
        if events.len() >= count {
            assert_eq!(events.len(), count, "{events:#?}");
            return events;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{events:#?}");
    }
}

/// The example, as a process.
struct Shop {
    address: String,
    _process: Running,
}

impl Shop {
    fn start(dsn: &str) -> Self {
        let program = target().join("debug/examples/shop");
        let mut process = bounded(&program, &std::env::current_dir().unwrap())
            .args(["--port", "0"])
            .env("BACKSTOP_MODE", "production")
            .env("SENTRY_DSN", dsn)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address = line
            .trim()
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap();
        Self {
            address: address.to_owned(),
            _process: Running(process),
        }
    }

    /// The id of what failed.
    fn get(&self, path: &str, status: u16) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status} ")),
            "{response}"
        );
        let id = response
            .lines()
            .find_map(|line| line.strip_prefix("x-error-id: "));
        id.unwrap_or_else(|| panic!("no id: {response}")).to_owned()
    }
}

/// Where cargo builds: the tests are in `debug/deps` of it.
fn target() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.ancestors().nth(3).unwrap().to_owned()
}
