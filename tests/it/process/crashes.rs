//! Processes that end: each in a child of its own, with Backstop and without it, unwinding and aborting.
//!
//! The program is `tests/crash`, a crate of its own, for no test can be compiled with `panic = "abort"`.

#![expect(clippy::unwrap_used, reason = "what must not fail in a test fails it")]

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

use backstop::{Origin, Report};
use tempfile::TempDir;

/// No wait is longer.
const LONG: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Panics {
    Unwind,
    Abort,
}

impl Panics {
    const BOTH: [Self; 2] = [Self::Unwind, Self::Abort];

    /// The program, built once for each.
    fn program(self) -> &'static Path {
        static UNWINDING: OnceLock<PathBuf> = OnceLock::new();
        static ABORTING: OnceLock<PathBuf> = OnceLock::new();
        let (cell, profile, folder) = match self {
            Self::Unwind => (&UNWINDING, "dev", "debug"),
            Self::Abort => (&ABORTING, "abort", "abort"),
        };
        cell.get_or_init(|| {
            let exe = std::env::current_exe().unwrap();
            let target = exe.ancestors().nth(3).unwrap().join("crash");
            let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash/Cargo.toml");
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let status = Command::new(cargo)
                .args(["build", "--quiet", "--profile", profile])
                .arg("--manifest-path")
                .arg(manifest)
                .arg("--target-dir")
                .arg(&target)
                .status();
            assert!(status.unwrap().success());
            target.join(folder).join("crash")
        })
    }

    fn start(self, way: &str, set: impl FnOnce(&mut Command)) -> Child {
        let mut command = Command::new(self.program());
        command
            .arg(way)
            .env("RUST_BACKTRACE", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        set(&mut command);
        command.spawn().unwrap()
    }

    /// Ends in this way, without Backstop.
    fn plainly(self, way: &str) -> End {
        let child = self.start(way, |command| {
            command.env("PLAIN", "1");
        });
        End::of(child)
    }

    /// Ends in this way, with Backstop, which has the time that a loaded machine may take.
    fn with(self, way: &str, folder: &TempDir, port: u16) -> End {
        let child = self.start(way, |command| {
            command.env("FOLDER", folder.path());
            command.env("PORT", port.to_string());
            command.env("PATIENCE", "40");
        });
        End::of(child)
    }
}

/// How a process ended, as its parent sees it, and what it printed.
#[derive(Debug, PartialEq)]
struct End {
    status: ExitStatus,
    stderr: Vec<String>,
}

impl End {
    /// Waits for it, and kills what does not end.
    fn of(child: Child) -> Self {
        let id = child.id();
        let (ended, until) = mpsc::channel::<()>();
        let watchdog = std::thread::spawn(move || {
            if until.recv_timeout(LONG) == Err(mpsc::RecvTimeoutError::Timeout) {
                signal("KILL", id);
            }
        });
        let output = child.wait_with_output().unwrap();
        drop(ended);
        watchdog.join().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        // std prints the frames of a second panic whatever is set, and they differ; so do the numbers of threads.
        let is_frame = |line: &&str| line.starts_with(' ');
        let without_number = |line: &str| match (line.find(" ("), line.find(") ")) {
            (Some(start), Some(end)) if start < end => line[..start].to_owned() + &line[end + 1..],
            _ => line.to_owned(),
        };
        let lines = text.lines().filter(|line| !is_frame(line));
        Self {
            status: output.status,
            stderr: lines.map(without_number).collect(),
        }
    }
}

fn signal(name: &str, process: u32) {
    let kill = format!("kill -{name} {process}");
    assert!(
        Command::new("sh")
            .args(["-c", &kill])
            .status()
            .unwrap()
            .success()
    );
}

/// Takes reports, a line each, and acknowledges each but the first so many.
struct Receiver {
    port: u16,
    reports: mpsc::Receiver<Report>,
}

