//! Tests that own their process, such as its environment: each runs in a child.

use std::process::{Command, Output};

/// Set in a child.
pub const CHILD: &str = "BACKSTOP_TEST_CHILD";

/// The calling test as a child, for which [`is_child`] is true.
#[must_use]
pub fn child() -> Command {
    let thread = std::thread::current();
    // libtest names a test's thread after the test.
    let test = thread.name().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "--nocapture", test])
        .env(CHILD, "1");
    command
}

/// Whether this process was made by [`child`].
#[must_use]
pub fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Asserts that a child ran one test, and that it passed: a name that no test has would run none, and succeed.
#[track_caller]
pub fn assert_passed(output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}{stderr}");
    assert!(
        stdout.contains("test result: ok. 1 passed; 0 failed"),
        "{stdout}"
    );
}
