//! What panics with frames leave in memory.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use backstop::reporters::{Delivery, Reporter};
use backstop::{Backstop, Report};

use crate::apps::{panics, reporting_to};
use crate::row::row;
use crate::serve;

/// How long debug information is kept, and a little more.
const RELEASED: Duration = Duration::from_secs(11);
const MANY: u64 = 5_000;

/// Prints the resident memory before the first panic, after it, after its debug information was released, and what each
/// report takes that is kept.
pub fn table() {
    println!("| | resident, MiB |\n| --- | ---: |");
    println!("| before | {:.1} |", resident());
    panic(1);
    println!("| after the first panic | {:.1} |", resident());
    std::thread::sleep(RELEASED);
    let released = resident();
    println!("| {RELEASED:?} later | {released:.1} |");
    panic(MANY);
    let each = (resident() - released) * 1024.0 / MANY as f64;
    println!("\nEach of {MANY} reports that are kept: {each:.1} KiB");
}

/// Sends requests that panic, and waits for their reports.
fn panic(requests: u64) {
    serve::serve(&row("a panic whose report is kept", keeping), requests);
    while kept() < requests {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn keeping() -> Router {
    static BACKSTOP: OnceLock<Backstop> = OnceLock::new();
    let backstop = BACKSTOP.get_or_init(|| {
        let backstop = reporting_to(Keeping);
        // The silent hook is set first, so that this one chains to it.
        std::panic::set_hook(Box::new(|_| {}));
        backstop.install_panic_hook().expect("no other has it");
        backstop
    });
    panics().layer(backstop.layer())
}

/// Keeps every report.
struct Keeping;

static KEPT: Mutex<Vec<Arc<Report>>> = Mutex::new(Vec::new());

fn kept() -> u64 {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).len() as u64
}

impl Reporter for Keeping {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(batch.iter().cloned());
        vec![Delivery::Delivered; batch.len()]
    }
}

fn resident() -> f64 {
    const PAGE: f64 = 4096.0;
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = statm.split(' ').nth(1).expect("the resident pages");
    pages.parse::<f64>().expect("a number") * PAGE / f64::from(1 << 20)
}
