//! axum's rejections.

use std::borrow::Cow;

use axum::extract::path::{FailedToDeserializePathParams, InvalidUtf8InPathParam};
use axum::extract::rejection::{
    BytesRejection, ExtensionRejection, FailedToBufferBody, FailedToDeserializeForm,
    FailedToDeserializeFormBody, FailedToDeserializeQueryString, FormRejection,
    InvalidFormContentType, InvalidUtf8, JsonDataError, JsonRejection, JsonSyntaxError,
    LengthLimitError, MatchedPathMissing, MatchedPathRejection, MissingExtension,
    MissingJsonContentType, MissingPathParams, NestedPathRejection, PathRejection, QueryRejection,
    RawFormRejection, RawPathParamsRejection, StringRejection, UnknownBodyError,
};
use http::StatusCode;

use crate::error::http_error::HttpError;

/// A rejection has a status, and a text that was written for clients.
macro_rules! rejections {
    ($($rejection:ty,)+) => {
        $(
            #[diagnostic::do_not_recommend]
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
    FailedToBufferBody,
    FailedToDeserializeForm,
    FailedToDeserializeFormBody,
    FailedToDeserializePathParams,
    FailedToDeserializeQueryString,
    FormRejection,
    InvalidFormContentType,
    InvalidUtf8,
    InvalidUtf8InPathParam,
    JsonDataError,
    JsonRejection,
    JsonSyntaxError,
    LengthLimitError,
    MatchedPathMissing,
    MatchedPathRejection,
    MissingExtension,
    MissingJsonContentType,
    MissingPathParams,
    NestedPathRejection,
    PathRejection,
    QueryRejection,
    RawFormRejection,
    RawPathParamsRejection,
    StringRejection,
    UnknownBodyError,
}

#[cfg(feature = "multipart")]
rejections! {
    axum::extract::multipart::MultipartError,
    axum::extract::multipart::MultipartRejection,
}

#[cfg(feature = "ws")]
rejections! {
    axum::extract::ws::rejection::WebSocketUpgradeRejection,
}
