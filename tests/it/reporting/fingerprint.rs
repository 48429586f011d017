//! What makes two reports the same bug.
#![expect(clippy::unwrap_used, reason = "so a test fails")]

use std::collections::HashSet;
use std::io;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get as on_get;
use backstop::prelude::*;
use backstop::settings::{RateLimit, Reporting};
use backstop::{Backstop, BoxError, Context as _, Error, Report, Scope};

use crate::support::reports::{Reports, get, out_of_stock};

/// The report of a handler at this route that fails like this.
async fn report_at(
    route: &str,
    fail: impl Fn() -> Error + Clone + Send + Sync + 'static,
) -> Report {
    let (backstop, reports) = Reports::backstop();
    let handler = move || {
        let error = fail();
        async move { Err::<(), _>(error) }
    };
    let app = Router::new().route(route, on_get(handler));
    get(&app.layer(backstop.layer()), &route.replace("{id}", "7")).await;
    reports.one()
}

async fn key(fail: impl Fn() -> Error + Clone + Send + Sync + 'static) -> String {
    report_at("/", fail).await.fingerprint
}

#[derive(Debug, thiserror::Error)]
enum StoreError {
    #[error("the store failed")]
    Full,
    #[error("the store failed")]
    Gone(u32),
    #[error("the store failed")]
    Locked { by: u32 },
    #[error("the store failed")]
    Io(#[source] io::Error),
}

#[derive(Debug, thiserror::Error)]
#[error("the store failed")]
struct Other(u32);

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Err::<(), _>(error).or_internal("storing").unwrap_err()
}

#[tokio::test]
async fn fifty_unlike_bugs_have_fifty_keys_and_the_same_bug_at_two_sites_has_one() {
    let mut keys = Vec::new();
    keys.push(key(|| internal(StoreError::Full)).await);
    keys.push(key(|| internal(StoreError::Gone(1))).await);
    keys.push(key(|| internal(StoreError::Locked { by: 1 })).await);
    keys.push(key(|| internal(Other(1))).await);
    keys.push(key(|| internal(std::fmt::Error)).await);
    let kinds = [
        io::ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::ConnectionRefused,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::BrokenPipe,
        io::ErrorKind::TimedOut,
        io::ErrorKind::UnexpectedEof,
        io::ErrorKind::AlreadyExists,
        io::ErrorKind::StorageFull,
    ];
    for kind in kinds {
        keys.push(key(move || internal(io::Error::from(kind))).await);
        keys.push(key(move || internal(StoreError::Io(io::Error::from(kind)))).await);
    }
    for text in [
        "out of stock",
        "out of cheese",
        "no such user",
        "the plan has ended",
        "no plan",
        "no cart",
    ] {
        keys.push(key(move || Error::msg(text)).await);
        keys.push(key(move || internal(io::Error::other(text))).await);
    }
    for code in ["A", "B", "C", "D"] {
        keys.push(key(move || Error::msg("out of stock").with_code(code)).await);
    }
    keys.push(key(|| Error::msg("out of stock").with_code(7)).await);
    for context in ["loading", "saving", "sending", "reading", "writing"] {
        keys.push(key(move || Error::msg("out of stock").with_context(context)).await);
    }
    for route in ["/a", "/b", "/a/{id}", "/b/{id}"] {
        keys.push(
            report_at(route, || Error::msg("out of stock"))
                .await
                .fingerprint,
        );
    }
    keys.push(key(out_of_stock).await);
    assert_eq!(keys.len(), 50);
    let unlike: HashSet<&String> = keys.iter().collect();
    assert_eq!(unlike.len(), 50, "{keys:#?}");
    assert!(keys.iter().all(|key| key.starts_with("v2:")), "{keys:#?}");

    let one = report_at("/", || Error::msg("out of stock")).await;
    let other = report_at("/", || {
        // A line further down, and at another column.
        Error::msg("out of stock").with_field("shelf", 7)
    })
    .await;
    assert_eq!(one.fingerprint, other.fingerprint);
    assert_eq!(
        one.fingerprint,
        report_at("/", || Error::msg("out of stock"))
            .await
            .fingerprint
    );
    let (one, other) = (one.site.unwrap(), other.site.unwrap());
    assert!(one.starts_with(concat!(file!(), ":")) && other.starts_with(concat!(file!(), ":")));
    assert_ne!(one, other);
}

