//! axum's rejections.

use std::borrow::Cow;

use axum::extract::rejection::{
    BytesRejection, ExtensionRejection, FormRejection, JsonRejection, MatchedPathRejection,
    PathRejection, QueryRejection, RawFormRejection, RawPathParamsRejection, StringRejection,
};
use http::StatusCode;

use crate::error::http_error::HttpError;

/// A rejection has a status, and a text that was written for clients.
macro_rules! rejections {
    ($($rejection:ty,)+) => {
        $(
            impl HttpError for $rejection {
                fn status(&self) -> StatusCode {
                    <$rejection>::status(self)
                }

                fn detail(&self) -> Option<Cow<'static, str>> {
                    Some(Cow::Owned(self.body_text()))
                }
            }
        )+
    };
}

rejections! {
    BytesRejection,
    ExtensionRejection,
    FormRejection,
    JsonRejection,
    MatchedPathRejection,
    PathRejection,
    QueryRejection,
    RawFormRejection,
    RawPathParamsRejection,
    StringRejection,
}
