//! Error responses in the client's language.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use axum::body::Body;
use axum::response::IntoResponse as _;
use axum::routing::any;
use backstop::settings::Reporting;
use backstop::{Backstop, Builder, Error, Shape};
use http::StatusCode;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderValue, VARY};

use crate::support::http::{FORMATS, Http, Reply, request, serve_handler};
use crate::support::reports::Reports;

/// German and French titles for a missing product, German ones for what the server has to hide.
fn translated(builder: Builder) -> Builder {
    builder.localize(|problem, languages| {
        let language = languages.lookup(["de", "fr"])?;
        let status = problem.status()?.as_u16();
        let title = match (language, status) {
            ("de", 404) => "Nicht gefunden",
            ("fr", 404) => "Introuvable",
            ("de", 500) => "Interner Fehler",
            _ => return None,
        };
        problem.set_title(title);
        problem.set_status(StatusCode::OK);
        if status == 404 {
            problem.set_detail(format!("{title}: 7"));
        }
        Some(language)
    })
}

/// The response to a request with these headers.
async fn reply(builder: Builder, error: Error, headers: &[(&str, &str)]) -> Reply {
    let backstop = builder.log(false).build().unwrap();
    let response = std::sync::Mutex::new(Some(error));
    let response = std::sync::Arc::new(response);
    let handler = any(move || {
        let error = response.lock().unwrap().take();
        async move {
            let mut response = error.unwrap().into_response();
            let vary = HeaderValue::from_static("origin");
            response.headers_mut().insert(VARY, vary);
            response
        }
    });
    let server = serve_handler(&backstop, handler).await;
    let mut request = request("GET", "/");
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    server.send(Http::One, request).await
}

fn missing() -> Error {
    Error::not_found("no product 7")
}

async fn missing_in(languages: &str) -> Reply {
    let headers = [(ACCEPT_LANGUAGE.as_str(), languages)];
    reply(translated(Backstop::production()), missing(), &headers).await
}

#[tokio::test]
async fn the_best_language_of_the_client_is_that_of_the_response() {
    for (languages, language, title) in [
        ("fr", "fr", "Introuvable"),
        ("de-AT, fr;q=0.9", "de", "Nicht gefunden"),
        ("it, FR-ca;q=0.8, de;q=0.7", "fr", "Introuvable"),
        ("de;q=0, fr;q=0.001, *", "fr", "Introuvable"),
    ] {
        let reply = missing_in(languages).await;
        assert_eq!(reply.header("content-language"), Some(language));
        assert_eq!(
            reply.header("vary"),
            Some("origin, accept, accept-language")
        );
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        let problem = reply.problem();
        assert_eq!(problem["title"], title);
        assert_eq!(problem["detail"], format!("{title}: 7"));
    }
}

#[tokio::test]
async fn without_a_language_in_common_the_problem_stays_as_it_was_and_still_varies() {
    for languages in ["it", "", "*", "de-;q=x, ,,", "fr_FR"] {
        let reply = missing_in(languages).await;
        assert_eq!(reply.header("content-language"), None, "{languages}");
        assert_eq!(
            reply.header("vary"),
            Some("origin, accept, accept-language")
        );
        assert_eq!(reply.problem()["detail"], "no product 7");
    }
    let reply = reply(translated(Backstop::production()), missing(), &[]).await;
    assert_eq!(reply.header("content-language"), None);
    assert_eq!(reply.problem()["detail"], "no product 7");
}

#[tokio::test]
async fn every_format_and_every_shape_is_translated() {
    for accept in FORMATS {
        let headers = [
            (ACCEPT.as_str(), accept),
            (ACCEPT_LANGUAGE.as_str(), "it;q=0.9"),
            (ACCEPT_LANGUAGE.as_str(), "de"),
        ];
        let reply = reply(translated(Backstop::production()), missing(), &headers).await;
        assert_eq!(reply.header("content-language"), Some("de"), "{accept}");
        assert!(
            reply.text().contains("Nicht gefunden"),
            "{accept}: {reply:?}"
        );
        assert!(!reply.text().contains("no product"), "{accept}: {reply:?}");
    }
    let headers = [(ACCEPT_LANGUAGE.as_str(), "de")];
    let shaped = translated(Backstop::production().shape(Shape::envelope("error")));
    let reply = reply(shaped, missing(), &headers).await;
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(body["error"]["message"], "Nicht gefunden: 7");
    assert_eq!(body["error"]["statusCode"], 404);
}

#[tokio::test]
async fn what_is_hidden_stays_hidden_in_every_language() {
    let headers = [(ACCEPT_LANGUAGE.as_str(), "de")];
    let error = Error::msg("s3cr3t").with_context("s3cr3t");
    let reply = reply(translated(Backstop::production()), error, &headers).await;
    reply.assert_hidden(500, "Interner Fehler");
    assert_eq!(reply.header("content-language"), Some("de"));
}

#[tokio::test]
async fn a_panic_or_an_invalid_language_leaves_the_problem_as_it_was() {
    let headers = [(ACCEPT_LANGUAGE.as_str(), "de")];
    let panics = Backstop::production().localize(|problem, _| -> Option<&str> {
        problem.set_title("half done");
        std::panic::panic_any("no catalog")
    });
    let invalid = Backstop::production().localize(|problem, _| {
        problem.set_title("half done");
        Some("d\ne")
    });
    for builder in [panics, invalid] {
        let reply = reply(builder, missing(), &headers).await;
        assert_eq!(reply.header("content-language"), None);
        let problem = reply.problem();
        assert_eq!(problem["title"], "Not Found");
        assert_eq!(problem["detail"], "no product 7");
    }
}

#[tokio::test]
async fn customize_comes_after_the_translation() {
    let headers = [(ACCEPT_LANGUAGE.as_str(), "de")];
    let builder = translated(Backstop::production()).customize(|problem, _, _| {
        let title = format!("{}!", problem.title().unwrap());
        problem.set_title(title);
    });
    let reply = reply(builder, missing(), &headers).await;
    assert_eq!(reply.problem()["title"], "Nicht gefunden!");
}

#[tokio::test]
async fn an_application_without_translations_neither_varies_by_language_nor_keeps_it() {
    let (backstop, reports) =
        Reports::with(Backstop::production().reporting(Reporting::new().filter(|_| true)));
    let server = serve_handler(&backstop, any(|| async { missing() })).await;
    let mut request = request("GET", "/").map(|_: Body| Body::empty());
    let languages = HeaderValue::from_static("de");
    request.headers_mut().insert(ACCEPT_LANGUAGE, languages);
    let reply = server.send(Http::One, request).await;
    assert_eq!(reply.header("vary"), Some("accept"));
    let headers = reports.one().request.unwrap().headers;
    assert!(!headers.contains_key("accept-language"), "{headers:?}");
}
