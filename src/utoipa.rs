//! `OpenAPI` documentation with `utoipa` (feature `utoipa`): the schema of a [`Problem`], and [`Responses`], the error
//! responses of an error type.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::marker::PhantomData;

use http::StatusCode;
use serde_json::Value;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::openapi::{ContentBuilder, RefOr, Response, ResponseBuilder, SchemaFormat};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use crate::error::HttpError;
use crate::problem::{Problem, ProblemType, reason_phrase};

/// The error responses of an error type, from its [`catalogue`](HttpError::catalogue): one for each status, with an
/// example for each kind of problem. What production hides is not in the examples.
///
/// ```
/// use backstop::HttpError;
/// use backstop::utoipa::Responses;
///
/// #[derive(Debug, thiserror::Error, HttpError)]
/// enum ShopError {
///     #[error("there is no product {0}")]
///     #[http(status = 404, code = "NO_PRODUCT", title = "No such product")]
///     NoProduct(u32),
///     #[error("out of stock")]
///     #[http(status = 409, code = "OUT_OF_STOCK")]
///     OutOfStock,
/// }
///
/// #[utoipa::path(get, path = "/product", responses((status = 200, body = String), Responses<ShopError>))]
/// async fn product() -> Result<String, ShopError> {
///     Err(ShopError::OutOfStock)
/// }
///
/// #[derive(utoipa::OpenApi)]
/// #[openapi(paths(product))]
/// struct Api;
///
/// let api = <Api as utoipa::OpenApi>::openapi().to_json()?;
/// assert!(api.contains("NO_PRODUCT") && api.contains("application/problem+json"));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct Responses<E>(PhantomData<fn() -> E>);

impl<E: HttpError> IntoResponses for Responses<E> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut by_status: BTreeMap<u16, Vec<ProblemType>> = BTreeMap::new();
        for kind in E::catalogue() {
            let kinds = by_status.entry(kind.status().as_u16()).or_default();
            kinds.push(kind);
        }
        by_status
            .into_iter()
            .map(|(status, kinds)| (status.to_string(), RefOr::T(response(&kinds))))
            .collect()
    }
}

impl<E> fmt::Debug for Responses<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Responses")
    }
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        let text = |about: &str| {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some(about))
        };
        let uri = |about: &str| {
            text(about).format(Some(SchemaFormat::Custom("uri-reference".to_owned())))
        };
        let status = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(400))
            .maximum(Some(599))
            .description(Some("The status of the response."));
        ObjectBuilder::new()
            .description(Some("A problem document (RFC 9457)."))
            .property(
                "type",
                uri("The kind of problem.").default(Some(Value::from("about:blank"))),
            )
            .property("title", text("A short summary of the kind of problem."))
            .property("status", status)
            .property("detail", text("An explanation of this occurrence."))
            .property("instance", uri("The URI of this occurrence."))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl ToSchema for Problem {}

fn response(kinds: &[ProblemType]) -> Response {
    let public: Vec<_> = kinds.iter().filter(|kind| kind.is_public()).collect();
    let status = kinds
        .first()
        .map_or(StatusCode::INTERNAL_SERVER_ERROR, ProblemType::status);
    let mut titles: Vec<&str> = public
        .iter()
        .map(|kind| kind.title().unwrap_or_else(|| reason_phrase(status)))
        .collect();
    let mut known = HashSet::new();
    titles.retain(|title| known.insert(*title));
    if titles.is_empty() {
        titles.push(reason_phrase(status));
    }
    let mut examples: BTreeMap<String, Example> = BTreeMap::new();
    for (index, kind) in public.iter().enumerate() {
        let name = match kind.code() {
            Some(Value::String(code)) => code.clone(),
            Some(code) => code.to_string(),
            None => format!("{}-{index}", status.as_u16()),
        };
        let example = example(kind);
        if examples.values().any(|known| *known == example) {
            continue;
        }
        // Two kinds may have the same code, and differ in their titles.
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        if let Some(free) = names.find(|name| !examples.contains_key(name)) {
            examples.insert(free, example);
        }
    }
    let content = ContentBuilder::new()
        .schema(Some(Problem::schema()))
        .examples_from_iter(examples)
        .build();
    ResponseBuilder::new()
        .description(titles.join("; "))
        .content("application/problem+json", content)
        .build()
}

/// What is known of a problem before it occurs.
fn example(kind: &ProblemType) -> Example {
    let mut problem = Problem::new(kind.status());
    if let Some(title) = kind.title() {
        problem.set_title(title.to_owned());
    }
    if let Some(uri) = kind.type_uri() {
        problem.set_type(uri.to_owned());
    }
    if let Some(code) = kind.code() {
        // Cannot fail: `code` is not a standard member.
        let _ = problem.insert("code", code.clone());
    }
    ExampleBuilder::new()
        .value(serde_json::to_value(&problem).ok())
        .build()
}
