//! The reported 500 in a process with a `tracing` subscriber, which formats every record into a sink.

use axum::Router;
use axum::routing::get;
use backstop::Error;
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
    long("500, logged, 16 KiB of =", message::<0>),
    long("500, logged, 16 KiB of a=", message::<1>),
    long("500, logged, 16 KiB of :", message::<2>),
    long("500, logged, 16 KiB of {", message::<3>),
    long("500, logged, 16 KiB of \"", message::<4>),
    long("500, logged, 16 KiB of token: ", message::<5>),
];

/// What a scanner for secrets could look at again and again.
const REPEATED: [&str; 6] = ["=", "a=", ":", "{", "\"", "token: "];

/// The text of the error is the client's: a driver repeats it.
const fn long(name: &'static str, app: fn() -> Router) -> Row {
    row(name, app).share(25)
}

fn message<const N: usize>() -> Router {
    subscribe();
    let handler = async || {
        let repeated = REPEATED[N];
        Err::<(), _>(Error::msg(repeated.repeat((16 << 10) / repeated.len())))
    };
    Router::new()
        .route("/orders/{id}", get(handler))
        .layer(reporting().layer())
}

fn subscribe() {
    tracing_subscriber::fmt().with_writer(std::io::sink).init();
}
