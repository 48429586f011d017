//! Whether capturing a backtrace waits while another thread symbolizes one: `backstop-benches waits`.
//!
//! A process symbolizes its first backtrace, which is the slow one, on one thread, and captures backtraces on another
//! meanwhile. Each kind has processes of its own, because only the first time is cold. On a busy machine some captures
//! take long without any waiting; how often the thread gave up its processor voluntarily distinguishes them.

use std::hint::black_box;
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use backstop::Backstop;
use backstop::Error;
use backstop::reporters::Memory;
use backstop::settings::Reporting;
use backstop::stats::Outcome;

const PROCESSES: usize = 15;

/// What captures backtraces, and what happens meanwhile.
const KINDS: [(&str, &str); 3] = [
    (
        "std",
        "std `Backtrace::force_capture`, while another is displayed",
    ),
    (
        "backstop",
        "Backstop, while another is symbolized for a report",
    ),
    (
        "alone",
        "Backstop, while nothing is symbolized, for as long",
    ),
];
/// About as long as symbolizing one takes.
const ALONE: Duration = Duration::from_millis(100);

/// What one process measured.
struct Measured {
    /// How long the other thread took to symbolize its backtrace.
    symbolized: Duration,
    /// How often the capturing thread waited for something, that is, gave up its processor voluntarily.
    sleeps: u64,
    /// How long each capture took, sorted.
    captured: Vec<Duration>,
}

pub fn table() {
    println!(
        "| captured by | symbolized in | captures meanwhile | median | 99.9 % | longest | waited |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (kind, name) in KINDS {
        let measured: Vec<Measured> = (0..PROCESSES).map(|_| ask(kind)).collect();
        // Each column is the median of all processes, the last one their sum.
        let median = |of: fn(&Measured) -> Duration| middle(measured.iter().map(of).collect());
        let counts = measured
            .iter()
            .map(|measured| measured.captured.len())
            .collect();
        let sleeps: u64 = measured.iter().map(|measured| measured.sleeps).sum();
        println!(
            "| {name} | {:.1?} | {} | {:.1?} | {:.1?} | {:.1?} | {sleeps} times |",
            median(|measured| measured.symbolized),
            middle::<usize>(counts),
            median(|measured| measured.at(500)),
            median(|measured| measured.at(999)),
            median(Measured::longest),
        );
    }
}

fn middle<T: Copy + Ord>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

impl Measured {
    /// The capture at this position of a thousand.
    fn at(&self, thousandth: usize) -> Duration {
        self.captured[self.captured.len() * thousandth / 1_000]
    }

    fn longest(&self) -> Duration {
        self.captured[self.captured.len() - 1]
    }
}

fn ask(kind: &str) -> Measured {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["waits", kind])
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{kind} failed");
    let text = String::from_utf8(output.stdout).expect("numbers");
    let mut numbers = text
        .split_whitespace()
        .map(|number| number.parse().expect("a number"));
    Measured {
        sleeps: numbers.next().expect("the sleeps"),
        symbolized: numbers
            .next()
            .map(Duration::from_nanos)
            .expect("a duration"),
        captured: numbers.map(Duration::from_nanos).collect(),
    }
}

/// Prints how often one process of a kind slept, then in nanoseconds how long symbolizing took and each capture.
pub fn measure(kind: &str) {
    let backstop = Backstop::production()
        .reporting(Reporting::new().capture_backtraces(true))
        .reporter(Memory::new())
        .build()
        .expect("the settings are good");
    let first = Error::msg("the first");
    let measured = match kind {
        "std" => {
            let first = std::backtrace::Backtrace::force_capture();
            meanwhile(
                || drop(black_box(first.to_string())),
                || drop(black_box(std::backtrace::Backtrace::force_capture())),
            )
        }
        "backstop" => meanwhile(
            || {
                let outcome = backstop.draft().error(first).send_blocking();
                assert_eq!(outcome, Outcome::Delivered);
            },
            || drop(black_box(Error::msg("another"))),
        ),
        "alone" => meanwhile(
            || std::thread::sleep(ALONE),
            || drop(black_box(Error::msg("another"))),
        ),
        _ => panic!("no such kind"),
    };
    println!("{} {}", measured.sleeps, measured.symbolized.as_nanos());
    for captured in measured.captured {
        println!("{}", captured.as_nanos());
    }
}

fn meanwhile(symbolize: impl FnOnce() + Send, mut capture: impl FnMut()) -> Measured {
    let (start, is_done) = (Barrier::new(2), AtomicBool::new(false));
    let mut captured = Vec::with_capacity(1 << 20);
    // The first one fills caches.
    capture();
    let mut slept = 0;
    let symbolized = std::thread::scope(|scope| {
        let symbolizing = scope.spawn(|| {
            start.wait();
            let begin = Instant::now();
            symbolize();
            let took = begin.elapsed();
            is_done.store(true, Ordering::Release);
            took
        });
        start.wait();
        let before = sleeps();
        while !is_done.load(Ordering::Acquire) {
            let begin = Instant::now();
            capture();
            captured.push(begin.elapsed());
        }
        slept = sleeps() - before;
        symbolizing.join().expect("it does not panic")
    });
    captured.sort_unstable();
    Measured {
        symbolized,
        sleeps: slept,
        captured,
    }
}

/// How often this thread slept since it started.
fn sleeps() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").expect("Linux");
    let mut lines = status.lines();
    let count = lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    let count = count.and_then(|count| count.trim().parse().ok());
    count.expect("a number")
}
