//! The spool: what was promised arrives, whatever becomes of the process.

#![expect(clippy::unwrap_used, reason = "what must not fail in a test fails it")]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backstop::reporters::{Delivery, Memory, Reporter, Spool};
use backstop::settings::{RateLimit, Reporting};
use backstop::stats::Outcome;
use backstop::{Backstop, Report, testing};

use crate::support::process;

pub(super) const LONG: Duration = Duration::from_secs(3_600);

/// Delivers nothing until it is switched on.
#[derive(Clone, Default)]
pub(super) struct Switched {
    pub(super) is_on: Arc<AtomicBool>,
    pub(super) memory: Memory,
}

impl Reporter for Switched {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        if self.is_on.load(Ordering::Relaxed) {
            return self.memory.deliver(batch).await;
        }
        vec![Delivery::RETRY; batch.len()]
    }
}

pub(super) fn spooling(spool: Spool<Switched>) -> Backstop {
    let builder = testing::on_current_runtime(Backstop::production());
    builder.log(false).reporter(spool).build().unwrap()
}

pub(super) fn fail(backstop: &Backstop, text: &str) {
    backstop.notify(&std::io::Error::other(text.to_owned()));
}

pub(super) fn texts(memory: &Memory) -> Vec<String> {
    memory
        .reports()
        .iter()
        .map(|report| report.errors[0].message.clone())
        .collect()
}

pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

pub(super) fn reports_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = files(folder);
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    files
}

