//! The guide, from a first service to production.
//!
//! * [Getting started](getting_started): a service in ten minutes.
//! * [Add it to an application that you have](existing_application): one line first, then step by step.
//! * [Errors of your own](errors): what an error can say.
//! * [Errors of other crates](foreign_errors): what they mean for a client, decided in one place.
//! * [Reports of other error crates](error_reports): `error-stack` and `rootcause`.
//! * [Disclosure](disclosure): who sees what, and how to check it.
//! * [Local clients](local_clients): who sees details in development, in containers and behind proxies.
//! * [Shapes of error responses](response_shapes): the members that existing clients expect.
//! * [Reports and scopes](reports): the whole story of a failure.
//! * [Reporters and the spool](reporters): where reports go, and what to choose.
//! * [Failures outside requests](outside_requests): panics, tasks, threads, and what nothing can catch.
//! * [Logs, traces and metrics](telemetry): what the rest of the system learns of a failure.
//! * [Testing](testing): what clients get, and what is reported.
//! * [Serverless](serverless): flush before the function freezes.
//! * [Operating it](operating): what to watch, and what to do when a receiver is down.
//! * [Security](security): the gate, the redactor and their limits.
//! * [Comparison](comparison): what others do, and what they do not.
//!
//! Where each layer belongs is in the documentation of [`layers`](crate::layers#order).

#[doc = include_str!("getting_started.md")]
pub mod getting_started {}
#[doc = include_str!("existing_application.md")]
pub mod existing_application {}
#[doc = include_str!("errors.md")]
pub mod errors {}
#[doc = include_str!("foreign_errors.md")]
pub mod foreign_errors {}
#[doc = include_str!("error_reports.md")]
pub mod error_reports {}
#[doc = include_str!("disclosure.md")]
pub mod disclosure {}
#[doc = include_str!("local_clients.md")]
pub mod local_clients {}
#[doc = include_str!("response_shapes.md")]
pub mod response_shapes {}
#[doc = include_str!("reports.md")]
pub mod reports {}
#[doc = include_str!("reporters.md")]
pub mod reporters {}
#[doc = include_str!("outside_requests.md")]
pub mod outside_requests {}
#[doc = include_str!("telemetry.md")]
pub mod telemetry {}
#[doc = include_str!("testing.md")]
pub mod testing {}
#[doc = include_str!("serverless.md")]
pub mod serverless {}
#[doc = include_str!("operating.md")]
pub mod operating {}
#[doc = include_str!("security.md")]
pub mod security {}
#[doc = include_str!("comparison.md")]
pub mod comparison {}
