//! Secrets planted wherever one may be, in a failure that travels from a request to a reporter.

use std::io;
use std::time::Duration;

use backstop::report::{Breadcrumb, FeatureFlag, Severity};
use backstop::reporters::Reporter;
use backstop::{Backstop, Error, ResultExt as _, Scope};
use serde_json::json;

use crate::http1::Received;
use crate::receiver::Receiver;

const LONG: Duration = Duration::from_secs(30);

/// Has an application fail with secrets everywhere, and asserts that none of them leaves.
pub async fn check<R: Reporter + 'static>(make: impl Fn(&str) -> R) {
    let receiver = Receiver::accepting().await;
    let backstop = Backstop::production()
        .log(false)
        .redact_keys(["pin"])
        .reporter(make(&receiver.url()))
        .build()
        .unwrap();
    let messages = [
        "postgres://app:s3cr3t@db:5432/shop refused",
        "{\"user\": {\"api_key_v2\": \"s3cr3t\"}, \"text\": \"{\\\"token\\\":\\\"s3cr3t\\\"}\"}",
        "Authorization: Bearer s3cr3t",
        "pin=s3cr3t",
    ];
    for message in messages {
        let app = axum::Router::new()
            .route("/orders/{id}", axum::routing::get(move || fail(message)))
            .layer(backstop.layer());
        let request = http::Request::get("/orders/7?api%5Fkey=s3cr3t&x=1")
            .header("authorization", "Bearer s3cr3t")
            .header("cookie", "sid=s3cr3t")
            .header("referer", "https://me:s3cr3t@host/?token=s3cr3t")
            .body(axum::body::Body::empty())
            .unwrap();
        let response = tower::ServiceExt::oneshot(app, request).await.unwrap();
        assert_eq!(response.status(), 500);
    }
    assert!(backstop.flush(LONG).await.is_empty());
    let sent: String = receiver.received().iter().map(Received::text).collect();
    assert!(sent.contains("REDACTED"), "nothing was sent: {sent}");
    assert!(
        sent.contains("planted crumb") && sent.contains("cart"),
        "{sent}"
    );
    assert!(!sent.contains("s3cr3t"), "{sent}");
    // The spawn trace of the task is metadata, which every reporter sends.
    assert!(sent.contains("spawned_at"), "{sent}");
}

async fn fail(message: &'static str) -> Result<(), Error> {
    let scope = Scope::current();
    let nested = json!({"deep": [{"password": "s3cr3t"}], "text": "{\"jwt\": \"s3cr3t\"}"});
    scope.add_breadcrumb(Breadcrumb::new("planted crumb secret=s3cr3t").with_data(&nested));
    scope.add_annotation("cart", nested);
    scope.set_attribute("session_id", "s3cr3t");
    scope.log(Severity::Info, "pwd=s3cr3t");
    scope.add_feature_flag(FeatureFlag::new("auth_variant").with_variant("s3cr3t"));
    let task = scope.spawn(async { backstop::notify(&std::fmt::Error) });
    assert!(task.await.unwrap().is_some());
    let failed: Result<(), io::Error> = Err(io::Error::other(message));
    failed
        .or_internal("secret=s3cr3t")
        .map_err(|error| error.with_field("cookie", "s3cr3t"))
}
