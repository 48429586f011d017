//! Panics that end a `main` without a guard.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "panics are what is tested"
)]

use std::sync::Arc;
use std::time::Duration;

use backstop::reporters::{Delivery, Memory, Reporter};
use backstop::stats::unreported_count;
use backstop::{Backstop, Report};
use tokio::runtime;

use crate::support::process::alone;

/// Takes as long as a request to a tracker.
struct Slow(Memory);

impl Reporter for Slow {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.0.deliver(batch).await
    }
}

/// Runs this on a thread like that of `main`, and returns the messages of the reports that were delivered by its end.
fn delivered(main: impl FnOnce(Backstop) + Send + 'static) -> Vec<String> {
    let memory = Memory::new();
    let slow = Slow(memory.clone());
    let run = move || {
        let backstop = Backstop::production().log(false).reporter(slow);
        let backstop = backstop.build().unwrap();
        backstop.install_panic_hook().unwrap();
        main(backstop);
    };
    let _ = std::thread::spawn(run).join();
    let reports = memory.reports();
    let messages = reports.iter().map(|report| &report.errors[0].message);
    messages.cloned().collect()
}

/// The first backtrace of a debug build takes longer to symbolize than a handle waits as it is dropped.
fn read_symbols() {
    let backstop = Backstop::production().log(false).reporter(Memory::new());
    let backstop = backstop.build().unwrap();
    backstop.install_panic_hook().unwrap();
    let _ = std::thread::spawn(|| panic!("first")).join();
    assert!(backstop.flush_blocking(Duration::from_secs(60)).is_empty());
}

fn block_on(mut runtime: runtime::Builder, main: impl Future<Output = ()>) {
    runtime.enable_all().build().unwrap().block_on(main);
}

#[test]
fn a_panic_that_ends_main_is_delivered_where_the_last_handle_is_dropped_by_it() {
    alone(|| {
        read_symbols();
        for _ in 0..5 {
            let plain = delivered(|_backstop| panic!("deep"));
            assert_eq!(plain, ["deep"]);
            let current = delivered(|backstop| {
                block_on(runtime::Builder::new_current_thread(), async move {
                    let _backstop = backstop;
                    panic!("deep");
                });
            });
            assert_eq!(current, ["deep"]);
            let many = delivered(|backstop| {
                block_on(runtime::Builder::new_multi_thread(), async move {
                    let _backstop = backstop;
                    panic!("deep");
                });
            });
            assert_eq!(many, ["deep"]);
        }
        assert_eq!(unreported_count(), 0);
    });
}

#[test]
fn a_panic_of_a_thread_or_a_task_is_delivered_where_main_drops_the_last_handle() {
    alone(|| {
        read_symbols();
        for _ in 0..5 {
            let thread = delivered(|_backstop| {
                let _ = std::thread::spawn(|| panic!("deep")).join();
            });
            assert_eq!(thread, ["deep"]);
            let task = delivered(|_backstop| {
                block_on(runtime::Builder::new_multi_thread(), async {
                    let _ = tokio::spawn(async { panic!("deep") }).await;
                });
            });
            assert_eq!(task, ["deep"]);
        }
        assert_eq!(unreported_count(), 0);
    });
}

#[test]
fn a_task_that_panics_with_the_last_handle_does_not_block_its_runtime() {
    alone(|| {
        struct Hanging;
        impl Reporter for Hanging {
            async fn deliver(&self, _batch: &[Arc<Report>]) -> Vec<Delivery> {
                std::future::pending().await
            }
        }
        block_on(runtime::Builder::new_current_thread(), async {
            let backstop = Backstop::production().log(false).reporter(Hanging);
            let backstop = backstop.build().unwrap();
            backstop.install_panic_hook().unwrap();
            backstop.notify(&std::io::Error::other("x"));
            let start = std::time::Instant::now();
            let task = tokio::spawn(async move {
                let _backstop = backstop;
                panic!("deep");
            });
            assert!(task.await.is_err());
            assert!(start.elapsed() < Duration::from_secs(1));
        });
    });
}
