//! What `?` and the methods of `ResultExt` accept.

use std::error::Error as StdError;

use backstop::problem::FieldError;
use backstop::{BoxError, Error, Failure, HttpError, Problem, prelude::*};
use http::StatusCode;
use serde_json::json;

use crate::support::handler::respond;

fn fail<T, E>(error: E) -> Result<T, E> {
    Err(error)
}

#[tokio::test]
async fn a_status_alone_becomes_an_error_through_the_question_mark() {
    fn find() -> backstop::Result<()> {
        fail(StatusCode::GONE)?
    }
    let (status, problem) = respond(|| find().unwrap_err()).await;
    assert_eq!(status, StatusCode::GONE);
    assert_eq!(problem, json!({"title": "Gone", "status": 410}));
    let failure = Failure::from(find().unwrap_err());
    assert!(
        failure
            .location()
            .expect("a location")
            .file()
            .ends_with(file!())
    );
    assert_eq!(
        Error::from(StatusCode::OK).status(),
        StatusCode::INTERNAL_SERVER_ERROR
    );
}

#[tokio::test]
async fn a_problem_becomes_an_error_that_says_the_same() {
    let document = json!({
        "type": "https://shop.example/no-credit",
        "title": "No credit",
        "status": 403,
        "detail": "your balance is 30",
        "code": "NO_CREDIT",
        "errors": [{"detail": "too much", "pointer": "#/amount", "limit": 30}],
        "balance": 30,
    });
    let problem = Problem::from_json(document.to_string().as_bytes()).expect("a problem");
    let failing = move || Error::from(problem.clone());
    let error = failing();
    assert_eq!(
        (error.status(), error.to_string()),
        (StatusCode::FORBIDDEN, "your balance is 30".to_owned())
    );
    assert_eq!(respond(failing).await, (StatusCode::FORBIDDEN, document));
}

#[tokio::test]
async fn a_problem_from_500_on_shows_its_status_only() {
    let mut problem = Problem::new(StatusCode::BAD_GATEWAY).with_detail("s3cr3t");
    problem.insert("host", "s3cr3t").expect("an extension");
    let failing = move || Error::from(problem.clone());
    let hidden = json!({"title": "Bad Gateway", "status": 502});
    assert_eq!(respond(failing).await, (StatusCode::BAD_GATEWAY, hidden));
}

#[test]
fn every_boxed_error_goes_through_the_question_mark_with_its_chain() {
    fn boxed() -> backstop::Result<()> {
        fail(Box::<dyn StdError>::from("broken"))?
    }
    fn send() -> backstop::Result<()> {
        fail::<backstop::Result<()>, Box<dyn StdError + Send>>(Box::new(std::io::Error::other(
            "broken",
        )))?
    }
    for result in [boxed(), send()] {
        let failure = Failure::from(result.unwrap_err());
        assert_eq!(failure.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(failure.chain()[0].message(), "broken");
        assert!(
            failure
                .location()
                .expect("a location")
                .file()
                .ends_with(file!())
        );
    }
}

#[tokio::test]
async fn an_error_in_a_box_that_cannot_be_sent_keeps_what_it_says() {
    let failing = || {
        let error = Error::conflict("sold out")
            .with_code("SOLD_OUT")
            .with_field("sku", 7);
        let boxed: Box<dyn StdError> = BoxError::from(error);
        Error::from(boxed)
    };
    let (status, problem) = respond(failing).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(
        problem,
        json!({"title": "Conflict", "status": 409, "detail": "sold out", "code": "SOLD_OUT", "sku": 7})
    );
}

#[test]
fn an_option_can_fail_with_every_status() {
    let none: Option<u8> = None;
    let of = |result: backstop::Result<u8>| {
        let error = result.unwrap_err();
        (error.status().as_u16(), error.public_message().into_owned())
    };
    assert_eq!(
        of(none.or_not_found("no order")),
        (404, "no order".to_owned())
    );
    assert_eq!(of(none.or_bad_request("no id")), (400, "no id".to_owned()));
    assert_eq!(
        of(none.or_status(StatusCode::GONE)),
        (410, "Gone".to_owned())
    );
    assert_eq!(
        of(none.or_internal("no key")),
        (500, "Internal Server Error".to_owned())
    );
    assert_eq!(
        none.or_internal("no key").unwrap_err().to_string(),
        "no key"
    );
    assert_eq!(Some(7).or_not_found("no order").ok(), Some(7));
}

#[tokio::test]
async fn a_bad_request_shows_its_text_and_keeps_the_error_as_its_cause() {
    let failing = || {
        "s3cr3t"
            .parse::<u8>()
            .or_bad_request("the quantity must be a number")
            .unwrap_err()
    };
    let error = failing();
    assert_eq!(
        format!("{error:#}"),
        "the quantity must be a number: invalid digit found in string"
    );
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    let (status, problem) = respond(failing).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(problem["detail"], "the quantity must be a number");
}

#[test]
fn the_methods_accept_boxes_and_errors_and_keep_their_location() {
    let line = line!() + 1;
    let boxed = fail::<(), _>(BoxError::from("broken")).or_status(StatusCode::CONFLICT);
    let location = Failure::from(boxed.unwrap_err())
        .location()
        .expect("a location");
    assert_eq!((location.file(), location.line()), (file!(), line));
    let own = fail::<(), _>(Error::not_found("no order"))
        .or_internal("billing")
        .unwrap_err();
    assert_eq!(
        (own.status(), format!("{own:#}")),
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            "billing: no order".to_owned()
        )
    );
    let mapped = fail::<(), _>(Error::not_found("no order"))
        .or_mapped()
        .unwrap_err();
    assert_eq!(mapped.status(), StatusCode::NOT_FOUND);
    let problem = fail::<(), _>(Problem::new(StatusCode::GONE))
        .or_mapped()
        .unwrap_err();
    assert_eq!(problem.status(), StatusCode::GONE);
}

