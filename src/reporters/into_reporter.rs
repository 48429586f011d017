//! What the builder accepts: a reporter, or a reporter with settings for its backlog.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::dyn_reporter::DynReporter;
use super::reporter::Reporter;

/// The argument of [`Builder::reporter`](crate::Builder::reporter): every [`Reporter`], and a `Spool` around one.
///
/// This trait is sealed: implement [`Reporter`] instead.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reporter",
    note = "implement `backstop::reporters::Reporter` for it, or wrap a closure with `backstop::reporters::from_fn`"
)]
pub trait IntoReporter: sealed::IntoReporter {}

impl<R: Reporter + 'static> IntoReporter for R {}

/// A reporter, and where it keeps its backlog.
#[derive(Clone, Debug)]
#[expect(unnameable_types, reason = "only this crate makes and reads it")]
pub struct ConfiguredReporter {
    pub(crate) reporter: Arc<dyn DynReporter>,
    /// `None` keeps the backlog in memory.
    pub(crate) spool: Option<SpoolSettings>,
}

/// Where a backlog is kept on disk, and its limits.
#[derive(Clone, Debug)]
pub(crate) struct SpoolSettings {
    pub(crate) dir: PathBuf,
    pub(crate) max_reports: usize,
    pub(crate) max_bytes: u64,
    pub(crate) max_age: Duration,
}

pub(super) mod sealed {
    use std::sync::Arc;

    use super::{ConfiguredReporter, Reporter};

    #[expect(unnameable_types, reason = "it seals the trait of the same name")]
    pub trait IntoReporter {
        #[doc(hidden)]
        fn configured(self) -> ConfiguredReporter;
    }

    impl<R: Reporter + 'static> IntoReporter for R {
        fn configured(self) -> ConfiguredReporter {
            ConfiguredReporter {
                reporter: Arc::new(self),
                spool: None,
            }
        }
    }
}
