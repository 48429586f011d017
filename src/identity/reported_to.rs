//! That the application has reported an error itself, so that the layer does not do it again.

use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// The id under which an error was reported, and to whom.
#[derive(Debug)]
pub(crate) struct ReportedTo {
    id: Uuid,
    /// The numbers of the Backstops.
    told: Mutex<Vec<u64>>,
}

impl Default for ReportedTo {
    fn default() -> Self {
        Self {
            id: super::id::new_id(),
            told: Mutex::default(),
        }
    }
}

impl ReportedTo {
    pub(crate) const fn id(&self) -> Uuid {
        self.id
    }

    /// Whether this Backstop has the report.
    pub(crate) fn is_told(&self, number: u64) -> bool {
        self.told().contains(&number)
    }

    /// Notes that this Backstop gets the report now; `false` if it has it.
    pub(crate) fn tell(&self, number: u64) -> bool {
        let mut told = self.told();
        let is_new = !told.contains(&number);
        if is_new {
            told.push(number);
        }
        is_new
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Vec<u64>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
