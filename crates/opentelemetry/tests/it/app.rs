//! A service whose handler fails.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use backstop::prelude::*;
use backstop::{Backstop, Context as _, Scope};
use backstop_opentelemetry::OpenTelemetry;
use http::{Request, StatusCode};
use opentelemetry_otlp::{LogExporter, Protocol, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use serde_json::json;
use tower::ServiceExt as _;

use crate::{LONG, SPAN, TRACE};

/// Where the error is made.
pub(crate) const FILE: &str = file!();

/// The service, and the provider of its reports.
pub(crate) struct App {
    router: Router,
    pub(crate) backstop: Backstop,
    pub(crate) provider: SdkLoggerProvider,
}

impl App {
    pub(crate) fn new(provider: SdkLoggerProvider) -> Self {
        let backstop = Backstop::production()
            .log(false)
            .app("shop", "1.2.3")
            .reporter(OpenTelemetry::new(provider.clone()))
            .build()
            .unwrap();
        Self {
            router: Router::new()
                .route("/orders/{id}", get(fail))
                .layer(backstop.layer()),
            backstop,
            provider,
        }
    }

    pub(crate) async fn request(&self) -> Response {
        let request = Request::get("/orders/7?token=s3cr3t&x=1")
            .header("traceparent", format!("00-{TRACE}-{SPAN}-01"))
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 502);
        response
    }

    /// Waits until all records are with the collector.
    pub(crate) async fn flush(&self) {
        assert!(self.backstop.flush(LONG).await.is_empty());
        let provider = self.provider.clone();
        let flushed = tokio::task::spawn_blocking(move || provider.force_flush());
        flushed.await.unwrap().unwrap();
    }
}

async fn fail(scope: Scope) -> backstop::Result<()> {
    scope.add_breadcrumb("called the warehouse");
    scope.set_attribute("tenant", "acme");
    scope.add_annotation("cart", json!({"items": [{"sku": "a", "price": 1.5}]}));
    std::fs::read("/no/such/file")
        .or_status(StatusCode::BAD_GATEWAY)
        .context("counting the stock")?;
    Ok(())
}

/// A provider as applications have it: batches of the SDK, over OTLP.
pub(crate) fn otlp(url: &str) -> SdkLoggerProvider {
    let exporter = LogExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{url}/v1/logs"))
        .with_timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    let service = Resource::builder().with_service_name("shop").build();
    let builder = SdkLoggerProvider::builder().with_resource(service);
    builder.with_batch_exporter(exporter).build()
}

/// The exporter's blocking client creates a runtime, which asynchronous code must not do.
pub(crate) async fn app_over_otlp(url: String) -> App {
    let provider = tokio::task::spawn_blocking(move || otlp(&url));
    App::new(provider.await.unwrap())
}