impl Receiver {
    fn start(silences: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (came, reports) = mpsc::channel();
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut line = String::new();
                let read = BufReader::new(&stream).read_line(&mut line);
                if line == "stop\n" {
                    return;
                }
                if read.is_ok() && line.ends_with('\n') {
                    let report = serde_json::from_str(&line).unwrap();
                    if came.send(report).is_err() {
                        return;
                    }
                }
                if silent.len() < silences {
                    silent.push(stream);
                } else {
                    let _ = stream.write_all(b"k");
                }
            }
        });
        Self { port, reports }
    }

    /// All that came, once nothing more is in the folder: what a process could not deliver, later ones do.
    fn all(&self, folder: &TempDir) -> Vec<Report> {
        let start = Instant::now();
        while !spooled(folder).is_empty() {
            assert!(start.elapsed() < LONG, "{:?}", spooled(folder));
            assert!(
                Panics::Unwind
                    .with("well", folder, self.port)
                    .status
                    .success()
            );
        }
        let came = self.reports.try_iter().map(|report| (report.id, report));
        // One that was cut off comes twice.
        let came: HashMap<_, Report> = came.collect();
        let mut all: Vec<Report> = came.into_values().collect();
        all.sort_by_key(|report| report.id);
        all
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.write_all(b"stop\n");
        }
    }
}

/// A port on which nothing listens.
fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The names of the reports in a spool.
fn spooled(folder: &TempDir) -> Vec<String> {
    let mut names = Vec::new();
    for part in fs::read_dir(folder.path()).unwrap().flatten() {
        let files = fs::read_dir(part.path()).into_iter().flatten().flatten();
        names.extend(files.map(|file| file.file_name().into_string().unwrap()));
    }
    names.retain(|name| name.ends_with(".json"));
    names
}

fn messages(reports: &[Report]) -> Vec<&str> {
    reports
        .iter()
        .map(|report| &*report.errors[0].message)
        .collect()
}

