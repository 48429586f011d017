//! What stands between the handler and Backstop sees what the client will get.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use backstop::reporters::Memory;
use backstop::{Backstop, BoxError, Error, Origin, RequestInfo};
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;

use crate::support::http::{Http, serve};
use crate::support::process::alone;
use crate::support::recorder::Recorder;

const LONG: Duration = Duration::from_secs(60);

/// The statuses that a middleware inside the layer has seen.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u16>>>);

impl Seen {
    fn take(&self) -> Vec<u16> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    async fn record(self, request: Request, next: Next) -> Response {
        let response = next.run(request).await;
        self.0.lock().unwrap().push(response.status().as_u16());
        response
    }
}

fn no_file() -> io::Error {
    io::ErrorKind::NotFound.into()
}

#[tokio::test]
async fn a_status_that_a_mapping_decides_is_seen_by_every_layer_inside() {
    let asked = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&asked);
    let recorder = Recorder::default();
    let backstop = recorder.on(Backstop::production().map_error::<io::Error>(move |error| {
        *counted.lock().unwrap() += 1;
        match error.kind() {
            io::ErrorKind::NotFound => StatusCode::NOT_FOUND.into(),
            _ => StatusCode::BAD_GATEWAY.into(),
        }
    }));
    let seen = Seen::default();
    let inside = seen.clone();
    let app = Router::new()
        .route("/own", get(async || Err::<(), Error>(no_file().into())))
        .route(
            "/boxed",
            get(async || Err::<(), Error>(BoxError::from(no_file()).into())),
        )
        .route(
            "/teapot",
            get(async || (StatusCode::IM_A_TEAPOT, Err::<(), Error>(no_file().into()))),
        )
        .route(
            "/created",
            get(async || (StatusCode::CREATED, Err::<(), Error>(no_file().into()))),
        )
        .layer(from_fn(move |request, next| {
            inside.clone().record(request, next)
        }))
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for (path, inside, sent) in [
            ("/own", 404, 404),
            ("/boxed", 404, 404),
            ("/teapot", 418, 418),
            ("/created", 201, 404),
        ] {
            let reply = server.get(http, path).await;
            assert_eq!(reply.status, sent, "{path}");
            assert_eq!(reply.problem().get("detail"), None);
            assert_eq!(seen.take(), [inside], "{path}");
            assert_eq!(recorder.only().failure_status, sent);
            assert_eq!(std::mem::take(&mut *asked.lock().unwrap()), 1, "{path}");
        }
    }
}

#[tokio::test]
async fn a_nested_backstop_decides_with_its_own_mapping_and_the_outer_one_accepts_it() {
    let mapped = |status: StatusCode| {
        let recorder = Recorder::default();
        let builder = Backstop::production().map_error::<io::Error>(move |_| status.into());
        (recorder.on(builder), recorder)
    };
    let (inner, _) = mapped(StatusCode::NOT_FOUND);
    let (outer, recorder) = mapped(StatusCode::BAD_GATEWAY);
    let seen = Seen::default();
    let between = seen.clone();
    let app = Router::new()
        .route("/", get(async || Err::<(), Error>(no_file().into())))
        .layer(inner.layer())
        .layer(from_fn(move |request, next| {
            between.clone().record(request, next)
        }))
        .route("/outer", get(async || Err::<(), Error>(no_file().into())))
        .layer(outer.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        assert_eq!(server.get(http, "/").await.status, 404);
        assert_eq!((seen.take(), recorder.only().status), (vec![404], 404));
        assert_eq!(server.get(http, "/outer").await.status, 502);
        assert_eq!(recorder.only().status, 502);
    }
}

#[tokio::test]
async fn an_error_that_became_a_response_outside_any_request_is_mapped_by_the_layer() {
    let backstop = Backstop::production()
        .map_error::<io::Error>(|_| StatusCode::NOT_FOUND.into())
        .build()
        .unwrap();
    let handler = async || {
        let task = tokio::spawn(async {
            axum::response::IntoResponse::into_response(Error::from(no_file()))
        });
        let response = task.await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        response
    };
    let app = Router::new()
        .route("/", get(handler))
        .layer(backstop.layer());
    let server = serve(app).await;
    assert_eq!(server.get(Http::One, "/").await.status, 404);
}

