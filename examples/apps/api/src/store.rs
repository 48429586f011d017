//! The database: SQLite in memory, the statements, and what its errors mean.

use std::time::Duration;

use serde::Serialize;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use sqlx::{FromRow, error::ErrorKind};
use utoipa::ToSchema;

use crate::errors::{AuthorError, BookError, BookRefused, NoBook};
use crate::requests::{NewAuthor, NewBook};

const SCHEMA: &str = "
    CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE books (
        id INTEGER PRIMARY KEY,
        isbn TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        author INTEGER NOT NULL REFERENCES authors
    );
";

#[derive(FromRow, Serialize, ToSchema)]
pub(crate) struct Author {
    pub(crate) id: i64,
    pub(crate) name: String,
}

#[derive(FromRow, Serialize, ToSchema)]
pub(crate) struct Book {
    pub(crate) id: i64,
    pub(crate) isbn: String,
    pub(crate) title: String,
    pub(crate) author: i64,
}

/// The library's books and authors. Clones share one database.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
}

impl Store {
    /// How long a request waits for a connection by default.
    pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

    /// Creates an empty library, which is dropped with its last clone.
    ///
    /// # Errors
    ///
    /// SQLite cannot be opened, or refuses the schema.
    pub async fn in_memory(acquire_timeout: Duration) -> Result<Self, sqlx::Error> {
        // Each connection to memory has a database of its own, so there is only one, which is never closed.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(acquire_timeout)
            .connect("sqlite::memory:")
            .await?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        Ok(Self { pool })
    }

    /// The connections, for tests.
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    pub(crate) async fn add_author(&self, author: &NewAuthor) -> Result<Author, AuthorError> {
        let added = sqlx::query_as("INSERT INTO authors (name) VALUES (?) RETURNING id, name")
            .bind(&author.name)
            .fetch_one(&self.pool)
            .await?;
        Ok(added)
    }

    pub(crate) async fn author(&self, id: i64) -> Result<Author, AuthorError> {
        sqlx::query_as("SELECT id, name FROM authors WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?
            .ok_or(AuthorError::NoAuthor { id })
    }

    pub(crate) async fn remove_author(&self, id: i64) -> Result<(), AuthorError> {
        let removed = sqlx::query("DELETE FROM authors WHERE id = ?")
            .bind(id)
            .execute(&self.pool)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(AuthorError::NoAuthor { id });
        }
        Ok(())
    }

    pub(crate) async fn add_book(&self, book: &NewBook) -> Result<Book, BookError> {
        sqlx::query_as("INSERT INTO books (isbn, title, author) VALUES (?, ?, ?) RETURNING id, isbn, title, author")
            .bind(&book.isbn)
            .bind(&book.title)
            .bind(book.author)
            .fetch_one(&self.pool)
            .await
            .map_err(|error| refused(error, book))
    }

    pub(crate) async fn book(&self, id: i64) -> Result<Book, BookError> {
        sqlx::query_as("SELECT id, isbn, title, author FROM books WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?
            .ok_or_else(|| NoBook { id }.into())
    }

    /// The books after an id, in the order of their ids.
    pub(crate) async fn books(&self, after: i64, limit: u32) -> Result<Vec<Book>, BookError> {
        let books = sqlx::query_as(
            "SELECT id, isbn, title, author FROM books WHERE id > ? ORDER BY id LIMIT ?",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(books)
    }

    pub(crate) async fn change_book(&self, id: i64, book: &NewBook) -> Result<Book, BookError> {
        sqlx::query_as(
            "UPDATE books SET isbn = ?, title = ?, author = ? WHERE id = ? RETURNING id, isbn, title, author",
        )
        .bind(&book.isbn)
        .bind(&book.title)
        .bind(book.author)
        .bind(id)
        .fetch_optional(&self.pool)
        .await
        .map_err(|error| refused(error, book))?
        .ok_or_else(|| NoBook { id }.into())
    }

    pub(crate) async fn remove_book(&self, id: i64) -> Result<(), BookError> {
        let removed = sqlx::query("DELETE FROM books WHERE id = ?")
            .bind(id)
            .execute(&self.pool)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(NoBook { id }.into());
        }
        Ok(())
    }
}

/// What it means that the database refused this book.
fn refused(source: sqlx::Error, book: &NewBook) -> BookError {
    match source.as_database_error().map(|error| error.kind()) {
        Some(ErrorKind::UniqueViolation) => {
            let isbn = book.isbn.clone();
            BookRefused::IsbnTaken { isbn, source }.into()
        }
        Some(ErrorKind::ForeignKeyViolation) => {
            let author = book.author;
            BookRefused::UnknownAuthor { author, source }.into()
        }
        _ => source.into(),
    }
}
