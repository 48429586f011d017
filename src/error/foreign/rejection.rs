//! What the rejections of axum and of `axum-extra` have in common: a status, and a text that was written for clients.

use std::error::Error as StdError;

use http::StatusCode;

use crate::error::transport_errors::unread_body;

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
                    Some(::std::borrow::Cow::Owned(self.body_text()))
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
