//! `sqlx`: database errors.

use http::StatusCode;
use sqlx::Error;
use sqlx::error::ErrorKind;

use crate::error::http_error::HttpError;

/// Foreign, and a 500 unless the application says otherwise: a missing row is the client's 404 in one query and a broken
/// invariant in the next. [`status`](crate::sqlx::status) makes it a 404.
#[diagnostic::do_not_recommend]
impl HttpError for Error {
    /// 503 if the pool is exhausted, else 500.
    fn status(&self) -> StatusCode {
        match self {
            Self::PoolTimedOut => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn is_foreign(&self) -> bool {
        true
    }
}

/// The status that a database error suggests, for applications whose queries look up what the client asked for.
///
/// ```
/// use backstop::Backstop;
///
/// let backstop = Backstop::production()
///     .map_error(|error| backstop::sqlx::status(error).into())
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
///
/// | error | status |
/// | --- | --- |
/// | `RowNotFound` | 404 |
/// | a unique or foreign key constraint is violated | 409 |
/// | a `NOT NULL` or `CHECK` constraint is violated | 422 |
/// | the pool is exhausted or closed, or the server is unreachable | 503 |
/// | anything else | 500 |
///
/// The text of the error stays hidden.
#[must_use]
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::RowNotFound => StatusCode::NOT_FOUND,
        Error::PoolTimedOut | Error::PoolClosed | Error::Io(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Database(error) => match error.kind() {
            ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation => StatusCode::CONFLICT,
            ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        },
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
