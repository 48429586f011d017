//! Errors as `application/problem+json`.

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use problem_details::ProblemDetails;
use tower::Layer as _;
use tower::layer::util::Identity;

use crate::apps::{bare, failing, production, reporting, route};
use crate::by_hand;
use crate::row::{Row, row};

const BASE: &str = "bare 404";
const NOT_FOUND: &str = "404, backstop, negotiated problem+json";
pub const REPORTED: &str = "500, backstop, negotiated problem+json, reported";

pub const ROWS: &[Row] = &[
    row(BASE, bare),
    row("404, under tower's Identity", || {
        bare().layer(Identity::new())
    })
    .over(BASE),
    row("404, by hand, static", || {
        route(|| async { by_hand::fixed() }).layer(Identity::new())
    })
    .over(BASE)
    .same_as(NOT_FOUND),
    row("404, by hand, everyday", || {
        route(|| async { by_hand::everyday(StatusCode::NOT_FOUND, "Not Found", "no order 7") })
            .layer(Identity::new())
    })
    .over(BASE)
    .same_as(NOT_FOUND),
    row("404, by hand in a layer", || {
        by_hand::failing(by_hand::layer(), StatusCode::NOT_FOUND)
    })
    .over(BASE)
    .same_as(NOT_FOUND),
    row("404, problem_details, fixed format", || {
        route(|| async {
            ProblemDetails::<()>::from_status_code(StatusCode::NOT_FOUND).with_detail("no order 7")
        })
    })
    .over(BASE),
    row("404, apollo-errors, negotiated JSON", apollo)
        .accept("application/json")
        .over(BASE),
    row("404, backstop, bare response", || {
        bare().layer(production().layer())
    })
    .over(BASE),
    row(NOT_FOUND, || failing(&production(), StatusCode::NOT_FOUND))
        .over(BASE)
        .limit(9_000),
    row("500, by hand in a layer, queued", || {
        by_hand::failing(by_hand::layer().queued(), StatusCode::INTERNAL_SERVER_ERROR)
    })
    .over(BASE)
    .same_as(REPORTED),
    row(REPORTED, || {
        failing(&reporting(), StatusCode::INTERNAL_SERVER_ERROR)
    })
    .over(BASE)
    .limit(9_000),
];

pub fn apollo() -> Router {
    use apollo_errors::miette::{self, Diagnostic};

    #[derive(Debug, apollo_errors::Error, Diagnostic)]
    enum Missing {
        #[error("no order {id}")]
        #[diagnostic(code(orders::missing))]
        #[http_status(404)]
        Order {
            #[extension]
            id: u32,
        },
    }
    let service = tower::service_fn(|_: Request<Body>| async {
        Err::<http::Response<Body>, Missing>(Missing::Order { id: 7 })
    });
    Router::new().route_service(
        "/orders/{id}",
        apollo_errors::tower_http::ErrorLayer::new().layer(service),
    )
}
