//! What a rate limit, and a long `Accept`, add to the reported 500.

use axum::Router;
use backstop::settings::{RateLimit, Reporting};
use http::StatusCode;

use super::problems::REPORTED;
use crate::apps::{failing, reporting, reporting_with};
use crate::row::{Asked, Row, row};

pub const ROWS: &[Row] = &[
    row("500, backstop, rate_limit set", || {
        let backstop = reporting_with(Reporting::new().rate_limit(RateLimit {
            per_failure: Some(1_000_000),
            overall: None,
        }));
        failing(&backstop, StatusCode::INTERNAL_SERVER_ERROR)
    })
    .over(REPORTED),
    row("500, backstop, Accept of 1 weighted type", reported)
        .request(Asked::Weighted(1))
        .over(REPORTED),
    row("500, backstop, Accept of 10 weighted types", reported)
        .request(Asked::Weighted(10))
        .over(REPORTED),
    row("500, backstop, Accept of 100 weighted types", reported)
        .request(Asked::Weighted(100))
        .over(REPORTED),
];

fn reported() -> Router {
    failing(&reporting(), StatusCode::INTERNAL_SERVER_ERROR)
}
