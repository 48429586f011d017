//! The rows: one app each, and the request that it is asked.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::routing::get;
use backstop::reporters::{Delivery, Reporter};
use backstop::{Backstop, Error, Report};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body::Body as _;
use tower::layer::util::Identity;
use tower::{Layer as _, Service as _};

/// One line of the table.
pub struct Row {
    pub name: &'static str,
    /// The row over which the added cost is told.
    pub over: Option<&'static str>,
    pub limit: Option<u64>,
    /// One request in so many is asked: of those that take long.
    pub share: u64,
    accept: &'static str,
    app: fn() -> Router,
}

const BROWSER: &str =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
const PROBLEM: &str = "application/problem+json";

pub static ROWS: [Row; 21] = [
    row("success", None, None, BROWSER, || {
        ok().layer(Identity::new())
    }),
    row(
        "success, tower-http CatchPanicLayer",
        Some("success"),
        None,
        BROWSER,
        || ok().layer(tower_http::catch_panic::CatchPanicLayer::new()),
    ),
    row(
        "success, sentry-tower",
        Some("success"),
        None,
        BROWSER,
        || {
            ok().layer(sentry_tower::SentryHttpLayer::new())
                .layer(sentry_tower::NewSentryLayer::new_from_top())
        },
    ),
    row(
        "success, backstop",
        Some("success"),
        Some(1_000),
        BROWSER,
        || ok().layer(production().layer()),
    ),
    row(
        "success, backstop, with a reporter",
        Some("success"),
        Some(1_000),
        BROWSER,
        || ok().layer(reporting().layer()),
    ),
    row("bare 404", None, None, PROBLEM, || {
        route(|| async { StatusCode::NOT_FOUND })
    }),
    row(
        "404, under tower's Identity",
        Some("bare 404"),
        None,
        PROBLEM,
        || route(|| async { StatusCode::NOT_FOUND }).layer(Identity::new()),
    ),
    row(
        "404, problem_details, fixed format",
        Some("bare 404"),
        None,
        PROBLEM,
        || {
            route(|| async {
                problem_details::ProblemDetails::<()>::from_status_code(StatusCode::NOT_FOUND)
                    .with_detail("no order 7")
            })
        },
    ),
    row(
        "404, apollo-errors, negotiated JSON",
        Some("bare 404"),
        None,
        "application/json",
        apollo,
    ),
    row(
        "404, backstop, bare response",
        Some("bare 404"),
        None,
        PROBLEM,
        || route(|| async { StatusCode::NOT_FOUND }).layer(production().layer()),
    ),
    row(
        "404, backstop, negotiated problem+json",
        Some("bare 404"),
        Some(9_000),
        PROBLEM,
        || failing(StatusCode::NOT_FOUND),
    ),
    row(
        "500, backstop, negotiated problem+json, reported",
        Some("bare 404"),
        Some(9_000),
        PROBLEM,
        || failing_with(reporting(), StatusCode::INTERNAL_SERVER_ERROR),
    ),
    row("bare 404 for a browser", None, None, BROWSER, || {
        route(|| async { StatusCode::NOT_FOUND })
    }),
    row(
        "404 page, apollo-errors",
        Some("bare 404 for a browser"),
        None,
        "text/html",
        apollo,
    ),
    row(
        "404 page, backstop",
        Some("bare 404 for a browser"),
        Some(12_000),
        BROWSER,
        || failing(StatusCode::NOT_FOUND),
    ),
    row(
        "500 page, backstop, reported",
        Some("bare 404 for a browser"),
        Some(12_000),
        BROWSER,
        || failing_with(reporting(), StatusCode::INTERNAL_SERVER_ERROR),
    ),
    row(
        "panic, tower-http CatchPanicLayer",
        None,
        None,
        PROBLEM,
        || panicking().layer(tower_http::catch_panic::CatchPanicLayer::new()),
    ),
    Row {
        share: 10,
        ..row("panic, sentry", None, None, PROBLEM, || {
            // After the silent hook, so that its hook chains to it.
            let app = panicking();
            sentry_that_drops();
            app.layer(sentry_tower::SentryHttpLayer::new())
                .layer(sentry_tower::NewSentryLayer::new_from_top())
                .layer(tower_http::catch_panic::CatchPanicLayer::new())
        })
    },
    row("panic, backstop", None, None, PROBLEM, || {
        panicking().layer(production().layer())
    }),
    row("panic, backstop, reported", None, None, PROBLEM, || {
        panicking().layer(reporting().layer())
    }),
    row(
        "panic, backstop, reported, with its frames",
        None,
        None,
        PROBLEM,
        || {
            let backstop = reporting();
            // After the silent hook, so that this one chains to it.
            let app = panicking();
            backstop.install_panic_hook();
            app.layer(backstop.layer())
        },
    ),
];

const fn row(
    name: &'static str,
    over: Option<&'static str>,
    limit: Option<u64>,
    accept: &'static str,
    app: fn() -> Router,
) -> Row {
    Row {
        name,
        over,
        limit,
        share: 1,
        accept,
        app,
    }
}

fn production() -> Backstop {
    Backstop::production().build().expect("defaults are good")
}

fn ok() -> Router {
    Router::new().route("/orders/{id}", get(async |Path(_): Path<u32>| "hello"))
}

