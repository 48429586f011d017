//! The body of a response that was made without a runtime.

use axum_core::body::Body;
use http::Response;
use http_body_util::BodyExt as _;

/// The whole body as text.
pub(crate) fn text(response: Response<Body>) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let bytes = runtime
        .block_on(response.into_body().collect())
        .expect("a whole body")
        .to_bytes();
    String::from_utf8(bytes.to_vec()).expect("a text")
}
