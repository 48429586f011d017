//! The example is started as a process and asked over HTTP; its log is read.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

#[test]
fn each_route_fails_in_another_location_and_is_reported_with_what_is_known() {
    let mut example = Example::start();

    let answer = example.ask("/error");
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(!answer.contains("orders"), "{answer}");
    let report = example.report();
    for part in [
        "ERROR 500 GET /error ",
        "reading the orders",
        "examples/three_routes.rs:",
        "url  GET /error\n",
    ] {
        assert!(report.contains(part), "{part} in {report}");
    }
    assert!(!report.contains("spawned at"), "{report}");

    let answer = example.ask("/asyncerror");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let report = example.report();
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

    let answer = example.ask("/domainerror");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let report = example.report();
    for part in [
        "ERROR GET /domainerror ",
        "an error from the event loop [panic]",
        " spawned at ",
        "responded, and went on",
        "url  GET /domainerror\n",
    ] {
        assert!(report.contains(part), "{part} in {report}");
    }

    assert!(example.ask("/nowhere").starts_with("HTTP/1.1 404 "));
    assert_eq!(example.process.try_wait().unwrap(), None);
}

struct Example {
    process: Child,
    address: String,
    log: Receiver<String>,
}

impl Example {
    fn start() -> Self {
        // Beside the tests lie the examples; `cargo test` builds both.
        let tests = std::env::current_exe().unwrap();
        let examples = tests.parent().unwrap().with_file_name("examples");
        let mut process = Command::new(examples.join("three_routes"))
            .args(["--port", "0"])
            .env("RUST_BACKTRACE", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().trim_end_matches('/').rsplit('/').next();
        Self {
            address: address.unwrap().to_owned(),
            log: lines(process.stderr.take().unwrap()),
            process,
        }
    }

    /// Head and body.
    fn ask(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
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

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
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
