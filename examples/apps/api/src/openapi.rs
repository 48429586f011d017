//! The document at `/openapi.json`. The application's errors document themselves ([`Responses`]); the responses to all
//! other failures are here.
//!
//! [`Responses`]: backstop::utoipa::Responses

use std::collections::BTreeMap;

use axum::Json;
use backstop::Problem;
use utoipa::openapi::{Content, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi};

use crate::handlers;

#[derive(OpenApi)]
#[openapi(
    info(title = "Library"),
    paths(
        handlers::add_author,
        handlers::author,
        handlers::remove_author,
        handlers::books,
        handlers::add_book,
        handlers::book,
        handlers::change_book,
        handlers::remove_book,
        handlers::export
    ),
    components(schemas(Problem)),
    modifiers(&Always)
)]
struct Api;

pub(crate) async fn document() -> Json<Document> {
    Json(Api::openapi())
}

/// A number in the path or in the query is invalid.
pub(crate) struct BadNumber;

impl IntoResponses for BadNumber {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([(400, "The path or the query is malformed.")])
    }
}

/// The body cannot be read, or breaks a rule.
pub(crate) struct BadBody;

impl IntoResponses for BadBody {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            (400, "The path or the body is malformed."),
            (413, "The body is too large."),
            (415, "The content type is not JSON."),
            (
                422,
                "A member is missing or has the wrong type; or the code is INVALID, and `errors` lists each broken rule.",
            ),
        ])
    }
}

/// The foreign key forbids it.
pub(crate) struct HasBooks;

impl IntoResponses for HasBooks {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([(409, "The author still has books.")])
    }
}

/// The failures of every operation.
struct Always;

impl Modify for Always {
    fn modify(&self, document: &mut Document) {
        let always = problems([
            (500, "The service has failed."),
            (
                503,
                "There are too many requests, or the database is unavailable.",
            ),
            (504, "The request took too long."),
        ]);
        for item in document.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.put,
                &mut item.post,
                &mut item.delete,
            ];
            for operation in operations.into_iter().flatten() {
                operation.responses.responses.extend(always.clone());
            }
        }
    }
}

fn problems<const N: usize>(kinds: [(u16, &str); N]) -> BTreeMap<String, RefOr<Response>> {
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    kinds
        .into_iter()
        .map(|(status, description)| {
            let response = ResponseBuilder::new()
                .description(description)
                .content("application/problem+json", problem.clone());
            (status.to_string(), response.into())
        })
        .collect()
}