#[tokio::test]
async fn what_differs_from_one_failure_to_the_next_is_no_part_of_the_key() {
    let text = |number: u32, name: &'static str, path: &'static str| {
        key(move || Error::msg(format!("no order {number} for {name:?} in {path}")))
    };
    assert_eq!(
        text(1, "bob", "/var/a").await,
        text(42, "eve \" x", "/srv/b/c").await
    );
    let boxed =
        |number: u32| key(move || Error::from(BoxError::from(format!("user {number} is locked"))));
    assert_eq!(boxed(1).await, boxed(42).await);
    let formatted =
        |number: u32| key(move || Error::msg("x").with_context(format!("order {number}")));
    assert_eq!(formatted(1).await, formatted(42).await);
    let gone = |number: u32| key(move || internal(StoreError::Gone(number)));
    assert_eq!(gone(1).await, gone(42).await);
    let nested = |port: u16| {
        key(move || {
            internal(StoreError::Io(io::Error::other(format!(
                "db:{port} refused"
            ))))
        })
    };
    assert_eq!(nested(1).await, nested(5432).await);
    for key in [
        text(1, "s3cr3t", "/s3cr3t").await,
        key(|| Error::msg("password=s3cr3t")).await,
    ] {
        assert!(!key.contains("s3cr3t"), "{key}");
    }
}

#[cfg(feature = "anyhow")]
#[tokio::test]
async fn texts_and_contexts_of_anyhow_are_told_apart() {
    fn convert(error: &'static str) -> backstop::Result<()> {
        let failing = || match error {
            "user" => anyhow::bail!("no such user: {}", 7),
            "plan" => Err(anyhow::anyhow!("the plan has ended")),
            context => Err(anyhow::Error::from(StoreError::Full).context(context)),
        };
        failing()?;
        Ok(())
    }
    let key = |error| key(move || convert(error).unwrap_err());
    let keys = [
        key("user").await,
        key("plan").await,
        key("loading").await,
        key("saving").await,
    ];
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), 4, "{keys:#?}");
    assert_eq!(keys[0], key("user").await);
}

#[tokio::test]
async fn errors_that_are_only_borrowed_have_their_variants_and_kinds_too() {
    async fn notified<E: std::error::Error + 'static>(error: &E) -> String {
        let (backstop, reports) = Reports::backstop();
        backstop.scope().notify(error);
        reports.one().fingerprint
    }
    let keys = [
        notified(&StoreError::Full).await,
        notified(&StoreError::Gone(1)).await,
        notified(&io::Error::from(io::ErrorKind::NotFound)).await,
        notified(&io::Error::from(io::ErrorKind::TimedOut)).await,
        notified(&io::Error::other("out of cheese")).await,
    ];
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), 5, "{keys:#?}");
    assert_eq!(keys[1], notified(&StoreError::Gone(2)).await);
    let (backstop, reports) = Reports::backstop();
    for number in [1, 2] {
        backstop
            .scope()
            .notify(&internal(StoreError::Gone(number)).with_context("packing"));
    }
    backstop.scope().notify(&internal(StoreError::Full));
    let [one, again, other] = &reports.all()[..] else {
        panic!("{:#?}", reports.all())
    };
    assert_eq!(one.fingerprint, again.fingerprint);
    assert_ne!(one.fingerprint, other.fingerprint);
}

