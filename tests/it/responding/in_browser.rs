//! Both pages in a real browser.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use backstop::report::Breadcrumb;
use backstop::{Backstop, Context as _, Error, Scope};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::process;

const ATTACK: &str = "</title></style></pre><script>window.attacked=1</script><img src=x onerror='window.attacked=1'>";

/// A failure of every origin, each at a path of its own.
fn failing(backstop: &Backstop) -> Router {
    let slow = get(std::future::pending::<()>).layer(
        tower::ServiceBuilder::new()
            .layer(backstop.layer())
            .layer(tower::timeout::TimeoutLayer::new(Duration::from_millis(20))),
    );
    #[derive(serde::Deserialize)]
    struct Page {
        #[expect(dead_code, reason = "only its type matters")]
        page: u32,
    }
    Router::new()
        .route(
            "/handler/{id}",
            get(async |scope: Scope| {
                scope.add_breadcrumb("looked on the shelf");
                std::fs::read_to_string("/no/such/file")
                    .context("loading the shelf")
                    .map(drop)
            }),
        )
        .route(
            "/panic",
            get(async || std::hint::black_box(None::<()>).unwrap()),
        )
        .route("/bare", get(async || StatusCode::BAD_GATEWAY))
        .route("/rejection", get(async |_: Query<Page>| {}))
        .route(
            "/several",
            get(async || {
                let errors = [Error::bad_request("too long").with_field("pointer", "#/name")];
                Err::<(), _>(Error::many(errors).with_status(StatusCode::UNPROCESSABLE_ENTITY))
            }),
        )
        .route(
            "/attack/{id}",
            get(async |scope: Scope| {
                scope.add_breadcrumb(Breadcrumb::new(ATTACK).with_data(json!({ ATTACK: ATTACK })));
                scope.set_attribute(ATTACK, ATTACK);
                scope.set_metadata(ATTACK, ATTACK, ATTACK);
                let error = Error::bad_request(ATTACK)
                    .with_context(ATTACK)
                    .with_title(ATTACK);
                Err::<(), _>(
                    error
                        .with_detail(ATTACK)
                        .with_field(ATTACK, ATTACK)
                        .with_code(ATTACK),
                )
            }),
        )
        .route("/slow", slow)
        .layer(backstop.layer())
}

/// Serves both modes; returns the addresses of development and production.
fn serve() -> [SocketAddr; 2] {
    let (send, addresses) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let development = Backstop::development().log(false).build().unwrap();
            development.install_quiet_panic_hook().unwrap();
            let production = Backstop::production().log(false).build().unwrap();
            let mut servers = Vec::new();
            for backstop in [&development, &production] {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                send.send(listener.local_addr().unwrap()).unwrap();
                let app = failing(backstop).into_make_service_with_connect_info::<SocketAddr>();
                servers.push(axum::serve(listener, app).into_future());
            }
            futures_util::future::join_all(servers).await;
        });
    });
    [addresses.recv().unwrap(), addresses.recv().unwrap()]
}

const PATHS: [&str; 8] = [
    "/handler/7?page=2",
    "/panic",
    "/bare",
    "/rejection",
    "/several",
    "/slow",
    "/nowhere",
    "/attack/<script>?<script>=1",
];

