//! The rejections of `axum-extra`.

use axum_extra::extract::multipart::{InvalidBoundary, MultipartError, MultipartRejection};
use axum_extra::extract::rejection::{FailedToResolveHost, HostRejection};
use axum_extra::extract::{
    FormRejection, JsonDataError, JsonDeserializerRejection, JsonSyntaxError,
    MissingJsonContentType, OptionalQueryRejection, QueryRejection,
};
use axum_extra::typed_header::TypedHeaderRejection;
use http::StatusCode;

use super::rejection::rejections;
use crate::error::http_error::HttpError;

rejections! {
    FailedToResolveHost,
    FormRejection,
    HostRejection,
    InvalidBoundary,
    JsonDataError,
    JsonDeserializerRejection,
    JsonSyntaxError,
    MissingJsonContentType,
    MultipartError,
    MultipartRejection,
    OptionalQueryRejection,
    QueryRejection,
}

/// Its text was written for clients.
#[diagnostic::do_not_recommend]
impl HttpError for TypedHeaderRejection {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_REQUEST
    }
}
