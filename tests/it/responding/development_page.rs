//! The page that a developer opens, and the page for everyone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::cell::RefCell;

use axum::extract::Extension;
use axum::routing::get;
use axum::{Router, body::Body};
use backstop::report::{Breadcrumb, BreadcrumbKind, FeatureFlag, Severity, User};
use backstop::settings::Disclosure;
use backstop::{Backstop, Builder, Context as _, Error, Scope, testing};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header, request};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use scraper::{Html, Selector};
use serde_json::json;
use tower::ServiceExt as _;

use crate::support::process;

/// The headers and the page of a request from this machine.
async fn open(builder: Builder, app: Router, request: request::Builder) -> (HeaderMap, String) {
    let backstop = builder.log(false).build().unwrap();
    let request = request
        .header("accept", "text/html")
        .body(Body::empty())
        .unwrap();
    let app = app.layer(backstop.layer());
    let response = app.oneshot(testing::local(request)).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn page(app: Router, path: &str) -> String {
    open(Backstop::development(), app, Request::get(path))
        .await
        .1
}

/// The texts of what a selector matches.
fn texts(page: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    let selector = Selector::parse(selector).unwrap();
    let matches = page.select(&selector);
    matches.map(|it| it.text().collect::<String>()).collect()
}

fn first(page: &str, selector: &str) -> String {
    let found = texts(page, selector).into_iter().next();
    assert!(found.is_some(), "no {selector} in {page}");
    found.unwrap_or_default()
}

/// Not literally in the source that the page shows.
const SECRET: &str = "s3cr3t";

async fn load(scope: Scope) -> backstop::Result<()> {
    scope.add_breadcrumb("looked on the shelf");
    scope.add_breadcrumb(
        Breadcrumb::new(format!("SELECT * FROM shelves WHERE token = '{SECRET}'"))
            .with_kind(BreadcrumbKind::Query)
            .with_level(Severity::Warning)
            .with_data(json!({"elapsed": "2ms", "password": SECRET})),
    );
    scope.set_attribute("shelf", 7);
    scope.add_annotation("cart", json!({"items": 2, "api_key": SECRET}));
    scope.set_user(User::new("u-1"));
    scope.add_feature_flag(FeatureFlag::new("new-shelf"));
    scope.log(Severity::Info, "the shelf is empty");
    std::fs::read_to_string("/no/such/shelf").context("loading the shelf")?;
    Ok(())
}

fn shop() -> Router {
    Router::new().route("/shelves/{id}", get(load))
}

#[tokio::test]
async fn the_applications_own_redactor_decides_what_the_page_hides() {
    let builder = || {
        Backstop::development().redact_with(|key, text| match key {
            Some("x-note") => "***".into(),
            _ => text.replace("shelf", "[HIDDEN]").into(),
        })
    };
    for accept in [
        "text/html",
        "text/markdown; detail=full",
        "text/plain",
        "application/json",
    ] {
        let request = Request::get("/shelves/7")
            .header("x-note", "shelf")
            .header("accept", accept);
        let backstop = builder().log(false).build().unwrap();
        let app = shop().layer(backstop.layer());
        let request = testing::local(request.body(Body::empty()).unwrap());
        let response = app.oneshot(request).await.unwrap();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let shown = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(
            shown.contains("loading the [HIDDEN]") && shown.contains("***"),
            "{shown}"
        );
        let texts = [
            "looked on the shelf",
            "loading the shelf",
            "the shelf is empty",
        ];
        assert!(!texts.iter().any(|text| shown.contains(text)), "{shown}");
        // The built-in redactor has no part in it.
        assert!(accept != "text/html" || shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn the_first_screen_has_the_failing_line_with_its_source() {
    let page = page(shop(), "/shelves/7?page=2").await;
    assert_eq!(first(&page, "h1"), "loading the shelf");
    assert_eq!(first(&page, ".hero .type"), "std::io::error::Error");
    assert_eq!(
        first(&page, ".hero .root"),
        "No such file or directory (os error 2)"
    );
    let caption = first(&page, "#culprit figcaption");
    assert!(caption.contains("development_page.rs:"), "{caption}");
    // With line tables only, an inlined function is known by its name alone.
    assert!(caption.ends_with("load"), "{caption}");
    let hit = first(&page, "#culprit .hit");
    assert!(hit.contains(".context(\"loading the shelf\")?;"), "{hit}");
    let lines = texts(&page, "#culprit pre > *");
    assert_eq!(lines.len(), 11, "five lines above and five below");
    assert_eq!(first(&page, ".bar .badge"), "500");
    assert_eq!(first(&page, ".bar .call code"), "/shelves/7?page=2");
    assert!(first(&page, ".hero .facts").contains("/shelves/{id}"));
}

#[tokio::test]
async fn frames_of_the_application_are_open_and_runs_of_others_are_folded_with_their_number() {
    let page = page(shop(), "/shelves/7").await;
    let own = texts(&page, "#backtrace details.frame[open] > summary");
    let is_load = |own: &String| own.contains("load ") && own.contains("development_page.rs:");
    assert!(own.first().is_some_and(is_load), "{own:?}");
    let folded = texts(&page, "#backtrace details.fold:not([open]) > summary");
    assert!(!folded.is_empty());
    for fold in folded {
        let (count, rest) = fold.split_once(' ').unwrap();
        assert!(count.parse::<usize>().unwrap() > 0, "{fold}");
        assert!(rest.contains("frame"), "{fold}");
    }
    let chain = texts(&page, "#causes li .message");
    assert_eq!(
        chain,
        [
            "loading the shelf",
            "No such file or directory (os error 2)"
        ]
    );
    let locations = texts(&page, "#causes li .at");
    assert!(
        locations
            .iter()
            .all(|at| at.contains("development_page.rs:"))
    );
}

#[tokio::test]
async fn the_request_and_the_scope_are_shown_redacted_even_without_a_reporter() {
    let request = Request::post(format!("/shelves/7?page=2&token={SECRET}"))
        .header("host", "localhost:3000")
        .header("authorization", format!("Bearer {SECRET}"))
        .header("cookie", format!("session={SECRET}"))
        .header("x-note", "it's; rm -rf ~")
        .header("content-length", "12");
    let app = Router::new().route("/shelves/{id}", axum::routing::post(load));
    let (_, page) = open(Backstop::development(), app, request).await;
    assert!(!page.contains(SECRET), "{page}");
    let request = first(&page, "#request");
    for shown in ["POST", "/shelves/{id}", "12 bytes", "x-note", "[REDACTED]"] {
        assert!(request.contains(shown), "{shown} in {request}");
    }
    assert_eq!(
        first(&page, "#curl").lines().next().unwrap(),
        "curl --request 'POST' --globoff 'http://localhost:3000/shelves/7?page=2&token=[REDACTED]' \\"
    );
    assert!(first(&page, "#curl").contains(r"--header 'x-note: it'\''s; rm -rf ~'"));
    let scope = first(&page, "#scope");
    for shown in [
        "looked on the shelf",
        "SQL",
        "2ms",
        "u-1",
        "new-shelf",
        "the shelf is empty",
        "items",
    ] {
        assert!(scope.contains(shown), "{shown} in {scope}");
    }
    let kinds = texts(&page, "#scope .time .kind");
    assert_eq!(kinds, ["step", "SQL", "log"]);
}

#[tokio::test]
async fn an_error_that_is_returned_as_it_is_shows_how_to_get_a_source_location() {
    let bare = get(|| async { StatusCode::IM_A_TEAPOT });
    let page = page(Router::new().route("/tea", bare), "/tea").await;
    assert!(
        first(&page, ".hero .note").contains("backstop::Result"),
        "{page}"
    );
    assert!(first(&page, ".hero .facts").contains("/tea"));
}

#[tokio::test]
async fn known_mistakes_get_a_hint() {
    let borrow = || async {
        let cell = RefCell::new(1);
        let _first = cell.borrow_mut();
        drop(cell.borrow_mut());
    };
    let app = Router::new()
        .route("/extension", get(async |Extension(_): Extension<u8>| {}))
        .route("/borrow", get(borrow))
        .route(
            "/pool",
            get(|| async {
                Err::<(), _>(Error::msg(
                    "pool timed out while waiting for an open connection",
                ))
            }),
        )
        .route(
            "/blocking",
            get(|| async {
                tokio::runtime::Builder::new_current_thread()
                    .build()
                    .unwrap()
                    .block_on(async {});
            }),
        )
        .route(
            "/router",
            get(|| async {
                drop(Router::<()>::new().route("/orders/:id", get(|| async {})));
            }),
        );
    let _quiet = testing::quiet_panics();
    for (path, hint) in [
        ("/extension", ".layer(Extension(value))"),
        ("/borrow", "RefCell"),
        ("/pool", "size of the pool"),
        ("/blocking", "spawn_blocking"),
        ("/router", "/{id}"),
    ] {
        let page = page(app.clone(), path).await;
        assert!(first(&page, ".hint").contains(hint), "{path}: {page}");
    }
    // Around the router, the layer sees which methods a route has.
    let backstop = Backstop::development().log(false).build().unwrap();
    let service = tower::Layer::layer(&backstop.layer(), app);
    for (method, path, hint) in [
        ("DELETE", "/pool", "GET, HEAD"),
        ("GET", "/pool/", "without the slash"),
    ] {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("accept", "text/html").body(Body::empty());
        let response = service
            .clone()
            .oneshot(testing::local(request.unwrap()))
            .await;
        let bytes = response
            .unwrap()
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes();
        let page = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(first(&page, ".hint").contains(hint), "{path}: {page}");
    }
}

#[tokio::test]
async fn both_pages_forbid_everything_but_their_own_style_and_script() {
    let failing = || Router::new().route("/", get(|| async { Err::<(), _>(Error::msg("x")) }));
    for (builder, is_for_developers) in [
        (Backstop::development(), true),
        (Backstop::production(), false),
    ] {
        let (headers, page) = open(builder, failing(), Request::get("/")).await;
        let csp = headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(csp.contains(part), "{csp}");
        }
        assert!(!csp.contains("unsafe"), "{csp}");
        assert_eq!(csp.contains("script-src 'sha256-"), is_for_developers);
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers.contains_key("x-robots-tag"), is_for_developers);
        assert_eq!(headers.contains_key("referrer-policy"), is_for_developers);
        let document = Html::parse_document(&page);
        let count = |selector: &str| {
            let selector = Selector::parse(selector).unwrap();
            document.select(&selector).count()
        };
        assert_eq!(count("style"), 1);
        assert_eq!(count("script"), usize::from(is_for_developers));
        assert_eq!(count("[style], [src], link, iframe, form, object"), 0);
        assert_eq!(count("meta[name=robots][content=noindex]"), 1);
        assert_eq!(count("meta[name=referrer][content=no-referrer]"), 1);
        for element in document.root_element().descendants() {
            let Some(element) = element.value().as_element() else {
                continue;
            };
            let handler = element.attrs().find(|(name, _)| name.starts_with("on"));
            assert_eq!(handler, None);
        }
    }
}

#[tokio::test]
async fn production_shows_neither_source_nor_frames_even_if_details_are_on() {
    let builder =
        Backstop::production().disclosure(Disclosure::new().details(true).backtrace(true));
    let (_, page) = open(builder, shop(), Request::get("/shelves/7")).await;
    assert!(first(&page, "#causes").contains("loading the shelf"));
    assert!(texts(&page, "pre .hit, details.frame").is_empty(), "{page}");
    let off = Backstop::development().disclosure(Disclosure::new().backtrace(false));
    let (_, page) = open(off, shop(), Request::get("/shelves/7")).await;
    assert!(
        texts(&page, "pre .hit, details.frame, .at").is_empty(),
        "{page}"
    );
}

/// The environment belongs to the process.
#[test]
fn source_locations_open_in_the_developers_editor() {
    let run = |editor: &str, paths: &str| {
        let mut child = process::sibling("child_links_to_an_editor");
        child
            .env("BACKSTOP_EDITOR", editor)
            .env("BACKSTOP_EDITOR_PATHS", paths);
        String::from_utf8(process::output(&mut child).stdout).unwrap()
    };
    let here = env!("CARGO_MANIFEST_DIR");
    let link = run("vscode", "");
    assert!(
        link.contains(&format!("vscode://file{here}/tests/it/")),
        "{link}"
    );
    let mapped = run("zed", &format!("{here}=/home/me/shop"));
    assert!(
        mapped.contains("zed://file/home/me/shop/tests/it/"),
        "{mapped}"
    );
    let refused = run("javascript://{file}", "");
    assert!(
        refused.contains("BACKSTOP_EDITOR: ") && refused.contains("vscode"),
        "{refused}"
    );
}

#[test]
#[ignore = "it is the child of the test above"]
fn child_links_to_an_editor() {
    if let Err(error) = Backstop::development().build() {
        println!("{error}");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let page = runtime.block_on(page(shop(), "/shelves/7"));
    let page = Html::parse_document(&page);
    let link = Selector::parse("#culprit a").unwrap();
    // Without an editor in the environment there is no link.
    let link = page.select(&link).next();
    println!(
        "{}",
        link.and_then(|link| link.attr("href")).unwrap_or_default()
    );
}

/// What breaks out of one context or another.
const ATTACKS: [&str; 12] = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</pre></code></details><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "<!--<svg onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "]]><x>",
    "\u{202e}gpj.exe\u{0}\u{1b}[2J\u{2028}",
    "<textarea></textarea><iframe srcdoc='<script>alert(1)</script>'>",
];

