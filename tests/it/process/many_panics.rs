//! Panics by the hundred thousand: each gets a response, and nothing is left of them.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "panics are what is tested"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::get;
use backstop::reporters::{Delivery, Reporter};
use backstop::{Backstop, Report};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::support::process::passed_alone;

const PANICS: u64 = 100_000;
/// Until then the allocator, the queue and the tables of symbols grow to their sizes.
const WARM_UP: u64 = 20_000;
const STEP: u64 = 10_000;
const CLIENTS: u64 = 4;
/// What the resident memory may grow by after the warm-up; a hundred bytes kept of each panic would be as much.
const MAX_GROWTH_KIB: u64 = 8 * 1_024;

/// Takes all and keeps nothing.
#[derive(Clone, Default)]
struct Dropping(Arc<AtomicU64>);

impl Reporter for Dropping {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        self.0.fetch_add(batch.len() as u64, Ordering::Relaxed);
        vec![Delivery::Delivered; batch.len()]
    }
}

async fn order(Path(id): Path<u64>) {
    panic!("no order {id}");
}

/// Asks for `count` panics on one connection, which is kept.
async fn client(address: SocketAddr, count: u64) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    for number in 0..count {
        let request = Request::get(format!("/orders/{number}"))
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        sender.ready().await.unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers().contains_key("x-error-id"));
        response.into_body().collect().await.unwrap();
    }
    drop(sender);
    connection.await.unwrap().unwrap();
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap()
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

/// Threads and open files.
fn held() -> (usize, usize) {
    let count = |folder| std::fs::read_dir(folder).unwrap().count();
    (count("/proc/self/task"), count("/proc/self/fd"))
}

/// What is held once `is_enough` says so: a thread that was joined leaves the list a moment later.
fn held_soon(is_enough: impl Fn((usize, usize)) -> bool) -> (usize, usize) {
    let start = Instant::now();
    while !is_enough(held()) && start.elapsed() < Duration::from_secs(10) {
        std::thread::yield_now();
    }
    held()
}

#[test]
#[ignore = "takes minutes"]
fn a_hundred_thousand_panics_get_a_response_and_leave_nothing_behind() {
    if passed_alone() {
        return;
    }
    std::panic::set_hook(Box::new(|_| {}));
    let dropping = Dropping::default();
    let backstop = Backstop::production()
        .log(false)
        .reporter(dropping.clone())
        .build()
        .unwrap();
    backstop.install_panic_hook().unwrap();
    // The first runtime of a process opens what all others share.
    drop(runtime());
    let before = held();
    let runtime = runtime();
    let app = Router::new()
        .route("/orders/{id}", get(order))
        .layer(backstop.layer());
    let (address, server) = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serve = axum::serve(listener, app.with_state::<()>(()));
        (address, tokio::spawn(async move { serve.await.unwrap() }))
    });

    let start = Instant::now();
    let (mut base, mut highest) = (0, 0);
    let mut serving = (0, 0);
    for done in (STEP..=PANICS).step_by(usize::try_from(STEP).unwrap()) {
        runtime.block_on(async {
            let clients = (0..CLIENTS).map(|_| tokio::spawn(client(address, STEP / CLIENTS)));
            for client in Vec::from_iter(clients) {
                client.await.unwrap();
            }
            assert!(backstop.flush(Duration::from_secs(60)).await.is_empty());
        });
        let resident = resident_kib();
        println!(
            "{done} panics, {:?}: {resident} KiB resident",
            start.elapsed()
        );
        if done <= WARM_UP {
            base = resident;
            serving = held();
        }
        highest = highest.max(resident);
    }
    let stats = &backstop.stats().reporters[0];
    println!("reported {}, {stats:?}", dropping.0.load(Ordering::Relaxed));
    println!("threads and files before {before:?}, while serving {serving:?}");
    assert_eq!(stats.captured(), PANICS);
    assert_eq!(stats.delivered() + stats.dropped(), PANICS);
    assert_eq!(dropping.0.load(Ordering::Relaxed), stats.delivered());
    assert!(stats.delivered() > 0);
    assert!(
        highest <= base + MAX_GROWTH_KIB,
        "from {base} KiB to {highest} KiB"
    );
    // Connections that were closed are given back by the server's tasks a moment later.
    let after = held_soon(|held| held <= serving);
    println!("threads and files after the last panic {after:?}");
    assert!(
        after.0 <= serving.0 && after.1 <= serving.1,
        "{after:?}, {serving:?}"
    );

    server.abort();
    runtime.block_on(async {
        assert!(server.await.unwrap_err().is_cancelled());
        backstop.close(Duration::from_secs(60)).await;
    });
    drop((runtime, backstop));
    let after = held_soon(|held| held == before);
    println!("threads and files after all {after:?}");
    assert_eq!(after, before);
}
