//! The program itself: its port, its mode, its usage.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_library-api");

#[test]
fn it_prints_where_it_listens_and_responds_there() {
    let library = Library::start("production");
    let document = library.ask("/openapi.json");
    assert!(document.starts_with("HTTP/1.1 200 "), "{document}");
    let missing = library.ask("/books/7");
    assert!(missing.starts_with("HTTP/1.1 404 "), "{missing}");
    assert!(missing.contains(r#""code":"NO_BOOK""#), "{missing}");
    assert!(!missing.contains("src/"), "{missing}");
}

#[test]
fn development_shows_details() {
    let missing = Library::start("development").ask("/books/7");
    assert!(missing.contains("library_api::errors::"), "{missing}");
}

#[test]
fn an_unknown_mode_or_argument_is_a_usage_error() {
    let ends = |mode: &str, arguments: &[&str]| {
        let mut program = Command::new(PROGRAM);
        let program = program.env("BACKSTOP_MODE", mode).args(arguments);
        !program.output().unwrap().status.success()
    };
    assert!(ends("holiday", &["--port", "0"]));
    assert!(ends("production", &["--door", "0"]));
}

struct Library {
    process: Child,
    address: String,
}

impl Library {
    fn start(mode: &str) -> Self {
        let mut process = Command::new(PROGRAM)
            .args(["--port", "0"])
            .env("BACKSTOP_MODE", mode)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let (_, address) = line.trim_end().rsplit_once("//").unwrap();
        let address = address.trim_end_matches('/').to_owned();
        Self { process, address }
    }

    fn ask(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
