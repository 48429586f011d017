//! An error response that the application did not make from an error.

use http::StatusCode;

use super::cause::Cause;
use super::repr::Repr;

impl Repr {
    /// A bare error response, with the text of its body.
    pub(crate) fn response(status: StatusCode, text: Option<String>) -> Self {
        #[cfg(feature = "axum")]
        let rejected = rejected(status, text.as_deref());
        let mut repr = Self::new(Cause::Response(status, text), None, None);
        repr.status = Some(status);
        #[cfg(feature = "axum")]
        if let Some((sentence, field)) = rejected {
            repr.overrides_mut().detail = Some(sentence.into());
            repr.items.push(Self::field_error(&field).into());
        }
        repr
    }
}

/// What clients read of the rejection of an extractor, if the text is that of one that names a part of the request.
#[cfg(feature = "axum")]
fn rejected(
    status: StatusCode,
    text: Option<&str>,
) -> Option<(&'static str, crate::problem::FieldError)> {
    super::foreign::rejected_field(text.filter(|_| status.is_client_error())?)
}
