//! `eyre::Report` through `?`.

use super::report::from_report;

from_report! {
    /// A 500 with the report's cause chain. [`downcast_ref`](Self::downcast_ref) and
    /// [`map_error`](crate::Builder::map_error) find each error in it by its type. If an `Error` is in the chain, as a
    /// [`BoxError`](crate::BoxError), the response is that one's.
    ///
    /// ```
    /// use eyre::WrapErr as _;
    ///
    /// fn stock() -> backstop::Result<String> {
    ///     Ok(std::fs::read_to_string("/no/such/file").wrap_err("loading the stock")?)
    /// }
    ///
    /// let error = stock().unwrap_err();
    /// assert!(error.downcast_ref::<std::io::Error>().is_some());
    /// assert!(format!("{error:#}").starts_with("loading the stock: No such file"));
    /// ```
    ::eyre::Report
}
