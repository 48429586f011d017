//! `#[derive(HttpError)]`: what the derived facts are, and what clients get of them.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]

use std::{fmt, io};

use axum::Router;
use axum::routing::get;
use backstop::{Backstop, Error, Exposure, Failure, HttpError};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde_json::{Value, json};
use tower::ServiceExt as _;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product {id}")]
    #[http(
        status = 404,
        code = "NO_PRODUCT",
        title = "No such product",
        type = "https://shop.example/problems/no-product"
    )]
    NoProduct {
        #[http(field)]
        id: u32,
    },
    #[error("only {1:?} left of {0}")]
    #[http(status = StatusCode::CONFLICT, code = 5_000_000_000, detail = "There is not enough left.", name = "OutOfStock")]
    OutOfStock(
        String,
        #[http(field = "left", header = "X-Left")] Option<u32>,
    ),
    #[error("closed for the night")]
    #[http(status = SERVICE_UNAVAILABLE, public)]
    Closed {
        #[http(header = "retry-after")]
        seconds: u64,
        #[http(header = "x-note")]
        note: String,
    },
    #[error("the account of {0} is frozen")]
    #[http(status = 403)]
    #[http(private, expected)]
    Frozen(&'static str),
    #[error(transparent)]
    #[http(transparent)]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    #[http(transparent)]
    Io(#[from] io::Error),
    #[error("the shelf fell down")]
    Shelf,
}

#[derive(Debug, thiserror::Error, HttpError)]
#[error("the card {card} was declined")]
#[http(status = 402, code = "DECLINED", title = "Declined")]
struct PaymentError {
    card: &'static str,
    #[http(field = "attempt")]
    r#try: u8,
}

#[derive(Debug, HttpError)]
#[http(status = 418)]
struct ByHand;

impl fmt::Display for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("short and stout")
    }
}

impl std::error::Error for ByHand {}

#[derive(Debug, snafu::Snafu, HttpError)]
enum Order {
    #[snafu(display("no order {number}"))]
    #[http(status = 404, code = "NO_ORDER")]
    Missing {
        #[http(field)]
        number: u64,
    },
    #[snafu(display("reading order {number}"))]
    #[http(status = 502)]
    Unread { number: u64, source: io::Error },
}

fn backstop() -> Backstop {
    Backstop::production()
        .safe_fields(["id", "left", "attempt", "number"])
        .log(false)
        .build()
        .unwrap()
}

async fn respond<E, F>(failing: F) -> (StatusCode, HeaderMap, Value)
where
    E: axum::response::IntoResponse + 'static,
    F: Fn() -> E + Clone + Send + Sync + 'static,
{
    let route = get(move || {
        let failing = failing.clone();
        async move { Err::<(), E>(failing()) }
    });
    let app = Router::new().route("/", route).layer(backstop().layer());
    let response = app
        .oneshot(Request::get("/").body(axum::body::Body::empty()).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let mut problem: Value = serde_json::from_slice(&body).unwrap();
    problem.as_object_mut().unwrap().remove("instance").unwrap();
    (parts.status, parts.headers, problem)
}

#[tokio::test]
async fn a_derived_error_responds_with_what_it_declares() {
    let (status, _, problem) = respond(|| ShopError::NoProduct { id: 42 }).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        problem,
        json!({
            "type": "https://shop.example/problems/no-product",
            "title": "No such product",
            "status": 404,
            "detail": "no product 42",
            "code": "NO_PRODUCT",
            "id": 42,
        })
    );
}

#[tokio::test]
async fn a_detail_stands_in_for_the_message_and_a_number_can_be_a_code() {
    let (status, headers, problem) =
        respond(|| ShopError::OutOfStock("s3cr3t".to_owned(), Some(3))).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(headers["x-left"], "3");
    assert_eq!(
        problem,
        json!({
            "title": "Conflict",
            "status": 409,
            "detail": "There is not enough left.",
            "code": 5_000_000_000_i64,
            "left": 3,
        })
    );
    assert_eq!(
        ShopError::OutOfStock(String::new(), None).name().unwrap(),
        "OutOfStock"
    );
}

