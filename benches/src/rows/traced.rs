//! Spans and events of a request that succeeds, with `TracingLayer` in the subscriber and without it.

use axum::Router;
use backstop::tracing::TracingLayer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::apps::reporting;
use crate::row::{Row, row};

const REGISTRY: &str = "success, backstop, registry";
const LAYER: &str = "success, backstop, TracingLayer";
const TIMES: u64 = 10;

pub const ROWS: &[Row] = &[
    row(REGISTRY, || with_registry(|| ())),
    row("each of 10 nested spans, registry", || {
        with_registry(|| spans(TIMES))
    })
    .over(REGISTRY)
    .times(TIMES),
    row("each of 10 INFO events, registry", || with_registry(events))
        .over(REGISTRY)
        .times(TIMES),
    row(LAYER, || with_layer(|| ())),
    row("each of 10 nested spans, TracingLayer", || {
        with_layer(|| spans(TIMES))
    })
    .over(LAYER)
    .times(TIMES),
    row("each of 10 INFO events, TracingLayer: breadcrumbs", || {
        with_layer(events)
    })
    .over(LAYER)
    .times(TIMES),
];

fn spans(depth: u64) {
    let _span = tracing::info_span!("load", depth).entered();
    if depth > 1 {
        spans(depth - 1);
    }
}

fn events() {
    for order in 0..TIMES {
        tracing::info!(order, "loading the order");
    }
}

fn with_registry(handle: fn()) -> Router {
    tracing_subscriber::registry().init();
    handling(handle)
}

fn with_layer(handle: fn()) -> Router {
    tracing_subscriber::registry()
        .with(TracingLayer::new())
        .init();
    handling(handle)
}

fn handling(handle: fn()) -> Router {
    let handler = move || async move {
        handle();
        "hello"
    };
    Router::new()
        .route("/orders/{id}", axum::routing::get(handler))
        .layer(reporting().layer())
}