fn has_frame(report: &Report, function: &str) -> bool {
    let mut functions = report.frames.iter().filter_map(|it| it.function.as_deref());
    functions.any(|name| name == function)
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn a_process_ends_as_it_would_without_backstop_and_its_report_arrives() {
    const CHEESE: &str = "out of cheese";
    const MILK: &str = "out of milk";
    const CLEANUP: &str = "panic in a destructor during cleanup";
    // What is reported where panics unwind, and where they abort.
    let ways: [(&str, &[&str], &[&str]); 13] = [
        ("well", &[], &[]),
        ("error", &["out of tea"], &["out of tea"]),
        ("main", &[CHEESE], &[CHEESE]),
        ("thread", &[CHEESE], &[CHEESE]),
        ("task", &[CHEESE], &[CHEESE]),
        ("destructor", &[MILK], &[MILK]),
        ("nested", &[CHEESE, MILK, CLEANUP], &[CHEESE]),
        ("handed over", &[CHEESE], &[CHEESE]),
        ("handler", &[CHEESE], &[CHEESE]),
        ("nested in a handler", &[CHEESE, MILK, CLEANUP], &[CHEESE]),
        // Of these no hook hears.
        ("overflow", &[], &[]),
        ("exit", &[], &[]),
        ("abort", &[], &[]),
    ];
    for (way, unwinding, aborting) in ways {
        for (panics, expected) in Panics::BOTH.into_iter().zip([unwinding, aborting]) {
            let (folder, receiver) = (tempfile::tempdir().unwrap(), Receiver::start(0));
            let (with, without) = (
                panics.with(way, &folder, receiver.port),
                panics.plainly(way),
            );
            assert_eq!(with, without, "{way}, {panics:?}");
            let reports = receiver.all(&folder);
            assert_eq!(messages(&reports), expected, "{way}, {panics:?}");
            assert!(reports.iter().all(|report| !report.handled));
        }
    }
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn of_64_threads_that_panic_at_once_none_is_lost_where_they_unwind_nor_the_first_where_they_abort()
{
    for panics in Panics::BOTH {
        let (folder, receiver) = (tempfile::tempdir().unwrap(), Receiver::start(0));
        let with = panics.with("threads", &folder, receiver.port);
        assert_eq!(with.status, panics.plainly("threads").status);
        let reports = receiver.all(&folder);
        println!("{panics:?}: {} reports", reports.len());
        assert!(
            messages(&reports)
                .iter()
                .all(|text| text.starts_with("thread "))
        );
        match panics {
            Panics::Unwind => assert_eq!(reports.len(), 64),
            Panics::Abort => assert!(!reports.is_empty()),
        }
    }
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn where_panics_abort_one_of_a_handler_is_reported_with_its_request() {
    let (folder, receiver) = (tempfile::tempdir().unwrap(), Receiver::start(0));
    let end = Panics::Abort.with("handler", &folder, receiver.port);
    assert_eq!(end.status.signal(), Some(6));
    let reports = receiver.all(&folder);
    let [report] = &*reports else {
        panic!("{reports:#?}");
    };
    assert_eq!(report.origin, Origin::Panic);
    let request = report.request.as_ref().unwrap();
    assert_eq!(request.url, "/fridge/2?token=[REDACTED]");
    assert_eq!(request.route.as_deref(), Some("/fridge/{shelf}"));
    assert_eq!(report.breadcrumbs[0].message, "opened the fridge");
    let thread = report.thread.as_ref().unwrap();
    assert_eq!(thread.name.as_deref(), Some("tokio-rt-worker"));
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn without_a_receiver_the_report_is_on_disk_with_its_frames_and_the_next_process_delivers_it() {
    for panics in Panics::BOTH {
        let folder = tempfile::tempdir().unwrap();
        let end = panics.with("main", &folder, closed_port());
        assert_eq!(end, panics.plainly("main"));
        let kept = spooled(&folder);
        assert_eq!(kept.len(), 1, "{kept:?}");
        let receiver = Receiver::start(0);
        let reports = receiver.all(&folder);
        let [report] = &*reports else {
            panic!("{reports:#?}");
        };
        assert!(kept[0].starts_with(&report.id.to_string()));
        assert_eq!(report.origin, Origin::Panic);
        let location = report.errors[0].location.as_ref().unwrap();
        assert_eq!(location.file(), "src/main.rs");
        let thread = report.thread.as_ref().unwrap();
        assert_eq!(thread.name.as_deref(), Some("main"));
        if cfg!(target_os = "linux") {
            assert!(has_frame(report, "crash::out_of_cheese"), "{report:#?}");
        }
    }
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn a_child_delivers_what_its_parent_could_not_where_the_application_allows_it() {
    for panics in Panics::BOTH {
        for allows in [true, false] {
            // The first acknowledgment never comes: that for the process that dies.
            let (folder, receiver) = (tempfile::tempdir().unwrap(), Receiver::start(1));
            let child = panics.start("main", |command| {
                command.env("FOLDER", folder.path());
                command.env("PORT", receiver.port.to_string());
                command.env("PATIENCE", "4");
                if allows {
                    command.env("CHILD", "1");
                }
            });
            assert_eq!(End::of(child), panics.plainly("main"));
            let first = receiver.reports.recv_timeout(LONG).unwrap();
            if allows {
                let second = receiver.reports.recv_timeout(LONG).unwrap();
                assert_eq!(first.id, second.id);
                until(|| spooled(&folder).is_empty());
            } else {
                assert_eq!(spooled(&folder).len(), 1);
                assert!(receiver.reports.try_recv().is_err());
            }
        }
    }
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn what_a_process_left_that_died_as_it_started_arrives_before_the_next_one_goes_on() {
    for panics in Panics::BOTH {
        let folder = tempfile::tempdir().unwrap();
        panics.with("main", &folder, closed_port());
        assert_eq!(spooled(&folder).len(), 1);
        let receiver = Receiver::start(0);
        // It ends without waiting for anything once it has its Backstop.
        assert!(
            panics
                .with("only build", &folder, receiver.port)
                .status
                .success()
        );
        let report = receiver.reports.try_recv().unwrap();
        assert_eq!(report.errors[0].message, "out of cheese");
    }
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn what_holds_up_the_report_does_not_hold_up_the_end() {
    for panics in Panics::BOTH {
        let folder = tempfile::tempdir().unwrap();
        let start = Instant::now();
        let child = panics.start("held", |command| {
            command.env("FOLDER", folder.path());
            command.env("PORT", closed_port().to_string());
        });
        let with = End::of(child);
        // A second of Backstop's own, and what a loaded machine takes.
        assert!(start.elapsed() < LONG / 2, "{:?}", start.elapsed());
        assert_eq!(with, panics.plainly("held"));
    }
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn the_report_is_on_disk_even_if_the_reporter_blocks_its_thread() {
    for panics in Panics::BOTH {
        let folder = tempfile::tempdir().unwrap();
        let child = panics.start("blocked", |command| {
            command.env("FOLDER", folder.path());
            command.env("PORT", closed_port().to_string());
            command.env("BLOCKS", "1");
            command.env("PATIENCE", "4");
        });
        assert_eq!(End::of(child), panics.plainly("blocked"));
        let reports = Receiver::start(0).all(&folder);
        assert_eq!(messages(&reports), ["out of tea", "out of cheese"]);
    }
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn at_sigterm_requests_are_finished_and_reports_arrive_or_are_kept_for_the_next_process() {
    for is_dead in [false, true] {
        let (folder, receiver) = (tempfile::tempdir().unwrap(), Receiver::start(0));
        let port = if is_dead {
            closed_port()
        } else {
            receiver.port
        };
        let mut child = Panics::Unwind.start("serve", |command| {
            command.env("FOLDER", folder.path());
            command.env("PORT", port.to_string());
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = || stdout.next().unwrap().unwrap();
        let port: u16 = line().parse().unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream
            .write_all(b"GET /fail HTTP/1.1\r\nhost: x\r\n\r\n")
            .unwrap();
        assert_eq!(line(), "begun");
        signal("TERM", child.id());
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 500 "), "{response}");
        assert!(End::of(child).status.success());
        if is_dead {
            assert_eq!(spooled(&folder).len(), 1);
        } else {
            assert_eq!(spooled(&folder), <[String; 0]>::default());
        }
        let reports = receiver.all(&folder);
        assert_eq!(messages(&reports), ["out of tea"]);
        let id = format!("x-error-id: {}\r\n", reports[0].id);
        assert!(response.contains(&id), "{response}");
    }
}

/// Waits for it, but not for ever.
fn until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONG);
        std::thread::yield_now();
    }
}

#[test]
#[ignore = "builds a program with panic=abort"]
fn a_process_that_was_forked_off_delivers_its_own_reports_and_none_of_its_parents() {
    let (folder, receiver) = (TempDir::new().unwrap(), Receiver::start(0));
    let end = Panics::Unwind.with("fork", &folder, receiver.port);
    assert!(end.status.success(), "{end:?}");
    let came: Vec<Report> = receiver.reports.try_iter().collect();
    let mut messages = messages(&came);
    messages.sort_unstable();
    assert_eq!(
        messages,
        [
            "a thread before",
            "a thread of the child",
            "a thread of the parent",
            "before",
            "of the child",
            "of the parent",
        ]
    );
    let left = fs::read_dir(folder.path()).unwrap().flatten();
    let left: Vec<PathBuf> = left.map(|entry| entry.path()).collect();
    assert!(
        left.len() <= 1,
        "only the part of the child, which `exit` left: {left:?}"
    );
    let files = left
        .iter()
        .flat_map(|part| fs::read_dir(part).unwrap().flatten());
    assert!(files.into_iter().all(|file| file.file_name() == "lock"));
}
