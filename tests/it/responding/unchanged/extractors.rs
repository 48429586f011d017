//! JSON, forms, queries and path parameters, accepted and rejected.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Applications, post as post_body};

const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Deserialize, Serialize)]
struct Item {
    name: String,
    parts: Vec<Part>,
}

#[derive(Deserialize, Serialize)]
struct Part {
    count: u8,
}

#[derive(Deserialize)]
struct Page {
    size: Option<u64>,
}

#[tokio::test]
async fn json() {
    let app = Router::new()
        .route("/item", post(async |Json(item): Json<Item>| Json(item)))
        .route("/value", post(async |Json(value): Json<Value>| Json(value)));
    let app = Applications::serve(app).await;
    for (body, status) in [
        (r#"{"name":"a","parts":[{"count":1}]}"#, 200),
        (r#"{"name":"a","parts":[{"count":1},{}]}"#, 422),
        (r#"{"name":"a","parts":[{"count":256}]}"#, 422),
        (r#"{"name":7,"parts":[]}"#, 422),
        (r#"{"name":"a","parts":[]} more"#, 400),
        ("{", 400),
        ("", 400),
    ] {
        let reply = app
            .send(|| post_body("/item", "application/json", body))
            .await;
        assert_eq!(reply.status, status, "{body}");
    }
    for (media_type, status) in [
        ("application/json", 200),
        ("application/json;charset=utf-8", 200),
        ("application/cloudevents+json", 200),
        ("text/json", 415),
        ("text/plain", 415),
        ("nonsense", 415),
    ] {
        let reply = app.send(|| post_body("/value", media_type, "{}")).await;
        assert_eq!(reply.status, status, "{media_type}");
    }
    assert_eq!(app.method("POST", "/value").await.status, 415);
}

#[tokio::test]
async fn a_body_beyond_the_limit() {
    let app = Router::new()
        .route("/", post(async |Json(value): Json<Value>| Json(value)))
        .layer(axum::extract::DefaultBodyLimit::max(16));
    let app = Applications::serve(app).await;
    let short = app.send(|| post_body("/", "application/json", "[1]")).await;
    assert_eq!(short.status, 200);
    let long = "[1111111111111111]";
    let long = app.send(|| post_body("/", "application/json", long)).await;
    assert_eq!(long.status, 413);
}

#[tokio::test]
async fn forms_and_queries() {
    let size = async |Form(page): Form<Page>| format!("{:?}", page.size);
    let app = Router::new().route("/form", get(size).post(size)).route(
        "/query",
        get(async |Query(page): Query<Page>| format!("{:?}", page.size)),
    );
    let app = Applications::serve(app).await;
    for (path, status) in [
        ("/form", 200),
        ("/form?size=10", 200),
        ("/form?size=ten", 400),
        ("/query", 200),
        ("/query?size=10", 200),
        ("/query?size=", 400),
        ("/query?size=ten", 400),
        ("/query?size=1&size=2", 400),
    ] {
        assert_eq!(app.get(path).await.status, status, "{path}");
    }
    for (media_type, body, status) in [
        (FORM, "size=10", 200),
        (FORM, "size=ten", 422),
        ("application/json", r#"{"size":10}"#, 415),
    ] {
        let reply = app.send(|| post_body("/form", media_type, body)).await;
        assert_eq!(reply.status, status, "{body}");
    }
}

#[tokio::test]
async fn path_parameters() {
    let app = Router::new()
        .route(
            "/user/{id}",
            get(async |Path(id): Path<i32>| id.to_string()),
        )
        .route("/text/{key}", get(async |Path(key): Path<String>| key))
        .route("/rest/{*rest}", get(async |Path(rest): Path<String>| rest))
        .route("/two/{a}/{b}", get(async |_: Path<String>| ()))
        .route("/three/{a}/{b}/{c}", get(async |_: Path<(u8, u8)>| ()))
        .route(
            "/map/{a}",
            get(async |Path(map): Path<HashMap<String, u8>>| format!("{map:?}")),
        );
    let app = Applications::serve(app).await;
    for (path, status) in [
        ("/user/42", 200),
        ("/user/-42", 200),
        ("/user/forty", 400),
        ("/user/", 404),
        ("/text/one%20two", 200),
        ("/text/%E0%A4", 400),
        ("/rest/a/b", 200),
        ("/rest/", 404),
        ("/two/a/b", 500),
        ("/three/1/2/3", 500),
        ("/map/7", 200),
        ("/map/x", 400),
    ] {
        assert_eq!(app.get(path).await.status, status, "{path}");
    }
}