pub(super) fn assert_conserved(backstop: &Backstop) {
    for stats in backstop.stats().reporters {
        let ends = stats.delivered() + stats.dropped() + stats.queued() + stats.spooled();
        assert_eq!(stats.captured() + stats.recovered(), ends, "{stats:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn drops_are_passed_on_to_the_spooled_reporter() {
    struct RecordsDrops(Arc<Mutex<Vec<(Outcome, u64)>>>);
    impl Reporter for RecordsDrops {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            vec![Delivery::Delivered; batch.len()]
        }
        fn dropped(&self, reason: Outcome, count: u64) {
            self.0.lock().unwrap().push((reason, count));
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let drops = Arc::default();
    let spool = Spool::new(dir.path(), RecordsDrops(Arc::clone(&drops)));
    let builder = testing::on_current_runtime(Backstop::production());
    let limit = RateLimit {
        per_failure: Some(1),
        overall: None,
    };
    let backstop = builder
        .reporting(Reporting::new().rate_limit(limit))
        .reporter(spool)
        .build()
        .unwrap();
    for _ in 0..4 {
        fail(&backstop, "one of many");
    }
    assert!(backstop.flush(LONG).await.is_empty());
    assert_eq!(*drops.lock().unwrap(), [(Outcome::RateLimited, 3)]);
}

#[tokio::test(start_paused = true)]
async fn a_report_is_on_disk_until_it_has_arrived_and_no_other_user_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("spool");
    let inner = Switched::default();
    let backstop = spooling(Spool::new(&root, inner.clone()));
    let outcome = backstop
        .draft()
        .error(backstop::Error::msg("x"))
        .send()
        .await;
    assert_eq!(outcome, Outcome::Spooled);
    let kept = reports_in(&root);
    assert_eq!(kept.len(), 1);
    assert_eq!(
        fs::metadata(&kept[0]).unwrap().permissions().mode() & 0o777,
        0o600
    );
    for folder in [&root, kept[0].parent().unwrap()] {
        assert_eq!(
            fs::metadata(folder).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }
    assert_eq!(backstop.flush(Duration::from_millis(1)).await.spooled, 1);
    assert_conserved(&backstop);
    inner.is_on.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(texts(&inner.memory), ["x"]);
    assert!(reports_in(&root).is_empty());
    assert!(backstop.flush(LONG).await.is_empty());
    assert_eq!(backstop.stats().reporters[0].delivered(), 1);
    assert_conserved(&backstop);
}

#[tokio::test(start_paused = true)]
async fn a_report_may_be_kept_forever() {
    let folder = tempfile::tempdir().unwrap();
    let inner = Switched::default();
    let spool = Spool::new(folder.path(), inner.clone()).max_age(Duration::MAX);
    let backstop = spooling(spool);
    fail(&backstop, "x");
    tokio::time::sleep(LONG).await;
    assert_eq!(backstop.stats().reporters[0].spooled(), 1);
    inner.is_on.store(true, Ordering::Relaxed);
    tokio::time::sleep(LONG).await;
    assert_eq!(texts(&inner.memory), ["x"]);
    assert_conserved(&backstop);
}

#[tokio::test(start_paused = true)]
async fn what_one_process_leaves_the_next_delivers_even_if_nothing_fails_there() {
    let folder = tempfile::tempdir().unwrap();
    let inner = Switched::default();
    let first = spooling(Spool::new(folder.path(), inner.clone()));
    for text in ["one", "two"] {
        fail(&first, text);
        first.flush(Duration::from_millis(1)).await;
    }
    first.close(Duration::from_secs(1)).await;
    let ids: Vec<PathBuf> = reports_in(folder.path());
    assert_eq!(ids.len(), 2);
    drop(first);
    tokio::task::yield_now().await;
    inner.is_on.store(true, Ordering::Relaxed);
    let second = spooling(Spool::new(folder.path(), inner.clone()));
    second.flush(LONG).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(texts(&inner.memory), ["one", "two"]);
    let stats = &second.stats().reporters[0];
    assert_eq!(
        (stats.recovered(), stats.delivered(), stats.captured()),
        (2, 2, 0)
    );
    assert_conserved(&second);
    second.close(LONG).await;
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_process_that_lives_is_left_alone_and_taken_over_when_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (Switched::default(), Switched::default());
    other.is_on.store(true, Ordering::Relaxed);
    let first = spooling(Spool::new(folder.path(), one));
    fail(&first, "of the first");
    first.flush(Duration::from_secs(1)).await;
    let second = spooling(Spool::new(folder.path(), other.clone()));
    fail(&second, "of the second");
    second.flush(LONG).await;
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(texts(&other.memory), ["of the second"]);
    first.close(Duration::from_secs(1)).await;
    drop(first);
    tokio::time::sleep(Duration::from_secs(130)).await;
    assert_eq!(texts(&other.memory), ["of the second", "of the first"]);
    assert_conserved(&second);
}

#[tokio::test(start_paused = true)]
async fn the_oldest_go_first_when_count_or_bytes_or_age_are_reached_and_all_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let inner = Switched::default();
    let backstop = spooling(Spool::new(folder.path().join("count"), inner.clone()).max_reports(3));
    for index in 0..5 {
        fail(&backstop, &index.to_string());
        backstop.flush(Duration::from_millis(1)).await;
    }
    assert_eq!(reports_in(folder.path()).len(), 3);
    inner.is_on.store(true, Ordering::Relaxed);
    tokio::time::sleep(LONG).await;
    assert_eq!(texts(&inner.memory), ["2", "3", "4"]);
    assert_eq!(backstop.stats().reporters[0].count(Outcome::Evicted), 2);
    assert_conserved(&backstop);

    let inner = Switched::default();
    let spool = Spool::new(folder.path().join("bytes"), inner.clone()).max_bytes(3_000);
    let backstop = spooling(spool);
    for index in 0..5 {
        fail(&backstop, &format!("{index}{}", "x".repeat(400)));
        backstop.flush(Duration::from_millis(1)).await;
    }
    let kept = reports_in(&folder.path().join("bytes"));
    let bytes: u64 = kept
        .iter()
        .map(|path| fs::metadata(path).unwrap().len())
        .sum();
    assert!(bytes <= 3_000 && (1..5).contains(&kept.len()), "{bytes}");
    assert_conserved(&backstop);

    let spool = Spool::new(folder.path().join("age"), Switched::default());
    let backstop = spooling(spool.max_age(Duration::from_nanos(1)));
    fail(&backstop, "old");
    backstop.flush(LONG).await;
    tokio::time::sleep(LONG).await;
    assert_eq!(backstop.stats().reporters[0].count(Outcome::GaveUp), 1);
    assert!(reports_in(&folder.path().join("age")).is_empty());
    assert_conserved(&backstop);
}

#[tokio::test(start_paused = true)]
async fn torn_and_foreign_files_are_set_aside_and_links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let inner = Switched::default();
    let first = spooling(Spool::new(folder.path(), inner.clone()));
    for text in ["whole", "torn"] {
        fail(&first, text);
        first.flush(Duration::from_millis(1)).await;
    }
    first.close(Duration::from_secs(1)).await;
    drop(first);
    tokio::task::yield_now().await;
    let mut kept = reports_in(folder.path());
    kept.sort();
    let bytes = fs::read(&kept[1]).unwrap();
    fs::write(&kept[1], &bytes[..bytes.len() / 2]).unwrap();
    let part = kept[0].parent().unwrap();
    fs::write(part.join("notes.txt"), "mine").unwrap();
    fs::write(part.join(".tmp-half"), "{").unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, &bytes).unwrap();
    symlink(
        &secret,
        part.join(format!("{}.json", uuid::Uuid::from_u128(7))),
    )
    .unwrap();
    inner.is_on.store(true, Ordering::Relaxed);
    let second = spooling(Spool::new(folder.path(), inner.clone()));
    tokio::time::sleep(LONG).await;
    assert_eq!(texts(&inner.memory), ["whole"]);
    let stats = &second.stats().reporters[0];
    assert_eq!((stats.recovered(), stats.count(Outcome::Rejected)), (2, 1));
    let bad = files(folder.path());
    let bad = bad
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "bad"));
    assert_eq!(bad.count(), 3, "{:?}", files(folder.path()));
    assert!(!part.exists(), "the part of the dead process is gone");
    assert_conserved(&second);
}

