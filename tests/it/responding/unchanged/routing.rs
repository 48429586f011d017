//! Fallbacks, nested and merged routers, methods.

use axum::extract::{OriginalUri, Path, State};
use axum::response::Response;
use axum::routing::{any, get, get_service, post};
use axum::{Json, Router};
use http::Uri;
use tower::service_fn;

use super::{Applications, text};

fn inner() -> Response {
    text(404, "the nested router has no such route")
}

fn outer() -> Response {
    text(404, "the outer router has no such route")
}

async fn uris(uri: Uri, OriginalUri(original): OriginalUri) -> Json<[String; 2]> {
    Json([uri, original].map(|uri| {
        uri.path_and_query()
            .map_or_else(String::new, ToString::to_string)
    }))
}

#[tokio::test]
async fn a_router_without_a_fallback() {
    let app = Router::new().route("/foo", get(async || "foo").post(async || ()));
    let app = Applications::serve(app).await;
    assert_eq!(app.get("/foo").await.text(), "foo");
    assert_eq!(app.method("HEAD", "/foo").await.status, 200);
    assert_eq!(app.get("/missing").await.status, 404);
    assert_eq!(app.method("HEAD", "/missing").await.status, 404);
    let refused = app.method("DELETE", "/foo").await;
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("allow"), Some("GET,HEAD,POST"));
    assert_eq!(app.method("OPTIONS", "/foo").await.status, 405);
}

#[tokio::test]
async fn a_fallback_that_succeeds() {
    let nested = Router::new().route("/bar", get(async || ()));
    let app = Router::new()
        .nest("/foo", nested)
        .fallback(async || "fallback");
    let app = Applications::serve(app).await;
    assert_eq!(app.get("/foo/bar").await.status, 200);
    assert_eq!(app.get("/missing").await.text(), "fallback");
    assert_eq!(app.get("/foo/missing").await.text(), "fallback");
}

#[tokio::test]
async fn a_fallback_with_state() {
    let app = Router::new()
        .fallback(async |State(state): State<&'static str>| text(404, state))
        .with_state("from the state");
    let app = Applications::serve(app).await;
    assert_eq!(app.get("/missing").await.text(), "from the state");
}

#[tokio::test]
async fn nested_routers_inherit_the_outer_fallback() {
    let deep = Router::new().nest("/bar", Router::new());
    let app = Router::new()
        .nest("/foo", deep)
        .nest("/own", Router::new().fallback(async || inner()))
        .fallback(async || outer());
    let app = Applications::serve(app).await;
    for (path, expected) in [
        ("/", outer()),
        ("/foo/bar/baz", outer()),
        ("/foo", outer()),
        ("/own/missing", inner()),
    ] {
        let reply = app.get(path).await;
        assert_eq!(reply.status, expected.status());
        let from_inner = reply.text().contains("nested");
        assert_eq!(from_inner, path.starts_with("/own"), "{path}");
    }
}

#[tokio::test]
async fn fallbacks_of_merged_routers() {
    let nested = || Router::new().nest("/nested", Router::new().fallback(async || inner()));
    let apps = [
        nested().merge(Router::new()).fallback(async || outer()),
        nested().fallback(async || outer()).merge(Router::new()),
        nested().merge(Router::new().fallback(async || outer())),
        Router::new().fallback(async || outer()).merge(nested()),
    ];
    for app in apps {
        let app = Applications::serve(app).await;
        assert!(app.get("/nested/missing").await.text().contains("nested"));
        assert!(app.get("/missing").await.text().contains("outer"));
    }
    let app = Applications::serve(nested().merge(Router::new())).await;
    assert!(app.get("/missing").await.body.is_empty());
}

#[tokio::test]
async fn a_fallback_for_methods() {
    let own = get(async || "index").fallback(async || text(405, "of this route"));
    let app = Router::new()
        .route("/own", own)
        .route("/path", get(async || "path"))
        .route("/any", any(async || "any"))
        .method_not_allowed_fallback(async || text(404, "of the router"));
    let app = Applications::serve(app).await;
    assert_eq!(app.method("POST", "/own").await.text(), "of this route");
    let reply = app.method("POST", "/path").await;
    assert_eq!(
        (reply.status.as_u16(), reply.text()),
        (404, "of the router")
    );
    assert_eq!(app.method("PATCH", "/any").await.text(), "any");
}

#[tokio::test]
async fn nested_routers_and_their_parameters() {
    let api = Router::new()
        .route("/users", get(async || "list").post(async || "create"))
        .route(
            "/users/{id}",
            get(async |Path((version, id)): Path<(String, u32)>| format!("{version} {id}")),
        );
    let app = Router::new()
        .route("/", get(async || "root"))
        .nest("/{version}/api", api)
        .nest("/slash/", Router::new().route("/", get(async || "slash")))
        .nest("/plain", Router::new().route("/", get(async || "plain")));
    let app = Applications::serve(app).await;
    assert_eq!(app.get("/").await.text(), "root");
    assert_eq!(app.method("POST", "/v0/api/users").await.text(), "create");
    assert_eq!(app.get("/v0/api/users/12").await.text(), "v0 12");
    assert_eq!(app.get("/v0/api/users/twelve").await.status, 400);
    let refused = app.method("PUT", "/v0/api/users").await;
    assert_eq!(refused.header("allow"), Some("GET,HEAD,POST"));
    for (path, status) in [
        ("/slash", 404),
        ("/slash/", 200),
        ("/plain", 200),
        ("/plain/", 404),
        ("/plain/more", 404),
    ] {
        assert_eq!(app.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn the_uri_in_nested_routers() {
    let deep = Router::new().route("/baz", get(uris));
    let app = Router::new()
        .nest("/foo", Router::new().nest("/bar", deep))
        .merge(Router::new().route("/one", get(uris)));
    let app = Applications::serve(app).await;
    assert!(
        app.get("/foo/bar/baz?q=1")
            .await
            .text()
            .starts_with(r#"["/baz?q=1","#)
    );
    app.get("/foo/bar/none").await;
    assert!(app.get("/one").await.text().starts_with(r#"["/one","#));
}

#[tokio::test]
async fn services_as_routes() {
    let service = service_fn(async |_: axum::extract::Request| {
        Ok::<_, std::convert::Infallible>(text(410, "it was here"))
    });
    let app = Router::new()
        .route("/get", get_service(service))
        .nest_service("/nested", Router::new().route("/in", post(async || "in")))
        .fallback_service(Router::new().route("/last", get(async || "last")));
    let app = Applications::serve(app).await;
    assert_eq!(app.get("/get").await.text(), "it was here");
    assert_eq!(app.method("POST", "/nested/in").await.text(), "in");
    assert_eq!(app.get("/nested/in").await.status, 405);
    assert_eq!(app.get("/nested/missing").await.status, 404);
    assert_eq!(app.get("/last").await.text(), "last");
    assert_eq!(app.get("/missing").await.status, 404);
}
