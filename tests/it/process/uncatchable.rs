//! What cannot be caught: a process ends as it would without Backstop.

#![expect(
    clippy::exit,
    clippy::panic,
    clippy::unwrap_used,
    reason = "ends of processes are what is tested"
)]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use backstop::Backstop;
use backstop::reporters::Memory;

use crate::support::process::{CHILD, child, output};

const SIGABRT: i32 = 6;
const SIGTERM: i32 = 15;

/// Ends this process by `end`, if it is the child; else its two ends, which are alike.
fn ends(end: impl FnOnce()) -> Output {
    if let Ok(hook) = std::env::var(CHILD) {
        let backstop = Backstop::production()
            .reporter(Memory::new())
            .build()
            .unwrap();
        if hook == "with" {
            backstop.install_panic_hook().unwrap();
        }
        end();
        panic!("it did not end");
    }
    let with = output(&mut child("with"));
    let without = output(&mut child("without"));
    assert_eq!(with.status, without.status, "{with:?}");
    assert_eq!(said(&with), said(&without));
    with
}

/// What it wrote to standard error. The number of the thread differs, and of a nested panic's stack the frames.
fn said(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines = text.lines().filter(|line| {
        let first = line.trim_start().chars().next();
        let is_frame = first.is_none_or(|first| first.is_ascii_digit());
        !is_frame && !line.trim_start().starts_with("at ")
    });
    let words = |line: &str| -> Vec<String> {
        let words = line
            .split_whitespace()
            .filter(|word| !word.starts_with('('));
        words.map(str::to_owned).collect()
    };
    lines.map(|line| words(line).join(" ")).collect()
}

struct Falls;

impl Drop for Falls {
    fn drop(&mut self) {
        panic!("in the destructor");
    }
}

#[test]
fn a_panic_out_of_a_destructor_while_another_unwinds_aborts() {
    let end = ends(|| {
        let _falls = Falls;
        panic!("first");
    });
    assert_eq!(end.status.signal(), Some(SIGABRT));
    let said = said(&end).join("\n");
    assert!(
        said.contains("first") && said.contains("in the destructor"),
        "{said}"
    );
}

#[test]
fn a_stack_overflow_aborts() {
    #[expect(unconditional_recursion, reason = "that is the point")]
    fn deeper(depth: &[u8; 4096]) -> u8 {
        let mut more = *depth;
        more[0] = more[0].wrapping_add(1);
        deeper(std::hint::black_box(&more)) + depth[0]
    }
    let end = ends(|| {
        deeper(&[0; 4096]);
    });
    assert_eq!(end.status.signal(), Some(SIGABRT));
    assert!(said(&end).join("\n").contains("has overflowed its stack"));
}

#[test]
fn memory_that_cannot_be_had_aborts() {
    let end = ends(|| {
        let much = std::hint::black_box(isize::MAX as usize - 4096);
        assert!(Vec::<u8>::new().try_reserve_exact(much).is_err());
        drop(std::hint::black_box(Vec::<u8>::with_capacity(much)));
    });
    assert_eq!(end.status.signal(), Some(SIGABRT));
    assert!(said(&end).join("\n").contains("memory allocation of"));
}

#[test]
fn an_abort_aborts() {
    let end = ends(|| std::process::abort());
    assert_eq!(end.status.signal(), Some(SIGABRT));
}

#[test]
fn an_exit_has_its_status() {
    let end = ends(|| std::process::exit(7));
    assert_eq!(end.status.code(), Some(7));
}

#[test]
fn a_signal_that_the_application_does_not_handle_ends_the_process() {
    if std::env::var_os(CHILD).is_some() {
        let backstop = Backstop::production()
            .reporter(Memory::new())
            .build()
            .unwrap();
        backstop.install_panic_hook().unwrap();
        backstop.notify(&std::fmt::Error);
        println!("\nready");
        std::thread::sleep(Duration::from_secs(60));
        panic!("it did not end");
    }
    let mut child = child("with").stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "ready"));
    let kill = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(SIGTERM));
}
