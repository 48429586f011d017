//! `map_error` and `recognize`: what an error means that does not say it itself.

use std::io;

use axum::Router;
use axum::routing::get;
use backstop::problem::FieldError;
use backstop::{Backstop, BoxError, Builder, Context as _, Error, HttpError, ResultExt as _};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::support::handler::respond_with;
use crate::support::reports::{Reports, get as fetch};

fn build(settings: impl FnOnce(Builder) -> Builder) -> Backstop {
    let backstop = settings(Backstop::production().log(false)).build();
    backstop.expect("valid settings")
}

/// The error of a token library.
#[derive(Debug, thiserror::Error)]
enum TokenError {
    #[error("s3cr3t: expired at 12:00")]
    Expired,
    #[error("s3cr3t: the key is missing")]
    NoKey,
}

fn token_errors(builder: Builder) -> Builder {
    builder
        .safe_fields(["realm"])
        .map_error::<TokenError>(|error| match error {
            TokenError::Expired => Error::unauthorized("the token has expired")
                .with_code("TOKEN_EXPIRED")
                .with_title("Expired token")
                .with_field("realm", "shop")
                .with_details(json!({"renew": true}))
                .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            TokenError::NoKey => Error::internal("s3cr3t"),
        })
}

fn expired() -> Json {
    json!({
        "title": "Expired token",
        "status": 401,
        "detail": "the token has expired",
        "code": "TOKEN_EXPIRED",
        "details": {"renew": true},
        "realm": "shop",
    })
}

type Json = Value;

#[tokio::test]
async fn one_closure_decides_everything_that_clients_see_of_a_foreign_error() {
    let backstop = build(token_errors);
    let failing = || Err::<(), _>(TokenError::Expired).or_mapped().unwrap_err();
    assert_eq!(
        respond_with(&backstop, failing).await,
        (StatusCode::UNAUTHORIZED, expired())
    );
    let failing = || Err::<(), _>(TokenError::NoKey).or_mapped().unwrap_err();
    let hidden = json!({"title": "Internal Server Error", "status": 500});
    assert_eq!(
        respond_with(&backstop, failing).await,
        (StatusCode::INTERNAL_SERVER_ERROR, hidden)
    );
}

#[tokio::test]
async fn the_response_has_the_headers_and_the_report_the_whole_chain() {
    async fn expired() -> backstop::Result<()> {
        Err::<(), _>(TokenError::Expired).or_mapped()
    }
    async fn no_key() -> backstop::Result<()> {
        let result = Err::<(), _>(TokenError::NoKey).or_mapped();
        result.context("signing in")
    }
    let (backstop, reports) = Reports::with(token_errors(Backstop::production()));
    let app = Router::new()
        .route("/expired", get(expired))
        .route("/no-key", get(no_key))
        .layer(backstop.layer());
    let response = fetch(&app, "/expired").await;
    assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
    fetch(&app, "/no-key").await;
    let report = reports.one();
    let chain: Vec<_> = report.errors.iter().map(|error| &*error.message).collect();
    assert_eq!(chain, ["signing in", "s3cr3t: the key is missing"]);
}

#[tokio::test]
async fn a_mapping_is_found_wherever_the_error_is() {
    let backstop = build(token_errors);
    let boxed = || Error::from(BoxError::from(TokenError::Expired));
    let wrapped = || Error::from(BoxError::from(io::Error::other(TokenError::Expired)));
    let in_context = || {
        let result: Result<(), BoxError> = Err(TokenError::Expired.into());
        result.context("signing in").unwrap_err()
    };
    for failing in [boxed as fn() -> Error, wrapped, in_context] {
        assert_eq!(respond_with(&backstop, failing).await.1, expired());
    }
}

#[tokio::test]
async fn what_is_set_on_the_error_itself_comes_before_the_mapping() {
    let backstop = build(token_errors);
    let failing = || {
        let error = Err::<(), _>(TokenError::Expired).or_mapped().unwrap_err();
        error.with_code("SESSION").with_detail("sign in again")
    };
    let (status, problem) = respond_with(&backstop, failing).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        (&problem["code"], &problem["detail"]),
        (&json!("SESSION"), &json!("sign in again"))
    );
    for set in [
        || {
            Err::<(), _>(TokenError::Expired)
                .or_internal("signing in")
                .unwrap_err()
        },
        || {
            Err::<(), _>(TokenError::Expired)
                .or_status(StatusCode::CONFLICT)
                .unwrap_err()
        },
    ] {
        let (status, problem) = respond_with(&backstop, set).await;
        assert_eq!(status, set().status());
        assert_eq!(problem["code"], Value::Null);
    }
}