#[tokio::test(start_paused = true)]
async fn a_report_without_a_result_holds_up_no_other() {
    /// Breaks off at one report, and leaves those behind it.
    #[derive(Clone, Default)]
    struct Stumbling(Memory);
    impl Reporter for Stumbling {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            let mut results = Vec::new();
            for report in batch {
                if report.errors[0].message == "bad" {
                    results.push(Delivery::RETRY);
                    break;
                }
                results.extend(self.0.deliver(std::slice::from_ref(report)).await);
            }
            results.resize(batch.len(), Delivery::Unsent);
            results
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let inner = Stumbling::default();
    let builder = testing::on_current_runtime(Backstop::production()).log(false);
    let spool = Spool::new(folder.path(), inner.clone());
    let backstop = builder.reporter(spool).build().unwrap();
    for text in ["bad", "one", "two"] {
        fail(&backstop, text);
    }
    tokio::time::sleep(LONG).await;
    assert_eq!(texts(&inner.0), ["one", "two"]);
    assert_eq!(backstop.stats().reporters[0].spooled(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_empty_spool_keeps_neither_a_flush_nor_a_shutdown_waiting_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let backstop = spooling(Spool::new(folder.path(), Switched::default()));
    let start = tokio::time::Instant::now();
    assert!(backstop.flush(LONG).await.is_empty());
    assert!(backstop.close(LONG).await.is_empty());
    assert_eq!(start.elapsed(), Duration::ZERO);
    drop(backstop);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_is_a_link_or_cannot_be_created_fails_the_build() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    symlink(folder.path(), &link).unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [link, file.clone(), file.join("below")] {
        let built = Backstop::production()
            .reporter(Spool::new(path, Memory::new()))
            .build();
        assert_eq!(built.unwrap_err().setting(), "reporter");
    }
    let spool = Spool::new(folder.path(), Memory::new()).max_reports(0);
    assert!(Backstop::production().reporter(spool).build().is_err());
}

#[tokio::test(start_paused = true)]
async fn where_nothing_can_be_written_reports_go_on_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let inner = Switched::default();
    inner.is_on.store(true, Ordering::Relaxed);
    let backstop = spooling(Spool::new(folder.path().join("spool"), inner.clone()));
    fs::remove_dir_all(folder.path().join("spool")).unwrap();
    let outcome = backstop
        .draft()
        .error(backstop::Error::msg("x"))
        .send()
        .await;
    assert_eq!(outcome, Outcome::Delivered);
    assert_eq!(texts(&inner.memory), ["x"]);
    assert_conserved(&backstop);
}

/// The same reporter, for one customer or another.
struct Of(&'static str, Switched);

impl Reporter for Of {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        self.1.deliver(batch).await
    }

    fn destination(&self) -> std::borrow::Cow<'static, str> {
        self.0.into()
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_for_one_destination_never_goes_to_another() {
    let dir = tempfile::tempdir().unwrap();
    let here = || testing::on_current_runtime(Backstop::production()).log(false);
    let (one, other) = (Switched::default(), Switched::default());
    let both = || {
        here()
            .reporter(Spool::new(dir.path(), Of("one", one.clone())))
            .reporter(Spool::new(dir.path(), Of("other", other.clone())))
    };
    let first = both().build().unwrap();
    for text in ["a", "b"] {
        fail(&first, text);
    }
    assert_eq!(first.close(Duration::from_secs(1)).await.spooled, 4);
    one.is_on.store(true, Ordering::Relaxed);
    let third = Of("third", one.clone());
    let third = here().reporter(Spool::new(dir.path(), third)).build();
    let third = third.unwrap();
    assert_eq!(third.stats().reporters[0].recovered(), 0);
    let second = both().build().unwrap();
    second.flush(LONG).await;
    assert_eq!(texts(&one.memory), ["a", "b"]);
    let stats = second.stats().reporters;
    let counts = stats
        .iter()
        .map(|it| (it.recovered(), it.delivered(), it.spooled()));
    assert_eq!(counts.collect::<Vec<_>>(), [(2, 2, 0), (2, 0, 2)]);
    assert_conserved(&second);
}

#[test]
fn two_spools_that_cannot_be_distinguished_are_rejected() {
    let dir = tempfile::tempdir().unwrap();
    let spool = |path: &str| Spool::new(dir.path().join(path), Memory::new());
    let built = Backstop::production()
        .reporter(spool("a"))
        .reporter(spool("a"))
        .build();
    assert_eq!(built.unwrap_err().setting(), "reporter");
    let built = Backstop::production()
        .reporter(spool("a"))
        .reporter(spool("b"))
        .build();
    assert!(built.is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_has_arrived_of_one_write_does_not_arrive_again() {
    /// Takes all but one.
    #[derive(Clone, Default)]
    struct Choosy(Memory);
    impl Reporter for Choosy {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            let (mut taken, mut deliveries) = (Vec::new(), Vec::new());
            for report in batch {
                let is_bad = report.errors[0].message == "7";
                deliveries.push(if is_bad {
                    Delivery::RETRY
                } else {
                    Delivery::Delivered
                });
                taken.extend((!is_bad).then(|| Arc::clone(report)));
            }
            self.0.deliver(&taken).await;
            deliveries
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let choosy = Choosy::default();
    let here = || testing::on_current_runtime(Backstop::production()).log(false);
    let spool = || Spool::new(dir.path(), choosy.clone());
    let first = here().reporter(spool()).build().unwrap();
    for index in 0..20 {
        fail(&first, &index.to_string());
    }
    first.flush(Duration::from_millis(1)).await;
    assert_eq!(reports_in(dir.path()).len(), 1);
    assert_eq!(first.stats().reporters[0].spooled(), 1);
    assert_eq!(choosy.0.reports().len(), 19);
    first.close(Duration::ZERO).await;

    let second = here().reporter(spool()).build().unwrap();
    assert_eq!(second.stats().reporters[0].recovered(), 1);
    second.flush(LONG).await;
    assert_eq!(choosy.0.reports().len(), 19);
    assert_eq!(second.stats().reporters[0].spooled(), 1);
    assert_conserved(&second);
}

/// A report of the spool, of this age, with these members set or taken away.
pub(super) fn left(
    part: &Path,
    number: u128,
    age: Duration,
    edit: impl FnOnce(&mut serde_json::Value),
) {
    let at = std::time::SystemTime::now() - age;
    let at = at.duration_since(std::time::UNIX_EPOCH).unwrap();
    let id = uuid::Uuid::from_u128(number);
    let mut report = serde_json::json!({
        "id": id, "timestamp": u64::try_from(at.as_millis()).unwrap(), "severity": "error",
        "handled": false, "origin": "handler", "fingerprint": "f",
        "errors": [{"message": number.to_string()}],
    });
    edit(&mut report);
    fs::write(part.join(format!("{id}-1.json")), report.to_string()).unwrap();
}

/// A part of a process that has ended, with nothing in it.
pub(super) async fn dead_part(dir: &Path) -> PathBuf {
    let first = spooling(Spool::new(dir, Switched::default()));
    fail(&first, "x");
    first.close(Duration::from_secs(1)).await;
    let report = reports_in(dir).pop().unwrap();
    fs::remove_file(&report).unwrap();
    report.parent().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn every_report_that_is_too_old_is_given_up_whatever_its_id_and_the_others_arrive_oldest_first()
 {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let dir = tempfile::tempdir().unwrap();
    let part = dead_part(dir.path()).await;
    left(&part, 1, Duration::ZERO, |_| {});
    for number in 2..20 {
        left(&part, number, 30 * DAY, |_| {});
    }
    left(&part, 20, DAY, |_| {});
    // A clock that was ahead.
    left(&part, 21, Duration::ZERO, |report| {
        report["timestamp"] = 4_000_000_000_000_u64.into()
    });
    let inner = Switched::default();
    inner.is_on.store(true, Ordering::Relaxed);
    let backstop = spooling(Spool::new(dir.path(), inner.clone()).max_age(2 * DAY));
    backstop.flush(LONG).await;
    let stats = &backstop.stats().reporters[0];
    assert_eq!((stats.recovered(), stats.count(Outcome::GaveUp)), (21, 18));
    let mut arrived = texts(&inner.memory);
    assert_eq!(arrived.remove(0), "20");
    arrived.sort();
    assert_eq!(arrived, ["1", "21"]);
    assert_conserved(&backstop);
}

#[tokio::test(start_paused = true)]
async fn reports_that_cannot_be_read_do_not_hold_up_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let part = dead_part(dir.path()).await;
    for number in 1..=40 {
        left(&part, number, Duration::from_secs(100), |report| {
            report["errors"] = 7.into()
        });
    }
    left(&part, 41, Duration::from_secs(1), |_| {});
    let inner = Switched::default();
    inner.is_on.store(true, Ordering::Relaxed);
    let backstop = spooling(Spool::new(dir.path(), inner.clone()));
    let start = tokio::time::Instant::now();
    assert!(backstop.flush(LONG).await.is_empty());
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(texts(&inner.memory), ["41"]);
    assert_eq!(backstop.stats().reporters[0].count(Outcome::Rejected), 40);
    let bad = files(dir.path());
    let bad = bad
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "bad"));
    assert_eq!(bad.count(), 40);
    assert_conserved(&backstop);
}

#[tokio::test(start_paused = true)]
async fn a_spooled_report_is_tried_again_as_one_in_memory_but_is_not_given_up_so_soon() {
    #[derive(Clone, Default)]
    struct Counting(Arc<Mutex<Vec<tokio::time::Instant>>>);
    impl Reporter for Counting {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            self.0.lock().unwrap().push(tokio::time::Instant::now());
            vec![Delivery::RETRY; batch.len()]
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let (in_memory, on_disk) = (Counting::default(), Counting::default());
    let builder = testing::on_current_runtime(Backstop::production()).log(false);
    let backstop = testing::seed(builder, 7)
        .reporter(in_memory.clone())
        .reporter(Spool::new(dir.path(), on_disk.clone()))
        .build()
        .unwrap();
    fail(&backstop, "x");
    tokio::time::sleep(24 * LONG).await;
    let (in_memory, on_disk) = (in_memory.0.lock().unwrap(), on_disk.0.lock().unwrap());
    assert!((5..=8).contains(&in_memory.len()), "{}", in_memory.len());
    let waits = |calls: &[tokio::time::Instant]| -> Vec<Duration> {
        calls.windows(2).map(|pair| pair[1] - pair[0]).collect()
    };
    let (in_memory, on_disk) = (waits(&in_memory), waits(&on_disk));
    assert_eq!(in_memory, on_disk[..in_memory.len()]);
    // Once the circuit is open, a probe every five minutes, or whenever the report is due after that.
    assert!(
        (24 * 6..=24 * 13).contains(&on_disk.len()),
        "{}",
        on_disk.len()
    );
    let stats = backstop.stats();
    assert_eq!(stats.reporters[0].count(Outcome::GaveUp), 1);
    assert_eq!(stats.reporters[1].spooled(), 1);
}

#[test]
fn every_report_is_counted_once_at_every_moment_while_threads_fail_files_are_evicted_and_it_is_closed()
 {
    struct Slow(AtomicUsize);
    impl Reporter for Slow {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            let calls = self.0.fetch_add(1, Ordering::Relaxed);
            std::thread::yield_now();
            let delivery = match calls % 3 {
                0 => Delivery::Delivered,
                1 => Delivery::Rejected,
                _ => Delivery::Unsent,
            };
            vec![delivery; batch.len()]
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::new(dir.path(), Slow(AtomicUsize::new(0))).max_reports(100);
    let backstop = Backstop::production().log(false).reporter(spool);
    let backstop = backstop.build().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..2_000).for_each(|_| fail(&backstop, "x")));
        }
        scope.spawn(|| {
            while backstop.stats().reporters[0].captured() < 5_000 {
                assert_conserved(&backstop);
            }
            backstop.close_blocking(Duration::from_secs(10));
        });
    });
    assert_conserved(&backstop);
    let stats = &backstop.stats().reporters[0];
    assert_eq!((stats.captured(), stats.queued()), (8_000, 0));
    // What is on disk is what is counted, each line a report but for the notes of those that are done.
    let contents = reports_in(dir.path())
        .into_iter()
        .map(|path| fs::read_to_string(path).unwrap());
    let lines: Vec<String> = contents
        .flat_map(|it| it.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let (done, reports): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.starts_with('-'));
    assert_eq!((reports.len() - done.len()) as u64, stats.spooled());
}

/// Sends each report to a receiver, a line each, and waits for its acknowledgment.
struct Sender(u16);

impl Reporter for Sender {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut results = Vec::new();
        for report in batch {
            let send = async {
                let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.0)).await?;
                let line = serde_json::to_string(&**report).unwrap() + "\n";
                stream.write_all(line.as_bytes()).await?;
                let mut word = [0];
                stream.read_exact(&mut word).await
            };
            let is_sent = send.await.is_ok();
            results.push(if is_sent {
                Delivery::Delivered
            } else {
                Delivery::RETRY
            });
        }
        results
    }
}