/// The editor belongs to the process.
#[test]
#[ignore = "needs Chromium, and axe-core from npm"]
fn both_pages_work_in_a_browser() {
    let mut child = process::sibling("child_opens_both_pages");
    let output = process::output(child.env("BACKSTOP_EDITOR", "vscode"));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
#[ignore = "it is the child of the test above"]
fn child_opens_both_pages() {
    if std::env::var_os("BACKSTOP_EDITOR").is_none() {
        return;
    }
    let [development, production] = serve();
    let profile = tempfile::tempdir().unwrap();
    let mut browser = Browser::start(profile.path());
    for address in [development, production] {
        for path in PATHS {
            browser.open(&format!("http://{address}{path}"));
            let text = browser.run("document.querySelector('main').innerText");
            assert!(
                text.as_str().is_some_and(|text| text.len() > 40),
                "{path}: {text}"
            );
            assert_eq!(browser.run("window.attacked"), Value::Null, "{path}");
            assert_eq!(browser.complaints, [""; 0], "{path}");
        }
    }
    let page = format!("http://{development}/handler/7?page=2");
    let narrow = format!("http://{production}/handler/7");
    browser.open(&page);
    tools_work(&mut browser);
    for (width, theme) in [
        (1280, "light"),
        (1280, "dark"),
        (390, "light"),
        (390, "dark"),
    ] {
        for url in [&page, &narrow] {
            browser.appear(width, 900, theme);
            browser.open(url);
            is_accessible(&mut browser, &format!("{url} {width} {theme}"));
            let overflow =
                "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(browser.run(overflow), 0, "{url} {width} {theme}");
            if let Some(folder) = std::env::var_os("BACKSTOP_SCREENSHOTS") {
                let name = if *url == page {
                    "development"
                } else {
                    "production"
                };
                let file =
                    std::path::Path::new(&folder).join(format!("{name}-{theme}-{width}.png"));
                std::fs::write(file, browser.screenshot()).unwrap();
            }
        }
    }
    browser.call(
        "Emulation.setScriptExecutionDisabled",
        &json!({"value": true}),
    );
    browser.open(&page);
    reads_without_script(&mut browser);
    assert_eq!(browser.complaints, [""; 0]);
}

fn tools_work(browser: &mut Browser) {
    let is =
        |browser: &mut Browser, script: &str| assert_eq!(browser.run(script), true, "{script}");
    is(browser, "!document.querySelector('.tools').hidden");
    // Search, with the keyboard.
    browser.press("/");
    is(browser, "document.activeElement.id === 'search'");
    browser.call("Input.insertText", &json!({"text": "looked on"}));
    is(
        browser,
        "document.querySelector('#found').textContent === '1 found'",
    );
    is(
        browser,
        "[...document.querySelectorAll('[data-item]:not([hidden])')].every(item => item.textContent.includes('looked on'))",
    );
    browser.press("Escape");
    is(browser, "!document.querySelector('[data-item][hidden]')");
    // A match inside a fold opens it.
    browser.press("/");
    browser.call("Input.insertText", &json!({"text": "axum"}));
    is(
        browser,
        "document.querySelector('details.fold:not([hidden])').open",
    );
    browser.press("Escape");
    is(browser, "!document.querySelector('details.fold').open");
    // Folding, frames and the theme.
    browser.press("e");
    is(
        browser,
        "[...document.querySelectorAll('details.fold, details.frame')].every(fold => fold.open)",
    );
    browser.press("e");
    is(
        browser,
        "![...document.querySelectorAll('details.fold')].some(fold => fold.open)",
    );
    browser.press("j");
    is(
        browser,
        "document.activeElement.matches('details.frame > summary')",
    );
    browser.press("t");
    is(
        browser,
        "['light', 'dark'].includes(document.documentElement.dataset.theme)",
    );
    let theme = browser.run("document.documentElement.dataset.theme");
    browser.press("t");
    assert_ne!(browser.run("document.documentElement.dataset.theme"), theme);
    browser.run("localStorage.clear()");
    // Copying.
    for (key, id) in [("m", "markdown-text"), ("c", "curl")] {
        browser.press(key);
        let copied = browser.run(
            "new Promise(done => setTimeout(() => navigator.clipboard.readText().then(done), 100))",
        );
        let text = browser.run(&format!("document.getElementById('{id}').textContent"));
        assert!(!text.as_str().unwrap().is_empty());
        assert_eq!(copied, text, "{id}");
    }
    let link = browser.run("document.querySelector('#culprit a').href");
    assert!(
        link.as_str().unwrap().starts_with("vscode://file/"),
        "{link}"
    );
}

/// No violation that axe-core finds.
fn is_accessible(browser: &mut Browser, what: &str) {
    let axe = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target"),
        std::path::PathBuf::from,
    );
    let axe =
        std::fs::read_to_string(axe.join("browser/node_modules/axe-core/axe.min.js")).unwrap();
    browser.run(&format!("{axe};0"));
    let found = browser.run(
        "document.querySelectorAll('details').forEach(it => { it.open = true; });\
         axe.run().then(found => found.violations.map(it => [it.id, it.help, it.nodes.map(node => node.html + node.any.map(check => check.message)).slice(0, 3)]))",
    );
    assert_eq!(found, json!([]), "{what}");
}

fn reads_without_script(browser: &mut Browser) {
    let document = browser.call("DOM.getDocument", &json!({}));
    let root = &document["root"]["nodeId"];
    let html = browser.call("DOM.getOuterHTML", &json!({"nodeId": root}));
    let html = html["outerHTML"].as_str().unwrap();
    let page = scraper::Html::parse_document(html);
    let main = scraper::Selector::parse("main").unwrap();
    let text: String = page.select(&main).flat_map(|main| main.text()).collect();
    for part in [
        "loading the shelf",
        "No such file",
        "in_browser.rs",
        "/handler/{id}",
        "curl",
        "looked on the shelf",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // The tools would do nothing.
    assert!(html.contains("aria-label=\"Tools\" hidden"), "{html}");
}
