//! What the rejections of axum and of `axum-extra` have in common: a status, and a text that was written for clients.

use std::borrow::Cow;
use std::error::Error as StdError;

use http::StatusCode;

use super::rejected_fields::{of_error, of_text, sentence};
use crate::error::transport_errors::unread_body;
use crate::problem::FieldError;

/// Implements [`HttpError`](crate::HttpError) for rejections, which have the same methods, but no trait in common.
macro_rules! rejections {
    ($($rejection:ty,)+) => {
        $(
            #[diagnostic::do_not_recommend]
            impl $crate::error::HttpError for $rejection {
                fn status(&self) -> ::http::StatusCode {
                    $crate::error::foreign::rejection::status(self, <$rejection>::status(self))
                }

                fn detail(&self) -> Option<::std::borrow::Cow<'static, str>> {
                    Some($crate::error::foreign::rejection::detail(self.body_text()))
                }

                fn errors(&self) -> Vec<$crate::problem::FieldError> {
                    $crate::error::foreign::rejection::errors(self, &self.body_text())
                }
            }
        )+
    };
}
pub(super) use rejections;

/// The status of a rejection. axum's is too general where the body of the request could not be read: it is 400 if that
/// took too long, and 500 if a client stopped sending a form.
pub(super) fn status(rejection: &(dyn StdError + 'static), own: StatusCode) -> StatusCode {
    if own == StatusCode::BAD_REQUEST || own == StatusCode::INTERNAL_SERVER_ERROR {
        unread_body(rejection).unwrap_or(own)
    } else {
        own
    }
}

/// The text for clients. That of a part of the request that could not be read quotes the part and names Rust types;
/// clients see what is wrong with it in other words.
pub(super) fn detail(text: String) -> Cow<'static, str> {
    sentence(&text).map_or(Cow::Owned(text), Cow::Borrowed)
}

/// The part of the request that could not be read.
pub(super) fn errors(rejection: &(dyn StdError + 'static), text: &str) -> Vec<FieldError> {
    let of_text = || of_text(text).map(|(_, error)| error);
    of_error(text, rejection)
        .or_else(of_text)
        .into_iter()
        .collect()
}
