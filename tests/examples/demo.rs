//! The main job on real input: the demo is started as a process and asked over HTTP.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use crate::example::Example;

#[test]
fn the_demo_responds_to_each_of_its_failures() {
    let demo = Demo::start("production");
    let expected = [
        ("GET", "/", 200, "A shop that fails in every way"),
        ("GET", "/products/7", 200, "a teapot"),
        (
            "GET",
            "/products/42",
            404,
            "\"detail\":\"there is no product 42\"",
        ),
        ("GET", "/products/x", 400, "must be an integer"),
        ("GET", "/orders", 422, "\"pointer\":\"#/items/0/name\""),
        ("GET", "/checkout", 409, "\"inStock\":2"),
        ("GET", "/search?limit=many", 400, "\"parameter\":\"limit\""),
        ("GET", "/stock", 500, "\"title\":\"Internal Server Error\""),
        ("GET", "/invoice", 502, "\"title\":\"Bad Gateway\""),
        ("GET", "/panic", 500, "\"title\":\"Internal Server Error\""),
        ("GET", "/slow", 504, "\"title\":\"Gateway Timeout\""),
        ("GET", "/busy", 503, "retry-after: 1"),
        ("GET", "/supplier", 502, "\"title\":\"Bad Gateway\""),
        ("GET", "/nowhere", 404, "\"title\":\"Not Found\""),
        ("DELETE", "/orders", 405, "allow: POST,GET,HEAD"),
    ];
    for (method, path, status, part) in expected {
        let response = demo.ask(method, path);
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status} ")),
            "{path}: {response}"
        );
        assert!(response.contains(part), "{path}: {response}");
        for secret in [
            "north",
            "stock.json",
            "index out of bounds",
            "10.0.0.7",
            "printer",
        ] {
            assert!(
                status == 200 || !response.contains(secret),
                "{path}: {response}"
            );
        }
    }
    let export = demo.ask("GET", "/export");
    assert!(
        export.contains("7,teapot") && !export.ends_with("0\r\n\r\n"),
        "{export}"
    );
}

#[test]
fn in_development_the_demo_shows_what_happened() {
    let response = Demo::start("development").ask("GET", "/stock");
    assert!(
        response.contains("loading the stock") && response.contains("examples/demo.rs:"),
        "{response}"
    );
}

struct Demo(Example);

impl Demo {
    fn start(mode: &str) -> Self {
        Self(Example::start("demo", |command| {
            command.env("BACKSTOP_MODE", mode).stderr(Stdio::null());
        }))
    }

    /// Head and body, as far as they come.
    fn ask(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.0.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        String::from_utf8(response).unwrap()
    }
}
