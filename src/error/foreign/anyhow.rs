//! `anyhow::Error` through `?`.

use crate::error::{BoxError, Error, MAX_LINKS, shown};

impl From<::anyhow::Error> for Error {
    /// A 500 whose chain is the report's, each error of it found by its type, by
    /// [`downcast_ref`](Error::downcast_ref) and by [`map_status`](crate::Builder::map_status). If an
    /// [`Error`] is in the chain, as a [`BoxError`](crate::BoxError), the facts are this one's.
    ///
    /// ```
    /// use anyhow::Context as _;
    ///
    /// fn stock() -> backstop::Result<String> {
    ///     Ok(std::fs::read_to_string("/no/such/file").context("loading the stock")?)
    /// }
    ///
    /// let error = stock().unwrap_err();
    /// assert!(error.downcast_ref::<std::io::Error>().is_some());
    /// assert!(format!("{error:#}").starts_with("loading the stock: No such file"));
    /// ```
    #[track_caller]
    fn from(report: ::anyhow::Error) -> Self {
        let chain = || report.chain().take(MAX_LINKS).map(shown).collect();
        let chain: Vec<String> = match report.downcast_ref::<BoxError>() {
            Some(_) => chain(),
            None => return Self::from_report(report),
        };
        match report.downcast::<BoxError>() {
            Ok(boxed) => Self::from_unboxed(boxed, chain),
            Err(report) => Self::from_report(report),
        }
    }
}