#[tokio::test]
async fn panics_and_bare_responses_are_told_apart_by_their_texts() {
    fn fail(text: &str) {
        panic!("{text}")
    }
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/panic/{id}",
            on_get(
                |axum::extract::Path(id): axum::extract::Path<String>| async move {
                    fail(&id.replace('-', " "));
                },
            ),
        )
        .route(
            "/bare/{id}",
            on_get(
                |axum::extract::Path(id): axum::extract::Path<u16>| async move {
                    http::StatusCode::from_u16(id).unwrap().into_response()
                },
            ),
        );
    let app: Router = app.layer(backstop.layer());
    for path in [
        "/panic/no-order-7",
        "/panic/no-order-8",
        "/panic/no-stock",
        "/bare/500",
        "/bare/503",
    ] {
        get(&app, path).await;
    }
    let keys: Vec<String> = reports
        .all()
        .into_iter()
        .map(|report| report.fingerprint)
        .collect();
    assert_eq!(keys[0], keys[1]);
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), 4, "{keys:#?}");
}

#[tokio::test]
async fn the_standard_library_is_no_source_location() {
    fn alpha() -> Result<(), BoxError> {
        Err("the alpha is gone".into())
    }
    fn beta() -> Result<(), BoxError> {
        Err("no beta today".into())
    }
    let per_failure = RateLimit {
        per_failure: Some(1),
        ..RateLimit::default()
    };
    let (backstop, reports) =
        Reports::with(Backstop::production().reporting(Reporting::new().rate_limit(per_failure)));
    let app = Router::new()
        .route("/alpha", on_get(async || alpha().map_err(Error::from)))
        .route(
            "/beta",
            on_get(async || beta().map_err(Into::<Error>::into)),
        )
        .route(
            "/io",
            on_get(async || std::fs::read("/no/such/file").map_err(Error::from)),
        )
        .layer(backstop.layer());
    for path in ["/alpha", "/beta", "/io", "/alpha"] {
        get(&app, path).await;
    }
    let all = reports.all();
    assert_eq!(all.len(), 3, "unlike failures are limited apart: {all:#?}");
    for report in &all {
        assert_eq!(report.errors[0].location, None);
        assert_eq!(report.site, None);
        assert!(
            !report.fingerprint.contains("rustc"),
            "{}",
            report.fingerprint
        );
    }
    let keys: HashSet<&String> = all.iter().map(|report| &report.fingerprint).collect();
    assert_eq!(keys.len(), 3);
}

#[tokio::test]
async fn the_application_decides_the_fingerprint_of_a_request_and_of_an_error() {
    let (backstop, reports) = Reports::backstop();
    let fail = |scope: Scope, error: Error| async move {
        scope.set_fingerprint("the request's");
        Err::<(), _>(error)
    };
    let ours = || Error::msg("x").with_fingerprint("the error's");
    assert_eq!(ours().fingerprint(), Some("the error's"));
    let boxed = move || Error::from(BoxError::from(io::Error::other(BoxError::from(ours()))));
    let app = Router::new()
        .route("/scope", on_get(move |scope| fail(scope, Error::msg("x"))))
        .route("/error", on_get(move |scope| fail(scope, ours())))
        .route("/boxed", on_get(move |scope| fail(scope, boxed())))
        .route(
            "/notified",
            on_get(move |scope: Scope| async move {
                scope.notify(&ours());
            }),
        )
        .layer(backstop.layer());
    for path in ["/scope", "/error", "/boxed", "/notified"] {
        get(&app, path).await;
    }
    let all = reports.all();
    let keys: Vec<&str> = all.iter().map(|report| &*report.fingerprint).collect();
    assert_eq!(
        keys,
        ["the request's", "the error's", "the error's", "the error's"]
    );
    assert!(all.iter().all(|report| !report.has_default_fingerprint()));
    let failed = || Err::<(), Error>(Error::msg("x")).context("y").unwrap_err();
    assert!(report_at("/", failed).await.has_default_fingerprint());
}
