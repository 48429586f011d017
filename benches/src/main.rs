//! What Backstop costs, in instructions a request, beside its peers: `cargo run --release` in this folder.
//!
//! Every row runs the same axum route in a process of its own under callgrind, twice with different numbers
//! of requests; the difference is the requests' own. Only the thread that serves is counted. Instructions do not
//! depend on how busy the machine is, so that the table can be compared from day to day.
//!
//! `rows panic` is the part of the table whose names start so. By the clock, and so for a quiet machine: `panics`, what a
//! panic takes, and `waits`, whether taking a stack ever waits.

mod panics;
mod rows;
mod waits;

use std::path::PathBuf;
use std::process::Command;

use rows::{ROWS, Row};

const FEW: u64 = 500;
const MANY: u64 = 2_500;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => table(""),
        ["rows", start] => table(start),
        ["panics"] => panics::table(),
        ["panics", name] => panics::measure(name),
        ["waits"] => waits::table(),
        ["waits", kind] => waits::measure(kind),
        [name, requests] => {
            let row = ROWS
                .iter()
                .find(|row| row.name == *name)
                .expect("a name of the table");
            rows::serve(row, requests.parse().expect("a number of requests"));
        }
        _ => panic!(
            "usage: without arguments for the table, rows START, panics, waits, or ROW REQUESTS"
        ),
    }
}

/// Of all rows whose names start so.
fn table(start: &str) {
    println!("| row | instructions | added | limit |");
    println!("| --- | ---: | ---: | ---: |");
    for row in ROWS.iter().filter(|row| row.name.starts_with(start)) {
        let total = count(row);
        let base = row.over.map_or(0, |over| {
            count(ROWS.iter().find(|row| row.name == over).expect("a row"))
        });
        let added = row
            .over
            .map_or(String::new(), |_| (total as i64 - base as i64).to_string());
        let limit = row.limit.map_or(String::new(), |limit| limit.to_string());
        println!("| {} | {total} | {added} | {limit} |", row.name);
    }
}

/// Instructions a request.
fn count(row: &Row) -> u64 {
    let [few, many] = [FEW, MANY].map(|requests| requests / row.share);
    (counted(row, many) - counted(row, few)) / (many - few)
}

fn counted(row: &Row, requests: u64) -> u64 {
    let out = std::env::temp_dir().join(format!(
        "backstop-callgrind-{}-{requests}",
        std::process::id()
    ));
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--separate-threads=yes"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe().expect("this program"))
        .args([row.name, &requests.to_string()])
        .stderr(std::process::Stdio::null())
        .status()
        .expect("valgrind is installed");
    assert!(status.success(), "{} failed", row.name);
    let first = PathBuf::from(format!("{}-01", out.display()));
    let profile = std::fs::read_to_string(&first).expect("the profile of the first thread");
    for thread in 1..64 {
        let _ = std::fs::remove_file(format!("{}-{thread:02}", out.display()));
    }
    let _ = std::fs::remove_file(out);
    let totals = profile
        .lines()
        .find_map(|line| line.strip_prefix("totals: "))
        .expect("totals");
    totals.trim().parse().expect("a number")
}