#[tokio::test]
async fn inside_a_nested_router_the_whole_path_and_its_query_are_known() {
    let memory = Memory::new();
    let backstop = Backstop::production()
        .reporter(memory.clone())
        .log(false)
        .customize(|problem, _, request| {
            problem.insert("uri", request.uri().to_string()).unwrap();
        })
        .build()
        .unwrap();
    let inner = Router::new()
        .route(
            "/{id}",
            get(async |info: RequestInfo| Err::<(), _>(Error::msg(info.uri().to_string()))),
        )
        .layer(backstop.layer());
    let middle = Router::new().nest("/orders", inner);
    let app = Router::new().nest("/api/{tenant}", middle);
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/api/acme/orders/7?full=1").await;
        let uri = reply.problem()["uri"].as_str().unwrap().to_owned();
        assert!(uri.ends_with("/api/acme/orders/7?full=1"), "{uri}");
    }
    backstop.flush(LONG).await;
    let report = Arc::clone(&memory.reports()[0]);
    assert_eq!(report.errors[0].message, "/api/acme/orders/7?full=1");
    let request = report.request.as_ref().unwrap();
    assert!(
        request.url.ends_with("/api/acme/orders/7?full=1"),
        "{request:?}"
    );
    assert_eq!(request.route.as_deref(), Some("/api/{tenant}/orders/{id}"));
}

#[expect(clippy::panic, reason = "what panics is under test")]
async fn out_of_cheese() {
    panic!("out of cheese");
}
const OUT_OF_CHEESE: u32 = line!() - 2;

#[test]
fn a_panic_that_another_layer_has_caught_is_reported_as_the_panic_that_it_was() {
    alone(|| {
        let memory = Memory::new();
        let backstop = Backstop::production()
            .log(false)
            .reporter(memory.clone())
            .build()
            .unwrap();
        std::panic::set_hook(Box::new(|_| {}));
        backstop.install_panic_hook().unwrap();
        let custom = |_: Box<dyn std::any::Any + Send>| {
            let mut response = Json(json!({"oops": true}));
            response.0["own"] = true.into();
            axum::response::IntoResponse::into_response((StatusCode::SERVICE_UNAVAILABLE, response))
        };
        let caught_by_the_handler = async || {
            let caught = std::panic::catch_unwind(|| std::panic::panic_any("caught"));
            assert!(caught.is_err());
            StatusCode::NO_CONTENT
        };
        let app = Router::new()
            .route("/default", get(out_of_cheese).layer(CatchPanicLayer::new()))
            .route(
                "/custom",
                get(out_of_cheese).layer(CatchPanicLayer::custom(custom)),
            )
            .route("/caught", get(caught_by_the_handler))
            .route("/bare", get(async || StatusCode::INTERNAL_SERVER_ERROR))
            .layer(backstop.layer());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let server = serve(app).await;
            server
                .get(Http::One, "/default")
                .await
                .assert_hidden(500, "Internal Server Error");
            let reply = server.get(Http::One, "/custom").await;
            assert_eq!(
                (reply.status.as_u16(), reply.text()),
                (503, r#"{"oops":true,"own":true}"#)
            );
            assert_eq!(server.get(Http::One, "/caught").await.status, 204);
            // A panic that the request before it has caught is not this one's.
            assert_eq!(server.get(Http::One, "/bare").await.status, 500);
            backstop.flush(LONG).await;
        });
        let reports = memory.reports();
        assert_eq!(reports.len(), 3);
        for report in &reports[..2] {
            assert_eq!(report.origin, Origin::Panic);
            assert_eq!(report.errors[0].message, "out of cheese");
            let location = report.errors[0].location.as_ref().unwrap();
            assert_eq!((location.file(), location.line()), (file!(), OUT_OF_CHEESE));
        }
        assert_eq!(reports[2].origin, Origin::Response);
    });
}
