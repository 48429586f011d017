//! A request that succeeds.

use tower::layer::util::Identity;
use tower_http::catch_panic::CatchPanicLayer;

use crate::apps::{ok, production, reporting};
use crate::by_hand;
use crate::row::{BROWSER, Row, row};

const BASE: &str = "success";

pub const ROWS: &[Row] = &[
    row(BASE, || ok().layer(Identity::new())).accept(BROWSER),
    row("success, by hand: facts kept, panics caught", || {
        ok().layer(by_hand::layer())
    })
    .accept(BROWSER)
    .over(BASE),
    row("success, tower-http CatchPanicLayer", || {
        ok().layer(CatchPanicLayer::new())
    })
    .accept(BROWSER)
    .over(BASE),
    row("success, sentry-tower", || {
        ok().layer(sentry_tower::SentryHttpLayer::new())
            .layer(sentry_tower::NewSentryLayer::new_from_top())
    })
    .accept(BROWSER)
    .over(BASE),
    row("success, backstop", || ok().layer(production().layer()))
        .accept(BROWSER)
        .over(BASE)
        .limit(1_000),
    row("success, backstop, with a reporter", || {
        ok().layer(reporting().layer())
    })
    .accept(BROWSER)
    .over(BASE)
    .limit(1_000),
];
