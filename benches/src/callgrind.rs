//! Counting a row's instructions.
//!
//! Every row runs in a process of its own under callgrind, twice with different numbers of requests; the difference
//! belongs to the requests alone. Instruction counts hardly depend on the load of the machine, so tables of different
//! days can be compared.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::row::{Row, Thread};

const FEW: u64 = 500;
const MANY: u64 = 2_500;

/// Instructions per request.
pub fn count(row: &Row) -> u64 {
    let [few, many] = [FEW, MANY].map(|requests| requests / row.share);
    (total(row, many) - total(row, few)) / (many - few)
}

fn total(row: &Row, requests: u64) -> u64 {
    let out = std::env::temp_dir().join(format!(
        "backstop-callgrind-{}-{requests}",
        std::process::id()
    ));
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--separate-threads=yes"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe().expect("this program"))
        .args([row.name, &requests.to_string()])
        .stderr(Stdio::null())
        .status()
        .expect("valgrind is installed");
    assert!(status.success(), "{} failed", row.name);
    let mut threads = (1..64).map_while(|thread| {
        let path = PathBuf::from(format!("{}-{thread:02}", out.display()));
        let profile = std::fs::read_to_string(&path).ok()?;
        std::fs::remove_file(path).expect("it was just read");
        Some(instructions(&profile))
    });
    let serving = threads.next().expect("the first thread");
    // Of the others, the worker is the one that does the most: the reporters here do next to nothing.
    let worker = threads.max();
    std::fs::remove_file(out).expect("what belongs to no thread");
    match row.thread {
        Thread::Serving => serving,
        Thread::Worker => worker.expect("a second thread"),
    }
}

fn instructions(profile: &str) -> u64 {
    let totals = profile
        .lines()
        .find_map(|line| line.strip_prefix("totals: "))
        .expect("totals");
    totals.trim().parse().expect("a number")
}