#[tokio::test]
async fn nothing_that_anyone_writes_becomes_markup_in_any_place_of_the_page() {
    for attack in ATTACKS {
        let fail = move |scope: Scope| async move {
            scope.add_breadcrumb(Breadcrumb::new(attack).with_data(json!({ attack: attack })));
            scope.set_attribute(attack, attack);
            scope.set_metadata(attack, attack, attack);
            scope.set_user(User::new(attack));
            scope.add_feature_flag(FeatureFlag::new(attack));
            scope.log(Severity::Error, attack);
            let error = Error::msg(attack)
                .with_context(attack)
                .with_code(attack)
                .with_title(attack)
                .with_detail(attack)
                .with_name(attack)
                .with_type(attack)
                .with_field(attack, attack)
                .with_details(json!({ attack: [attack] }));
            Err::<(), _>(error)
        };
        let encoded: String = form_urlencoded::byte_serialize(attack.as_bytes()).collect();
        let uri = format!("/a/{}?{encoded}={encoded}", encoded.replace('+', "%20"));
        let app = Router::new().route("/a/{<b onclick=x>}", get(fail));
        let mut request = Request::get(uri).header("x-empty", "");
        if let Ok(value) = HeaderValue::from_bytes(attack.as_bytes()) {
            request = request.header("x-attack", value);
        }
        let (_, page) = open(Backstop::development(), app, request).await;
        let document = Html::parse_document(&page);
        let count = |selector: &str| {
            let selector = Selector::parse(selector).unwrap();
            document.select(&selector).count()
        };
        assert_eq!(
            (count("script"), count("style"), count("title")),
            (1, 1, 1),
            "{attack}"
        );
        assert_eq!(count("img, svg, iframe, textarea, x"), 0, "{attack}");
        for element in document.root_element().descendants() {
            let Some(element) = element.value().as_element() else {
                continue;
            };
            for (name, value) in element.attrs() {
                assert!(
                    !name.starts_with("on") && !value.contains("alert(1)"),
                    "{attack}: {name}"
                );
            }
        }
        assert!(
            !page.contains('\u{202e}') && !page.contains('\u{1b}'),
            "{attack}"
        );
    }
}

