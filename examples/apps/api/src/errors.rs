//! What can go wrong with books and authors, and the response to it. All other failures are declared where they come
//! from: axum's rejections, garde's report, the limits, the database.

use backstop::HttpError;
use thiserror::Error;

#[derive(Debug, Error, HttpError)]
#[error("there is no book {id}")]
#[http(status = 404, code = "NO_BOOK", title = "No such book")]
pub(crate) struct NoBook {
    #[http(field = "book")]
    pub(crate) id: i64,
}

/// Why a book is refused.
#[derive(Debug, Error, HttpError)]
pub(crate) enum BookRefused {
    #[error("another book has the ISBN {isbn}")]
    #[http(status = 409, code = "ISBN_TAKEN", title = "ISBN taken")]
    IsbnTaken {
        #[http(field)]
        isbn: String,
        source: sqlx::Error,
    },
    #[error("there is no author {author}")]
    #[http(status = 409, code = "UNKNOWN_AUTHOR", title = "Unknown author")]
    UnknownAuthor {
        #[http(field)]
        author: i64,
        source: sqlx::Error,
    },
}

/// Everything that can go wrong with a book. The parts are types of their own, so that each route documents those that
/// it can have.
#[derive(Debug, Error, HttpError)]
pub(crate) enum BookError {
    #[error(transparent)]
    #[http(transparent)]
    Missing(#[from] NoBook),
    #[error(transparent)]
    #[http(transparent)]
    Refused(#[from] BookRefused),
    #[error(transparent)]
    #[http(transparent)]
    Database(#[from] sqlx::Error),
}

/// Deleting an author who still has books is not among these errors: the foreign key forbids it, and `map_error` makes
/// that a 409.
#[derive(Debug, Error, HttpError)]
pub(crate) enum AuthorError {
    #[error("there is no author {id}")]
    #[http(status = 404, code = "NO_AUTHOR", title = "No such author")]
    NoAuthor {
        #[http(field = "author")]
        id: i64,
    },
    #[error(transparent)]
    #[http(transparent)]
    Database(#[from] sqlx::Error),
}
