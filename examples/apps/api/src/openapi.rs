//! The document at `/openapi.json`. Errors of our own document themselves ([`Responses`]); here is what others answer.
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

/// A number in the path or in the query is none.
pub(crate) struct BadNumber;

impl IntoResponses for BadNumber {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([(400, "The path or the query is malformed.")])
    }
}

/// The body can't be read, or breaks a rule.
pub(crate) struct BadBody;

impl IntoResponses for BadBody {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            (400, "The path or the body is malformed."),
            (413, "The body is too large."),
            (415, "The body is not said to be JSON."),
            (
                422,
                "A member is missing or of the wrong type; or the code is INVALID and `errors` tells each broken rule.",
            ),
        ])
    }
}

/// The foreign key's word.
pub(crate) struct HasBooks;

impl IntoResponses for HasBooks {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([(409, "The author still has books.")])
    }
}

/// What every operation may answer.
struct Always;

impl Modify for Always {
    fn modify(&self, document: &mut Document) {
        let always = problems([
            (500, "It is our fault."),
            (503, "There are too many requests, or the database is away."),
            (504, "It took too long."),
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
