//! `sqlx::Error` through the question mark, and what `status` makes of it.

use std::fmt;

use backstop::sqlx::status;
use backstop::{Backstop, BoxError, Error};
use http::StatusCode;
use serde_json::Value;
use sqlx::error::{DatabaseError, ErrorKind};

use crate::support::handler::{respond, respond_with};

#[derive(Debug)]
struct Violation(fn() -> ErrorKind);

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("s3cr3t_key")
    }
}

impl std::error::Error for Violation {}

impl DatabaseError for Violation {
    fn message(&self) -> &str {
        "s3cr3t_key"
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> BoxError {
        self
    }

    fn kind(&self) -> ErrorKind {
        (self.0)()
    }
}

fn violation(kind: fn() -> ErrorKind) -> sqlx::Error {
    sqlx::Error::Database(Box::new(Violation(kind)))
}

#[tokio::test]
async fn a_missing_row_is_not_a_404_unless_the_application_says_so() {
    let missing = || Error::from(sqlx::Error::RowNotFound);
    assert_eq!(respond(missing).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    let backstop = Backstop::production()
        .map_error(|error| status(error).into())
        .log(false)
        .build()
        .unwrap();
    let (status, problem) = respond_with(&backstop, missing).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        problem,
        serde_json::json!({"title": "Not Found", "status": 404})
    );
}

#[tokio::test]
async fn an_exhausted_pool_is_a_503() {
    let (status, _) = respond(|| sqlx::Error::PoolTimedOut.into()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn violations_suggest_what_the_client_did_wrong() {
    let of = |kind| status(&violation(kind)).as_u16();
    assert_eq!(of(|| ErrorKind::UniqueViolation), 409);
    assert_eq!(of(|| ErrorKind::ForeignKeyViolation), 409);
    assert_eq!(of(|| ErrorKind::NotNullViolation), 422);
    assert_eq!(of(|| ErrorKind::CheckViolation), 422);
    assert_eq!(of(|| ErrorKind::Other), 500);
    assert_eq!(status(&sqlx::Error::PoolClosed), 503);
    assert_eq!(status(&sqlx::Error::WorkerCrashed), 500);
}

#[tokio::test]
async fn a_violation_keeps_its_text_to_itself() {
    let backstop = Backstop::production()
        .map_error(|error| status(error).into())
        .log(false)
        .build()
        .unwrap();
    let failing = || Error::from(violation(|| ErrorKind::UniqueViolation));
    let (status, problem) = respond_with(&backstop, failing).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(problem["detail"], Value::Null);
}
