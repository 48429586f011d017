//! What axum knows: its rejections as errors, and the facts of a request as an extractor.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::extract::rejection::{
    BytesRejection, ExtensionRejection, FormRejection, JsonRejection, MatchedPathRejection,
    PathRejection, QueryRejection, RawFormRejection, RawPathParamsRejection, StringRejection,
};
use http::StatusCode;
use http::request::Parts;

use crate::error::HttpError;
use crate::request::RequestInfo;
use crate::scope::Scope;

/// A rejection has a status of its own; below 500 its text was written for clients.
macro_rules! rejections {
    ($($rejection:ty,)+) => {
        $(
            impl HttpError for $rejection {
                fn status(&self) -> StatusCode {
                    <$rejection>::status(self)
                }

                fn detail(&self) -> Option<String> {
                    Some(self.body_text())
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

/// Never fails; outside the layer it is the handle that does nothing.
impl<S: Sync> FromRequestParts<S> for Scope {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::current())
    }
}

/// Never fails.
impl<S: Sync> FromRequestParts<S> for RequestInfo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::from_parts(parts))
    }
}
