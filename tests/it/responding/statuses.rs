//! An error never leaves under the status of a success, and an outer status never widens what is shown.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::get;
use axum::{Extension, Router, middleware};
use backstop::Error;
use backstop::layers::Passthrough;
use tower_http::set_status::SetStatusLayer;

use crate::support::http::{Http, serve};
use crate::support::recorder::Recorder;

async fn missing() -> Result<String, Error> {
    Err(Error::not_found("no such order"))
}

async fn broken() -> Result<String, Error> {
    Err(Error::internal("s3cr3t"))
}

#[tokio::test]
async fn an_error_under_a_success_status_keeps_its_own_and_is_recorded() {
    let (recorder, backstop) = Recorder::production();
    let to = (header::LOCATION, HeaderValue::from_static("/elsewhere"));
    let app = Router::new()
        .route(
            "/created",
            get(async || (StatusCode::CREATED, missing().await)),
        )
        .route(
            "/no-content",
            get(async || (StatusCode::NO_CONTENT, missing().await)),
        )
        .route(
            "/found",
            get(async move || (StatusCode::FOUND, [to], missing().await)),
        )
        .route(
            "/layer",
            get(missing).layer(SetStatusLayer::new(StatusCode::OK)),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/created", "/no-content", "/found", "/layer"] {
            let reply = server.get(http, path).await;
            assert_eq!(reply.status, 404, "{path}");
            assert_eq!(reply.problem()["detail"], "no such order");
            assert_eq!(reply.header("location"), None);
            assert_eq!(Some(&*recorder.only().id), reply.header("x-error-id"));
        }
    }
}

#[tokio::test]
async fn an_internal_error_under_a_client_status_shows_no_more_than_a_500() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/", get(async || (StatusCode::NOT_FOUND, broken().await)))
        .route(
            "/public",
            get(async || {
                (
                    StatusCode::NOT_FOUND,
                    Err::<(), _>(Error::internal("said").public()),
                )
            }),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        reply.assert_hidden(404, "Not Found");
        assert_eq!(recorder.take().len(), 1);
        let reply = server.get(http, "/public").await;
        assert_eq!(reply.problem()["detail"], "said");
        assert_eq!(recorder.take().len(), 1);
    }
}

#[tokio::test]
async fn an_outer_backstop_restores_the_status_of_what_an_inner_one_rendered() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/", get(missing))
        .layer(backstop.layer())
        .layer(SetStatusLayer::new(StatusCode::OK))
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(reply.status, 404);
        assert_eq!(reply.problem()["detail"], "no such order");
        assert_eq!(recorder.take().len(), 1);
    }
}

#[tokio::test]
async fn a_marked_success_around_an_error_stays_as_it_is_and_is_recorded() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route(
            "/",
            get(async || {
                let response = Error::internal("s3cr3t").into_response();
                let mark = Extension(Passthrough);
                (StatusCode::OK, mark, [("x-kept", "1")], response).into_response()
            }),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("x-kept")),
            (200, Some("1"))
        );
        assert_eq!(reply.header("x-error-id"), None);
        assert_eq!(recorder.take().len(), 1);
    }
}

#[tokio::test]
async fn successes_and_redirects_without_an_error_are_not_touched() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/", get(async || (StatusCode::CREATED, "made")))
        .route("/to", get(async || Redirect::to("/")))
        .layer(middleware::from_fn(
            async |request, next: middleware::Next| next.run(request).await,
        ))
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        assert_eq!(server.get(http, "/").await.text(), "made");
        let reply = server.get(http, "/to").await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("location")),
            (303, Some("/"))
        );
    }
    assert_eq!(recorder.take(), []);
}
