//! Which status an error response has.

use std::error::Error as StdError;
use std::sync::Arc;

use http::StatusCode;

use super::http_error::HttpError;
use super::repr::Repr;
use super::transport_errors::well_known;
use crate::panics::callback::Callback;
use crate::panics::catch::catch_panic;

/// The callbacks of [`map_error`](crate::Builder::map_error) and [`recognize`](crate::Builder::recognize). The default,
/// without callbacks, applies where there is no Backstop.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatusMap {
    callbacks: Vec<Callback<Mapping>>,
}

/// What an error in the cause chain means, if the callback knows it.
type Mapping = dyn Fn(&(dyn StdError + 'static)) -> Option<Arc<Repr>> + Send + Sync;

impl StatusMap {
    pub(crate) fn insert<E: StdError + 'static>(
        &mut self,
        map: impl Fn(&E) -> Option<Arc<Repr>> + Send + Sync + 'static,
    ) {
        let map = move |error: &(dyn StdError + 'static)| error.downcast_ref().and_then(&map);
        self.callbacks.push(Callback::new(Arc::new(map)));
    }

    /// The status of an error response:
    ///
    /// 1. the one that was set, or that the error declares itself
    /// 2. the one that a callback sets for an error in the cause chain
    /// 3. that of a well-known error in the cause chain: of Tower, of a request's body, of an upstream
    /// 4. the one that a foreign error suggests
    /// 5. 500
    ///
    /// A status outside 400–599 becomes 500. What else the callback says about the error is kept with it.
    pub(crate) fn status(&self, repr: &Repr) -> StatusCode {
        let status = catch_panic(|| repr.declared_status())
            .flatten()
            .or_else(|| self.map(repr)?.status)
            .or_else(|| {
                repr.cause
                    .errors()
                    .find_map(well_known)
                    .map(|known| known.status)
            })
            .or_else(|| catch_panic(|| repr.cause.http().map(HttpError::status)).flatten())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        in_range(status)
    }

    /// What the first error in the cause chain that a callback knows means. The first Backstop that knows one decides.
    fn map<'a>(&self, repr: &'a Repr) -> Option<&'a Arc<Repr>> {
        if repr.mapped.get().is_none() && !self.callbacks.is_empty() {
            let mapped = repr.cause.errors().find_map(|error| self.get(error))?;
            return Some(repr.mapped.get_or_init(|| mapped));
        }
        repr.mapped.get()
    }

    /// Asks the callbacks, the last one first, so that an application can override a library's.
    fn get(&self, error: &(dyn StdError + 'static)) -> Option<Arc<Repr>> {
        let mut callbacks = self.callbacks.iter().rev();
        callbacks.find_map(|callback| callback.call(|map| map(error)).flatten())
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
