//! What the document that `utoipa` generates says about an error type.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]

use backstop::problem::ProblemType;
use backstop::utoipa::Responses;
use backstop::{HttpError, Problem};
use http::StatusCode;
use serde_json::{Value, json};
use utoipa::{IntoResponses as _, OpenApi};

#[derive(Debug, thiserror::Error, HttpError)]
#[expect(dead_code, reason = "only its documentation is of interest")]
enum ShopError {
    #[error("there is no product")]
    #[http(
        status = 404,
        code = "NO_PRODUCT",
        title = "No such product",
        type = "https://shop.example/problems/no-product"
    )]
    NoProduct,
    #[error("there is no shelf")]
    #[http(status = 404, code = 7)]
    NoShelf,
    #[error("s3cr3t")]
    #[http(status = 403, code = "S3CR3T", private)]
    Frozen,
    #[error("s3cr3t")]
    #[http(code = "S3CR3T_TOO")]
    Broken,
    #[error(transparent)]
    #[http(transparent)]
    Payment(#[from] PaymentError),
}

#[derive(Debug, thiserror::Error, HttpError)]
#[error("declined")]
#[http(status = 402)]
struct PaymentError;

#[utoipa::path(get, path = "/", responses((status = 200), Responses<ShopError>))]
#[expect(dead_code, reason = "only its documentation is of interest")]
async fn home() {}

#[derive(OpenApi)]
#[openapi(paths(home), components(schemas(Problem)))]
struct Api;

fn document() -> Value {
    serde_json::to_value(Api::openapi()).unwrap()
}

#[test]
fn each_status_is_a_response_with_an_example_for_each_kind() {
    let document = document();
    let responses = &document["paths"]["/"]["get"]["responses"];
    let statuses: Vec<_> = responses.as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["200", "402", "403", "404", "500"]);
    let missing = &responses["404"];
    assert_eq!(missing["description"], "No such product; Not Found");
    let content = &missing["content"]["application/problem+json"];
    assert_eq!(
        content["examples"]["NO_PRODUCT"]["value"],
        json!({
            "type": "https://shop.example/problems/no-product",
            "title": "No such product",
            "status": 404,
            "code": "NO_PRODUCT",
        })
    );
    assert_eq!(
        content["examples"]["7"]["value"],
        json!({"title": "Not Found", "status": 404, "code": 7})
    );
    assert_eq!(content["schema"]["properties"]["status"]["type"], "integer");
}

#[test]
fn what_production_hides_is_not_documented() {
    let document = document();
    assert!(!document.to_string().contains("S3CR3T"));
    let responses = &document["paths"]["/"]["get"]["responses"];
    assert_eq!(responses["500"]["description"], "Internal Server Error");
    assert_eq!(responses["403"]["description"], "Forbidden");
}

#[test]
fn a_problem_is_a_schema_that_leaves_room_for_extensions() {
    let schema = &document()["components"]["schemas"]["Problem"];
    assert_eq!(schema["additionalProperties"], true);
    assert_eq!(schema["properties"]["type"]["default"], "about:blank");
    assert_eq!(schema["properties"]["instance"]["format"], "uri-reference");
}

/// Lists the same codes and titles more than once, as several errors in one may.
#[derive(Debug, thiserror::Error)]
#[error("varied")]
struct Varied;

impl HttpError for Varied {
    fn catalogue() -> Vec<ProblemType> {
        let kind = |code: &'static str, title: &'static str| {
            ProblemType::new(StatusCode::NOT_FOUND)
                .with_code(code)
                .with_title(title)
        };
        vec![
            kind("NO_PRODUCT", "No such product"),
            kind("NO_SHELF", "No such shelf"),
            kind("NO_PRODUCT", "No such product"),
            kind("NO_PRODUCT", "No such variant"),
        ]
    }
}

#[test]
fn titles_are_listed_once_and_kinds_with_one_code_have_an_example_each() {
    let responses = serde_json::to_value(Responses::<Varied>::responses()).unwrap();
    let missing = &responses["404"];
    assert_eq!(
        missing["description"],
        "No such product; No such shelf; No such variant"
    );
    let examples = &missing["content"]["application/problem+json"]["examples"];
    let titles = examples.as_object().unwrap().iter();
    let titles: Vec<_> = titles
        .map(|(name, example)| (&**name, example["value"]["title"].as_str().unwrap()))
        .collect();
    assert_eq!(
        titles,
        [
            ("NO_PRODUCT", "No such product"),
            ("NO_PRODUCT-2", "No such variant"),
            ("NO_SHELF", "No such shelf"),
        ]
    );
}
