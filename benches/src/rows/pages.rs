//! Errors as a page for a browser.

use http::StatusCode;

use super::problems::apollo;
use crate::apps::{bare, failing, production, reporting};
use crate::by_hand;
use crate::row::{BROWSER, Row, row};

const BASE: &str = "bare 404 for a browser";
const REPORTED: &str = "500 page, backstop, reported";

pub const ROWS: &[Row] = &[
    row(BASE, bare).accept(BROWSER),
    row("404 page, apollo-errors", apollo)
        .accept("text/html")
        .over(BASE),
    row("404 page, backstop", || {
        failing(&production(), StatusCode::NOT_FOUND)
    })
    .accept(BROWSER)
    .over(BASE)
    .limit(12_000),
    row("500 page, by hand in a layer, queued", || {
        by_hand::failing(by_hand::layer().queued(), StatusCode::INTERNAL_SERVER_ERROR)
    })
    .accept(BROWSER)
    .over(BASE)
    .same_as(REPORTED),
    row(REPORTED, || {
        failing(&reporting(), StatusCode::INTERNAL_SERVER_ERROR)
    })
    .accept(BROWSER)
    .over(BASE)
    .limit(12_000),
];
