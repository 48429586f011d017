//! A rejection by one of axum's extractors.

use axum::extract::rejection::JsonRejection;
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use tower::layer::util::Identity;

use crate::apps::production;
use crate::by_hand;
use crate::row::{Asked, Row, row};

const BASE: &str = "bare JSON rejection";
const BACKSTOP: &str = "JSON rejection, backstop, problem+json";
const INVALID: Asked = Asked::Post(r#"{"product":7,"quantity":"two"}"#);

#[derive(serde::Deserialize)]
#[expect(dead_code, reason = "it never gets as far as being read")]
struct Order {
    product: u32,
    quantity: u32,
}

pub const ROWS: &[Row] = &[
    row(BASE, || rejecting().layer(Identity::new())).request(INVALID),
    row("JSON rejection, by hand, everyday", || {
        let handler = async |order: Result<Json<Order>, JsonRejection>| match order {
            Ok(_) => Ok(StatusCode::CREATED),
            Err(rejection) => Err(by_hand::everyday(
                rejection.status(),
                "Unprocessable Content",
                &rejection.body_text(),
            )),
        };
        Router::new()
            .route("/orders/{id}", post(handler))
            .layer(Identity::new())
    })
    .request(INVALID)
    .over(BASE)
    .same_as(BACKSTOP),
    row(BACKSTOP, || rejecting().layer(production().layer()))
        .request(INVALID)
        .over(BASE),
];

fn rejecting() -> Router {
    let handler = async |_: Json<Order>| StatusCode::CREATED;
    Router::new().route("/orders/{id}", post(handler))
}
