//! Tests that own their process (its panic hook, its log, its environment, its end): each runs in a child.

use std::process::{Command, Output};

/// Set in a child, to the value that its parent chose.
pub(crate) const CHILD: &str = "BACKSTOP_TEST_CHILD";

/// Runs `run`, the calling test, in a process of its own.
#[track_caller]
pub(crate) fn alone(run: impl FnOnce()) {
    alone_with(CHILD, run);
}

/// The same, with this variable set.
#[track_caller]
pub(crate) fn alone_with(variable: &str, run: impl FnOnce()) {
    if !passed_with(variable) {
        run();
    }
}

/// Whether this is the parent, where the calling test has passed in a process of its own; in that process it is
/// still to run.
#[track_caller]
pub(crate) fn passed_alone() -> bool {
    passed_with(CHILD)
}

#[track_caller]
#[expect(
    clippy::print_stdout,
    reason = "`--nocapture` shows what the child measured"
)]
fn passed_with(variable: &str) -> bool {
    if std::env::var_os(CHILD).is_some() {
        return false;
    }
    let output = output(child("1").env(variable, "1"));
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    assert!(stdout.contains("test result: ok. 1 passed; 0 failed"));
    print!("{stdout}");
    true
}

/// The calling test as a child, which finds `value` under [`CHILD`].
pub(crate) fn child(value: &str) -> Command {
    let mut command = test(&path());
    command.env(CHILD, value);
    command
}

/// The test of this name beside the calling one, as a child.
pub(crate) fn sibling(name: &str) -> Command {
    let path = path();
    let (module, _) = path.rsplit_once("::").expect("a test in a module");
    test(&format!("{module}::{name}"))
}

/// What a child that [`child`] or [`sibling`] made leaves; it must have been a test.
#[track_caller]
pub(crate) fn output(command: &mut Command) -> Output {
    let output = command.output().expect("this binary runs again");
    assert_ran_one(&output);
    output
}

/// A name that no test has would run none and succeed.
#[track_caller]
pub(crate) fn assert_ran_one(output: &Output) {
    let stdout = text(&output.stdout);
    assert!(stdout.contains("running 1 test\n"), "{stdout}");
}

/// The path of the calling test, after which libtest names its thread.
fn path() -> String {
    let thread = std::thread::current();
    thread.name().expect("the thread of a test").to_owned()
}

fn test(path: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command
        .args(["--exact", "--include-ignored", "--nocapture", path])
        .env("RUST_BACKTRACE", "0");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