#[tokio::test]
async fn a_mapping_without_a_status_leaves_it_open() {
    let backstop =
        build(|builder| builder.map_error::<io::Error>(|_| Error::msg("s3cr3t").with_code("IO")));
    let failing = || Error::from(io::Error::other("s3cr3t"));
    let (status, _) = respond_with(&backstop, failing).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn the_last_mapping_of_a_type_wins() {
    let backstop = build(|builder| {
        builder
            .map_error::<io::Error>(|_| StatusCode::BAD_GATEWAY.into())
            .map_error::<io::Error>(|_| StatusCode::SERVICE_UNAVAILABLE.into())
    });
    let failing = || Error::from(io::Error::other("s3cr3t"));
    assert_eq!(
        respond_with(&backstop, failing).await.0,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn a_mapping_can_list_invalid_fields() {
    let backstop = build(|builder| {
        builder.map_error::<TokenError>(|_| {
            let taken = FieldError::new("is taken")
                .with_pointer(["email"])
                .with_code("TAKEN");
            Error::conflict("that account exists").with_errors([taken])
        })
    });
    let failing = || Err::<(), _>(TokenError::NoKey).or_mapped().unwrap_err();
    let (status, problem) = respond_with(&backstop, failing).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(
        problem["errors"],
        json!([{"detail": "is taken", "pointer": "#/email", "code": "TAKEN"}])
    );
}

/// An application's error without a status for what the mapping decides.
#[derive(Debug, thiserror::Error, HttpError)]
enum App {
    #[error("s3cr3t database: {0}")]
    Token(#[from] TokenError),
    #[error(transparent)]
    Disk(#[from] io::Error),
    #[error(transparent)]
    Other(#[from] anyhow::Error),
    #[error("gone")]
    #[http(status = 410)]
    Gone(#[source] io::Error),
    #[error("internal")]
    #[http(status = 500)]
    Internal(#[source] io::Error),
}

#[tokio::test]
async fn a_mapping_reaches_the_variants_of_a_derived_error_that_have_no_status() {
    let backstop = build(|builder| {
        token_errors(builder).map_error::<io::Error>(|_| StatusCode::SERVICE_UNAVAILABLE.into())
    });
    let of = async |failing: fn() -> App| respond_with(&backstop, move || failing().into()).await;
    assert_eq!(of(|| TokenError::Expired.into()).await.1, expired());
    assert_eq!(
        of(|| io::Error::other("x").into()).await.0,
        StatusCode::SERVICE_UNAVAILABLE
    );
    // `#[error(transparent)]` makes `source()` skip the report's outermost error.
    assert_eq!(
        of(|| App::Other(TokenError::Expired.into())).await.1,
        expired()
    );
    assert_eq!(
        of(|| App::Gone(io::Error::other("x"))).await.0,
        StatusCode::GONE
    );
    let internal = of(|| App::Internal(io::Error::other("x"))).await;
    assert_eq!(internal.0, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn without_a_mapping_such_a_variant_is_a_500_that_says_nothing() {
    let backstop = build(|builder| builder);
    let failing = || App::Token(TokenError::Expired).into();
    let hidden = json!({"title": "Internal Server Error", "status": 500});
    assert_eq!(
        respond_with(&backstop, failing).await,
        (StatusCode::INTERNAL_SERVER_ERROR, hidden)
    );
}

#[tokio::test]
async fn the_message_of_a_mapped_variant_stays_hidden_below_500_too() {
    let backstop =
        build(|builder| builder.map_error::<TokenError>(|_| StatusCode::BAD_REQUEST.into()));
    let failing = || App::Token(TokenError::Expired).into();
    let problem = json!({"title": "Bad Request", "status": 400});
    assert_eq!(
        respond_with(&backstop, failing).await,
        (StatusCode::BAD_REQUEST, problem)
    );
}

#[derive(Debug, thiserror::Error, HttpError)]
#[error("there is no user {0}")]
#[http(status = 404, code = "NO_USER", header("x-hint") = "look elsewhere")]
struct NoUser(u32);

#[tokio::test]
async fn a_recognized_type_keeps_what_it_declares_in_every_wrapping() {
    let backstop = build(|builder| builder.recognize::<NoUser>());
    let no_user = json!({
        "title": "Not Found",
        "status": 404,
        "detail": "there is no user 7",
        "code": "NO_USER",
    });
    let wrappings: [fn() -> Error; 6] = [
        || BoxError::from(NoUser(7)).into(),
        || anyhow::Error::new(NoUser(7)).context("s3cr3t").into(),
        || eyre::Report::new(NoUser(7)).wrap_err("s3cr3t").into(),
        || BoxError::from(io::Error::other(NoUser(7))).into(),
        || App::Other(NoUser(7).into()).into(),
        || Err::<(), _>(NoUser(7)).or_mapped().unwrap_err(),
    ];
    for failing in wrappings {
        assert_eq!(
            respond_with(&backstop, failing).await,
            (StatusCode::NOT_FOUND, no_user.clone())
        );
    }
    let unknown = build(|builder| builder);
    let (status, _) = respond_with(&unknown, || BoxError::from(NoUser(7)).into()).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_recognized_variant_without_a_status_leaves_it_to_the_error_inside() {
    let backstop = build(|builder| token_errors(builder).recognize::<App>());
    let failing = || BoxError::from(App::Token(TokenError::Expired)).into();
    assert_eq!(respond_with(&backstop, failing).await.1, expired());
}

#[tokio::test]
async fn a_recognized_foreign_error_keeps_its_text_to_itself() {
    #[derive(Debug, thiserror::Error)]
    #[error("s3cr3t")]
    struct Foreign;

    impl HttpError for Foreign {
        fn status(&self) -> StatusCode {
            StatusCode::CONFLICT
        }

        fn is_foreign(&self) -> bool {
            true
        }
    }

    let backstop = build(|builder| builder.recognize::<Foreign>());
    let problem = json!({"title": "Conflict", "status": 409});
    let failing = || BoxError::from(Foreign).into();
    assert_eq!(
        respond_with(&backstop, failing).await,
        (StatusCode::CONFLICT, problem)
    );
}

#[tokio::test]
async fn a_service_error_is_mapped_with_its_headers() {
    let backstop = build(|builder| {
        builder.map_error::<io::Error>(|_| {
            Error::unavailable("s3cr3t").with_header(RETRY_AFTER, HeaderValue::from_static("9"))
        })
    });
    let service = tower::service_fn(async |_: axum::extract::Request| {
        Err::<axum::response::Response, BoxError>(io::Error::other("s3cr3t").into())
    });
    let service = tower::Layer::layer(&backstop.layer(), service);
    let request = http::Request::new(axum::body::Body::empty());
    let response = tower::ServiceExt::oneshot(service, request)
        .await
        .expect("never fails");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[RETRY_AFTER], "9");
}