fn route<F, R>(handler: fn() -> F) -> Router
where
    F: Future<Output = R> + Send + 'static,
    R: IntoResponse + 'static,
{
    Router::new().route("/orders/{id}", get(handler))
}

/// Takes every report and keeps none: what `Memory` keeps would be dropped on the thread that is counted.
struct Nowhere;

impl Reporter for Nowhere {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        vec![Delivery::Delivered; batch.len()]
    }
}

/// With a reporter that takes all there is, on threads of its own, which are not counted.
fn reporting() -> Backstop {
    let builder = Backstop::production().queue(1 << 20, 1 << 32);
    builder
        .reporter(Nowhere)
        .build()
        .expect("the settings are good")
}

fn failing(status: StatusCode) -> Router {
    failing_with(production(), status)
}

fn failing_with(backstop: Backstop, status: StatusCode) -> Router {
    let handler = move || async move { Err::<(), _>(Error::msg("no order 7").status(status)) };
    Router::new()
        .route("/orders/{id}", get(handler))
        .layer(backstop.layer())
}

fn panicking() -> Router {
    std::panic::set_hook(Box::new(|_| {}));
    route(|| async {
        if std::hint::black_box(true) {
            panic!("no order 7");
        }
    })
}

/// A client as `sentry::init` makes it, which sends what it is given nowhere.
fn sentry_that_drops() {
    struct Nowhere;
    impl sentry::Transport for Nowhere {
        fn send_envelope(&self, envelope: sentry::Envelope) {
            drop(std::hint::black_box(envelope));
        }
    }
    let options = sentry::ClientOptions::new()
        .dsn("http://key@127.0.0.1:1/1")
        .transport(Arc::new(Nowhere));
    std::mem::forget(sentry::init(options));
}

fn apollo() -> Router {
    use apollo_errors::miette::{self, Diagnostic};

    #[derive(Debug, apollo_errors::Error, Diagnostic)]
    enum Missing {
        #[error("no order {id}")]
        #[diagnostic(code(orders::missing))]
        #[http_status(404)]
        Order {
            #[extension]
            id: u32,
        },
    }
    let service = tower::service_fn(|_: Request<Body>| async {
        Err::<http::Response<Body>, Missing>(Missing::Order { id: 7 })
    });
    Router::new().route_service(
        "/orders/{id}",
        apollo_errors::tower_http::ErrorLayer::new().layer(service),
    )
}

/// Asks the row's app so many times, as hyper would.
pub fn serve(row: &Row, requests: u64) {
    let mut ask = asking(row);
    for number in 1..=requests {
        ask();
        // One thread at a time runs under valgrind: the others, if there are any, have their turn here, so that no
        // queue grows as it would not on a real machine.
        if number.is_multiple_of(50) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    // Its end, with what is still queued, is no request's.
    std::mem::forget(ask);
}

/// The same, by the clock.
pub fn time(row: &Row, requests: usize) -> Vec<Duration> {
    let mut ask = asking(row);
    let timed = |_| {
        let start = Instant::now();
        ask();
        start.elapsed()
    };
    (0..requests).map(timed).collect()
}

fn asking(row: &Row) -> impl FnMut() {
    let head = Head::new(row.accept);
    // As `axum::serve` does: without it the handlers are built anew for every request.
    let app: Router = (row.app)().with_state(());
    let mut app = app.into_service::<Body>();
    move || {
        let response: Result<_, Infallible> = ready(app.call(head.request()));
        let Ok(response) = response;
        let mut body = pin!(response.into_body());
        while let Some(Ok(frame)) = ready(std::future::poll_fn(|cx| body.as_mut().poll_frame(cx))) {
            std::hint::black_box(frame);
        }
    }
}

/// The output of a future that waits for nothing.
fn ready<F: Future>(future: F) -> F::Output {
    let mut cx = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut cx) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// The head of a request in one buffer, of which URI and values are slices: so hyper builds them, and a clone of
/// one is then a counter and not an allocation.
struct Head {
    uri: Bytes,
    headers: Vec<(HeaderName, Bytes)>,
}

impl Head {
    fn new(accept: &'static str) -> Self {
        let lines = [
            ("host", "127.0.0.1:3000"),
            (
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            ),
            ("accept", accept),
            ("accept-language", "en-US,en;q=0.5"),
            ("accept-encoding", "gzip, deflate, br, zstd"),
            ("connection", "keep-alive"),
            ("cookie", "session=0123456789abcdef"),
        ];
        let mut text = "/orders/7?full=1".to_owned();
        let mut spans = vec![0..text.len()];
        for (_, value) in lines {
            let start = text.len();
            text.push_str(value);
            spans.push(start..text.len());
        }
        let buffer = Bytes::from(text.into_bytes());
        let mut slices = spans.into_iter().map(|span| buffer.slice(span));
        let uri = slices.next().expect("the path");
        let names = lines.map(|(name, _)| HeaderName::from_static(name));
        Self {
            uri,
            headers: names.into_iter().zip(slices).collect(),
        }
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = Uri::from_maybe_shared(self.uri.clone()).expect("a path");
        let headers = request.headers_mut();
        headers.reserve(self.headers.len());
        for (name, value) in &self.headers {
            headers.append(
                name,
                HeaderValue::from_maybe_shared(value.clone()).expect("a value"),
            );
        }
        request
    }
}