#[cfg(feature = "anyhow")]
#[test]
fn the_methods_accept_the_reports_of_anyhow_beside_its_own_traits() {
    use anyhow::Context as _;

    let report = || fail::<(), _>(std::io::Error::other("disk")).context("loading");
    let error = report().or_internal("starting").unwrap_err();
    assert_eq!(format!("{error:#}"), "starting: loading: disk");
    assert!(error.downcast_ref::<std::io::Error>().is_some());
    assert_eq!(
        report()
            .or_status(StatusCode::CONFLICT)
            .unwrap_err()
            .status(),
        StatusCode::CONFLICT
    );
}

#[cfg(feature = "eyre")]
#[test]
fn the_methods_accept_the_reports_of_eyre_beside_its_own_traits() {
    use eyre::WrapErr as _;

    let report = || fail::<(), _>(std::io::Error::other("disk")).wrap_err("loading");
    assert_eq!(
        format!("{:#}", report().or_mapped().unwrap_err()),
        "loading: disk"
    );
}

#[test]
fn the_prelude_stands_beside_those_of_other_error_crates() {
    use snafu::prelude::*;

    #[derive(Debug, Snafu)]
    #[snafu(display("loading"))]
    struct Loading {
        source: std::io::Error,
    }

    let result: Result<(), Loading> = fail(std::io::Error::other("disk")).context(LoadingSnafu);
    assert_eq!(
        format!("{:#}", result.or_mapped().unwrap_err()),
        "loading: disk"
    );
}

#[tokio::test]
async fn listed_fields_are_shown_and_hidden_like_their_error() {
    let fields = || {
        [
            FieldError::new("is empty")
                .with_pointer(["a/b", "0", "c~d"])
                .with_code("EMPTY"),
            FieldError::new("is no number").with_parameter("page"),
        ]
    };
    let failing = move || Error::unprocessable("look at the fields").with_errors(fields());
    let (_, problem) = respond(failing).await;
    assert_eq!(problem["detail"], "look at the fields");
    assert_eq!(
        problem["errors"],
        json!([
            {"detail": "is empty", "pointer": "#/a~1b/0/c~0d", "code": "EMPTY"},
            {"detail": "is no number", "parameter": "page"},
        ])
    );
    let failing = move || {
        Error::msg("s3cr3t").with_errors([FieldError::new("s3cr3t").with_pointer(["s3cr3t"])])
    };
    let (status, problem) = respond(failing).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!problem.to_string().contains("pointer"));
}

#[test]
fn a_public_message_is_what_a_client_may_read() {
    assert_eq!(Error::not_found("no order").public_message(), "no order");
    assert_eq!(
        Error::not_found("no order").private().public_message(),
        "Not Found"
    );
    assert_eq!(Error::msg("disk").public_message(), "Internal Server Error");
    assert_eq!(Error::msg("closed").public().public_message(), "closed");
    assert_eq!(
        Error::msg("disk")
            .with_detail("wait")
            .public()
            .public_message(),
        "wait"
    );
    let foreign = "x"
        .parse::<u8>()
        .or_status(StatusCode::BAD_REQUEST)
        .unwrap_err();
    assert_eq!(foreign.public_message(), "Bad Request");
    assert_eq!(
        Error::not_found("x")
            .with_context("loading")
            .public_message(),
        "x"
    );
}

#[test]
fn a_hand_written_error_responds_without_the_location_of_its_response() {
    use axum::response::IntoResponse;

    #[derive(Debug, thiserror::Error)]
    #[error("sold out")]
    struct SoldOut;

    impl HttpError for SoldOut {
        fn status(&self) -> StatusCode {
            StatusCode::CONFLICT
        }
    }

    impl IntoResponse for SoldOut {
        fn into_response(self) -> axum::response::Response {
            backstop::respond(self)
        }
    }

    assert_eq!(SoldOut.into_response().status(), StatusCode::CONFLICT);
}
