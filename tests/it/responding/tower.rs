//! The same origins on a plain Tower service, without axum's router.

#![expect(clippy::panic, reason = "what panics is under test")]

use std::convert::Infallible;
use std::panic::panic_any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use backstop::layers::{BackstopLayer, BackstopService};
use backstop::{Backstop, BoxError, Error};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use tower::timeout::TimeoutLayer;
use tower::util::BoxCloneService;
use tower::{Layer, Service, ServiceBuilder, ServiceExt as _, service_fn};

use crate::support::http::{Http, Reply, request, serve, serve_service};
use crate::support::recorder::Recorder;
use crate::support::services::{Bomb, PanicsTwice, PollReady, Step, Steps, Unready};

/// Calls a service without a socket.
async fn send<S, B>(service: S, request: Request<B>) -> Reply
where
    S: Service<Request<B>, Response = Response, Error = Infallible>,
{
    let Ok(response) = service.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    Reply {
        status: parts.status,
        headers: parts.headers,
        body,
        trailers: None,
        end: Ok(()),
    }
}

fn get_root() -> Request<Full<Bytes>> {
    Request::new(Full::default())
}

type PlainRequest = Request<Full<Bytes>>;
type PlainResponse = http::Response<Full<Bytes>>;

fn plain(status: StatusCode, text: &'static str) -> PlainResponse {
    let mut response = http::Response::new(Full::from(text));
    *response.status_mut() = status;
    response
}

#[tokio::test]
async fn a_services_error_becomes_a_response() {
    let (recorder, backstop) = Recorder::production();
    let service = service_fn(|_: PlainRequest| async {
        Err::<PlainResponse, std::io::Error>(std::io::Error::other("s3cr3t"))
    });
    let reply = send(backstop.layer().layer(service), get_root()).await;
    reply.assert_hidden(500, "Internal Server Error");
    recorder.assert_only(&reply, "service", "s3cr3t");
}

#[tokio::test]
async fn our_own_error_becomes_a_response_with_all_that_it_says() {
    let (recorder, backstop) = Recorder::production();
    let service = service_fn(|_: PlainRequest| async {
        let error = Error::msg("only 2 left").with_status(StatusCode::CONFLICT);
        Err::<PlainResponse, Error>(error)
    });
    let reply = send(backstop.layer().layer(service), get_root()).await;
    assert_eq!(reply.status, 409);
    assert_eq!(reply.problem()["detail"], "only 2 left");
    recorder.assert_only(&reply, "service", "only 2 left");
}

#[tokio::test(start_paused = true)]
async fn the_errors_of_towers_layers_become_responses_outermost_in_a_builder() {
    let (recorder, backstop) = Recorder::production();
    let hangs =
        || service_fn(|_: PlainRequest| std::future::pending::<Result<PlainResponse, BoxError>>());
    let timed = ServiceBuilder::new()
        .layer(backstop.layer())
        .layer(TimeoutLayer::new(Duration::from_secs(5)))
        .service(hangs());
    let reply = send(timed, get_root()).await;
    reply.assert_hidden(504, "Gateway Timeout");
    assert_eq!(recorder.only().origin, "service");

    let shed = ServiceBuilder::new()
        .layer(backstop.layer())
        .load_shed()
        .concurrency_limit(0)
        .service(hangs());
    let reply = send(shed, get_root()).await;
    reply.assert_hidden(503, "Service Unavailable");
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(recorder.only().origin, "service");

    let buffered = ServiceBuilder::new()
        .layer(backstop.layer())
        .buffer(1)
        .service(Unready::new(|| Poll::Ready(Err("s3cr3t".into()))));
    let reply = send(buffered, get_root()).await;
    reply.assert_hidden(500, "Internal Server Error");
    assert_eq!(recorder.only().origin, "service");
}

