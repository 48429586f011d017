//! A panic hook that takes the place of Backstop's.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "panics are what is tested"
)]

use std::io;
use std::panic::{resume_unwind, set_hook, take_hook};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use backstop::Backstop;
use backstop::reporters::Memory;
use http::Request;
use tower::ServiceExt as _;

use crate::support::process::alone;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Logs of the whole process are written here.
    fn of_process() -> Self {
        let lines = Self::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone());
        tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
        lines
    }

    fn warnings(&self) -> usize {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.matches("another panic hook has replaced").count()
    }
}

fn backstop() -> (Backstop, Memory) {
    let memory = Memory::new();
    let builder = Backstop::production().log(false).reporter(memory.clone());
    let backstop = builder.build().unwrap();
    backstop.install_panic_hook().unwrap();
    (backstop, memory)
}

#[tokio::main(flavor = "current_thread")]
async fn fail_in_handler(backstop: &Backstop, fail: fn()) {
    let app = Router::new().route("/", get(move || async move { fail() }));
    let app = app.layer(backstop.layer());
    let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
    assert_eq!(response.status(), 500);
}

fn panics_in_a_thread() {
    assert!(std::thread::spawn(|| panic!("deep")).join().is_err());
}

fn delivered(backstop: &Backstop, memory: &Memory) -> usize {
    assert!(backstop.flush_blocking(Duration::from_secs(60)).is_empty());
    memory.reports().len()
}

#[test]
fn a_hook_that_replaces_backstops_is_warned_of_once_and_a_second_call_installs_it_again() {
    alone(|| {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let lines = Lines::of_process();
        let (backstop, memory) = backstop();
        fail_in_handler(&backstop, || resume_unwind(Box::new("no hook runs")));
        assert_eq!(lines.warnings(), 0);
        set_hook(Box::new(|_| {
            CALLS.fetch_add(1, Ordering::Relaxed);
        }));
        panics_in_a_thread();
        assert_eq!(delivered(&backstop, &memory), 1);
        for _ in 0..3 {
            fail_in_handler(&backstop, || panic!("deep"));
        }
        assert_eq!(lines.warnings(), 1);

        for _ in 0..2 {
            backstop.install_panic_hook().unwrap();
        }
        let (before, calls) = (delivered(&backstop, &memory), CALLS.load(Ordering::Relaxed));
        panics_in_a_thread();
        assert_eq!(delivered(&backstop, &memory), before + 1);
        assert_eq!(CALLS.load(Ordering::Relaxed), calls + 1);
        fail_in_handler(&backstop, || panic!("deep"));
        assert_eq!(lines.warnings(), 1);
        delivered(&backstop, &memory);
        assert!(
            memory.reports().last().unwrap().errors[0]
                .location
                .is_some()
        );
    });
}

#[test]
fn a_hook_around_backstops_keeps_it_and_a_panic_is_reported_once_however_often_it_is_installed() {
    alone(|| {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let lines = Lines::of_process();
        let (backstop, memory) = backstop();
        for _ in 0..3 {
            let previous = take_hook();
            set_hook(Box::new(move |info| {
                CALLS.fetch_add(1, Ordering::Relaxed);
                previous(info);
            }));
            backstop.install_panic_hook().unwrap();
        }
        panics_in_a_thread();
        assert_eq!(delivered(&backstop, &memory), 1);
        assert_eq!(CALLS.load(Ordering::Relaxed), 3);
        drop(backstop.guard());
        assert_eq!(lines.warnings(), 0);
    });
}

#[test]
fn the_guard_of_main_warns_of_a_hook_that_replaced_backstops() {
    alone(|| {
        let lines = Lines::of_process();
        let (backstop, _memory) = backstop();
        let guard = backstop.guard();
        set_hook(Box::new(|_| {}));
        panics_in_a_thread();
        assert_eq!(lines.warnings(), 0);
        drop(guard);
        assert_eq!(lines.warnings(), 1);
    });
}
