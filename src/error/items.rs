//! The errors that an error lists, such as the invalid parts of a request.

use std::borrow::Cow;
use std::sync::Arc;

use super::cause::Cause;
use super::repr::Repr;
use crate::problem::FieldError;

impl Repr {
    /// The errors that this one lists.
    pub(crate) fn items(&self) -> Vec<Arc<Self>> {
        let mapped = self.mapped.get().into_iter().flat_map(|it| &it.items);
        let mut items: Vec<_> = self.items.iter().chain(mapped).cloned().collect();
        if let Some(http) = self.cause.http() {
            items.extend(
                http.errors()
                    .iter()
                    .map(|it| Arc::new(Self::field_error(it))),
            );
        }
        items
    }

    /// Whether it is shown or hidden like the error that lists it.
    pub(crate) const fn is_field_error(&self) -> bool {
        matches!(self.cause, Cause::Field(_))
    }

    /// One invalid part of a request.
    pub(super) fn field_error(error: &FieldError) -> Self {
        let cause = Cause::Field(Cow::Owned(error.detail().to_owned()));
        let mut repr = Self::new(cause, None, None);
        let members = [
            ("pointer", error.pointer()),
            ("parameter", error.parameter()),
        ];
        let overrides = repr.overrides_mut();
        overrides.code = error.code().cloned();
        for (name, value) in members {
            if let Some(value) = value {
                overrides.fields.set(name.into(), value.into());
            }
        }
        repr
    }
}
