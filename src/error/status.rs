//! Which status an error response has.

use std::error::Error as StdError;
use std::sync::Arc;

use http::StatusCode;

use super::http_error::HttpError;
use super::repr::Repr;
use super::transport_errors::well_known;
use crate::panics::callback::Callback;
use crate::panics::catch::catch_panic;

/// The callbacks of [`map_status`](crate::Builder::map_status). The default, without callbacks, applies where
/// there is no Backstop.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatusMap {
    callbacks: Vec<Callback<StatusOf>>,
}

type StatusOf = dyn Fn(&(dyn StdError + 'static)) -> Option<StatusCode> + Send + Sync;

impl StatusMap {
    pub(crate) fn insert<E: StdError + 'static>(
        &mut self,
        status_of: impl Fn(&E) -> StatusCode + Send + Sync + 'static,
    ) {
        let status_of =
            move |error: &(dyn StdError + 'static)| error.downcast_ref().map(&status_of);
        self.callbacks.push(Callback::new(Arc::new(status_of)));
    }

    /// The status of an error response:
    ///
    /// 1. the one that was set, or that the error declares itself
    /// 2. the one that a callback returns for an error in the cause chain
    /// 3. that of a well-known error in the cause chain: of Tower, of a request's body, of an upstream
    /// 4. the one that a foreign error suggests
    /// 5. 500
    ///
    /// A status outside 400–599 becomes 500.
    pub(crate) fn status(&self, repr: &Repr) -> StatusCode {
        let errors = || repr.cause.errors();
        let status = catch_panic(|| repr.declared_status())
            .flatten()
            .or_else(|| {
                if self.callbacks.is_empty() {
                    return None;
                }
                errors().find_map(|error| self.get(error))
            })
            .or_else(|| errors().find_map(well_known).map(|known| known.status))
            .or_else(|| catch_panic(|| repr.cause.http().map(HttpError::status)).flatten())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        in_range(status)
    }

    /// Asks the callbacks, the last one first, so that an application can override a library's.
    fn get(&self, error: &(dyn StdError + 'static)) -> Option<StatusCode> {
        let mut callbacks = self.callbacks.iter().rev();
        callbacks.find_map(|callback| callback.call(|status_of| status_of(error)).flatten())
    }
}

/// The status if it is one of an error, else 500.
pub(super) fn in_range(status: StatusCode) -> StatusCode {
    if (400..600).contains(&status.as_u16()) {
        status
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}
