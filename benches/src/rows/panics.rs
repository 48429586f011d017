//! A handler that panics.

use std::sync::Arc;

use axum::Router;
use tower_http::catch_panic::CatchPanicLayer;

use crate::apps::{panicking, production, reporting};
use crate::row::{Row, row};

pub const ROWS: &[Row] = &[
    row("panic, tower-http CatchPanicLayer", || {
        panicking().layer(CatchPanicLayer::new())
    }),
    row("panic, sentry", sentry).share(10),
    row("panic, backstop", || {
        panicking().layer(production().layer())
    }),
    row("panic, backstop, reported", || {
        panicking().layer(reporting().layer())
    }),
    row("panic, backstop, reported, with its frames", with_frames),
];

pub fn with_frames() -> Router {
    let backstop = reporting();
    // The silent hook is set first, so that this one chains to it.
    let app = panicking();
    backstop
        .install_panic_hook()
        .expect("no other Backstop has it");
    app.layer(backstop.layer())
}

fn sentry() -> Router {
    struct Nowhere;
    impl sentry::Transport for Nowhere {
        fn send_envelope(&self, envelope: sentry::Envelope) {
            drop(std::hint::black_box(envelope));
        }
    }
    // The silent hook is set first, so that sentry's chains to it.
    let app = panicking();
    // The client that `sentry::init` makes, except that it sends nothing.
    let options = sentry::ClientOptions::new()
        .dsn("http://key@127.0.0.1:1/1")
        .transport(Arc::new(Nowhere));
    std::mem::forget(sentry::init(options));
    app.layer(sentry_tower::SentryHttpLayer::new())
        .layer(sentry_tower::NewSentryLayer::new_from_top())
        .layer(CatchPanicLayer::new())
}
