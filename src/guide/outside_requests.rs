//! Failures outside requests: panics, tasks, threads, and what nothing can catch.
//!
//! Inside [`Backstop::layer`](crate::Backstop::layer) every failure becomes a response. Outside of it there is no
//! response to give: a task fails after its client has gone, and a thread when nothing joins it. This chapter explains
//! which of these failures are reported, and what their reports contain.
//!
//! # Three routes
//!
//! `cargo run --example three_routes` serves three routes, each of which fails in another way:
//!
//! ```
//! use std::time::Duration;
//! use backstop::{Context as _, Scope};
//!
//! async fn error() -> backstop::Result<String> {
//!     std::fs::read_to_string("/no/such/file").context("reading the orders")
//! }
//!
//! async fn async_error() -> &'static str {
//!     tokio::spawn(fail_later());
//!     "this request has succeeded\n"
//! }
//!
//! async fn domain_error(scope: Scope) -> &'static str {
//!     scope.add_breadcrumb("responded, and went on");
//!     scope.spawn(fail_later());
//!     "this request has succeeded\n"
//! }
//!
//! async fn fail_later() {
//!     tokio::time::sleep(Duration::from_millis(10)).await;
//!     panic!("an error from the event loop");
//! }
//! ```
//!
//! The first one fails in its handler. The layer responds, and the report contains the request:
//!
//! ```text
//! $ curl localhost:5555/error
//! {"title":"Internal Server Error","status":500,"instance":"urn:uuid:01a21d8e-f1de-7000-9197-5f9374a7d042"}
//! ```
//!
//! ```text
//! ERROR 500 GET /error  01a21d8e-f1de-7000-9197-5f9374a7d042
//!   reading the orders
//!       at examples/three_routes.rs:54:46
//!   caused by: No such file or directory (os error 2) [std::io::error::Error]
//!       at examples/three_routes.rs:54:46
//!   Request:
//!     url     GET /error
//!     accept  */*
//!   Metadata:
//!     app  three routes 0.1.0
//! ```
//!
//! The second one fails after it succeeded: the client has its 200. [The panic
//! hook](crate::Backstop::install_panic_hook) sees the panic, but a task that was spawned without a scope does not know
//! its request. The report contains the source location and the frames, and says that the scope is unknown:
//!
//! ```text
//! $ curl localhost:5555/asyncerror
//! this request has succeeded
//! ```
//!
//! ```text
//! thread 'tokio-rt-worker' (21600) panicked at examples/three_routes.rs:72:5:
//! an error from the event loop
//! note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
//! ERROR  01a21d8e-f9de-7000-b353-291664bc15e7
//!   an error from the event loop [panic]
//!       at examples/three_routes.rs:72:5
//!   Frames:
//!     three_routes::fail_later::{{closure}}
//!       at examples/three_routes.rs:72:5
//!            70 | async fn fail_later() {
//!            71 |     tokio::time::sleep(Duration::from_millis(10)).await;
//!       >    72 |     panic!("an error from the event loop");
//!            73 | }
//!     … 59 more of other crates
//!   Metadata:
//!     scope  unknown
//!     app    three routes 0.1.0
//! ```
//!
//! The third one fails in the same way, in a task that runs in the [`Scope`](crate::Scope) of the request. Its report
//! contains the request and its breadcrumbs, and where the task was spawned:
//!
//! ```text
//! $ curl localhost:5555/domainerror
//! this request has succeeded
//! ```
//!
//! ```text
//! ERROR GET /domainerror  01a21d8f-01cb-7000-980d-f6be99d228fd
//!   an error from the event loop [panic]
//!       at examples/three_routes.rs:72:5
//!   Frames:
//!     three_routes::fail_later::{{closure}}
//!       at examples/three_routes.rs:72:5
//!            70 | async fn fail_later() {
//!            71 |     tokio::time::sleep(Duration::from_millis(10)).await;
//!       >    72 |     panic!("an error from the event loop");
//!            73 | }
//!     … 58 more of other crates
//!   ---------------- spawned at -----------------
//!       examples/three_routes.rs:66:11
//!   Breadcrumbs:
//!        -12ms  responded, and went on
//!   Request:
//!     url     GET /domainerror
//!     accept  */*
//!   Metadata:
//!     app  three routes 0.1.0
//! ```
//!
//! The server keeps running after each of them. (Paths and source excerpts are shortened here, and only the first frame
//! is shown; frames need the feature `frames`.)
//!
//! # Which panics are reported
//!
//! A panic unwinds its thread until something catches it: a layer, tokio around a task, or the end of the thread. Only a
//! panic hook runs where the panic starts, so the source location and the backtrace are known only with
//! [`install_panic_hook`](crate::Backstop::install_panic_hook).
//!
//! | the panic is in | without the hook | with the hook |
//! | --- | --- | --- |
//! | a request, inside a layer | a response, and a report with its message | and with its source location and frames |
//! | [`Scope::spawn`](crate::Scope::spawn), [`backstop::spawn`](crate::spawn) | reported in its scope, with its message | and with its source location and frames |
//! | [`in_scope`](crate::report::InScope::in_scope), [`Scope::run`](crate::Scope::run), outside of the two above | not reported | reported in its scope |
//! | a plain `tokio::spawn`, `spawn_blocking`, a thread, `main` | not reported | reported, `scope: unknown` |
//! | the destructor of a service's future, after the response was made | the response stays, and it is reported with its message | and with its source location and frames |
//! | a callback of the application (`on_error`, `on_report`, a filter) | the callback changes nothing | the same; it is never reported, because reporting runs it |
//!
//! Outside of requests a report is unhandled, with the origin [`Task`](crate::Origin::Task), or
//! [`Panic`](crate::Origin::Panic) if the panic may end the process. A panic that tokio has caught is in the `JoinHandle`
//! as usual. A handler that takes it from there and raises it again (`resume_unwind`) responds under the id of that
//! report, if the panic started while the request ran: with [`Scope::spawn`](crate::Scope::spawn) always, after a plain
//! `tokio::spawn` if the hook is installed.
//!
//! Such a panic is recognized by the address of its payload. For the panic of a plain task whose message is a literal,
//! there is none to compare. If several requests fail at once by equal ones, each responds under an id of its own, and
//! there are two reports of each failure. A handler that unwraps the `JoinHandle` panics itself: that is a failure of
//! its own, with its own source location.
//!
//! # Tasks
//!
//! The error of a task goes to its `JoinHandle`, which often nothing awaits. [`backstop::spawn`](crate::spawn) reports
//! it:
//!
//! ```
//! use backstop::{Context as _, Scope};
//! # async fn send(_: u32) -> std::io::Result<()> { Ok(()) }
//!
//! async fn order(scope: Scope) -> &'static str {
//!     scope.set_attribute("order.id", 7);
//!     // The task runs in the scope of the request: its report contains the attribute.
//!     backstop::spawn(async {
//!         send(7).await.context("sending the mail")?;
//!         Ok(())
//!     });
//!     "ordered"
//! }
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(order(Scope::current()));
//! ```
//!
//! Code that awaits the handle gets the error as usual. If a handler returns it, the response has the id of the report,
//! and there is no second one.
//!
//! Outside of requests, [`backstop::spawn`](crate::spawn) makes a scope of the Backstop that installed the hook, so that
//! the report contains the task's own breadcrumbs. [`Backstop::scope`](crate::Backstop::scope) makes one for a job:
//!
//! ```
//! use backstop::{Backstop, prelude::*};
//! # async fn import() {}
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let backstop = Backstop::production().build()?;
//! let job = backstop.scope();
//! job.set_transaction("nightly import");
//! job.spawn(import()).await?;                         // a task
//! import().in_scope(&job).await;                      // a future, wherever it is polled
//! let scope = job.clone();
//! std::thread::spawn(move || scope.run(|| 1 + 1));    // a thread, or `spawn_blocking`
//! # Ok(()) }
//! ```
//!
//! # Spawn traces
//!
//! The backtrace of a task ends in the runtime, so it does not contain where the task was spawned. The scope records that
//! when it is carried to a task. A report contains these source locations as the metadata `task.spawned_at`, newest first:
//! at most 8 of them, and in `trimmed` how many were dropped. A request that spawns nothing records nothing.
//!
//! With `backstop::tracing::TracingLayer` in the subscriber (feature `tracing-subscriber`), reports contain the spans too,
//! as `task.spans`: the span in which the task failed and those around it, then those in which it was spawned, with their
//! names and source locations, but without their fields.
//!
//! # One panic, one log record
//!
//! The previous hook is called after Backstop's, so that the usual message is still printed. Inside a layer that is a
//! second record of the same failure, without an id. [`install_quiet_panic_hook`](crate::Backstop::install_quiet_panic_hook)
//! omits it there. Panics that do not become responses are printed as usual:
//!
//! ```
//! use backstop::Backstop;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let backstop = Backstop::production().build()?;
//! backstop.install_quiet_panic_hook()?;
//! # Ok(()) }
//! ```
//!
//! # What nothing catches
//!
//! If the process ends at once, nothing unwinds, so no layer, no task and no `catch_unwind` sees it. Backstop does not
//! change such an end: message, status and signal are the same as without it. If a hook runs first, the report [may still
//! be delivered](#crashes). In all other cases nothing is reported, and reports that are neither delivered nor spooled
//! are gone.
//!
//! | | what Rust does | what Backstop sees |
//! | --- | --- | --- |
//! | a panic in a destructor while another unwinds, in a handler too | runs the hook for each, then aborts | each, in the hook: a crash |
//! | any panic with `panic = "abort"` | runs the hook, then aborts | it, in the hook: a crash |
//! | a panic in the destructor of a thread-local | runs the hook, then aborts | it, but not that the process ends: its report is not delivered |
//! | stack overflow | prints a message and aborts | nothing: no hook runs |
//! | out of memory | prints a message and aborts | nothing; `try_reserve` returns an error |
//! | `std::process::abort` | aborts | nothing |
//! | `std::process::exit`, and the end of `main` | ends, without the destructors of other threads | nothing: use the [guard of `main`](crate::Backstop::guard), or [`close`](crate::Backstop::close) first |
//! | SIGTERM, if the application handles it | goes on | nothing: await the end of the server, then as above |
//! | SIGTERM if it does not, SIGKILL, the kernel's out-of-memory killer | nothing more runs | nothing |
//! | a handler that never ends | goes on | nothing: put a timeout inside the layer, which responds to it |
//!
//! Backstop installs no signal handler, and never ends the process.
//!
//! # Shutting down after a panic
//!
//! By default a panic ends its request, its task or its thread, and the process keeps running. If a panic may have
//! corrupted your state in memory, use [`OnPanic::ShutDown`](crate::panics::OnPanic::ShutDown): the panic becomes a
//! response and a report, the report is flushed, and the server shuts down gracefully.
//!
//! ```
//! use std::net::SocketAddr;
//! use std::process::ExitCode;
//! use std::time::Duration;
//! use axum::{Router, routing::get};
//! use backstop::{Backstop, panics::OnPanic, reporters::Tracing};
//!
//! #[tokio::main]
//! async fn main() -> ExitCode {
//!     let built = Backstop::production()
//!         .reporter(Tracing::new())
//!         .log(false) // `Tracing` logs each report
//!         .on_panic(OnPanic::ShutDown { grace: Duration::from_secs(20) })
//!         .build();
//!     let Ok(backstop) = built else {
//!         return ExitCode::FAILURE;
//!     };
//!     let guard = backstop.guard();
//!     guard.exit_code(serve(&backstop).await)
//! }
//!
//! async fn serve(backstop: &Backstop) -> backstop::Result<()> {
//!     let app: Router = Router::new().route("/", get(|| async { "hello" })).layer(backstop.layer());
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! #   backstop.request_shutdown();
//!     // Resolves after a panic, and after `backstop.request_shutdown()`: call that when you handle SIGTERM.
//!     let app = app.into_make_service_with_connect_info::<SocketAddr>();
//!     axum::serve(listener, app).with_graceful_shutdown(backstop.shutdown_signal()).await?;
//!     Ok(())
//! }
//! ```
//!
//! [`guard`](crate::Backstop::guard) installs the hook, and delivers reports when `main` ends. Its
//! [`exit_code`](crate::panics::MainGuard::exit_code) reports an `Err`, and is a failure after a panic that shut the
//! service down. What has not arrived by then is in a [`Spool`](crate::reporters) (feature `spool`) for the next start, or
//! dropped and counted. To stop waiting for requests when the grace is over, see
//! [`grace_over`](crate::Backstop::grace_over).
//!
//! # Crashes
//!
//! Some panics end the process whatever the settings: one that unwinds `main`, any in a program compiled with `panic =
//! "abort"`, one in a destructor while another unwinds. Their report is written to the spool, synced, before anything is
//! sent. Then the reporters have the rest of the
//! [`crash_timeout`](crate::settings::PanicSettings::crash_timeout), and then the process ends as it would have. What was
//! not sent by then is sent by the next start, or at once by a child of the same program if `main` calls
//! [`crash_child`](crate::panics::crash_child) after `build()`. A process that died within two seconds of its start is
//! expected to die again: the next one delivers its reports before `build()` returns, within a bound.
//!
//! Without a spool the report of a crash has the same time to arrive, and is dropped if it does not. A panic that unwinds
//! `main` is delivered in this way only with the [guard](crate::Backstop::guard), because a hook alone cannot know that
//! nothing will catch it. Without the guard, but with the hook, it is delivered if it drops the last handle of the
//! Backstop on its way out of `main`, also out of the future of `block_on`: that waits for at most two seconds. If a task
//! of the runtime has another handle, such as that of the server's layer, nothing waits, and the report may be lost. In a
//! debug build the first backtrace may take longer than that to symbolize.
//!
//! # Processes that fork
//!
//! A process that was forked off, by a daemon that detaches itself or by a server that forks its workers, has none of
//! the threads of its parent. The first report, flush or panic there starts them, with an empty queue, counters at zero
//! and a part of the spool of its own. What the parent had captured is delivered by the parent alone. Fork while no other
//! thread works, as in every program with threads: a lock that a thread holds during the fork stays locked in the new
//! process. A tokio runtime does not survive a fork, so fork before you start it.