#[tokio::test]
async fn a_page_is_small_whatever_there_is_to_show() {
    let long = "<&\"'>".repeat(20_000);
    let much = long.clone();
    let fail = move |scope: Scope| {
        let text = much.clone();
        async move {
            for index in 0..200 {
                scope.add_breadcrumb(Breadcrumb::new(text.clone()).with_data(json!({"x": text})));
                scope.set_attribute(format!("{index}{text}"), text.clone());
                scope.set_metadata(format!("{index}"), text.clone(), &text[..1000]);
                scope.log(Severity::Info, text.clone());
            }
            let mut error = Error::msg(text.clone());
            for _ in 0..40 {
                error = error.with_context(text.clone());
            }
            Err::<(), _>(error.with_detail(text))
        }
    };
    let mut request = Request::get(format!("/?q={}", "%3C".repeat(4_000)));
    for index in 0..100 {
        request = request.header(format!("x-{index}"), "<".repeat(2_000));
    }
    let app = Router::new().route("/", get(fail));
    let (_, page) = open(Backstop::development(), app, request).await;
    assert!(page.len() < 60 * 1024, "{} bytes", page.len());
    assert!(page.ends_with("</html>"));
    for section in [
        "#causes",
        "#backtrace",
        "#request",
        "#scope",
        "#response",
        "#copies",
    ] {
        assert!(!texts(&page, section).is_empty(), "{section}");
    }
}

