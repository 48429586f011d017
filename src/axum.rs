//! Extractors for axum.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::request::RequestInfo;
use crate::scope::Scope;

/// Never fails. Outside the layer, the extracted scope does nothing.
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
