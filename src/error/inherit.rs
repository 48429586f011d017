//! What an error inherits from an [`Error`](crate::Error) in its cause chain.

use super::exposure::Exposure;
use super::repr::Repr;

impl Repr {
    /// Takes from an error in the cause chain what [`HttpError`] has no method for. A status that was declared takes
    /// precedence over `map_error`, although the error around it is foreign.
    pub(super) fn take_over(&mut self, inner: &Self) {
        self.status = inner.declared_status();
        self.exposure = Some(inner.exposure());
        self.items = inner.items();
        self.backtrace = inner.backtrace().cloned();
        if inner.members().next().is_some() {
            self.overrides_mut().members = inner.members().cloned().collect();
        }
    }

    /// Copies from an error in a cause chain everything that it says, for one that keeps only texts.
    pub(super) fn copy(&mut self, inner: &Self) {
        self.take_over(inner);
        let is_public = inner.exposure() == Exposure::Public;
        let detail = inner.client_text(is_public);
        self.is_expected = inner.is_expected();
        let overrides = self.overrides_mut();
        overrides.code = inner.code();
        overrides.name = inner.name();
        overrides.title = inner.title();
        overrides.detail = detail;
        overrides.type_uri = inner.type_uri();
        overrides.details = inner.details();
        overrides.fields = inner.fields().into_iter().collect();
        overrides.headers = inner.headers().unwrap_or_default();
    }
}