#[tokio::test]
async fn a_bare_response_is_replaced() {
    let (recorder, backstop) = Recorder::production();
    for (status, title, message) in [
        (StatusCode::BAD_GATEWAY, "Bad Gateway", "s3cr3t"),
        (StatusCode::NOT_EXTENDED, "Not Extended", "s3cr3t"),
    ] {
        let service = service_fn(move |_: PlainRequest| async move {
            Ok::<_, Infallible>(plain(status, "s3cr3t"))
        });
        let reply = send(backstop.layer().layer(service), get_root()).await;
        reply.assert_hidden(status.as_u16(), title);
        recorder.assert_only(&reply, "response", message);
    }
    let service = service_fn(|_: PlainRequest| async {
        Ok::<_, Infallible>(plain(StatusCode::NOT_FOUND, "no such order"))
    });
    let reply = send(backstop.layer().layer(service), get_root()).await;
    assert_eq!(reply.problem()["detail"], "no such order");
}

#[tokio::test]
async fn a_panic_gets_a_response_wherever_it_is() {
    let (recorder, backstop) = Recorder::production();
    let layer = backstop.layer();
    let in_call = service_fn(
        |_: PlainRequest| -> std::future::Ready<Result<PlainResponse, BoxError>> {
            panic!("s3cr3t")
        },
    );
    let in_poll =
        service_fn(|_: PlainRequest| async { panic!("s3cr3t") as Result<PlainResponse, BoxError> });
    let twice = service_fn(|_: PlainRequest| PanicsTwice);
    let replies = [
        send(layer.layer(in_call), get_root()).await,
        send(layer.layer(in_poll), get_root()).await,
        send(layer.layer(twice), get_root()).await,
        send(layer.layer(Unready::new(|| panic_any(Bomb(2)))), get_root()).await,
    ];
    let events = recorder.take();
    assert_eq!(events.len(), replies.len());
    for (reply, event) in replies.iter().zip(events) {
        reply.assert_hidden(500, "Internal Server Error");
        assert_eq!(Some(&*event.id), reply.header("x-error-id"));
        assert_eq!(event.origin, "panic");
    }
}

