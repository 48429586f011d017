//! The error enums of real applications, derived as they stand.

use std::collections::HashMap;
use std::io;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use backstop::{Backstop, BoxError, Error, HttpError, Problem};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

async fn respond<E: IntoResponse + Send + 'static>(
    failing: impl Fn() -> E + Clone + Send + Sync + 'static,
) -> (u16, HeaderMap, Value) {
    let backstop = Backstop::production()
        .safe_fields(["errors_by_field"])
        .map_error::<sqlx::Error>(|error| backstop::sqlx::status(error).into())
        .log(false)
        .build()
        .expect("valid settings");
    let handler = move || {
        let error = failing();
        async { Err::<(), E>(error) }
    };
    let app = Router::new()
        .route("/", get(handler))
        .layer(backstop.layer());
    let request = Request::get("/")
        .body(axum::body::Body::empty())
        .expect("a request");
    let (parts, body) = app
        .oneshot(request)
        .await
        .expect("never fails")
        .into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    assert!(!String::from_utf8_lossy(&body).contains("s3cr3t"));
    let mut problem: Value = serde_json::from_slice(&body).expect("a problem");
    problem
        .as_object_mut()
        .expect("an object")
        .remove("instance");
    (parts.status.as_u16(), parts.headers, problem)
}

/// A 401 with its header, a map by field, a database and anything else.
#[derive(Debug, thiserror::Error, HttpError)]
enum Realworld {
    #[error("authentication required")]
    #[http(status = 401, header("www-authenticate") = "Token", header("vary") = "authorization")]
    Unauthorized,
    #[error("error in the request body")]
    #[http(status = 422)]
    UnprocessableEntity {
        #[http(field = "errors_by_field")]
        errors: HashMap<String, Vec<String>>,
    },
    #[error("an error occurred with the database")]
    Sqlx(#[from] sqlx::Error),
    #[error("an internal server error occurred")]
    Anyhow(#[from] anyhow::Error),
}

#[tokio::test]
async fn an_enum_with_a_challenge_a_map_by_field_and_a_database() {
    let (status, headers, problem) = respond(|| Realworld::Unauthorized).await;
    assert_eq!(
        (status, &headers["www-authenticate"]),
        (401, &"Token".parse().expect("a value"))
    );
    assert_eq!(problem["detail"], "authentication required");
    let errors = || HashMap::from([("email".to_owned(), vec!["is taken".to_owned()])]);
    let (_, _, problem) =
        respond(move || Realworld::UnprocessableEntity { errors: errors() }).await;
    assert_eq!(problem["errors_by_field"], json!({"email": ["is taken"]}));
    assert_eq!(
        respond(|| Realworld::from(sqlx::Error::RowNotFound))
            .await
            .0,
        404
    );
    assert_eq!(
        respond(|| Realworld::from(sqlx::Error::PoolTimedOut))
            .await
            .0,
        503
    );
    assert_eq!(
        respond(|| Realworld::from(anyhow::anyhow!("s3cr3t")))
            .await
            .0,
        500
    );
    assert_eq!(Realworld::Unauthorized.headers()["vary"], "authorization");
}

/// Everything that a validator and `anyhow` know, forwarded.
#[derive(Debug, thiserror::Error, HttpError)]
enum Forms {
    #[error(transparent)]
    #[http(transparent)]
    Validation(#[from] validator::ValidationErrors),
    #[error(transparent)]
    #[http(transparent)]
    Garde(#[from] garde::Report),
    #[error(transparent)]
    #[http(transparent)]
    Json(#[from] axum::extract::rejection::JsonRejection),
    #[error(transparent)]
    #[http(transparent)]
    Other(#[from] anyhow::Error),
}

#[derive(validator::Validate)]
struct SignUp {
    #[validate(length(min = 1000))]
    password: String,
}

fn invalid() -> validator::ValidationErrors {
    let password = "s3cr3t".to_owned();
    validator::Validate::validate(&SignUp { password }).expect_err("too short")
}

#[tokio::test]
async fn an_enum_that_forwards_validation_errors_lists_them() {
    let (status, _, problem) = respond(|| Forms::from(invalid())).await;
    assert_eq!(status, 422);
    assert_eq!(
        problem["errors"],
        json!([{"detail": "fails the check `length`", "pointer": "#/password", "code": "length"}])
    );
    assert_eq!(
        Forms::from(invalid()).status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let error = Error::from(Forms::from(invalid()));
    assert!(error.downcast_ref::<Forms>().is_some());
    assert!(
        error
            .downcast_ref::<validator::ValidationErrors>()
            .is_some()
    );
    // The value that the client sent is in the validator's own text.
    assert!(!format!("{error:#}").contains("s3cr3t"));
    let boxed = Error::from(BoxError::from(Error::from(invalid())));
    assert!(!format!("{boxed:#}").contains("s3cr3t"));
    let mut report = garde::Report::new();
    report.append(garde::Path::new("name"), garde::Error::new("is empty"));
    let (status, _, problem) = respond(move || Forms::from(report.clone())).await;
    assert_eq!(
        (status, &problem["errors"]),
        (422, &json!([{"detail": "is empty", "pointer": "#/name"}]))
    );
}

#[tokio::test]
async fn a_forwarded_report_keeps_what_an_error_inside_it_says() {
    assert_eq!(
        respond(|| Forms::from(anyhow::anyhow!("s3cr3t"))).await.0,
        500
    );
    let inside = || {
        let sold_out = Error::conflict("sold out").with_code("SOLD_OUT");
        Forms::from(anyhow::anyhow!(BoxError::from(sold_out)).context("s3cr3t"))
    };
    let (status, _, problem) = respond(inside).await;
    assert_eq!(
        (status, &problem["code"], &problem["detail"]),
        (409, &json!("SOLD_OUT"), &json!("sold out"))
    );
    assert_eq!(inside().status(), StatusCode::CONFLICT);
    let sqlx = || Forms::from(anyhow::Error::new(sqlx::Error::RowNotFound));
    assert_eq!(respond(sqlx).await.0, 404);
}

/// A status with a text, and a status alone.
#[derive(Debug, thiserror::Error, HttpError)]
enum Api {
    #[error("{1}")]
    Custom(#[http(status)] StatusCode, String),
    #[error("upstream responded with {0}")]
    #[http(code = "UPSTREAM", help = "Look at the upstream's log.")]
    Upstream(#[http(status)] u16),
    #[error("status {0}")]
    Status(#[http(status)] StatusCode),
}

#[tokio::test]
async fn an_enum_whose_payload_is_the_status() {
    let (status, _, problem) =
        respond(|| Api::Custom(StatusCode::GONE, "no more".to_owned())).await;
    assert_eq!((status, &problem["detail"]), (410, &json!("no more")));
    assert_eq!(respond(|| Api::Status(StatusCode::FORBIDDEN)).await.0, 403);
    assert_eq!(respond(|| Api::Upstream(503)).await.0, 503);
    for outside in [0, 200, 302, 999] {
        assert_eq!(
            respond(move || Api::Upstream(outside)).await.0,
            500,
            "{outside}"
        );
    }
    assert_eq!(
        Api::Upstream(503).help().as_deref(),
        Some("Look at the upstream's log.")
    );
}

/// What is no standard error.
#[derive(Debug, HttpError)]
enum Mixed {
    #[http(transparent)]
    Problem(Problem),
    #[http(transparent)]
    Backstop(Error),
    #[http(transparent)]
    Boxed(BoxError),
    #[http(transparent)]
    Eyre(eyre::Report),
}

impl std::fmt::Display for Mixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("s3cr3t")
    }
}

impl std::error::Error for Mixed {}

#[tokio::test]
async fn an_enum_that_forwards_problems_errors_boxes_and_reports() {
    let sold_out = || {
        Error::conflict("sold out")
            .with_code("SOLD_OUT")
            .with_field("errors_by_field", 7)
    };
    let expected = json!({
        "title": "Conflict",
        "status": 409,
        "detail": "sold out",
        "code": "SOLD_OUT",
        "errors_by_field": 7,
    });
    let problem = || {
        let mut problem = Problem::new(StatusCode::CONFLICT).with_detail("sold out");
        problem.insert("code", "SOLD_OUT").expect("an extension");
        problem.insert("errors_by_field", 7).expect("an extension");
        Mixed::Problem(problem)
    };
    assert_eq!(respond(problem).await.2, expected);
    assert_eq!(
        respond(move || Mixed::Backstop(sold_out())).await.2,
        expected
    );
    assert_eq!(
        respond(move || Mixed::Boxed(BoxError::from(sold_out())))
            .await
            .2,
        expected
    );
    let report = move || Mixed::Eyre(eyre::eyre!("x").wrap_err("s3cr3t"));
    assert_eq!(respond(report).await.0, 500);
    assert_eq!(
        respond(|| Mixed::Boxed(io::Error::other("s3cr3t").into()))
            .await
            .0,
        500
    );
    assert_eq!(problem().status(), StatusCode::CONFLICT);
    // Through `?` as well.
    assert_eq!(respond(move || Error::from(problem())).await.2, expected);
    let through = move || Error::from(Mixed::Backstop(sold_out()));
    assert_eq!(respond(through).await.2, expected);
}

/// A wrapper struct around any report, as in axum's example.
#[derive(Debug, thiserror::Error, HttpError)]
#[error(transparent)]
#[http(transparent)]
struct AppError(#[from] anyhow::Error);

#[tokio::test]
async fn a_struct_around_a_report_hides_it() {
    let failing = || AppError::from(anyhow::anyhow!("s3cr3t"));
    assert_eq!(respond(failing).await.0, 500);
    assert_eq!(AppError::catalogue(), []);
}

/// A generic envelope around another error.
#[derive(Debug, thiserror::Error, HttpError)]
enum Service<E: HttpError> {
    #[error(transparent)]
    #[http(transparent)]
    Domain(E),
    #[error("too many requests")]
    #[http(status = 429, header("retry-after") = "60")]
    Limited,
}

#[tokio::test]
async fn a_generic_enum_forwards_the_error_of_each_service() {
    let failing = || Service::Domain(Api::Status(StatusCode::GONE));
    assert_eq!(respond(failing).await.0, 410);
    let (status, headers, _) = respond(|| Service::<Api>::Limited).await;
    assert_eq!(
        (status, &headers["retry-after"]),
        (429, &"60".parse().expect("a value"))
    );
}