#[tokio::test]
async fn the_page_for_everyone_is_small_and_says_what_happened_and_what_to_do() {
    let fail = |status: u16| {
        let status = StatusCode::from_u16(status).unwrap();
        Router::new().route(
            "/{*reflected}",
            get(move || async move {
                Err::<(), _>(
                    Error::new(status, "text")
                        .with_header(header::RETRY_AFTER, HeaderValue::from_static("120")),
                )
            }),
        )
    };
    for (status, says) in [
        (404, "There is nothing at this address."),
        (429, "Try again in 2 minutes."),
        (503, "Try again in 2 minutes."),
        (500, "Please try again in a moment."),
        (418, "This request could not be completed."),
    ] {
        let request =
            Request::get("/reflected-path?reflected-query").header("x-reflected", "reflected");
        let (_, page) = open(Backstop::production(), fail(status), request).await;
        assert!(page.contains(says), "{status}: {page}");
        assert!(
            page.len() < 8 * 1024 && !page.contains("reflected"),
            "{page}"
        );
        assert!(page.contains("quote this id"));
        assert_eq!(first(&page, ".id code").len(), 36);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_message_is_on_the_page_as_text(message in "[ -~äß芝]{1,80}") {
        // A blank message is as good as none: the page shows the title of the status.
        prop_assume!(!message.trim().is_empty());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let text = message.clone();
        let fail = get(move || async move { Err::<(), _>(Error::msg(text)) });
        let page = runtime.block_on(page(Router::new().route("/", fail), "/"));
        let h1 = first(&page, "h1");
        prop_assert!(
            h1.trim() == message.trim() || h1.contains("REDACTED"),
            "{} {}",
            h1,
            message
        );
    }
}
