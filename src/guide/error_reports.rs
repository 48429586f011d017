//! Reports of other error crates.
//!
//! `?` converts an `anyhow::Error` and an `eyre::Report` with their whole cause chain (features `anyhow` and `eyre`),
//! and every error whose `source()` leads to its causes, such as those of `thiserror`, `snafu` and `miette`.
//!
//! The reports of `error-stack` and `rootcause` are trees, to which `source()` does not lead. Converted as a
//! [`BoxError`](crate::BoxError) they are one link with one message. A function of the application turns each context
//! into a link of the chain, and the attachments that can be printed into a field. It works with every version of these
//! crates, so Backstop has no features for them.
//!
//! # `error-stack`
//!
//! ```
//! use std::error::Error as StdError;
//! use std::fmt;
//!
//! use backstop::{BoxError, Error};
//! use error_stack::{AttachmentKind, FrameKind, Report, ResultExt as _};
//!
//! /// The innermost error of a report. `source()` leads to it, so that `map_error` and `downcast_ref` find its type.
//! #[derive(Debug)]
//! struct Root<C>(Report<C>);
//!
//! fn contexts<C>(report: &Report<C>) -> Vec<&(dyn StdError + Send + Sync + 'static)> {
//!     let contexts = report.frames().filter_map(|frame| match frame.kind() {
//!         FrameKind::Context(context) => Some(context),
//!         FrameKind::Attachment(_) => None,
//!     });
//!     contexts.collect()
//! }
//!
//! impl<C> fmt::Display for Root<C> {
//!     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
//!         contexts(&self.0).last().map_or(Ok(()), |root| write!(f, "{root}"))
//!     }
//! }
//!
//! impl<C: fmt::Debug> StdError for Root<C> {
//!     fn source(&self) -> Option<&(dyn StdError + 'static)> {
//!         Some(*contexts(&self.0).last()?)
//!     }
//! }
//!
//! fn converted<C: fmt::Debug + Send + Sync + 'static>(report: Report<C>) -> Error {
//!     let contexts: Vec<_> = contexts(&report).iter().map(ToString::to_string).collect();
//!     let attachments = report.frames().filter_map(|frame| match frame.kind() {
//!         FrameKind::Attachment(AttachmentKind::Printable(text)) => Some(text.to_string()),
//!         _ => None,
//!     });
//!     let attachments: Vec<_> = attachments.collect();
//!     let root = Error::from(BoxError::from(Root(report)));
//!     let outer = contexts.into_iter().rev().skip(1);
//!     outer.fold(root, Error::with_context).with_field("attachments", attachments)
//! }
//!
//! #[derive(Debug, thiserror::Error)]
//! #[error("loading the stock")]
//! struct Loading;
//!
//! #[derive(Debug, thiserror::Error)]
//! #[error("starting the shop")]
//! struct Starting;
//!
//! fn start() -> Result<String, Report<Starting>> {
//!     std::fs::read_to_string("/no/such/file")
//!         .attach("shelf 7")
//!         .change_context(Loading)
//!         .change_context(Starting)
//! }
//!
//! fn handler() -> backstop::Result<String> {
//!     Ok(start().map_err(converted)?)
//! }
//!
//! let error = handler().unwrap_err();
//! assert!(format!("{error:#}").starts_with("starting the shop: loading the stock: No such file"));
//! assert!(error.downcast_ref::<std::io::Error>().is_some());
//! assert_eq!(error.fields(), [("attachments".into(), vec!["shelf 7"].into())]);
//! ```
//!
//! # `rootcause`
//!
//! Its contexts need not be errors, so the types that `map_error` should find are named.
//!
//! ```
//! use std::error::Error as StdError;
//! use std::{fmt, io};
//!
//! use backstop::{BoxError, Error};
//! use rootcause::Report;
//! use rootcause::prelude::ResultExt as _;
//!
//! #[derive(Debug)]
//! struct Root(Report);
//!
//! impl fmt::Display for Root {
//!     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
//!         let root = self.0.iter_reports().last();
//!         root.map_or(Ok(()), |root| write!(f, "{}", root.format_current_context()))
//!     }
//! }
//!
//! impl StdError for Root {
//!     fn source(&self) -> Option<&(dyn StdError + 'static)> {
//!         Some(self.0.iter_reports().last()?.downcast_current_context::<io::Error>()?)
//!     }
//! }
//!
//! fn converted(report: Report) -> Error {
//!     let contexts = report.iter_reports().map(|it| it.format_current_context().to_string());
//!     let contexts: Vec<_> = contexts.collect();
//!     let attachments = report.iter_reports().flat_map(|it| it.attachments().iter());
//!     let attachments: Vec<_> = attachments.map(|it| it.format_inner().to_string()).collect();
//!     let root = Error::from(BoxError::from(Root(report)));
//!     let outer = contexts.into_iter().rev().skip(1);
//!     outer.fold(root, Error::with_context).with_field("attachments", attachments)
//! }
//!
//! fn start() -> Result<String, Report> {
//!     let text = std::fs::read_to_string("/no/such/file").context("loading the stock");
//!     Ok(text.attach("shelf 7").context("starting the shop")?)
//! }
//!
//! let error = start().map_err(converted).unwrap_err();
//! assert!(format!("{error:#}").starts_with("starting the shop: loading the stock: No such file"));
//! assert!(error.downcast_ref::<io::Error>().is_some());
//! assert!(error.fields()[0].1.to_string().contains("shelf 7"));
//! ```
