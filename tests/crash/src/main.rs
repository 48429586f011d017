//! Ends in the way that its argument says. With `PLAIN` in its environment Backstop is not there; `PATIENCE` is its
//! `crash_timeout` in seconds.

use std::panic::resume_unwind;
use std::process::ExitCode;
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use backstop::reporters::{Delivery, Reporter, Spool};
use backstop::settings::PanicSettings;
use backstop::{Backstop, Report, Scope, prelude::*};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

fn main() -> ExitCode {
    let way = std::env::args().nth(1).unwrap_or_default();
    if std::env::var_os("PLAIN").is_some() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        return match runtime.block_on(end(&way, None)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let backstop = build();
    if std::env::var_os("CHILD").is_some()
        && let Some(code) = backstop::panics::crash_child()
    {
        return code;
    }
    if way == "only build" {
        // Exits without waiting for the crash child.
        std::process::exit(0);
    }
    if way == "fork" {
        return fork(&backstop);
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let guard = backstop.guard();
    guard.exit_code(runtime.block_on(end(&way, Some(backstop.clone()))))
}

fn build() -> Backstop {
    let folder = std::env::var_os("FOLDER").expect("FOLDER");
    let port = std::env::var("PORT").expect("PORT");
    let sender = Sender(port.parse().expect("a port"));
    let mut builder = Backstop::production()
        .log(false)
        .reporter(Spool::new(folder, sender));
    if let Ok(seconds) = std::env::var("PATIENCE") {
        let seconds = seconds.parse().expect("seconds");
        let on_panic = PanicSettings::default();
        builder = builder.on_panic(on_panic.crash_timeout(Duration::from_secs(seconds)));
    }
    builder.build().expect("good settings")
}

async fn end(way: &str, backstop: Option<Backstop>) -> std::io::Result<()> {
    match way {
        "well" => {}
        "error" => return Err(std::io::Error::other("out of tea")),
        "main" => out_of_cheese(),
        "thread" => {
            let thread = std::thread::Builder::new().name("miller".to_owned());
            let _ = thread.spawn(out_of_cheese)?.join();
        }
        "task" => {
            let _ = tokio::spawn(async { out_of_cheese() }).await;
        }
        "destructor" => drop(Panicking),
        "nested" => {
            let _panicking = Panicking;
            out_of_cheese();
        }
        "handed over" => {
            let task = tokio::task::spawn_blocking(out_of_cheese).await;
            resume_unwind(task.expect_err("a panic").into_panic());
        }
        "threads" => {
            let barrier = Arc::new(Barrier::new(64));
            let panic = |number| {
                let barrier = Arc::clone(&barrier);
                std::thread::spawn(move || {
                    barrier.wait();
                    panic!("thread {number}");
                })
            };
            let threads: Vec<_> = (0..64).map(panic).collect();
            threads.into_iter().for_each(|thread| drop(thread.join()));
        }
        "overflow" => println!("{}", deep(0)),
        "exit" => std::process::exit(3),
        "abort" => std::process::abort(),
        "handler" => handler(backstop, "fridge").await?,
        "nested in a handler" => handler(backstop, "cellar").await?,
        "held" => held(backstop).await,
        "blocked" => blocked(backstop).await,
        "serve" => serve(backstop.expect("a Backstop")).await?,
        way => panic!("there is no way called {way:?}"),
    }
    Ok(())
}

/// Forks after it has reported something and while a report waits, and exits with 0 if both processes delivered all.
fn fork(backstop: &Backstop) -> ExitCode {
    let wait = Duration::from_secs(50);
    let guard = backstop.guard();
    let notify = |text: &str| backstop.notify(&std::io::Error::other(text.to_owned()));
    let panic = |text: &'static str| drop(std::thread::spawn(move || panic!("{text}")).join());
    notify("before");
    panic("a thread before");
    assert!(backstop.flush_blocking(wait).is_empty());
    // SAFETY: the other threads of this process wait, and hold no lock.
    let child = unsafe { libc::fork() };
    if child == 0 {
        assert_eq!(backstop.stats().reporters[0].captured(), 0);
        notify("of the child");
        panic("a thread of the child");
        let remaining = backstop.flush_blocking(wait);
        let stats = &backstop.stats().reporters[0];
        let is_good = remaining.is_empty() && (stats.captured(), stats.delivered()) == (2, 2);
        println!("child: {stats:?}");
        // Ends without any destructor.
        std::process::exit(i32::from(!is_good));
    }
    notify("of the parent");
    panic("a thread of the parent");
    let is_good = backstop.flush_blocking(wait).is_empty();
    let mut status = 0;
    // SAFETY: the pointer is valid.
    unsafe { libc::waitpid(child, &raw mut status, 0) };
    drop(guard);
    ExitCode::from(u8::from(status != 0 || !is_good))
}

#[inline(never)]
fn out_of_cheese() {
    panic!("out of cheese");
}

struct Panicking;

impl Drop for Panicking {
    fn drop(&mut self) {
        panic!("out of milk");
    }
}

#[expect(unconditional_recursion, reason = "it is meant to overflow")]
fn deep(depth: u64) -> u64 {
    std::hint::black_box(deep(depth + 1)) + std::hint::black_box(depth)
}

/// A handler panics in a request's first poll; in the cellar a destructor then does, too.
async fn handler(backstop: Option<Backstop>, room: &str) -> std::io::Result<()> {
    let handler = async || {
        Scope::current().add_breadcrumb("opened the fridge");
        out_of_cheese();
    };
    let nested = async || {
        let _panicking = Panicking;
        out_of_cheese();
    };
    let mut app = Router::new()
        .route("/fridge/{shelf}", get(handler))
        .route("/cellar/{shelf}", get(nested));
    if let Some(backstop) = backstop {
        app = app.layer(backstop.layer());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let mut stream = TcpStream::connect(address).await?;
    let request =
        format!("GET /{room}/2?token=s3cr3t HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    // Without Backstop there is none.
    let _ = stream.read_to_end(&mut response).await;
    server.abort();
    Ok(())
}

/// Panics while it holds what the report's own callback waits for.
async fn held(backstop: Option<Backstop>) {
    static HELD: Mutex<()> = Mutex::new(());
    let panic = async {
        let _held = HELD.lock();
        out_of_cheese();
    };
    match backstop {
        Some(backstop) => {
            let scope = backstop.scope();
            scope.on_report(|_| {
                drop(HELD.lock());
                true
            });
            panic.in_scope(&scope).await;
        }
        None => panic.await,
    }
}

/// Panics, in a scope of its own, while the thread of the spool's own reporter is blocked for good.
async fn blocked(backstop: Option<Backstop>) {
    let Some(backstop) = backstop else {
        out_of_cheese();
        return;
    };
    backstop.notify(&std::io::Error::other("out of tea"));
    BLOCKED.notified().await;
    let scope = backstop.scope();
    async { out_of_cheese() }.in_scope(&scope).await;
}

static BLOCKED: Notify = Notify::const_new();

/// Serves until SIGTERM; `/fail` fails once there was one.
async fn serve(backstop: Backstop) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let (asked, ending) = (backstop.clone(), backstop.clone());
    tokio::spawn(async move {
        terminate.recv().await;
        ending.request_shutdown();
    });
    let fail = async move || {
        println!("begun");
        asked.shutdown_signal().await;
        Err::<(), _>(backstop::Error::msg("out of tea"))
    };
    let app: Router = Router::new().route("/fail", get(fail));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    axum::serve(listener, app.layer(backstop.layer()))
        .with_graceful_shutdown(backstop.shutdown_signal())
        .await
}

/// Sends each report to a receiver, a line each, and waits for its acknowledgment.
struct Sender(u16);

impl Reporter for Sender {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        if std::env::var_os("BLOCKS").is_some() {
            BLOCKED.notify_one();
            loop {
                std::thread::park();
            }
        }
        let mut results = Vec::new();
        for report in batch {
            let send = async {
                let mut stream = TcpStream::connect(("127.0.0.1", self.0)).await?;
                let line = serde_json::to_string(&**report)? + "\n";
                stream.write_all(line.as_bytes()).await?;
                stream.read_exact(&mut [0]).await
            };
            results.push(match send.await {
                Ok(_) => Delivery::Delivered,
                Err(_) => Delivery::RETRY,
            });
        }
        results
    }
}
