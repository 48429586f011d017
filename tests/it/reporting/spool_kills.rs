//! Processes of two services that share a spool's directory and are killed at any moment: nothing is lost, and nothing
//! arrives anywhere but where it was for.

#![expect(clippy::unwrap_used, reason = "what must not fail in a test fails it")]
#![expect(clippy::print_stdout, reason = "`--nocapture` shows the figures")]

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::Arc;
use std::time::Duration;

use backstop::reporters::{Delivery, Reporter, Spool};
use backstop::settings::Reporting;
use backstop::stats::Outcome;
use backstop::{Backstop, Builder, Report};

use super::spool::{assert_conserved, fail, files};
use crate::support::process;

const FOLDER: &str = "BACKSTOP_TEST_FOLDER";
const PORT: &str = "BACKSTOP_TEST_PORT";
const SERVICE: &str = "BACKSTOP_TEST_SERVICE";
/// How many reports a process makes at most.
const REPORTS: usize = 12;

/// Sends reports to a destination, all over one connection: a line each, which is acknowledged by a byte.
struct Sender {
    destination: String,
    port: u16,
}

impl Sender {
    fn send(&self, batch: &[Arc<Report>]) -> std::io::Result<usize> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let mut lines = String::new();
        for report in batch {
            let json = serde_json::to_string(&**report)?;
            lines += &format!("{} {json}\n", self.destination);
        }
        stream.write_all(lines.as_bytes())?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut acknowledged = Vec::new();
        stream.read_to_end(&mut acknowledged)?;
        Ok(acknowledged.len())
    }
}

impl Reporter for Sender {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let sent = self.send(batch).unwrap_or_default();
        let mut deliveries = vec![Delivery::Delivered; sent.min(batch.len())];
        deliveries.resize(batch.len(), Delivery::RETRY);
        deliveries
    }

    fn destination(&self) -> Cow<'static, str> {
        self.destination.clone().into()
    }

    fn name(&self) -> Cow<'static, str> {
        let (_, name) = self.destination.split_once('/').unwrap();
        name.to_owned().into()
    }
}

/// A service with two reporters.
fn service(service: &str, folder: &Path, port: u16) -> Builder {
    let mut builder = Backstop::production().log(false);
    for name in ["a", "b"] {
        let destination = format!("{service}/{name}");
        builder = builder.reporter(Spool::new(folder, Sender { destination, port }));
    }
    builder
}

/// Not a test of its own: what the tests start, and kill.
#[test]
fn child_of_a_service() {
    let (Some(folder), Ok(port)) = (std::env::var_os(FOLDER), std::env::var(PORT)) else {
        return;
    };
    let name = std::env::var(SERVICE).unwrap();
    let prefix = name.clone();
    let builder = service(&name, Path::new(&folder), port.parse().unwrap());
    let backstop = builder
        .reporting(Reporting::new().on_outcome(move |event| {
            // Reports of earlier processes are never spooled again.
            if event.outcome() == Outcome::Spooled {
                let (reporter, id) = (event.reporter().unwrap(), event.report_id());
                let mut stdout = std::io::stdout().lock();
                let _ = writeln!(stdout, "spooled {prefix}/{reporter} {id}");
                let _ = stdout.flush();
            }
        }))
        .build()
        .unwrap();
    for _ in 0..REPORTS {
        fail(&backstop, &name);
        std::thread::park_timeout(Duration::from_millis(1));
    }
    loop {
        std::thread::park();
    }
}

/// Where a report is for, and its id.
type Arrival = (String, String);

