//! axum's rejections.

use axum::extract::path::{FailedToDeserializePathParams, InvalidUtf8InPathParam};
use axum::extract::rejection::{
    BytesRejection, ExtensionRejection, FailedToBufferBody, FailedToDeserializeForm,
    FailedToDeserializeFormBody, FailedToDeserializeQueryString, FormRejection,
    InvalidFormContentType, InvalidUtf8, JsonDataError, JsonRejection, JsonSyntaxError,
    LengthLimitError, MatchedPathMissing, MatchedPathRejection, MissingExtension,
    MissingJsonContentType, MissingPathParams, NestedPathRejection, PathRejection, QueryRejection,
    RawFormRejection, RawPathParamsRejection, StringRejection, UnknownBodyError,
};

use super::rejection::rejections;

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
    axum::extract::multipart::InvalidBoundary,
    axum::extract::multipart::MultipartError,
    axum::extract::multipart::MultipartRejection,
}

#[cfg(feature = "ws")]
rejections! {
    axum::extract::ws::rejection::ConnectionNotUpgradable,
    axum::extract::ws::rejection::InvalidConnectionHeader,
    axum::extract::ws::rejection::InvalidProtocolPseudoheader,
    axum::extract::ws::rejection::InvalidUpgradeHeader,
    axum::extract::ws::rejection::InvalidWebSocketVersionHeader,
    axum::extract::ws::rejection::MethodNotConnect,
    axum::extract::ws::rejection::MethodNotGet,
    axum::extract::ws::rejection::WebSocketKeyHeaderMissing,
    axum::extract::ws::rejection::WebSocketUpgradeRejection,
}