#[tokio::test]
async fn a_body_that_fails_ends_in_one_error_and_then_for_good() {
    let (recorder, backstop) = Recorder::production();
    let fails: [fn() -> Step; 2] = [|| Step::Panic, || Step::Fail("s3cr3t".into())];
    for fail in fails {
        let service = service_fn(move |_: PlainRequest| async move {
            let steps = [Step::Data("one"), fail(), Step::Data("never")];
            Ok::<_, Infallible>(http::Response::new(Steps::new(steps)))
        });
        let response = backstop.layer().layer(service).oneshot(get_root()).await;
        let mut body = response.unwrap().into_body();
        let first = body.frame().await.unwrap().unwrap();
        assert_eq!(first.into_data().unwrap(), "one");
        assert_eq!(recorder.take(), []);
        assert!(body.frame().await.unwrap().is_err());
        assert!(body.frame().await.is_none());
        let only = recorder.only();
        assert!(only.response_started);
        assert_eq!(
            (only.origin, only.messages),
            ("body", vec!["s3cr3t".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_future_or_a_body_that_is_dropped_early_is_not_an_error() {
    let (recorder, backstop) = Recorder::production();
    let hangs =
        service_fn(|_: PlainRequest| std::future::pending::<Result<PlainResponse, BoxError>>());
    let mut waiting = Box::pin(backstop.layer().layer(hangs).oneshot(get_root()));
    assert!(
        waiting
            .as_mut()
            .poll(&mut Context::from_waker(std::task::Waker::noop()))
            .is_pending()
    );
    drop(waiting);
    let streams = service_fn(|_: PlainRequest| async {
        let steps = [Step::Data("one"), Step::Hang];
        Ok::<_, Infallible>(http::Response::new(Steps::new(steps)))
    });
    let response = backstop.layer().layer(streams).oneshot(get_root()).await;
    let mut body = response.unwrap().into_body();
    body.frame().await.unwrap().unwrap();
    drop(body);
    assert_eq!(recorder.take(), []);
}

/// Is ready for one clone only after another has broken.
#[derive(Clone)]
struct BreaksOnce {
    broken: Arc<AtomicBool>,
    how: PollReady,
}

impl Service<PlainRequest> for BreaksOnce {
    type Response = PlainResponse;
    type Error = BoxError;
    type Future = std::future::Ready<Result<PlainResponse, BoxError>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        if self.broken.swap(true, Ordering::SeqCst) {
            Poll::Ready(Ok(()))
        } else {
            (self.how)()
        }
    }

    fn call(&mut self, _request: PlainRequest) -> Self::Future {
        std::future::ready(Ok(plain(StatusCode::OK, "well")))
    }
}

#[tokio::test]
async fn a_broken_service_responds_to_every_call_and_its_clones_recover() {
    let (recorder, backstop) = Recorder::production();
    let ways: [PollReady; 2] = [|| Poll::Ready(Err("s3cr3t".into())), || panic_any("s3cr3t")];
    for how in ways {
        let broken = Arc::new(AtomicBool::new(false));
        let mut service = backstop.layer().layer(BreaksOnce { broken, how });
        let mut ids = Vec::new();
        for _ in 0..2 {
            let Ok(ready) = service.ready().await;
            let Ok(response) = ready.call(get_root()).await;
            assert_eq!(response.status(), 500);
            ids.push(response.headers()["x-error-id"].clone());
        }
        assert_ne!(ids[0], ids[1], "two failed requests are two failures");
        assert_eq!(recorder.take().len(), 2);
        let reply = send(service.clone(), get_root()).await;
        assert_eq!((reply.status.as_u16(), reply.text()), (200, "well"));
        assert_eq!(recorder.take(), []);
    }
}

#[tokio::test]
async fn a_service_that_is_not_ready_yet_is_waited_for() {
    let (recorder, backstop) = Recorder::production();
    let mut service = backstop.layer().layer(Unready::new(|| Poll::Pending));
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let polled = Service::<PlainRequest>::poll_ready(&mut service, &mut cx);
    assert!(polled.is_pending());
    assert_eq!(recorder.take(), []);
}

// The bounds, checked by the compiler.

fn is_clone_send_sync<T: Clone + Send + Sync + 'static>(_: &T) {}

fn is_a_service_that_never_fails<S, B>(_: &S)
where
    S: Service<Request<B>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
}

#[tokio::test]
async fn the_layer_fits_everywhere_without_an_error_handler() {
    let (_, backstop) = Recorder::production();
    is_clone_send_sync(&backstop);
    is_clone_send_sync::<BackstopLayer>(&backstop.layer());
    let fails =
        service_fn(|_: PlainRequest| async { Err::<PlainResponse, BoxError>("s3cr3t".into()) });
    let service: BackstopService<_> = backstop.layer().layer(fails);
    is_clone_send_sync(&service);
    is_a_service_that_never_fails(&service);

    // In a router, alone and with layers that fail inside.
    let stack = ServiceBuilder::new()
        .layer(backstop.layer())
        .load_shed()
        .concurrency_limit(8)
        .timeout(Duration::from_secs(5));
    let app: Router = Router::new()
        .route("/", get(|| async { "well" }).layer(backstop.layer()))
        .route_layer(backstop.layer())
        .layer(stack);
    // Around a router, and outermost in a builder.
    let around = ServiceBuilder::new()
        .layer(backstop.layer())
        .service(app.with_state(()));
    is_clone_send_sync(&around);
    let boxed = BoxCloneService::new(around);
    let reply = send(boxed, request("GET", "/")).await;
    assert_eq!((reply.status.as_u16(), reply.text()), (200, "well"));
}

#[tokio::test]
async fn a_plain_service_is_served_over_a_socket() {
    let (recorder, backstop) = Recorder::production();
    let service = service_fn(|request: axum::extract::Request| async move {
        match request.uri().path() {
            "/panic" => panic!("s3cr3t"),
            "/bare" => Ok(StatusCode::NOT_FOUND.into_response()),
            "/body" => {
                let steps = Steps::new([Step::Data("one"), Step::Rest, Step::Panic]);
                Ok(Response::new(Body::new(steps)))
            }
            _ => Err::<_, BoxError>("s3cr3t".into()),
        }
    });
    let server = serve_service(backstop.layer().layer(service)).await;
    for http in Http::BOTH {
        for (path, status, title, origin) in [
            ("/panic", 500, "Internal Server Error", "panic"),
            ("/bare", 404, "Not Found", "response"),
            ("/error", 500, "Internal Server Error", "service"),
        ] {
            let reply = server.get(http, path).await;
            reply.assert_hidden(status, title);
            assert_eq!(recorder.only().origin, origin);
        }
        let reply = server.get(http, "/body").await;
        assert!(reply.end.is_err());
        assert!(recorder.only().response_started);
    }
}

// One layer in another.

fn failing_app() -> Router {
    let error = || async { Err::<(), _>(Error::msg("gone").with_status(StatusCode::GONE)) };
    let body = || async { Body::new(Steps::new([Step::Data("one"), Step::Rest, Step::Panic])) };
    Router::new()
        .route("/error", get(error))
        .route("/panic", get(|| async { panic!("s3cr3t") as () }))
        .route("/bare", get(|| async { (StatusCode::BAD_REQUEST, "no") }))
        .route("/body", get(body))
        .route_service(
            "/unready",
            Recorder::production().1.layer().layer(NeverReady),
        )
}

/// Panics in `poll_ready`.
#[derive(Clone)]
struct NeverReady;

impl Service<axum::extract::Request> for NeverReady {
    type Response = Response;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        panic_any("s3cr3t")
    }

    fn call(&mut self, _request: axum::extract::Request) -> Self::Future {
        unreachable!("it is never ready")
    }
}

#[tokio::test]
async fn the_same_backstop_twice_reports_once() {
    let (recorder, backstop) = Recorder::production();
    let app = failing_app()
        .layer(backstop.layer())
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/error", "/panic", "/bare", "/unready", "/nowhere"] {
            let reply = server.get(http, path).await;
            reply.problem();
            assert_eq!(Some(&*recorder.only().id), reply.header("x-error-id"));
        }
        assert!(server.get(http, "/body").await.end.is_err());
        assert!(recorder.only().response_started);
    }
}

