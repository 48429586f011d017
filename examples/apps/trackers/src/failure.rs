//! A service whose only route fails.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use backstop::prelude::*;
use backstop::report::{Breadcrumb, BreadcrumbKind, FeatureFlag, User};
use backstop::{Backstop, BoxError, Context as _, Scope};
use serde_json::json;
use tower::ServiceExt as _;

/// A URL as clients send it, and one as the configuration has it. No tracker may see their secrets.
const ORDER: &str = "/orders/7?token=s3cr3t&full=1";
const DATABASE: &str = "postgres://app:s3cr3t@db:5432/stock";

pub async fn request(backstop: &Backstop) -> Result<Response, BoxError> {
    let app: Router = Router::new()
        .route("/orders/{id}", get(order))
        .layer(backstop.layer());
    let request = Request::get(ORDER)
        .header("user-agent", "trackers/1.0")
        .header(
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        )
        .body(Body::empty())?;
    Ok(app.oneshot(request).await?)
}

async fn order(scope: Scope) -> backstop::Result<()> {
    scope.set_attribute("tenant", "acme");
    scope.set_user(User::new("u-7"));
    scope.add_feature_flag(FeatureFlag::new("checkout").with_variant("two-step"));
    scope.add_annotation("cart", json!({"items": 3}));
    scope
        .add_breadcrumb(Breadcrumb::new("called the warehouse").with_kind(BreadcrumbKind::Request));
    let problem = format!("connecting to {DATABASE}: connection refused");
    let refused: Result<(), _> = Err(std::io::Error::other(problem));
    refused
        .or_status(StatusCode::BAD_GATEWAY)
        .context("counting the stock")
}