/// Takes reports; every fifth one without an acknowledgment, as if the connection had broken.
fn receive(listener: &TcpListener, received: &Mutex<HashMap<String, usize>>) {
    let mut count = 0;
    for stream in listener.incoming() {
        let mut stream: TcpStream = stream.unwrap();
        let mut line = String::new();
        let is_whole = BufReader::new(&stream).read_line(&mut line).is_ok() && line.ends_with('\n');
        if line == "stop\n" {
            return;
        }
        if is_whole {
            let report: Report = serde_json::from_str(&line).unwrap();
            *received
                .lock()
                .unwrap()
                .entry(report.id.to_string())
                .or_default() += 1;
        }
        count += 1;
        if count % 5 != 0 {
            let _ = stream.write_all(b"k");
        }
    }
}

const FOLDER: &str = "BACKSTOP_TEST_FOLDER";
const PORT: &str = "BACKSTOP_TEST_PORT";

/// Not a test of its own: what the next test starts, and kills.
#[test]
fn child_that_fails_until_it_is_killed() {
    let (Some(folder), Ok(port)) = (std::env::var_os(FOLDER), std::env::var(PORT)) else {
        return;
    };
    let backstop = Backstop::production()
        .log(false)
        .reporter(Spool::new(folder, Sender(port.parse().unwrap())))
        .reporting(Reporting::new().on_outcome(|event| {
            if event.outcome() == Outcome::Spooled {
                let mut stdout = std::io::stdout().lock();
                let _ = writeln!(stdout, "spooled {}", event.report_id());
                let _ = stdout.flush();
            }
        }))
        .build()
        .unwrap();
    for _ in 0..100_000 {
        // A burst, so that it is killed amid batches.
        (0..9).for_each(|_| fail(&backstop, "one of many"));
        let outcome = backstop
            .draft()
            .error(backstop::Error::msg("x"))
            .send_blocking();
        assert!(
            matches!(outcome, Outcome::Spooled | Outcome::Pending),
            "{outcome}"
        );
    }
}

