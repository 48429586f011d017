//! The reported 500 in a process with a `tracing` subscriber, which formats every record into a sink.

use http::StatusCode;

use super::problems::REPORTED;
use crate::apps::{failing, reporting};
use crate::by_hand;
use crate::row::{Row, row};

const BASE: &str = "bare 404";

pub const ROWS: &[Row] = &[
    row("500, by hand in a layer, queued, logged", || {
        subscribe();
        by_hand::failing(
            by_hand::layer().queued().logged(),
            StatusCode::INTERNAL_SERVER_ERROR,
        )
    })
    .over(BASE)
    .same_as(REPORTED),
    row("500, backstop, reported, logged", || {
        subscribe();
        failing(&reporting(), StatusCode::INTERNAL_SERVER_ERROR)
    })
    .over(BASE)
    .same_as(REPORTED),
];

fn subscribe() {
    tracing_subscriber::fmt().with_writer(std::io::sink).init();
}
