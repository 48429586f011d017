//! Whether taking a stack waits while another thread looks one up: `backstop-benches waits`.
//!
//! A process looks up its first stack, which is the slow one, on one thread, and takes stacks on another all the while.
//! Each kind has processes of its own, for only the first time is cold. A busy machine makes some stacks take long without
//! any waiting: how often the thread went to sleep of itself tells the one from the other.

use std::hint::black_box;
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use backstop::reporters::Memory;
use backstop::Backstop;
use backstop::Error;
use backstop::stats::Outcome;

const PROCESSES: usize = 15;

/// How stacks are taken, and what happens meanwhile.
const KINDS: [(&str, &str); 3] = [
    (
        "std",
        "std `Backtrace::force_capture`, while another is displayed",
    ),
    (
        "backstop",
        "Backstop, while another is looked up for a report",
    ),
    ("alone", "Backstop, while nothing is looked up, for as long"),
];
/// About as long as looking one up takes.
const ALONE: Duration = Duration::from_millis(100);

/// What one process saw.
struct Seen {
    /// How long the other thread took for its stack.
    lookup: Duration,
    /// How often the one that takes stacks waited for something: it gave up its processor of itself.
    sleeps: u64,
    /// How long taking each stack took, in order.
    taken: Vec<Duration>,
}

pub fn table() {
    println!(
        "| stacks taken by | the lookup took | stacks taken meanwhile | median | 99.9 % | longest | waited |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (kind, name) in KINDS {
        let seen: Vec<Seen> = (0..PROCESSES).map(|_| ask(kind)).collect();
        // Each column is the median of the processes', but the last, which is their sum.
        let median = |of: fn(&Seen) -> Duration| middle(seen.iter().map(of).collect());
        let counts = seen.iter().map(|seen| seen.taken.len()).collect();
        let sleeps: u64 = seen.iter().map(|seen| seen.sleeps).sum();
        println!(
            "| {name} | {:.1?} | {} | {:.1?} | {:.1?} | {:.1?} | {sleeps} times |",
            median(|seen| seen.lookup),
            middle::<usize>(counts),
            median(|seen| seen.at(500)),
            median(|seen| seen.at(999)),
            median(Seen::longest),
        );
    }
}

fn middle<T: Copy + Ord>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

impl Seen {
    /// Of a thousand.
    fn at(&self, thousandth: usize) -> Duration {
        self.taken[self.taken.len() * thousandth / 1_000]
    }

    fn longest(&self) -> Duration {
        self.taken[self.taken.len() - 1]
    }
}

fn ask(kind: &str) -> Seen {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["waits", kind])
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{kind} failed");
    let text = String::from_utf8(output.stdout).expect("numbers");
    let mut numbers = text
        .split_whitespace()
        .map(|number| number.parse().expect("a number"));
    Seen {
        sleeps: numbers.next().expect("the sleeps"),
        lookup: numbers.next().map(Duration::from_nanos).expect("a lookup"),
        taken: numbers.map(Duration::from_nanos).collect(),
    }
}

/// One process of a kind: prints the sleeps, then the lookup and each stack's time in nanoseconds.
pub fn measure(kind: &str) {
    let backstop = Backstop::production()
        .capture_backtraces(true)
        .reporter(Memory::new())
        .build()
        .expect("the settings are good");
    let first = Error::msg("the first");
    let seen = match kind {
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
    println!("{} {}", seen.sleeps, seen.lookup.as_nanos());
    for taken in seen.taken {
        println!("{}", taken.as_nanos());
    }
}

fn meanwhile(lookup: impl FnOnce() + Send, mut take: impl FnMut()) -> Seen {
    let (start, is_done) = (Barrier::new(2), AtomicBool::new(false));
    let mut taken = Vec::with_capacity(1 << 20);
    // The first of all has caches to fill.
    take();
    let mut slept = 0;
    let lookup = std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            start.wait();
            let begin = Instant::now();
            lookup();
            let took = begin.elapsed();
            is_done.store(true, Ordering::Release);
            took
        });
        start.wait();
        let before = sleeps();
        while !is_done.load(Ordering::Acquire) {
            let begin = Instant::now();
            take();
            taken.push(begin.elapsed());
        }
        slept = sleeps() - before;
        looking.join().expect("it does not panic")
    });
    taken.sort_unstable();
    Seen {
        lookup,
        sleeps: slept,
        taken,
    }
}

/// Of this thread, since it started.
fn sleeps() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").expect("Linux");
    let mut lines = status.lines();
    let count = lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    let count = count.and_then(|count| count.trim().parse().ok());
    count.expect("a number")
}
