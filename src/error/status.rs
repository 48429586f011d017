//! Which status a failure has.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::repr::Repr;
pub(super) use super::well_known::known;
use crate::panics::catch::catch_panic;

/// What [`map_status`](crate::Builder::map_status) registered.
#[derive(Clone, Default)]
pub(crate) struct StatusMap {
    entries: Vec<(&'static str, Arc<Guess>)>,
}

type Guess = dyn Fn(&(dyn StdError + 'static)) -> Option<StatusCode> + Send + Sync;

impl StatusMap {
    pub(crate) fn insert<E: StdError + 'static>(
        &mut self,
        status: impl Fn(&E) -> StatusCode + Send + Sync + 'static,
    ) {
        let guess = move |error: &(dyn StdError + 'static)| error.downcast_ref().map(&status);
        self.entries.push((type_name::<E>(), Arc::new(guess)));
    }

    /// The registration made last wins, so that an application can override a library's.
    fn get(&self, error: &(dyn StdError + 'static)) -> Option<StatusCode> {
        self.entries
            .iter()
            .rev()
            .find_map(|(_, guess)| guess(error))
    }
}

impl fmt::Debug for StatusMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.entries.iter().map(|(name, _)| name))
            .finish()
    }
}

/// The error's own status, else a registered one down the cause chain, else a known type's, else what a
/// foreign error suggests, else 500.
pub(super) fn of(inner: &Repr, map: &StatusMap) -> StatusCode {
    let status = catch_panic(|| inner.own_status())
        .flatten()
        .or_else(|| {
            if map.entries.is_empty() {
                return None;
            }
            inner
                .sources()
                .find_map(|error| catch_panic(|| map.get(error)).flatten())
        })
        .or_else(|| inner.sources().find_map(known).map(|known| known.status))
        .or_else(|| catch_panic(|| inner.foreign_status()).flatten())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    in_range(status)
}

/// The status where it is an error's, else 500.
pub(super) fn in_range(status: StatusCode) -> StatusCode {
    if (400..600).contains(&status.as_u16()) {
        status
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}
