//! The example is started as a process and asked over HTTP; its log is read.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{ChildStderr, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use crate::example::Example;

const LONG: Duration = Duration::from_secs(60);

#[test]
fn each_route_fails_in_another_location_and_is_reported_with_what_is_known() {
    let mut routes = ThreeRoutes::start();

    let response = routes.ask("/error");
    assert!(response.starts_with("HTTP/1.1 500 "), "{response}");
    assert!(!response.contains("orders"), "{response}");
    let report = routes.report();
    for part in [
        "ERROR 500 GET /error ",
        "reading the orders",
        "examples/three_routes.rs:",
        "url  GET /error\n",
    ] {
        assert!(report.contains(part), "{part} in {report}");
    }
    assert!(!report.contains("spawned at"), "{report}");

    let response = routes.ask("/asyncerror");
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    let report = routes.report();
    for part in [
        "an error from the event loop [panic]",
        "three_routes.rs:",
        "scope  unknown",
    ] {
        assert!(report.contains(part), "{part} in {report}");
    }
    for part in ["asyncerror\n", "GET", "spawned at"] {
        assert!(!report.contains(part), "{part} in {report}");
    }

    let response = routes.ask("/domainerror");
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    let report = routes.report();
    for part in [
        "ERROR GET /domainerror ",
        "an error from the event loop [panic]",
        " spawned at ",
        "responded, and went on",
        "url  GET /domainerror\n",
    ] {
        assert!(report.contains(part), "{part} in {report}");
    }

    assert!(routes.ask("/nowhere").starts_with("HTTP/1.1 404 "));
    assert_eq!(routes.example.process.try_wait().unwrap(), None);
}

struct ThreeRoutes {
    example: Example,
    log: Receiver<String>,
}

impl ThreeRoutes {
    fn start() -> Self {
        let mut example = Example::start("three_routes", |command| {
            command.env("RUST_BACKTRACE", "0").stderr(Stdio::piped());
        });
        let log = lines(example.process.stderr.take().unwrap());
        Self { example, log }
    }

    /// Head and body.
    fn ask(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.example.address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }

    /// The next report in the log, up to the line that ends each.
    fn report(&self) -> String {
        let next = || self.log.recv_timeout(LONG).unwrap();
        let head = std::iter::repeat_with(next).find(|line| line.starts_with("ERROR "));
        let next = || self.log.recv_timeout(LONG).unwrap();
        let rest = std::iter::repeat_with(next).take_while(|line| !line.is_empty());
        let lines: Vec<String> = head.into_iter().chain(rest).collect();
        lines.join("\n") + "\n"
    }
}

fn lines(log: ChildStderr) -> Receiver<String> {
    let (send, lines) = mpsc::channel();
    std::thread::spawn(move || {
        let read = BufReader::new(log).lines().map_while(Result::ok);
        read.map(|line| send.send(line))
            .take_while(Result::is_ok)
            .count()
    });
    lines
}
