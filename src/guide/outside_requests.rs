//! Errors outside requests: panics, tasks, threads, and what nobody can catch.
//!
//! Inside [`Backstop::layer`](crate::Backstop::layer) every failure has an answer to become. Beyond it there is none: a
//! task fails when its client has long gone, a thread when nobody joins it. This chapter says who hears of that, and
//! with how much of the story.
//!
//! # Three routes
//!
//! `cargo run --example three_routes` serves three routes, each of which fails in another place:
//!
//! ```
//! use std::time::Duration;
//! use backstop::{Context as _, Scope, prelude::*};
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
//!     scope.add_breadcrumb("answered, and went on");
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
//! The first one fails in its handler: the layer answers, and the report knows the request.
//!
//! ```text
//! $ curl localhost:5555/error
//! {"title":"Internal Server Error","status":500,"instance":"urn:uuid:01a20134-421b-7000-a3a3-fd403aab7a15"}
//! ```
//!
//! ```text
//! ERROR 500 GET /error  01a20134-421b-7000-a3a3-fd403aab7a15
//!   reading the orders
//!       at examples/three_routes.rs:51:46
//!   caused by: No such file or directory (os error 2) [std::io::error::Error]
//!       at examples/three_routes.rs:51:46
//!   Request:
//!     url     GET /error
//!     accept  */*
//!   Metadata:
//!     app  three routes 0.1.0
//! ```
//!
//! The second one has succeeded when it fails: the client has its 200. [The panic
//! hook](crate::Backstop::install_panic_hook) sees the panic, but nothing in a bare task tells which request it was for.
//! So the report has the place and the stack, and says that the scope was lost:
//!
//! ```text
//! $ curl localhost:5555/asyncerror
//! this request has succeeded
//! ```
//!
//! ```text
//! thread 'tokio-rt-worker' (32210) panicked at examples/three_routes.rs:69:5:
//! an error from the event loop
//! note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
//! ERROR  01a20134-4a19-7000-8f8c-91400a9a921e
//!   an error from the event loop [panic]
//!       at examples/three_routes.rs:69:5
//!   Frames:
//!     three_routes::fail_later::{{closure}}
//!       at examples/three_routes.rs:69:5
//!            67 | async fn fail_later() {
//!            68 |     tokio::time::sleep(Duration::from_millis(10)).await;
//!       >    69 |     panic!("an error from the event loop");
//!            70 | }
//!     … 59 more of other crates
//!   Metadata:
//!     scope  lost
//!     app    three routes 0.1.0
//! ```
//!
//! The third one fails in the same way, in a task that took the request's [`Scope`](crate::Scope) along. Its report has
//! the method, the url and the breadcrumbs, and tells under a line where the task was spawned:
//!
//! ```text
//! $ curl localhost:5555/domainerror
//! this request has succeeded
//! ```
//!
//! ```text
//! ERROR GET /domainerror  01a20134-51fe-7000-a97d-6fd4577f97b9
//!   an error from the event loop [panic]
//!       at examples/three_routes.rs:69:5
//!   Frames:
//!     three_routes::fail_later::{{closure}}
//!       at examples/three_routes.rs:69:5
//!            67 | async fn fail_later() {
//!            68 |     tokio::time::sleep(Duration::from_millis(10)).await;
//!       >    69 |     panic!("an error from the event loop");
//!            70 | }
//!     … 58 more of other crates
//!   ---------------- spawned at -----------------
//!       examples/three_routes.rs:63:11
//!   Breadcrumbs:
//!        -12ms  answered, and went on
//!   Request:
//!     url     GET /domainerror
//!     accept  */*
//!   Metadata:
//!     app  three routes 0.1.0
//! ```
//!
//! The server goes on after each of them. (Paths are shortened here, and the frames are less than what is printed.)
//!
//! # Who reports a panic
//!
//! A panic unwinds its thread up to whoever catches it: a layer, tokio around a task, the thread's own end. Only a panic
//! hook runs at the place itself, so only with [`install_panic_hook`](crate::Backstop::install_panic_hook) are the place
//! and the stack known.
//!
//! | the panic is in | without the hook | with the hook |
//! | --- | --- | --- |
//! | a request, inside a layer | answered, reported with its text | and with its place and stack |
//! | [`Scope::spawn`](crate::Scope::spawn), [`backstop::spawn`](crate::spawn) | reported in its scope, with its text | and with its place and stack |
//! | [`in_scope`](crate::report::InScope::in_scope), [`Scope::run`](crate::Scope::run), outside of the two above | nobody hears of it | reported in its scope |
//! | a bare `tokio::spawn`, `spawn_blocking`, a thread, `main` | nobody hears of it | reported, `scope: unknown` |
//! | the destructor of a service's future, after the answer was made | the answer stays, and it is reported with its text | and with its place and stack |
//! | a callback of the application's (`on_error`, `on_report`, a filter) | the callback changes nothing | the same; it is never reported, for reporting runs it |
//!
//! Outside of requests a report is unhandled and has the origin [`Task`](crate::Origin::Task), that of a panic which
//! ends the process, or may, [`Panic`](crate::Origin::Panic). A panic that tokio
//! has caught stands in the `JoinHandle` as ever; one that a handler takes from there and raises again
//! (`resume_unwind`) is answered under the id of the report that there is, if a hook has seen it. Without a hook the two
//! cannot be told to be one, and there are two reports.
//!
//! Panics are found again by their text and where it lies. Who raises panics of one text by `resume_unwind`, which no
//! hook sees, may have one taken for another.
//!
//! # Tasks
//!
//! An error in a task goes to its `JoinHandle`, which mostly nobody awaits. [`backstop::spawn`](crate::spawn) reports
//! it:
//!
//! ```
//! use backstop::{Context as _, Scope, prelude::*};
//! # async fn send(_: u32) -> std::io::Result<()> { Ok(()) }
//!
//! async fn order(scope: Scope) -> &'static str {
//!     scope.set_attribute("order.id", 7);
//!     // The scope goes along: the report tells the request's story.
//!     backstop::spawn(async {
//!         send(7).await.context("sending the mail")?;
//!         Ok(())
//!     });
//!     "ordered"
//! }
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(order(Scope::current()));
//! ```
//!
//! Who awaits the handle has the error as ever; a handler that returns it answers under the id of the report, and no
//! other report is made.
//!
//! Outside of requests there is no scope to take along. [`backstop::spawn`](crate::spawn) then makes one of the Backstop
//! that installed the hook, so that the task's own breadcrumbs are told; [`Backstop::scope`](crate::Backstop::scope)
//! makes one for a job:
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
//! std::thread::spawn(move || scope.run(|| 1 + 1));    // a thread; `spawn_blocking` likewise
//! # Ok(()) }
//! ```
//!
//! # Long traces
//!
//! The stack of a task ends in the runtime. Where it was spawned is not on it, so the scope notes the place when it is
//! taken along. A report from there tells the way, newest first, as the metadata `task.spawned_at`: 8 places at the
//! most, and in `trimmed` how many older ones there were. A request that spawns nothing notes nothing.
//!
//! With `backstop::tracing::TracingLayer` in the subscriber (feature `tracing-subscriber`) the report names the spans
//! too, as `task.spans`: the one in which the task failed and those around it, then those in which it was spawned. Their
//! names and places are told, not their fields.
//!
//! # One panic, one record
//!
//! The hook that was there before is called after Backstop's, so that the usual message is still printed. Inside a layer
//! that is the second record of one failure, without an id.
//! [`install_quiet_panic_hook`](crate::Backstop::install_quiet_panic_hook) leaves it out there; panics that no layer
//! answers are printed as ever:
//!
//! ```
//! use backstop::Backstop;
//!
//! let backstop = Backstop::production().build()?;
//! backstop.install_quiet_panic_hook();
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! # What nobody catches
//!
//! Nothing unwinds where the process ends at once, so no layer, no task and no `catch_unwind` sees it. Backstop changes
//! nothing about such an end: message, status and signal are those without it. Where a hook runs before it, the report
//! has [its last chance](#crashes); of all other ends nothing is reported, and what was captured and neither delivered
//! nor spooled is gone.
//!
//! | | what Rust does | what Backstop hears |
//! | --- | --- | --- |
//! | a panic out of a destructor while another unwinds, in a handler too | runs the hook for each, then aborts | each, in the hook: a crash |
//! | any panic where `panic = "abort"` is set | runs the hook, then aborts | it, in the hook: a crash |
//! | a panic out of the destructor of a thread-local | runs the hook, then aborts | it, but nothing tells that the process ends: its report is lost |
//! | stack overflow | prints a message and aborts | nothing: no hook runs |
//! | memory that cannot be had | prints a message and aborts | nothing; `try_reserve` returns an error |
//! | `std::process::abort` | aborts | nothing |
//! | `std::process::exit`, and the end of `main` | ends, without the destructors of other threads | nothing: wait for [`shutdown`](crate::Backstop::shutdown) before |
//! | SIGTERM, where the application handles it | goes on | nothing: await the end of the server, then [`shutdown`](crate::Backstop::shutdown) |
//! | SIGTERM where it does not, SIGKILL, the kernel's memory killer | nothing more runs | nothing |
//! | a handler that never ends | goes on | nothing: put a timeout inside the layer, whose error it answers |
//!
//! Backstop installs no handler for any signal and never ends the process.
//!
//! # When a panic is to end the process
//!
//! By default a panic ends its request, its task or its thread, and the process goes on. Who holds that a panic may have
//! left a state behind that nobody should go on with says so: [`fatal`](crate::Builder::fatal). The panic is then
//! answered, reported and flushed, and the server drains by its own means, for Backstop ends no process:
//!
//! ```
//! use std::process::ExitCode;
//! use std::time::Duration;
//! use axum::{Router, routing::get};
//! use backstop::{Backstop, panics::OnPanic, reporters::Tracing};
//!
//! fn main() -> ExitCode {
//!     let built = Backstop::production()
//!         .reporter(Tracing::new())
//!         .fatal(OnPanic::Shutdown { grace: Duration::from_secs(20) })
//!         .build();
//!     match built {
//!         Ok(backstop) => backstop.run(serve(backstop.clone())),
//!         Err(_) => ExitCode::FAILURE,
//!     }
//! }
//!
//! async fn serve(backstop: Backstop) -> backstop::Result<()> {
//!     let app: Router = Router::new().route("/", get(|| async { "hello" })).layer(backstop.layer());
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! #   backstop.request_shutdown();
//!     // Resolves after a fatal panic, and after `backstop.request_shutdown()`: call that where you handle SIGTERM.
//!     axum::serve(listener, app).with_graceful_shutdown(backstop.shutdown_signal()).await?;
//!     Ok(())
//! }
//! ```
//!
//! [`run`](crate::Backstop::run) installs the hook, drives the future, gives the reports a moment to arrive when it ends,
//! and tells by its code whether a panic, an `Err` or the end of the grace was the reason. What has not arrived by then
//! is in a [`Spool`](crate::reporters) (feature `spool`) for the next start, or dropped and counted.
//!
//! # Crashes
//!
//! Some panics end the process whatever the policy: one that leaves `main`, any in a program that is compiled with `panic
//! = "abort"`, one out of a destructor while another unwinds. Their report is made and written to the spool, synced,
//! before anything is sent; then the reporters have what is left of [`crash_timeout`](crate::Builder::crash_timeout), and
//! then the process dies as it would have. What could not be sent the next start sends, or at once a child of the same
//! program, if `main` asks [`crash_child`](crate::panics::crash_child) after `build()`. A process that died within two seconds of
//! its start is taken to die so again: the next one delivers what it left before `build()` returns, within a bound.
//!
//! Without a spool a crash's report has the same time to arrive, and is gone where it does not. A panic out of `main`
//! is told in that way only by [`run`](crate::Backstop::run); a hook alone cannot know that nobody will catch it.
