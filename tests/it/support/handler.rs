//! What a client gets of a handler that fails.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]

use axum::Router;
use axum::routing::get;
use backstop::{Backstop, Error};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// The error response to a handler that fails with this error.
pub(crate) async fn respond_with(
    backstop: &Backstop,
    failing: impl Fn() -> Error + Clone + Send + Sync + 'static,
) -> (StatusCode, Value) {
    let route = get(move || {
        let failing = failing.clone();
        async move { Err::<(), Error>(failing()) }
    });
    let app = Router::new().route("/", route).layer(backstop.layer());
    let request = Request::get("/").body(axum::body::Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(!String::from_utf8_lossy(&body).contains("s3cr3t"));
    let mut problem: Value = serde_json::from_slice(&body).unwrap();
    problem.as_object_mut().unwrap().remove("instance");
    (status, problem)
}

/// The same under a Backstop that shows the field `sku`.
pub(crate) async fn respond(
    failing: impl Fn() -> Error + Clone + Send + Sync + 'static,
) -> (StatusCode, Value) {
    let backstop = Backstop::production()
        .safe_fields(["sku"])
        .log(false)
        .build()
        .unwrap();
    respond_with(&backstop, failing).await
}
