//! The directory of a spool: what is taken over from it, what it refuses, and what is removed from it.

#![expect(clippy::unwrap_used, reason = "what must not fail in a test fails it")]

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use backstop::reporters::{Memory, Spool};
use backstop::stats::Outcome;
use backstop::{Backstop, ConfigError};

use super::spool::{
    LONG, Switched, assert_conserved, dead_part, fail, files, left, reports_in, spooling, texts,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn on() -> Switched {
    let switched = Switched::default();
    switched.is_on.store(true, Ordering::Relaxed);
    switched
}

fn built(dir: impl Into<PathBuf>) -> Result<Backstop, ConfigError> {
    let builder = Backstop::production().log(false);
    builder.reporter(Spool::new(dir, Memory::new())).build()
}

fn set_age(path: &Path, age: Duration) {
    let file = File::open(path).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

fn bad_files(dir: &Path) -> usize {
    let mut files = files(dir);
    files.retain(|path| path.extension().is_some_and(|ending| ending == "bad"));
    files.len()
}

#[tokio::test(start_paused = true)]
async fn a_part_whose_lock_was_cleaned_away_is_taken_over_once_its_process_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let part = dead_part(dir.path()).await;
    for number in 1..=5 {
        left(&part, number, HOUR, |_| {});
    }
    fs::remove_file(part.join("lock")).unwrap();
    let inner = on();
    let backstop = spooling(Spool::new(dir.path(), inner.clone()));
    assert!(backstop.flush(LONG).await.is_empty());
    assert_eq!(texts(&inner.memory).len(), 5);
    assert_eq!(backstop.stats().reporters[0].recovered(), 5);
    assert_conserved(&backstop);
    assert!(!part.exists());
}

#[tokio::test(start_paused = true)]
async fn a_part_in_use_is_left_alone_even_if_its_lock_was_cleaned_away() {
    let dir = tempfile::tempdir().unwrap();
    let living = spooling(Spool::new(dir.path(), Switched::default()));
    fail(&living, "of the living");
    living.flush(Duration::from_millis(1)).await;
    let part = reports_in(dir.path()).pop().unwrap();
    fs::remove_file(part.parent().unwrap().join("lock")).unwrap();
    let other = spooling(Spool::new(dir.path(), on()));
    other.flush(LONG).await;
    assert_eq!(other.stats().reporters[0].recovered(), 0);
    assert_eq!(living.stats().reporters[0].spooled(), 1);
    living.close(Duration::ZERO).await;
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(
        other.stats().reporters[0].delivered(),
        0,
        "only a scan finds it"
    );
    fail(&other, "x");
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(other.stats().reporters[0].recovered(), 1);
    assert_conserved(&other);
}

#[tokio::test(start_paused = true)]
async fn reports_of_a_clock_that_was_wrong_are_evicted_before_new_ones() {
    let dir = tempfile::tempdir().unwrap();
    let part = dead_part(dir.path()).await;
    for number in 1..=5 {
        left(&part, number, Duration::ZERO, |report| {
            report["timestamp"] = (4_000_000_000_000_u64 + u64::try_from(number).unwrap()).into();
        });
    }
    let inner = Switched::default();
    let backstop = spooling(Spool::new(dir.path(), inner.clone()).max_reports(5));
    assert_eq!(backstop.stats().reporters[0].recovered(), 5);
    for number in 0..8 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        fail(&backstop, &format!("new {number}"));
        backstop.flush(Duration::from_millis(1)).await;
    }
    inner.is_on.store(true, Ordering::Relaxed);
    tokio::time::sleep(LONG).await;
    let mut arrived = texts(&inner.memory);
    arrived.sort();
    assert_eq!(arrived, ["new 3", "new 4", "new 5", "new 6", "new 7"]);
    assert_eq!(backstop.stats().reporters[0].count(Outcome::Evicted), 8);
    assert_conserved(&backstop);
}

#[tokio::test(start_paused = true)]
async fn reports_of_a_clock_that_was_wrong_expire_from_when_a_process_first_found_them() {
    let dir = tempfile::tempdir().unwrap();
    let part = dead_part(dir.path()).await;
    for (number, timestamp) in [(1, 4_000_000_000_000_u64), (2, 0)] {
        left(&part, number, Duration::ZERO, |report| {
            report["timestamp"] = timestamp.into();
        });
    }
    for report in reports_in(&part) {
        let ahead = File::open(report).unwrap();
        ahead.set_modified(SystemTime::now() + 365 * DAY).unwrap();
    }
    let first = spooling(Spool::new(dir.path(), Switched::default()));
    first.flush(Duration::from_millis(1)).await;
    assert_eq!(first.close(Duration::ZERO).await.spooled, 2);
    drop(first);
    // Eight days pass.
    for report in reports_in(dir.path()) {
        let modified = fs::metadata(&report).unwrap().modified().unwrap();
        assert!(modified <= SystemTime::now());
        set_age(&report, 8 * DAY);
    }
    let second = spooling(Spool::new(dir.path(), Switched::default()));
    second.flush(LONG).await;
    let stats = &second.stats().reporters[0];
    assert_eq!((stats.recovered(), stats.count(Outcome::GaveUp)), (2, 2));
    assert_conserved(&second);
}

