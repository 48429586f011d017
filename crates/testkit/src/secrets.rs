//! Secrets planted wherever one may be, in a failure that travels from a request to a reporter.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use backstop::report::{Breadcrumb, FeatureFlag, Severity};
use backstop::reporters::Reporter;
use backstop::{Backstop, Error, ResultExt as _, Scope};
use http::Request;
use serde_json::json;
use tower::ServiceExt as _;

use crate::http1::Received;
use crate::receiver::Receiver;

const LONG: Duration = Duration::from_secs(30);

/// In two parts, because reports contain the source of this file.
const SECRET: &str = concat!("s3", "cr3t");

/// Has an application fail with secrets everywhere, and asserts that none of them leaves.
pub async fn check<R: Reporter + 'static>(make: impl Fn(&str) -> R) {
    let receiver = Receiver::accepting().await;
    let backstop = Backstop::production()
        .log(false)
        .redact_keys(["pin"])
        .reporter(make(&receiver.url()))
        .build()
        .unwrap();
    let text = format!("{{\\\"token\\\":\\\"{SECRET}\\\"}}");
    let messages = [
        format!("postgres://app:{SECRET}@db:5432/shop refused"),
        format!("{{\"user\": {{\"api_key_v2\": \"{SECRET}\"}}, \"text\": \"{text}\"}}"),
        format!("Authorization: Bearer {SECRET}"),
        format!("pin={SECRET}"),
    ];
    for message in messages {
        request(&backstop, message).await;
    }
    assert!(backstop.flush(LONG).await.is_empty());
    let sent: String = receiver.received().iter().map(Received::text).collect();
    assert!(sent.contains("REDACTED"), "nothing was sent: {sent}");
    assert!(
        sent.contains("planted crumb") && sent.contains("cart"),
        "{sent}"
    );
    assert!(!sent.contains(SECRET), "{sent}");
    // The spawn trace of the task is metadata, which every reporter sends.
    assert!(sent.contains("spawned_at"), "{sent}");
}

/// A request that fails with this message, and has secrets in its URL and its headers.
async fn request(backstop: &Backstop, message: String) {
    let app = Router::new()
        .route("/orders/{id}", get(|| fail(message)))
        .layer(backstop.layer());
    let request = Request::get(format!("/orders/7?api%5Fkey={SECRET}&x=1"))
        .header("authorization", format!("Bearer {SECRET}"))
        .header("cookie", format!("sid={SECRET}"))
        .header(
            "referer",
            format!("https://me:{SECRET}@host/?token={SECRET}"),
        )
        .body(Body::empty())
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 500);
}

async fn fail(message: String) -> Result<(), Error> {
    let scope = Scope::current();
    let text = format!("{{\"jwt\": \"{SECRET}\"}}");
    let nested = json!({"deep": [{"password": SECRET}], "text": text});
    let crumb = Breadcrumb::new(format!("planted crumb secret={SECRET}"));
    scope.add_breadcrumb(crumb.with_data(&nested));
    scope.add_annotation("cart", nested);
    scope.set_attribute("session_id", SECRET);
    scope.log(Severity::Info, format!("pwd={SECRET}"));
    scope.add_feature_flag(FeatureFlag::new("auth_token").with_variant(SECRET));
    let task = scope.spawn(async { backstop::notify(&std::fmt::Error) });
    assert!(task.await.unwrap().is_some());
    let failed: Result<(), io::Error> = Err(io::Error::other(message));
    failed
        .or_internal(format!("secret={SECRET}"))
        .map_err(|error| error.with_field("cookie", SECRET))
}