#[test]
fn whatever_was_spooled_arrives_though_its_process_is_killed() {
    const KILLS: usize = 25;
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = Arc::new(Mutex::new(HashMap::new()));
    let receiver = std::thread::spawn({
        let received = Arc::clone(&received);
        move || receive(&listener, &received)
    });
    let mut spooled = HashSet::new();
    for round in 0..KILLS {
        let mut child = process::sibling("child_that_fails_until_it_is_killed")
            .env(FOLDER, folder.path())
            .env(PORT, port.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let mut heard = 0;
        // It dies at another moment each time, some right after the start.
        while heard < 1 + round * 7 % 60 && stdout.read_line(&mut line).unwrap() > 0 {
            heard += usize::from(line.contains("spooled "));
            spooled.extend(id_in(&line));
            line.clear();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        spooled.extend(rest.split_inclusive('\n').filter_map(id_in));
    }
    let left = reports_in(folder.path()).len();
    let last = Backstop::production()
        .log(false)
        .reporter(Spool::new(folder.path(), Sender(port)));
    let last = last.build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for _ in 0..60 {
        if runtime
            .block_on(last.flush(Duration::from_secs(1)))
            .is_empty()
            && reports_in(folder.path()).is_empty()
        {
            break;
        }
        // Waits for a retry; the flush returns early where it can't come within the second.
        std::thread::park_timeout(Duration::from_millis(250));
    }
    let recovered = last.stats().reporters[0].recovered();
    assert_conserved(&last);
    drop(last);
    TcpStream::connect(("127.0.0.1", port))
        .unwrap()
        .write_all(b"stop\n")
        .unwrap();
    receiver.join().unwrap();
    let received = received.lock().unwrap();
    let missing: Vec<&String> = spooled
        .iter()
        .filter(|id| !received.contains_key(*id))
        .collect();
    let twice = received.values().filter(|count| **count > 1).count();
    println!(
        "{KILLS} kills: {} spooled, {} arrived, {twice} of them more than once, {left} left by the last kill, {recovered} recovered at the end, {} missing",
        spooled.len(),
        received.len(),
        missing.len()
    );
    assert!(missing.is_empty(), "{missing:?}");
    assert!(spooled.len() >= KILLS);
}

/// The id of a whole line.
fn id_in(line: &str) -> Option<String> {
    let (_, id) = line.strip_suffix('\n')?.split_once("spooled ")?;
    Some(id.to_owned())
}
