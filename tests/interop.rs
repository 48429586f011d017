//! Other crates' errors through `?`: what they answer, and what stays hidden and findable.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::routing::get;
use backstop::{Backstop, BoxError, Error};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// The answer of a handler that fails so.
async fn answer_of(
    backstop: &Backstop,
    failing: impl Fn() -> Error + Clone + Send + Sync + 'static,
) -> (StatusCode, Value) {
    let route = get(move || {
        let failing = failing.clone();
        async move { Err::<(), Error>(failing()) }
    });
    let app = Router::new().route("/", route).layer(backstop.layer());
    let request = Request::get("/").body(axum::body::Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(!String::from_utf8_lossy(&body).contains("s3cr3t"));
    let mut problem: Value = serde_json::from_slice(&body).unwrap();
    problem.as_object_mut().unwrap().remove("instance");
    (status, problem)
}

async fn answer(
    failing: impl Fn() -> Error + Clone + Send + Sync + 'static,
) -> (StatusCode, Value) {
    let backstop = Backstop::production()
        .safe_fields(["sku"])
        .log(false)
        .build()
        .unwrap();
    answer_of(&backstop, failing).await
}

fn sold_out() -> Error {
    Error::msg("sold out")
        .status(StatusCode::CONFLICT)
        .code("SOLD_OUT")
        .field("sku", "A1")
        .context("s3cr3t shelf")
}

#[derive(Debug, thiserror::Error)]
#[error("s3cr3t outside")]
struct Outside(#[source] BoxError);

#[tokio::test]
async fn an_error_inside_a_boxed_chain_keeps_its_facts() {
    let wrapped = || Error::from(Box::new(Outside(sold_out().into())) as BoxError);
    let (status, problem) = answer(wrapped).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(
        problem,
        serde_json::json!({
            "title": "Conflict", "status": 409, "detail": "sold out", "code": "SOLD_OUT", "sku": "A1",
        })
    );
    assert!(wrapped().downcast_ref::<Outside>().is_some());
    assert_eq!(format!("{:#}", wrapped()), "s3cr3t outside: s3cr3t shelf");
    assert_eq!(
        answer(move || wrapped().status(StatusCode::GONE)).await.0,
        StatusCode::GONE
    );
}

#[tokio::test]
async fn a_private_error_inside_a_boxed_chain_stays_private() {
    let wrapped = || Error::from(Box::new(Outside(sold_out().private().into())) as BoxError);
    let (status, problem) = answer(wrapped).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(problem["detail"], Value::Null);
}

/// A body that fails.
struct Broken;

impl http_body::Body for Broken {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>> {
        Poll::Ready(Some(Err(std::io::Error::other("disk"))))
    }
}

#[tokio::test]
async fn an_error_that_comes_back_from_a_failed_body_can_still_be_set() {
    use std::sync::{Arc, Mutex};

    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let backstop = Backstop::production()
        .on_error(move |event| keep.lock().unwrap().push(event.failure().clone()))
        .log(false)
        .build()
        .unwrap();
    let failing = || async { axum::body::Body::new(Broken) };
    let app = Router::new()
        .route("/", get(failing))
        .layer(backstop.layer());
    let request = Request::get("/").body(axum::body::Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    let error = response.into_body().collect().await.unwrap_err();
    let error = Error::from(error.into_inner())
        .context("copying")
        .status(StatusCode::BAD_GATEWAY)
        .code("COPY");
    assert_eq!(kept.lock().unwrap().len(), 1);
    assert!(error.downcast_ref::<std::io::Error>().is_some());
    let failure = backstop::Failure::from(error);
    assert_eq!(failure.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(failure.chain()[0].message(), "copying");
}

#[test]
fn a_context_set_after_the_error_was_shown_is_shown_too() {
    let error = Error::msg("no disk");
    assert_eq!(format!("{error:#}"), "no disk");
    assert_eq!(
        format!("{:#}", error.context("loading")),
        "loading: no disk"
    );
}

macro_rules! report_tests {
    ($feature:literal, $name:ident, $report:ty, $context:ident, $from_boxed:expr) => {
        #[cfg(feature = $feature)]
        mod $name {
            use std::io;

            use super::*;

            fn report() -> $report {
                <$report>::from(io::Error::from(io::ErrorKind::TimedOut)).$context("s3cr3t")
            }

            #[tokio::test]
            async fn a_report_is_a_hidden_500_whose_chain_stays_whole() {
                let (status, problem) = answer(|| report().into()).await;
                assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
                assert_eq!(
                    problem,
                    serde_json::json!({"title": "Internal Server Error", "status": 500})
                );
                let error = Error::from(report());
                assert_eq!(format!("{error:#}"), "s3cr3t: timed out");
                assert_eq!(
                    error.downcast_ref::<io::Error>().unwrap().kind(),
                    io::ErrorKind::TimedOut
                );
                let error = Error::from(<$report>::from(io::Error::other("bare")));
                assert_eq!(format!("{error:#}"), "bare");
                assert!(error.downcast_ref::<io::Error>().is_some());
            }

            #[tokio::test]
            async fn map_status_finds_what_a_report_holds() {
                let backstop = Backstop::production()
                    .map_status::<io::Error>(|_| StatusCode::GATEWAY_TIMEOUT)
                    .log(false)
                    .build()
                    .unwrap();
                let (status, _) = answer_of(&backstop, || report().into()).await;
                assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
            }

            #[tokio::test]
            async fn a_timeout_in_a_report_is_a_504() {
                let elapsed = tokio::time::timeout(
                    std::time::Duration::ZERO,
                    std::future::pending::<()>(),
                )
                .await
                .unwrap_err();
                let error = Error::from(<$report>::from(elapsed).$context("s3cr3t"));
                assert_eq!(backstop::Failure::from(error).status(), StatusCode::GATEWAY_TIMEOUT);
            }

            #[tokio::test]
            async fn an_error_in_a_report_keeps_its_facts() {
                let holds = || -> $report { $from_boxed(BoxError::from(sold_out())) };
                let bare = move || Error::from(holds());
                let wrapped = move || Error::from(holds().$context("s3cr3t again"));
                assert_eq!(
                    format!("{:#}", wrapped()),
                    "s3cr3t again: s3cr3t shelf: sold out"
                );
                for (status, problem) in [answer(bare).await, answer(wrapped).await] {
                    assert_eq!(status, StatusCode::CONFLICT);
                    assert_eq!(problem["detail"], "sold out");
                    assert_eq!(problem["code"], "SOLD_OUT");
                    assert_eq!(problem["sku"], "A1");
                }
            }

            #[tokio::test]
            async fn a_chain_that_holds_an_error_deeper_keeps_its_facts() {
                let failing = || {
                    let outside = Outside(sold_out().into());
                    Error::from(<$report>::from(outside).$context("s3cr3t again"))
                };
                let (status, problem) = answer(failing).await;
                assert_eq!(status, StatusCode::CONFLICT);
                assert_eq!(problem["code"], "SOLD_OUT");
                assert!(failing().downcast_ref::<Outside>().is_some());
            }

            #[test]
            fn a_box_in_a_report_keeps_its_type() {
                let report: $report = $from_boxed(BoxError::from(io::Error::other("disk")));
                let error = Error::from(report.$context("a").$context("b"));
                assert_eq!(format!("{error:#}"), "b: a: disk");
                assert!(error.downcast_ref::<io::Error>().is_some());
            }

            #[test]
            fn the_question_mark_keeps_its_place() {
                fn fails() -> backstop::Result<()> {
                    Err(report())?
                }

                let failure = backstop::Failure::from(fails().unwrap_err());
                assert!(failure.location().unwrap().file().ends_with("interop.rs"));
            }
        }
    };
}

report_tests!(
    "anyhow",
    anyhow_report,
    anyhow::Error,
    context,
    |error: BoxError| anyhow::anyhow!(error)
);
report_tests!(
    "eyre",
    eyre_report,
    eyre::Report,
    wrap_err,
    |error: BoxError| eyre::eyre!(error)
);

#[cfg(feature = "sqlx")]
mod sqlx_errors {
    use std::fmt;

    use backstop::sqlx_status;
    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    #[derive(Debug)]
    struct Violation(fn() -> ErrorKind);

    impl fmt::Display for Violation {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("s3cr3t_key")
        }
    }

    impl std::error::Error for Violation {}

    impl DatabaseError for Violation {
        fn message(&self) -> &str {
            "s3cr3t_key"
        }

        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> BoxError {
            self
        }

        fn kind(&self) -> ErrorKind {
            (self.0)()
        }
    }

    fn violation(kind: fn() -> ErrorKind) -> sqlx::Error {
        sqlx::Error::Database(Box::new(Violation(kind)))
    }

    #[tokio::test]
    async fn a_missing_row_is_no_404_unless_the_application_says_so() {
        let missing = || Error::from(sqlx::Error::RowNotFound);
        assert_eq!(answer(missing).await.0, StatusCode::INTERNAL_SERVER_ERROR);
        let backstop = Backstop::production()
            .map_status(sqlx_status)
            .log(false)
            .build()
            .unwrap();
        let (status, problem) = answer_of(&backstop, missing).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(
            problem,
            serde_json::json!({"title": "Not Found", "status": 404})
        );
    }

    #[tokio::test]
    async fn an_exhausted_pool_is_a_503() {
        let (status, _) = answer(|| sqlx::Error::PoolTimedOut.into()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    }

    #[test]
    fn violations_suggest_what_the_client_did_wrong() {
        let of = |kind| sqlx_status(&violation(kind)).as_u16();
        assert_eq!(of(|| ErrorKind::UniqueViolation), 409);
        assert_eq!(of(|| ErrorKind::ForeignKeyViolation), 409);
        assert_eq!(of(|| ErrorKind::NotNullViolation), 422);
        assert_eq!(of(|| ErrorKind::CheckViolation), 422);
        assert_eq!(of(|| ErrorKind::Other), 500);
        assert_eq!(sqlx_status(&sqlx::Error::PoolClosed), 503);
        assert_eq!(sqlx_status(&sqlx::Error::WorkerCrashed), 500);
    }

    #[tokio::test]
    async fn a_violation_keeps_its_text_to_itself() {
        let backstop = Backstop::production()
            .map_status(sqlx_status)
            .log(false)
            .build()
            .unwrap();
        let failing = || Error::from(violation(|| ErrorKind::UniqueViolation));
        let (status, problem) = answer_of(&backstop, failing).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(problem["detail"], Value::Null);
    }
}

#[cfg(feature = "reqwest")]
mod upstream {
    use std::time::Duration;

    use axum::http::header::CONTENT_TYPE;
    use backstop::Problem;
    use tokio::net::TcpListener;

    use super::*;

    async fn serve(app: Router) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{address}")
    }

    fn client() -> reqwest::Client {
        reqwest::Client::builder()
            .timeout(Duration::from_millis(200))
            .no_proxy()
            .build()
            .unwrap()
    }

    #[tokio::test]
    async fn a_dead_upstream_is_a_502_and_its_url_stays_hidden() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/?key=s3cr3t", listener.local_addr().unwrap());
        drop(listener);
        let error = client().get(url).send().await.unwrap_err();
        let failing = std::sync::Mutex::new(Some(Error::from(error)));
        let failing = std::sync::Arc::new(failing);
        let (status, problem) = answer(move || failing.lock().unwrap().take().unwrap()).await;
        assert_eq!(status, StatusCode::BAD_GATEWAY);
        assert_eq!(
            problem,
            serde_json::json!({"title": "Bad Gateway", "status": 502})
        );
    }

    #[tokio::test]
    async fn a_slow_upstream_is_a_504_and_an_impossible_request_a_500() {
        let slow = Router::new().route("/", get(std::future::pending::<()>));
        let url = serve(slow).await;
        let error = Error::from(client().get(url).send().await.unwrap_err());
        assert_eq!(
            backstop::Failure::from(error).status(),
            StatusCode::GATEWAY_TIMEOUT
        );
        let error = Error::from(client().get("no url").send().await.unwrap_err());
        assert_eq!(
            backstop::Failure::from(error).status(),
            StatusCode::INTERNAL_SERVER_ERROR
        );
    }

    #[tokio::test]
    async fn an_error_status_of_the_upstream_is_a_502() {
        let url = serve(Router::new()).await;
        let response = client().get(url).send().await.unwrap();
        let error = Error::from(response.error_for_status().unwrap_err());
        assert_eq!(
            backstop::Failure::from(error).status(),
            StatusCode::BAD_GATEWAY
        );
    }

    #[tokio::test]
    async fn a_problem_of_the_upstream_is_read_by_its_content_type() {
        let backstop = Backstop::production().log(false).build().unwrap();
        let app = Router::new()
            .route("/sold-out", get(|| async { Err::<(), Error>(sold_out()) }))
            .layer(backstop.layer())
            .route(
                "/json",
                get(|| async { ([(CONTENT_TYPE, "application/json")], "{}") }),
            )
            .route(
                "/broken",
                get(|| async {
                    (
                        [(CONTENT_TYPE, "application/problem+json; charset=utf-8")],
                        "{",
                    )
                }),
            )
            .route(
                "/huge",
                get(|| async {
                    (
                        [(CONTENT_TYPE, "application/problem+json")],
                        "x".repeat(2 << 20),
                    )
                }),
            );
        let url = serve(app).await;
        let get = async |path: &str, accept: &str| {
            let request = client()
                .get(format!("{url}{path}"))
                .header("accept", accept);
            Problem::from_response(request.send().await.unwrap()).await
        };
        let problem = get("/sold-out", "*/*").await.unwrap().unwrap();
        assert_eq!(problem.status(), Some(StatusCode::CONFLICT));
        assert_eq!(problem.get("code").unwrap(), "SOLD_OUT");
        #[cfg(feature = "xml")]
        {
            let xml = get("/sold-out", "application/problem+xml")
                .await
                .unwrap()
                .unwrap();
            assert_eq!(xml.detail_ref(), problem.detail_ref());
            assert_eq!(xml.get("code"), problem.get("code"));
        }
        assert!(get("/json", "*/*").await.unwrap().is_none());
        for path in ["/broken", "/huge"] {
            let error = get(path, "*/*").await.unwrap_err();
            assert_eq!(
                backstop::Failure::from(error).status(),
                StatusCode::BAD_GATEWAY
            );
        }
    }
}

#[cfg(feature = "validator")]
mod validated {
    use serde_json::json;
    use validator::{Validate, ValidationError};

    use super::*;

    #[derive(Validate)]
    #[validate(schema(function = "not_both", skip_on_field_errors = false))]
    struct Order {
        #[validate(length(min = 1, message = "must not be empty"), email)]
        name: String,
        #[validate(length(min = 12))]
        password: String,
        #[validate(nested)]
        items: Vec<Item>,
        #[validate(nested)]
        address: Address,
    }

    #[derive(Validate)]
    struct Item {
        #[validate(range(min = 1, message = "at least one"))]
        count: u32,
    }

    #[derive(Validate)]
    struct Address {
        #[validate(length(min = 1, code = "no_street"))]
        street: String,
    }

    fn not_both(_: &Order) -> Result<(), ValidationError> {
        Err(ValidationError::new("both").with_message("not both".into()))
    }

    #[tokio::test]
    async fn each_failed_check_is_an_error_with_its_pointer() {
        let failing = || {
            let order = Order {
                name: String::new(),
                password: "s3cr3t".to_owned(),
                items: vec![Item { count: 1 }, Item { count: 0 }],
                address: Address {
                    street: String::new(),
                },
            };
            Error::from(order.validate().unwrap_err())
        };
        let (status, problem) = answer(failing).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            problem,
            json!({
                "title": "Unprocessable Content",
                "status": 422,
                "errors": [
                    {"detail": "not both", "pointer": "#", "code": "both"},
                    {"detail": "fails the check `no_street`", "pointer": "#/address/street", "code": "no_street"},
                    {"detail": "at least one", "pointer": "#/items/1/count", "code": "range"},
                    {"detail": "must not be empty", "pointer": "#/name", "code": "length"},
                    {"detail": "fails the check `email`", "pointer": "#/name", "code": "email"},
                    {"detail": "fails the check `length`", "pointer": "#/password", "code": "length"},
                ],
            })
        );
    }
}

#[cfg(feature = "garde")]
mod guarded {
    use std::collections::BTreeMap;

    use garde::Validate;
    use serde_json::json;

    use super::*;

    #[derive(Validate)]
    struct Order {
        #[garde(length(min = 1))]
        name: String,
        #[garde(dive)]
        items: Vec<Item>,
        #[garde(dive)]
        stock: BTreeMap<String, Item>,
        #[garde(dive)]
        id: Id,
    }

    #[derive(Validate)]
    struct Item {
        #[garde(range(min = 1))]
        count: u32,
    }

    #[derive(Validate)]
    #[garde(transparent)]
    struct Id(#[garde(range(min = 10))] u32);

    #[tokio::test]
    async fn each_failed_rule_is_an_error_with_its_pointer() {
        let failing = || {
            let order = Order {
                name: String::new(),
                items: vec![Item { count: 1 }, Item { count: 0 }],
                stock: BTreeMap::from([("a/b.c ~d".to_owned(), Item { count: 0 })]),
                id: Id(1),
            };
            Error::from(order.validate().unwrap_err())
        };
        let (status, problem) = answer(failing).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            problem,
            json!({
                "title": "Unprocessable Content",
                "status": 422,
                "errors": [
                    {"detail": "lower than 10", "pointer": "#/id"},
                    {"detail": "lower than 1", "pointer": "#/items/1/count"},
                    {"detail": "length is lower than 1", "pointer": "#/name"},
                    {"detail": "lower than 1", "pointer": "#/stock/a~1b.c%20~0d/count"},
                ],
            })
        );
    }
}