/// Takes reports until it is told to stop; does not acknowledge all of every fifth batch, as if the connection broke.
fn receive(listener: &TcpListener) -> HashMap<Arrival, Report> {
    let mut received = HashMap::new();
    for (count, stream) in listener.incoming().enumerate() {
        let mut stream: TcpStream = stream.unwrap();
        let mut text = String::new();
        let _ = BufReader::new(&stream).read_to_string(&mut text);
        if text == "stop\n" {
            break;
        }
        let mut acknowledged = Vec::new();
        for line in text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            let (destination, json) = line.split_once(' ').unwrap();
            let report: Report = serde_json::from_str(json).unwrap();
            received.insert((destination.to_owned(), report.id.to_string()), report);
            acknowledged.push(b'k');
        }
        if count % 5 == 0 {
            acknowledged.pop();
        }
        let _ = stream.write_all(&acknowledged);
    }
    received
}

struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Process {
    fn start(folder: &Path, port: u16, service: &str) -> Self {
        let mut child = process::sibling("child_of_a_service")
            .env(FOLDER, folder)
            .env(PORT, port.to_string())
            .env(SERVICE, service)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// Kills it once it has said so often that a report was spooled, and adds what it has spooled.
    fn kill_after(mut self, lines: usize, spooled: &mut HashSet<Arrival>) {
        let (mut heard, mut line) = (0, String::new());
        while heard < lines && self.stdout.read_line(&mut line).unwrap() > 0 {
            let arrival = arrival_in(&line);
            heard += usize::from(arrival.is_some());
            spooled.extend(arrival);
            line.clear();
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        spooled.extend(rest.split_inclusive('\n').filter_map(arrival_in));
    }
}

/// What a whole line says was spooled.
fn arrival_in(line: &str) -> Option<Arrival> {
    let (_, spooled) = line.strip_suffix('\n')?.split_once("spooled ")?;
    let (destination, id) = spooled.split_once(' ')?;
    Some((destination.to_owned(), id.to_owned()))
}

fn kill(rounds: usize) {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let receiver = std::thread::spawn(move || receive(&listener));
    let mut spooled = HashSet::new();
    for round in 0..rounds {
        // Two services, or two processes of one.
        let services = [["one", "two"], ["one", "one"]][round % 2];
        let processes = services.map(|service| Process::start(folder.path(), port, service));
        for (index, process) in processes.into_iter().enumerate() {
            // At another moment each time, some right after the start.
            let lines = 1 + (round * 7 + index * 5) % (2 * REPORTS - 1);
            process.kill_after(lines, &mut spooled);
        }
    }
    let mut recovered = 0;
    for name in ["one", "two"] {
        let last = service(name, folder.path(), port).build().unwrap();
        for _ in 0..240 {
            if last.flush_blocking(Duration::from_secs(1)).is_empty() {
                break;
            }
            // The flush returns early where a retry is due later.
            std::thread::park_timeout(Duration::from_millis(250));
        }
        let stats = last.stats().reporters;
        recovered += stats.iter().map(|it| it.recovered()).sum::<u64>();
        assert_conserved(&last);
        assert!(last.close_blocking(Duration::ZERO).is_empty());
    }
    let stop = TcpStream::connect(("127.0.0.1", port));
    stop.unwrap().write_all(b"stop\n").unwrap();
    let received = receiver.join().unwrap();

    let missing: Vec<_> = spooled
        .iter()
        .filter(|it| !received.contains_key(it))
        .collect();
    let is_misdelivered = |((destination, _), report): &(&Arrival, &Report)| {
        !destination.starts_with(&format!("{}/", report.errors[0].message))
    };
    let misdelivered = received.iter().filter(is_misdelivered).count();
    println!(
        "{rounds} rounds: {} spooled, {} arrived, {recovered} recovered at the end, {} missing, {misdelivered} misdelivered",
        spooled.len(),
        received.len(),
        missing.len(),
    );
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(misdelivered, 0);
    assert!(spooled.len() >= 2 * rounds);
    let left = files(folder.path());
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn two_services_in_one_directory_lose_and_mix_up_nothing_though_they_are_killed() {
    kill(20);
}

#[test]
#[ignore = "kills a thousand processes, which takes a minute or more"]
fn two_services_in_one_directory_lose_and_mix_up_nothing_though_they_are_killed_500_times() {
    kill(500);
}
