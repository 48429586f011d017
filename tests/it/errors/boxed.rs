//! Errors behind boxes and reports: their facts, their chains and the types in them.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::routing::get;
use backstop::{Backstop, BoxError, Error};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::support::handler::respond;

fn sold_out() -> Error {
    Error::msg("sold out")
        .with_status(StatusCode::CONFLICT)
        .with_code("SOLD_OUT")
        .with_field("sku", "A1")
        .with_context("s3cr3t shelf")
}

#[derive(Debug, thiserror::Error)]
#[error("s3cr3t outside")]
struct Outside(#[source] BoxError);

#[tokio::test]
async fn an_error_inside_a_boxed_chain_keeps_its_facts() {
    let wrapped = || Error::from(Box::new(Outside(sold_out().into())) as BoxError);
    let (status, problem) = respond(wrapped).await;
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
        respond(move || wrapped().with_status(StatusCode::GONE))
            .await
            .0,
        StatusCode::GONE
    );
}

#[tokio::test]
async fn several_errors_inside_a_boxed_chain_are_all_reported() {
    let wrapped = || {
        let missing = Error::msg("must not be empty")
            .with_status(StatusCode::BAD_REQUEST)
            .with_field("pointer", "#/name");
        let several = Error::many([missing]).with_status(StatusCode::UNPROCESSABLE_ENTITY);
        Error::from(Box::new(Outside(several.into())) as BoxError)
    };
    let (status, problem) = respond(wrapped).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        problem,
        serde_json::json!({
            "title": "Unprocessable Content",
            "status": 422,
            "errors": [{"detail": "must not be empty", "pointer": "#/name"}],
        })
    );
}

#[tokio::test]
async fn a_private_error_inside_a_boxed_chain_stays_private() {
    let wrapped = || Error::from(Box::new(Outside(sold_out().private().into())) as BoxError);
    let (status, problem) = respond(wrapped).await;
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
        .with_context("copying")
        .with_status(StatusCode::BAD_GATEWAY)
        .with_code("COPY");
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
        format!("{:#}", error.with_context("loading")),
        "loading: no disk"
    );
}

macro_rules! report_tests {
    ($feature:literal, $name:ident, $report:ty, $context:ident, $from_boxed:expr) => {
        #[cfg(feature = $feature)]
        mod $name {
            use std::io;

            use super::*;
            use crate::support::handler::respond_with;

            fn report() -> $report {
                <$report>::from(io::Error::from(io::ErrorKind::TimedOut)).$context("s3cr3t")
            }

            #[tokio::test]
            async fn a_report_is_a_hidden_500_whose_chain_stays_whole() {
                let (status, problem) = respond(|| report().into()).await;
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
            async fn map_error_finds_what_a_report_holds() {
                let backstop = Backstop::production()
                    .map_error::<io::Error>(|_| StatusCode::GATEWAY_TIMEOUT.into())
                    .log(false)
                    .build()
                    .unwrap();
                let (status, _) = respond_with(&backstop, || report().into()).await;
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
                for (status, problem) in [respond(bare).await, respond(wrapped).await] {
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
                let (status, problem) = respond(failing).await;
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
            fn the_question_mark_keeps_its_location() {
                fn fails() -> backstop::Result<()> {
                    Err(report())?
                }

                let failure = backstop::Failure::from(fails().unwrap_err());
                assert!(failure.location().unwrap().file().ends_with(file!()));
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