#[tokio::test]
async fn a_header_that_is_none_is_left_out_and_its_field_is_null() {
    let (_, headers, problem) = respond(|| ShopError::OutOfStock(String::new(), None)).await;
    assert!(!headers.contains_key("x-left"));
    assert_eq!(problem["left"], Value::Null);
}

#[tokio::test]
async fn a_value_that_no_header_can_have_is_left_out() {
    let (status, headers, problem) = respond(|| ShopError::Closed {
        seconds: 3600,
        note: "a\r\nb: c".to_owned(),
    })
    .await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(headers["retry-after"], "3600");
    assert!(!headers.contains_key("x-note"));
    assert_eq!(problem["detail"], "closed for the night");
}

#[tokio::test]
async fn a_private_error_hides_what_its_status_would_show() {
    let (status, _, problem) = respond(|| ShopError::Frozen("Ann")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(problem, json!({"title": "Forbidden", "status": 403}));
}

#[test]
fn a_variant_may_be_expected() {
    assert!(ShopError::Frozen("Ann").is_expected());
    assert!(!ShopError::Shelf.is_expected());
    assert!(Error::from(ShopError::Frozen("Ann")).is_expected());
}

#[tokio::test]
async fn without_a_status_it_is_a_hidden_500() {
    let (status, _, problem) = respond(|| ShopError::Shelf).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        problem,
        json!({"title": "Internal Server Error", "status": 500})
    );
}

#[tokio::test]
async fn transparent_takes_every_fact_from_the_inner_error() {
    let payment = || PaymentError {
        card: "4242",
        r#try: 2,
    };
    let (status, _, problem) = respond(move || ShopError::from(payment())).await;
    assert_eq!(status, StatusCode::PAYMENT_REQUIRED);
    assert_eq!(
        problem,
        json!({
            "title": "Declined",
            "status": 402,
            "detail": "the card 4242 was declined",
            "code": "DECLINED",
            "attempt": 2,
        })
    );
    assert_eq!(problem, respond(payment).await.2);
}

#[test]
fn transparent_keeps_a_foreign_error_foreign_and_findable() {
    let error = ShopError::from(io::Error::from(io::ErrorKind::TimedOut));
    assert!(error.is_foreign());
    let error = Error::from(error);
    assert!(error.downcast_ref::<ShopError>().is_some());
    assert!(error.downcast_ref::<io::Error>().is_some());
}

