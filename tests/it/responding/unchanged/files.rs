//! Files served by tower-http's `ServeDir`.

use std::fs;

use axum::Router;
use http::header;
use tower_http::services::{ServeDir, ServeFile};

use super::{Applications, get_with, text};

/// A directory of files. It is deleted when it is dropped.
fn files() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a directory");
    let write = |name: &str, content: &str| {
        fs::write(root.path().join(name), content).expect("a file");
    };
    write("index.html", "<p>index</p>");
    write("a.txt", "some text in a file");
    write("compressed.txt.gz", "stands for gzip");
    fs::create_dir(root.path().join("empty")).expect("a directory");
    fs::create_dir(root.path().join("sub")).expect("a directory");
    write("sub/index.html", "<p>sub</p>");
    write("a b.txt", "space");
    root
}

#[tokio::test]
async fn files_and_what_is_not_there() {
    let root = files();
    let app = Router::new().fallback_service(ServeDir::new(root.path()));
    let app = Applications::serve(app).await;
    for (path, status) in [
        ("/", 200),
        ("/a.txt", 200),
        ("/a%20b.txt", 200),
        ("/sub/", 200),
        ("/sub", 307),
        ("/empty/", 404),
        ("/missing", 404),
        ("/a.txt/", 404),
        ("/a.txt/more", 404),
        ("/../a.txt", 404),
        ("/%2e%2e/a.txt", 404),
    ] {
        assert_eq!(app.get(path).await.status, status, "{path}");
        assert_eq!(app.method("HEAD", path).await.status, status, "{path}");
    }
    // The status depends on the version of tower-http, and must only be the same.
    app.get("/%00").await;
    app.method("HEAD", "/%00").await;
    let refused = app.method("POST", "/a.txt").await;
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("allow"), Some("GET,HEAD"));
}

#[tokio::test]
async fn ranges_and_conditions() {
    let root = files();
    let app = Router::new().nest_service("/static", ServeDir::new(root.path()));
    let app = Applications::serve(app).await;
    let path = "/static/a.txt";
    for (range, status) in [
        ("bytes=0-3", 206),
        ("bytes=5-", 206),
        ("bytes=0-99999", 206),
        ("bytes=99-100", 416),
        ("bytes=8-2", 416),
        ("bytes=0-1,3-4", 416),
        ("nonsense", 416),
    ] {
        let reply = app.send(|| get_with(path, header::RANGE, range)).await;
        assert_eq!(reply.status, status, "{range}");
    }
    let modified = app.get(path).await;
    let modified = modified.header("last-modified").expect("a date");
    for (name, value, status) in [
        (header::IF_MODIFIED_SINCE, modified, 304),
        (
            header::IF_MODIFIED_SINCE,
            "Fri, 09 Aug 1996 14:21:40 GMT",
            200,
        ),
        (
            header::IF_UNMODIFIED_SINCE,
            "Fri, 09 Aug 1996 14:21:40 GMT",
            412,
        ),
        (header::IF_NONE_MATCH, "*", 304),
        (header::IF_MATCH, "\"another\"", 412),
    ] {
        let reply = app.send(|| get_with(path, name.clone(), value)).await;
        let is_etag = name == header::IF_NONE_MATCH || name == header::IF_MATCH;
        // A `ServeDir` without entity tags has no opinion about them.
        assert!(
            reply.status == status || is_etag,
            "{name}: {value}: {reply:?}"
        );
    }
}

#[tokio::test]
async fn compressed_files() {
    let root = files();
    let app = Router::new().fallback_service(ServeDir::new(root.path()).precompressed_gzip());
    let app = Applications::serve(app).await;
    let gzip = || get_with("/compressed.txt", header::ACCEPT_ENCODING, "gzip");
    let reply = app.send(gzip).await;
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    assert_eq!(app.get("/compressed.txt").await.status, 404);
    let missing = || get_with("/missing.txt", header::ACCEPT_ENCODING, "gzip");
    assert_eq!(app.send(missing).await.status, 404);
}

#[tokio::test]
async fn fallbacks_of_a_directory() {
    let root = files();
    let not_found = Router::new().fallback(async || text(404, "no such file"));
    let app = Router::new()
        .nest_service(
            "/spa",
            ServeDir::new(root.path()).fallback(ServeFile::new(root.path().join("index.html"))),
        )
        .nest_service(
            "/page",
            ServeDir::new(root.path())
                .not_found_service(ServeFile::new(root.path().join("index.html"))),
        )
        .nest_service(
            "/text",
            ServeDir::new(root.path())
                .fallback(not_found)
                .call_fallback_on_method_not_allowed(true),
        );
    let app = Applications::serve(app).await;
    assert_eq!(app.get("/spa/client/route").await.status, 200);
    let page = app.get("/page/missing").await;
    assert_eq!((page.status.as_u16(), page.text()), (404, "<p>index</p>"));
    assert_eq!(app.get("/text/missing").await.text(), "no such file");
    assert_eq!(
        app.method("POST", "/text/a.txt").await.text(),
        "no such file"
    );
}
