//! What layers outside of Backstop learn of a failure.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use backstop::{Backstop, Error, Failure, Origin};
use http::StatusCode;

use crate::support::http::{Http, Reply, Server, request, serve};
use crate::support::reports::Reports;

/// The failures that an access log outside of Backstop has read, one for each response.
#[derive(Clone, Default)]
struct AccessLog(Arc<Mutex<Vec<Option<Failure>>>>);

impl AccessLog {
    fn around(&self, app: Router) -> Router {
        let log = self.clone();
        app.layer(from_fn(move |request: Request, next: Next| {
            let log = log.clone();
            async move {
                let response = next.run(request).await;
                let failure = response.extensions().get::<Failure>().cloned();
                log.0.lock().unwrap().push(failure);
                response
            }
        }))
    }

    fn last(&self) -> Option<Failure> {
        self.0.lock().unwrap().pop().expect("a request")
    }
}

fn app(backstop: &Backstop) -> Router {
    Router::new()
        .route("/fine", get(|| async { "fine" }))
        .route(
            "/error",
            get(|| async { Error::from(std::io::Error::other("s3cr3t")) }),
        )
        .route("/gone", get(|| async { Error::gone("sold") }))
        .route("/panic", get(panics))
        .route("/bare", get(|| async { StatusCode::BAD_GATEWAY }))
        .route("/json", get(|| json(StatusCode::INTERNAL_SERVER_ERROR)))
        .route("/unfit", get(|| json(StatusCode::UNPROCESSABLE_ENTITY)))
        .layer(backstop.layer())
}

#[expect(clippy::panic, reason = "what panics is under test")]
async fn panics() {
    std::panic::panic_any("s3cr3t")
}

async fn json(status: StatusCode) -> impl IntoResponse {
    (status, Json("made on purpose"))
}

async fn served() -> (Server, AccessLog) {
    let backstop = Backstop::production().log(false).build().unwrap();
    let log = AccessLog::default();
    (serve(log.around(app(&backstop))).await, log)
}

async fn get_reply(server: &Server, path: &str) -> Reply {
    let request = request("GET", path).map(|_: Body| Body::empty());
    server.send(Http::One, request).await
}

#[tokio::test]
async fn an_access_log_reads_the_failure_from_the_response() {
    let (server, log) = served().await;
    for (path, status, origin, type_name) in [
        ("/error", 500, "handler", Some("std::io::error::Error")),
        ("/gone", 410, "handler", None),
        ("/panic", 500, "panic", Some("panic")),
        ("/bare", 502, "response", None),
        ("/json", 500, "response", None),
        ("/nowhere", 404, "response", None),
    ] {
        let reply = get_reply(&server, path).await;
        let failure = log.last().expect("a failure");
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(failure.status(), status, "{path}");
        assert_eq!(failure.origin().as_str(), origin, "{path}");
        assert_eq!(failure.type_name(), type_name, "{path}");
        if path != "/json" {
            let id = failure.id().hyphenated().to_string();
            assert_eq!(reply.header("x-error-id"), Some(&*id), "{path}");
        }
        assert!(!reply.text().contains("s3cr3t"), "{path}");
    }
}

#[tokio::test]
async fn a_response_without_a_failure_has_none() {
    let (server, log) = served().await;
    for path in ["/fine", "/unfit"] {
        get_reply(&server, path).await;
        assert!(log.last().is_none(), "{path}");
    }
}

#[tokio::test]
async fn a_layer_between_two_of_one_backstop_sees_the_response_to_a_panic() {
    let (backstop, reports) = Reports::backstop();
    let log = AccessLog::default();
    let server = serve(log.around(app(&backstop)).layer(backstop.layer())).await;
    let reply = get_reply(&server, "/panic").await;
    reply.assert_hidden(500, "Internal Server Error");
    let failure = log.last().unwrap();
    assert_eq!(failure.origin(), Origin::Panic);
    assert_eq!(reports.one().id, failure.id());
}

#[tokio::test]
async fn around_two_backstops_the_failure_is_still_that_of_the_response() {
    let [inner, outer] = [(); 2].map(|()| Backstop::production().log(false).build().unwrap());
    let log = AccessLog::default();
    let server = serve(log.around(app(&inner).layer(outer.layer()))).await;
    let reply = get_reply(&server, "/error").await;
    let failure = log.last().unwrap();
    let id = failure.id().hyphenated().to_string();
    assert_eq!(reply.header("x-error-id"), Some(&*id));
    assert_eq!(failure.type_name(), Some("std::io::error::Error"));
}
