//! What errors say: status, chain, conversions, several at once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::HashMap;
use std::fmt;

use axum_core::response::IntoResponse as _;
use backstop::prelude::*;
use backstop::{
    Backstop, BoxError, Context as _, Error, Exposure, Failure, HttpError, Problem, RequestInfo,
};
use http::{HeaderValue, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::support::body::text;

#[test]
#[expect(clippy::needless_question_mark, reason = "the `?` is what is tested")]
fn every_documented_conversion_compiles_through_the_question_mark() {
    fn io() -> backstop::Result<()> {
        Err(std::io::Error::other("x"))?
    }
    fn json() -> backstop::Result<Value> {
        Ok(serde_json::from_str("{")?)
    }
    fn boxed() -> backstop::Result<()> {
        Err(BoxError::from("x"))?
    }
    fn own() -> backstop::Result<()> {
        Err(Teapot)?
    }
    fn foreign() -> backstop::Result<u8> {
        Ok("x".parse::<u8>().or_status(StatusCode::BAD_REQUEST)?)
    }
    fn internal() -> backstop::Result<u8> {
        Ok("x".parse::<u8>().or_internal("reading")?)
    }
    fn context_of_std() -> backstop::Result<Value> {
        Ok(serde_json::from_str("{").context("reading")?)
    }
    fn context_of_ours() -> backstop::Result<Value> {
        json().context("loading")
    }
    fn to_box() -> Result<(), BoxError> {
        Err(Error::msg("x"))?
    }
    async fn timeout() -> backstop::Result<()> {
        tokio::time::timeout(std::time::Duration::ZERO, std::future::pending::<()>()).await?;
        Ok(())
    }
    assert!(
        io().is_err()
            && json().is_err()
            && boxed().is_err()
            && own().is_err()
            && foreign().is_err()
    );
    assert!(
        internal().is_err()
            && context_of_std().is_err()
            && context_of_ours().is_err()
            && to_box().is_err()
    );
    drop(timeout());
}

#[test]
fn the_status_is_the_errors_own_then_a_registered_one_then_a_known_types_then_500() {
    let backstop = Backstop::production()
        .map_error::<std::num::ParseIntError>(|_| StatusCode::IM_A_TEAPOT.into())
        .map_error::<std::io::Error>(|error| match error.kind() {
            std::io::ErrorKind::NotFound => StatusCode::NOT_FOUND.into(),
            _ => StatusCode::OK.into(),
        })
        .build()
        .unwrap();
    let status = |error: Error| backstop.respond(&facts(), error).status().as_u16();
    let parse = || "x".parse::<u8>().unwrap_err();
    let io = |kind| std::io::Error::new(kind, "x");

    assert_eq!(status(Error::msg("x")), 500);
    assert_eq!(status(Error::msg("x").with_status(StatusCode::GONE)), 410);
    assert_eq!(status(Teapot.into()), 418);
    assert_eq!(
        status(Error::from(Teapot).with_status(StatusCode::GONE)),
        410
    );
    // Registered types are found down the chain, but not over what an error says itself.
    assert_eq!(
        status(Error::from(Box::new(Wraps(Box::new(parse()))) as BoxError)),
        418
    );
    assert_eq!(
        status(
            Err::<(), _>(parse())
                .or_status(StatusCode::CONFLICT)
                .unwrap_err()
        ),
        409
    );
    assert_eq!(
        status(Err::<(), _>(parse()).or_internal("x").unwrap_err()),
        500
    );
    assert_eq!(status(io(std::io::ErrorKind::NotFound).into()), 404);
    assert_eq!(
        status(io(std::io::ErrorKind::Other).into()),
        500,
        "outside 400–599"
    );
    // Without a registration a missing file is the server's own fault.
    let plain = Failure::from(Error::from(io(std::io::ErrorKind::NotFound)));
    assert_eq!(plain.status(), 500);
    for outside in [100, 200, 302, 399, 600, 999] {
        assert_eq!(
            status(Error::msg("x").with_status(StatusCode::from_u16(outside).unwrap())),
            500,
            "{outside}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_errors_of_tower_and_tokio_have_their_status() {
    use tower::{Service as _, ServiceExt as _};

    let elapsed = tokio::time::timeout(
        std::time::Duration::from_secs(1),
        std::future::pending::<()>(),
    )
    .await;
    assert_eq!(
        Failure::from(Error::from(elapsed.unwrap_err())).status(),
        504
    );

    let slow = tower::service_fn(|()| std::future::pending::<Result<(), BoxError>>());
    let mut slow = tower::timeout::Timeout::new(slow, std::time::Duration::from_secs(1));
    let error = slow.ready().await.unwrap().call(()).await.unwrap_err();
    assert_eq!(Failure::from(Error::from(error)).status(), 504);

    let overloaded = Error::from(tower::load_shed::error::Overloaded::new());
    let response = Backstop::production()
        .build()
        .unwrap()
        .respond(&facts(), overloaded);
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");

    let limited = http_body_util::Limited::new(axum_core::body::Body::from("too long"), 3);
    let error = http_body_util::BodyExt::collect(limited).await.unwrap_err();
    assert_eq!(Failure::from(Error::from(error)).status(), 413);
    let twice = axum_core::Error::new(axum_core::Error::new(Wraps(error_of_limit().await)));
    assert_eq!(
        Failure::from(Error::from(twice)).status(),
        413,
        "as axum wraps it"
    );
}

async fn error_of_limit() -> BoxError {
    let limited = http_body_util::Limited::new(axum_core::body::Body::from("too long"), 3);
    http_body_util::BodyExt::collect(limited).await.unwrap_err()
}

#[test]
fn a_unit_test_can_read_what_was_set() {
    let error = Error::from(Teapot)
        .with_status(StatusCode::CONFLICT)
        .with_code(7)
        .with_name("TeapotError")
        .with_title("No coffee")
        .with_detail("this pot is for tea")
        .with_type("https://example.com/teapot")
        .with_details([1, 2])
        .with_field("pot", 1)
        .with_field("pot", 2)
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("60"))
        .with_header(header::CONTENT_LENGTH, HeaderValue::from_static("1"))
        .private();
    assert_eq!(error.status(), StatusCode::CONFLICT);
    assert_eq!(error.code(), Some(json!(7)));
    assert_eq!(error.name().unwrap(), "TeapotError");
    assert_eq!(error.title().unwrap(), "No coffee");
    assert_eq!(error.detail().unwrap(), "this pot is for tea");
    assert_eq!(error.type_uri().unwrap(), "https://example.com/teapot");
    assert_eq!(error.details(), Some(json!([1, 2])));
    assert_eq!(error.fields(), [("pot".into(), json!(2))]);
    assert_eq!(error.headers()[header::RETRY_AFTER], "60");
    assert_eq!(error.headers().len(), 1, "the length is the response's own");
    assert_eq!(error.exposure(), Exposure::Private);
}

#[test]
fn what_was_not_set_is_read_from_the_error_itself() {
    let error = Error::from(Teapot);
    assert_eq!(error.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(error.code(), Some(json!("SHORT_AND_STOUT")));
    let error = Error::from(BoxError::from("x"));
    assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!((error.code(), error.detail()), (None, None));
    assert_eq!(error.exposure(), Exposure::ByStatus);
    assert!(error.headers().is_empty() && error.fields().is_empty());
}

#[test]
fn the_constructors_have_the_status_of_their_name() {
    type Constructor = fn(&'static str) -> Error;
    let constructors: [(u16, Constructor); 12] = [
        (400, Error::bad_request),
        (401, Error::unauthorized),
        (403, Error::forbidden),
        (404, Error::not_found),
        (409, Error::conflict),
        (410, Error::gone),
        (422, Error::unprocessable),
        (429, Error::too_many_requests),
        (500, Error::internal),
        (502, Error::bad_gateway),
        (503, Error::unavailable),
        (504, Error::gateway_timeout),
    ];
    for (status, constructor) in constructors {
        let error = constructor("out of tea");
        assert_eq!(error.status().as_u16(), status);
        assert_eq!(error.to_string(), "out of tea");
    }
    let location = Failure::from(Error::not_found("x")).location().unwrap();
    assert!(location.file().ends_with(file!()), "{location}");
    let error = Error::new(StatusCode::OK, "not an error");
    assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn an_error_type_of_ones_own_responds_with_what_it_declares() {
    let response = backstop::respond(Teapot);
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(
        response.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let body = http_body_util::BodyExt::collect(response.into_body());
    let problem = Problem::from_json(&body.await.unwrap().to_bytes()).unwrap();
    assert_eq!(problem.detail(), Some("short & stout"));
}

#[test]
fn the_chain_goes_from_the_last_context_to_the_first_cause_with_locations_and_without_repeats() {
    let repeated = Wraps(Box::new(Wraps(Box::new(std::io::Error::other(
        "disk on fire",
    )))));
    let error = Error::from(Box::new(repeated) as BoxError)
        .with_context("inner")
        .with_context("outer");
    let line = line!() - 1;
    let failure = Failure::from(error);
    let messages: Vec<&str> = failure.chain().iter().map(|link| link.message()).collect();
    assert_eq!(
        messages,
        ["outer", "inner", "wrapped: disk on fire", "disk on fire"]
    );
    let locations = failure.chain().iter().map_while(|link| link.location());
    let lines: Vec<u32> = locations.map(|at| at.line()).collect();
    assert_eq!(lines, [line, line - 1, line - 2]);
    assert_eq!(failure.root_cause().unwrap().message(), "disk on fire");
    assert!(failure.downcast_ref::<std::io::Error>().is_some());
    assert!(failure.downcast_ref::<Teapot>().is_none());
    assert_eq!(failure.location().unwrap().line(), line - 2);
    assert!(failure.location().unwrap().file().ends_with(file!()));
}

#[test]
fn a_question_mark_records_its_location_and_context_keeps_the_rest() {
    fn fails() -> backstop::Result<()> {
        Err(Teapot)? // the location
    }
    let error = fails().context("brewing").unwrap_err();
    let failure = Failure::from(error);
    assert_eq!(failure.status(), 418);
    assert_eq!(failure.code(), Some(json!("SHORT_AND_STOUT")));
    assert_eq!(failure.chain()[0].message(), "brewing");
    assert_eq!(
        failure.chain()[1].type_name(),
        Some(std::any::type_name::<Teapot>())
    );
    let source = include_str!("error.rs");
    let line = source
        .lines()
        .position(|line| line.contains("// the location"))
        .unwrap()
        + 1;
    assert_eq!(failure.location().unwrap().line() as usize, line);
}

#[test]
fn a_chain_without_end_ends() {
    let failure = Failure::from(Error::from(Box::new(Endless(0)) as BoxError));
    assert_eq!(failure.chain().len(), 32);
}

#[test]
fn a_failure_serialises_with_its_chain() {
    let failure = Failure::from(Error::from(Teapot).with_context("brewing"));
    let value = serde_json::to_value(&failure).unwrap();
    assert_eq!(value["id"], failure.id().to_string());
    assert_eq!(value["status"], 418);
    assert_eq!(value["origin"], "handler");
    assert_eq!(value["errors"][1]["message"], "short & stout");
    assert!(
        value["errors"][1]["at"]
            .as_str()
            .unwrap()
            .contains(concat!(file!(), ":"))
    );
    assert_eq!(failure.id().get_version_num(), 7);
}

#[test]
fn a_borrowed_error_is_copied() {
    let failure = Failure::from_error(&Wraps(Box::new(std::io::Error::other("disk on fire"))));
    let messages: Vec<&str> = failure.chain().iter().map(|link| link.message()).collect();
    assert_eq!(messages, ["wrapped: disk on fire", "disk on fire"]);
    assert_eq!(
        failure.chain()[0].type_name(),
        Some(std::any::type_name::<Wraps>())
    );
}

#[test]
fn an_error_comes_back_from_a_box_as_it_was() {
    let boxed = BoxError::from(
        Error::from(Teapot)
            .with_field("pot", 7)
            .with_context("brewing"),
    );
    assert_eq!(boxed.to_string(), "brewing");
    let failure = Failure::from(Error::from(boxed));
    assert_eq!(failure.status(), 418);
    assert_eq!(failure.fields(), [("pot".into(), json!(7))]);
    assert!(failure.downcast_ref::<Teapot>().is_some());
}

#[test]
fn display_and_debug_show_as_much_as_they_are_asked() {
    let error = Error::msg("disk on fire").with_context("saving");
    assert_eq!(error.to_string(), "saving");
    assert_eq!(format!("{error:#}"), "saving: disk on fire");
    let debug = format!("{error:?}");
    assert!(
        debug.starts_with("saving (at ") && debug.contains("caused by: disk on fire (at "),
        "{debug}"
    );
}

#[test]
fn several_errors_are_each_disclosed_by_their_own_status() {
    let many = || {
        Error::many([
            Error::msg("must not be empty")
                .with_status(StatusCode::BAD_REQUEST)
                .with_field("pointer", "#/name")
                .with_code("EMPTY"),
            Error::msg("s3cr3t"),
            Error::msg("s3cr3t")
                .with_status(StatusCode::NOT_FOUND)
                .private(),
        ])
    };
    let problem = respond(&Backstop::production().build().unwrap(), many());
    assert_eq!(problem["status"], 500);
    assert_eq!(
        problem["errors"],
        json!([
            { "detail": "must not be empty", "pointer": "#/name", "code": "EMPTY" },
            { "detail": "Internal Server Error" },
            { "detail": "Not Found" },
        ])
    );
    let problem = respond(
        &Backstop::production().build().unwrap(),
        many().with_status(StatusCode::UNPROCESSABLE_ENTITY),
    );
    assert_eq!(problem["status"], 422);
    assert_eq!(problem["title"], "Unprocessable Content");
    assert!(!problem.to_string().contains("s3cr3t"), "{problem}");
}

#[test]
fn an_error_responds_safely_without_a_layer() {
    let response = Error::msg("no product 42")
        .with_status(StatusCode::NOT_FOUND)
        .with_header(header::ALLOW, HeaderValue::from_static("GET"))
        .into_response();
    assert_eq!(response.status(), 404);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(response.headers()["allow"], "GET");
    assert_eq!(
        body(response),
        json!({ "title": "Not Found", "status": 404, "detail": "no product 42" })
    );

    let response = Error::from(std::io::Error::other("s3cr3t")).into_response();
    assert_eq!(response.status(), 500);
    assert_eq!(
        body(response),
        json!({ "title": "Internal Server Error", "status": 500 })
    );
}

#[test]
fn public_shows_and_private_hides_whatever_the_status() {
    let backstop = Backstop::production().build().unwrap();
    let shown = respond(
        &backstop,
        Error::msg("try again at noon")
            .with_status(StatusCode::SERVICE_UNAVAILABLE)
            .public(),
    );
    assert_eq!(shown["detail"], "try again at noon");
    let hidden = respond(
        &backstop,
        Error::msg("s3cr3t")
            .with_status(StatusCode::NOT_FOUND)
            .private(),
    );
    assert_eq!(hidden["detail"], Value::Null);
    let foreign = || {
        Err::<(), _>("x".parse::<u8>().unwrap_err())
            .or_status(StatusCode::BAD_REQUEST)
            .unwrap_err()
    };
    assert_eq!(respond(&backstop, foreign())["detail"], Value::Null);
    assert_eq!(
        respond(&backstop, foreign().public())["detail"],
        "invalid digit found in string"
    );
    assert_eq!(
        respond(&backstop, foreign().with_detail("the port is not a number"))["detail"],
        "the port is not a number"
    );
}

fn facts() -> RequestInfo {
    RequestInfo::from_request(&Request::get("/").body(()).unwrap())
}

fn respond(backstop: &Backstop, error: Error) -> Value {
    body(backstop.respond(&facts(), error))
}

fn body(response: http::Response<axum_core::body::Body>) -> Value {
    serde_json::from_str(&text(response)).unwrap()
}

#[derive(Debug)]
struct Teapot;

impl fmt::Display for Teapot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("short & stout")
    }
}

impl std::error::Error for Teapot {}

impl HttpError for Teapot {
    fn status(&self) -> StatusCode {
        StatusCode::IM_A_TEAPOT
    }

    fn code(&self) -> Option<Value> {
        Some("SHORT_AND_STOUT".into())
    }
}

/// Repeats its own text once, then shows its cause.
#[derive(Debug)]
struct Wraps(BoxError);

impl fmt::Display for Wraps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.downcast_ref::<Self>() {
            Some(inner) => inner.fmt(f),
            None => write!(f, "wrapped: {}", self.0),
        }
    }
}

impl std::error::Error for Wraps {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.0.as_ref())
    }
}

/// Its source is itself, under another text each time.
#[derive(Debug)]
struct Endless(u32);

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thread_local!(static SHOWN: std::cell::RefCell<HashMap<u32, u32>> = std::cell::RefCell::default());
        let times = SHOWN.with_borrow_mut(|shown| {
            let times = shown.entry(self.0).or_default();
            *times += 1;
            *times
        });
        write!(f, "round {times}")
    }
}

impl std::error::Error for Endless {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }
}
