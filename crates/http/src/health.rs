//! Logs the health of a tracker: one line when delivery starts to fail, fails for another reason, or works again.

use std::sync::{Mutex, PoisonError};

use crate::endpoint::Endpoint;

/// The reason why delivery is failing, if it is.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<Option<String>>);

impl Health {
    /// Records the result of a request, and logs it if it differs from that of the request before.
    pub(crate) fn record(&self, reporter: &str, endpoint: &Endpoint, failure: Option<String>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *last == failure {
            return;
        }
        last.clone_from(&failure);
        drop(last);
        match failure {
            Some(reason) => {
                tracing::warn!(target: "backstop::reporters", reporter, ?endpoint, reason, "report delivery is failing");
            }
            None => {
                tracing::info!(target: "backstop::reporters", reporter, ?endpoint, "report delivery works again");
            }
        }
    }
}
