//! What a recognized error declares, wherever it is in a cause chain.

use std::borrow::Cow;
use std::sync::Arc;

use super::cause::Cause;
use super::http_error::HttpError;
use super::overrides::Overrides;
use super::repr::Repr;
use super::std_error::display;
use crate::problem::limit_depth;

/// The parts of an error that declares its response and is only borrowed, or `None` if it declares no status.
pub(crate) fn recognized<E: HttpError>(error: &E) -> Option<Arc<Repr>> {
    if !error.has_status() {
        return None;
    }
    let cause = if error.is_foreign() {
        Cause::Snapshot(Vec::new())
    } else {
        Cause::Message(Cow::Owned(display(error)))
    };
    let mut repr = Repr::new(cause, None, None);
    repr.status = Some(error.status());
    repr.exposure = Some(error.exposure());
    repr.is_expected = error.is_expected();
    let items = error.errors();
    let items = items.iter().map(|item| Arc::new(Repr::field_error(item)));
    repr.items = items.collect();
    let fields = error.fields().into_iter();
    repr.overrides = Some(Box::new(Overrides {
        code: error.code().map(limit_depth),
        name: error.name(),
        title: error.title(),
        detail: error.detail(),
        type_uri: error.type_uri(),
        details: error.details().map(limit_depth),
        fields: fields
            .map(|(key, value)| (key, limit_depth(value)))
            .collect(),
        headers: error.headers(),
        ..Overrides::default()
    }));
    Some(Arc::new(repr))
}
