//! `sqlx::Error`: foreign, and a 500 unless the application says otherwise.

use http::StatusCode;
use sqlx::Error;
use sqlx::error::ErrorKind;

use crate::error::HttpError;

/// A row that is not there is the client's 404 in one query and a broken invariant in the next, so it is a
/// 500 here; [`sqlx_status`] reads it otherwise.
impl HttpError for Error {
    /// 503 for an exhausted pool, else 500.
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

/// The status that a database's error suggests, for applications whose queries look up what the client named:
///
/// ```
/// use backstop::Backstop;
/// use backstop::sqlx::status;
///
/// let backstop = Backstop::production().map_status(sqlx_status).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
///
/// | error | status |
/// | --- | --- |
/// | `RowNotFound` | 404 |
/// | a unique or foreign key, or an exclusion, was violated | 409 |
/// | a `NOT NULL` or `CHECK` was violated | 422 |
/// | the pool is exhausted, closed, or the server out of reach | 503 |
/// | anything else | 500 |
///
/// The error's text stays hidden in each case.
#[must_use]
pub fn sqlx_status(error: &Error) -> StatusCode {
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
