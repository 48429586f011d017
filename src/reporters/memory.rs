//! Reports kept in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::delivery::Delivery;
use super::reporter::Reporter;
use crate::report::report::Report;

/// Keeps the last 1,024 reports in memory, for tests or for a page that shows them. Clones share the reports.
///
/// ```
/// use std::time::Duration;
/// use backstop::{Backstop, reporters::Memory};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), backstop::ConfigError> {
/// let memory = Memory::new();
/// let backstop = Backstop::production().reporter(memory.clone()).build()?;
/// backstop.notify(&"x".parse::<u8>().unwrap_err());
/// backstop.flush(Duration::from_secs(5)).await;
/// assert_eq!(memory.reports()[0].errors[0].message, "invalid digit found in string");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory {
    kept: Arc<Mutex<VecDeque<Arc<Report>>>>,
}

/// How many reports are kept.
const CAPACITY: usize = 1_024;

impl Memory {
    /// Creates a reporter without reports.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Removes all reports.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Returns the reports, oldest first.
    #[must_use]
    pub fn reports(&self) -> Vec<Arc<Report>> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Report>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reporter for Memory {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let mut kept = self.lock();
        kept.extend(batch.iter().cloned());
        let surplus = kept.len().saturating_sub(CAPACITY);
        kept.drain(..surplus);
        vec![Delivery::Delivered; batch.len()]
    }
}
