//! [`LogLevel`]: the setting of [`Builder::log_level`](super::Builder::log_level).

/// The level at which a failure is logged; see [`Builder::log_level`](crate::Builder::log_level).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LogLevel {
    /// It is not logged.
    Off,
    /// TRACE.
    Trace,
    /// DEBUG.
    Debug,
    /// INFO.
    Info,
    /// WARN.
    Warn,
    /// ERROR.
    Error,
}