#[tokio::test(start_paused = true)]
async fn a_report_of_a_later_version_arrives_with_what_this_one_knows_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let part = dead_part(dir.path()).await;
    left(&part, 1, HOUR, |report| {
        report["origin"] = "socket".into();
        report["severity"] = "catastrophic".into();
        report["weather"] = "rain".into();
        report["breadcrumbs"] = serde_json::json!([
            {"timestamp": 1, "message": "m", "kind": "telepathy", "level": "trace"},
        ]);
    });
    let inner = on();
    let backstop = spooling(Spool::new(dir.path(), inner.clone()));
    assert!(backstop.flush(LONG).await.is_empty());
    let reports = inner.memory.reports();
    assert_eq!(reports[0].origin, backstop::Origin::Unknown);
    assert_eq!(reports[0].breadcrumbs[0].message, "m");
    assert_eq!(bad_files(dir.path()), 0);
}

#[tokio::test(start_paused = true)]
async fn files_set_aside_do_not_pile_up() {
    let dir = tempfile::tempdir().unwrap();
    let part = dead_part(dir.path()).await;
    for number in 1..=150 {
        fs::write(dir.path().join(format!("{number}.json.bad")), "x").unwrap();
        left(&part, number, HOUR, |report| report["errors"] = 7.into());
    }
    let old = dir.path().join("old.json.bad");
    fs::write(&old, "x").unwrap();
    set_age(&old, 8 * DAY);
    let backstop = spooling(Spool::new(dir.path(), on()));
    assert!(backstop.flush(LONG).await.is_empty());
    assert_eq!(backstop.stats().reporters[0].count(Outcome::Rejected), 150);
    assert_eq!(bad_files(dir.path()), 100);
    assert!(!old.exists());

    let large = dir.path().join("large.json.bad");
    File::create(&large).unwrap().set_len(20 << 20).unwrap();
    drop(spooling(Spool::new(dir.path(), on())));
    assert!(!large.exists());
}

#[tokio::test(start_paused = true)]
async fn what_a_process_left_that_died_while_it_opened_the_spool_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join(".tmp-old"), dir.path().join(".tmp-new"));
    for path in [&old, &new] {
        fs::create_dir(path).unwrap();
        fs::write(path.join("lock"), "").unwrap();
    }
    set_age(&old, 2 * HOUR);
    let held = dir.path().join(".tmp-held");
    fs::create_dir(&held).unwrap();
    let lock = File::open(&held).unwrap();
    lock.lock().unwrap();
    set_age(&held, 2 * HOUR);
    drop(spooling(Spool::new(dir.path(), on())));
    assert!(!old.exists());
    assert!(new.exists() && held.exists());
}

#[test]
fn a_directory_that_others_may_write_to_is_refused_and_the_error_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    for mode in [0o777, 0o1777, 0o770, 0o702] {
        let root = dir.path().join(format!("{mode:o}"));
        fs::create_dir(&root).unwrap();
        fs::set_permissions(&root, fs::Permissions::from_mode(mode)).unwrap();
        let error = built(&root).unwrap_err();
        assert_eq!(error.setting(), "reporter");
        let error = error.to_string();
        assert!(error.contains("other users may write to it"), "{error}");
        assert!(error.contains(root.to_str().unwrap()), "{error}");
        assert!(error.contains("this user alone may write to"), "{error}");
        assert_eq!(fs::read_dir(&root).unwrap().count(), 0);
        assert!(built(root.join("own")).is_ok());
    }
    for mode in [0o700, 0o755, 0o750] {
        let root = dir.path().join(format!("{mode:o}"));
        fs::create_dir(&root).unwrap();
        fs::set_permissions(&root, fs::Permissions::from_mode(mode)).unwrap();
        assert!(built(&root).is_ok(), "{mode:o}");
    }
    // Only root may give a directory away.
    let foreign = dir.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    if std::os::unix::fs::chown(&foreign, Some(65_534), None).is_ok() {
        let error = built(&foreign).unwrap_err().to_string();
        assert!(error.contains("it belongs to another user"), "{error}");
    }
}

#[test]
fn two_spools_are_one_however_their_directory_is_spelled() {
    let dir = tempfile::tempdir().unwrap();
    let spool = |path: &str| Spool::new(dir.path().join(path), Memory::new());
    let both = |one, other| {
        let builder = Backstop::production().log(false).reporter(spool(one));
        builder.reporter(spool(other)).build()
    };
    fs::create_dir(dir.path().join("up")).unwrap();
    symlink(dir.path(), dir.path().join("link")).unwrap();
    for other in ["a/", "./a", "up/../a", "link/a"] {
        let error = both("a", other).unwrap_err();
        assert_eq!(error.setting(), "reporter", "{other}");
    }
    assert!(both("a", "a/b").is_ok());
    fs::remove_file(dir.path().join("link")).unwrap();
    let left = files(dir.path());
    assert!(left.is_empty(), "{left:?}");
}