#[tokio::test]
async fn map_error_decides_for_a_transparent_foreign_error() {
    let backstop = Backstop::production()
        .map_error::<io::Error>(|_| StatusCode::BAD_GATEWAY.into())
        .log(false)
        .build()
        .unwrap();
    let failing = || async { Err::<(), _>(ShopError::Io(io::Error::other("s3cr3t"))) };
    let response = Router::new()
        .route("/", get(failing))
        .layer(backstop.layer())
        .oneshot(Request::get("/").body(axum::body::Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn snafu_and_a_hand_make_errors_as_well() {
    let (status, _, problem) = respond(|| Order::Missing { number: 7 }).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        (&problem["code"], &problem["number"]),
        (&json!("NO_ORDER"), &json!(7))
    );
    let unread = Error::from(Order::Unread {
        number: 7,
        source: io::Error::other("disk"),
    });
    assert_eq!(format!("{unread:#}"), "reading order 7: disk");
    let (status, _, problem) = respond(|| ByHand).await;
    assert_eq!(status, StatusCode::IM_A_TEAPOT);
    assert_eq!(problem["detail"], "short and stout");
}

#[tokio::test]
async fn through_the_question_mark_it_responds_the_same_and_has_a_location() {
    let direct = respond(|| ShopError::NoProduct { id: 42 }).await.2;
    let through = respond(|| Error::from(ShopError::NoProduct { id: 42 }))
        .await
        .2;
    assert_eq!(direct, through);
    let failure = Failure::from(Error::from(ShopError::Shelf));
    assert!(failure.location().unwrap().file().ends_with("derive.rs"));
}

/// A generic enum: the bounds come with the attributes.
#[derive(Debug, thiserror::Error, HttpError)]
enum Keyed<K, E, const N: usize = 1> {
    #[error("no such key")]
    #[http(status = 404)]
    Missing {
        #[http(field, header = "x-key")]
        key: K,
        #[http(header = "x-other-key")]
        other: Option<K>,
    },
    #[error(transparent)]
    #[http(transparent)]
    Inner(E),
}

#[tokio::test]
async fn a_generic_error_responds() {
    let (status, headers, _) = respond(|| Keyed::<u8, PaymentError>::Missing {
        key: 7,
        other: Some(8),
    })
    .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        (&headers["x-key"], &headers["x-other-key"]),
        (&"7".parse().unwrap(), &"8".parse().unwrap())
    );
    let inner = Keyed::<u8, _>::Inner(PaymentError {
        card: "4242",
        r#try: 1,
    });
    assert_eq!(inner.status(), StatusCode::PAYMENT_REQUIRED);
}

/// The path of the crate, and no response.
#[derive(Debug, thiserror::Error, HttpError)]
#[error("wrapped")]
#[http(crate = "::backstop", no_response, status = GONE_FOR_GOOD, private)]
struct Quiet<T: Serialize>(#[http(field = "inner")] T);

const GONE_FOR_GOOD: StatusCode = StatusCode::GONE;

// It has no `IntoResponse` of the derive's, so a hand-written one does not overlap.
impl<T: Serialize> axum::response::IntoResponse for Quiet<T> {
    fn into_response(self) -> axum::response::Response {
        "mine".into_response()
    }
}

#[test]
fn no_response_leaves_the_response_to_a_hand() {
    let quiet = Quiet(json!([1]));
    assert_eq!(quiet.status(), GONE_FOR_GOOD);
    assert_eq!(quiet.exposure(), Exposure::Private);
    assert_eq!(quiet.fields(), [("inner".into(), json!([1]))]);
    assert_eq!(
        axum::response::IntoResponse::into_response(quiet).status(),
        StatusCode::OK
    );
}

#[test]
fn a_field_that_fails_to_serialise_is_null() {
    struct Broken;

    impl Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("broken"))
        }
    }

    #[derive(thiserror::Error, HttpError)]
    #[error("x")]
    struct Holds(#[http(field = "broken")] Broken);

    impl fmt::Debug for Holds {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Holds")
        }
    }

    assert_eq!(Holds(Broken).fields(), [("broken".into(), Value::Null)]);
}

#[test]
fn the_prelude_is_enough_to_derive() {
    mod elsewhere {
        use backstop::prelude::*;

        #[derive(Debug, thiserror::Error, HttpError)]
        #[error("gone")]
        #[http(status = GONE)]
        pub(super) struct Gone;

        pub(super) fn status() -> http::StatusCode {
            Gone.status()
        }
    }

    assert_eq!(elsewhere::status(), StatusCode::GONE);
    assert!(
        Error::from(elsewhere::Gone)
            .downcast_ref::<elsewhere::Gone>()
            .is_some()
    );
}

#[test]
fn an_enum_without_variants_is_an_error_too() {
    #[derive(Debug, thiserror::Error, HttpError)]
    enum Never {}

    assert!(Never::catalogue().is_empty());
}

#[test]
fn the_catalogue_lists_each_kind_and_what_clients_see_of_it() {
    let kinds = ShopError::catalogue();
    let shown: Vec<_> = kinds
        .iter()
        .map(|kind| {
            (
                kind.status().as_u16(),
                kind.code().cloned(),
                kind.is_public(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (404, Some(json!("NO_PRODUCT")), true),
            (409, Some(json!(5_000_000_000_i64)), true),
            (503, None, true),
            (403, None, false),
            (402, Some(json!("DECLINED")), true),
            (500, None, false),
        ]
    );
    assert_eq!(kinds[0].title(), Some("No such product"));
    assert_eq!(
        kinds[0].type_uri(),
        Some("https://shop.example/problems/no-product")
    );
}
