//! The handlers. Every failure leaves them through `?`.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::IntoResponse;
use backstop::utoipa::Responses;
use futures_util::stream;

use crate::errors::{AuthorError, BookError, BookRefused, NoBook};
use crate::openapi::{BadBody, BadNumber, HasBooks};
use crate::requests::{NewAuthor, NewBook, Page, Valid};
use crate::store::{Author, Book, Store};

#[utoipa::path(post, path = "/authors", request_body = NewAuthor,
    responses((status = 201, body = Author), BadBody))]
pub(crate) async fn add_author(
    State(store): State<Store>,
    Valid(author): Valid<NewAuthor>,
) -> Result<impl IntoResponse, AuthorError> {
    let author = store.add_author(&author).await?;
    Ok(created(format!("/authors/{}", author.id), author))
}

#[utoipa::path(get, path = "/authors/{id}", params(("id" = i64, Path)),
    responses((status = 200, body = Author), BadNumber, Responses<AuthorError>))]
pub(crate) async fn author(
    State(store): State<Store>,
    Path(id): Path<i64>,
) -> Result<Json<Author>, AuthorError> {
    store.author(id).await.map(Json)
}

#[utoipa::path(delete, path = "/authors/{id}", params(("id" = i64, Path)),
    responses((status = 204), BadNumber, HasBooks, Responses<AuthorError>))]
pub(crate) async fn remove_author(
    State(store): State<Store>,
    Path(id): Path<i64>,
) -> Result<StatusCode, AuthorError> {
    store.remove_author(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/books", params(Page),
    responses((status = 200, body = Vec<Book>), BadNumber))]
pub(crate) async fn books(
    State(store): State<Store>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Book>>, BookError> {
    store.books(page.after, page.limit()).await.map(Json)
}

#[utoipa::path(post, path = "/books", request_body = NewBook,
    responses((status = 201, body = Book), BadBody, Responses<BookRefused>))]
pub(crate) async fn add_book(
    State(store): State<Store>,
    Valid(book): Valid<NewBook>,
) -> Result<impl IntoResponse, BookError> {
    let book = store.add_book(&book).await?;
    Ok(created(format!("/books/{}", book.id), book))
}

#[utoipa::path(get, path = "/books/{id}", params(("id" = i64, Path)),
    responses((status = 200, body = Book), BadNumber, Responses<NoBook>))]
pub(crate) async fn book(
    State(store): State<Store>,
    Path(id): Path<i64>,
) -> Result<Json<Book>, BookError> {
    store.book(id).await.map(Json)
}

#[utoipa::path(put, path = "/books/{id}", params(("id" = i64, Path)), request_body = NewBook,
    responses((status = 200, body = Book), BadBody, Responses<BookError>))]
pub(crate) async fn change_book(
    State(store): State<Store>,
    Path(id): Path<i64>,
    Valid(book): Valid<NewBook>,
) -> Result<Json<Book>, BookError> {
    store.change_book(id, &book).await.map(Json)
}

#[utoipa::path(delete, path = "/books/{id}", params(("id" = i64, Path)),
    responses((status = 204), BadNumber, Responses<NoBook>))]
pub(crate) async fn remove_book(
    State(store): State<Store>,
    Path(id): Path<i64>,
) -> Result<StatusCode, BookError> {
    store.remove_book(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All books, page by page as the client reads. If a page cannot be read, the connection is reset, because the head of
/// the response, a 200, was sent already.
#[utoipa::path(get, path = "/books.csv",
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn export(State(store): State<Store>) -> impl IntoResponse {
    const PAGE: u32 = 100;
    let pages = stream::try_unfold(None, move |after| {
        let store = store.clone();
        async move {
            let Some(after) = after else {
                return Ok(Some(("id,isbn,title,author\n".to_owned(), Some(0))));
            };
            let books = store.books(after, PAGE).await?;
            let last = books.last().map(|book| book.id);
            let lines: String = books.iter().map(line).collect();
            Ok::<_, BookError>(last.map(|last| (lines, Some(last))))
        }
    });
    (
        [(CONTENT_TYPE, "text/csv; charset=utf-8")],
        Body::from_stream(pages),
    )
}

fn created<T>(location: String, value: T) -> impl IntoResponse
where
    Json<T>: IntoResponse,
{
    (StatusCode::CREATED, [(LOCATION, location)], Json(value))
}

fn line(book: &Book) -> String {
    let title = book.title.replace('"', "\"\"");
    format!("{},{},\"{title}\",{}\n", book.id, book.isbn, book.author)
}