#[tokio::test]
async fn another_backstop_reports_under_the_same_id_and_leaves_the_response() {
    let (inner_recorder, inner) = Recorder::production();
    let outer_recorder = Recorder::default();
    let outer = outer_recorder.on(Backstop::production().customize(|problem, _, _| {
        problem.set_title("the outer one");
    }));
    let server = serve(failing_app().layer(inner.layer()).layer(outer.layer())).await;
    for http in Http::BOTH {
        for path in ["/error", "/panic", "/bare", "/unready", "/nowhere"] {
            let reply = server.get(http, path).await;
            assert_ne!(reply.problem()["title"], "the outer one");
            let (inner, outer) = (inner_recorder.only(), outer_recorder.only());
            assert_eq!(Some(&*inner.id), reply.header("x-error-id"));
            assert_eq!(inner, outer);
        }
        assert!(server.get(http, "/body").await.end.is_err());
        let (inner, outer) = (inner_recorder.only(), outer_recorder.only());
        assert!(inner.response_started);
        assert_eq!(inner, outer);
    }
}

#[tokio::test]
async fn a_status_that_a_layer_in_between_set_reaches_the_outer_one() {
    let (inner_recorder, inner) = Recorder::production();
    let (outer_recorder, outer) = Recorder::production();
    let app = failing_app()
        .layer(inner.layer())
        .layer(tower::util::MapResponseLayer::new(|response: Response| {
            (StatusCode::IM_A_TEAPOT, response).into_response()
        }))
        .layer(outer.layer());
    let server = serve(app).await;
    let reply = server.get(Http::One, "/error").await;
    assert_eq!(reply.status, 418);
    assert_eq!(inner_recorder.only().status, 410);
    assert_eq!(outer_recorder.only().status, 418);
}
