//! Every failure of the README's list, over HTTP.

mod library;

use std::time::Duration;

use backstop::{Backstop, reporters::Memory};
use library::{DUNE, Library};
use library_api::{Limits, Store};
use reqwest::header::{ACCEPT, ALLOW, CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Value, json};

#[tokio::test]
async fn successful_responses_are_not_touched() {
    let library = Library::open().await;
    let herbert = library
        .post("/authors", json!({"name": "Frank Herbert"}))
        .await;
    assert_eq!(
        (herbert.status, herbert.header("location")),
        (201, Some("/authors/1"))
    );
    let dune = library
        .post(
            "/books",
            json!({"isbn": DUNE, "title": "Dune", "author": 1}),
        )
        .await;
    assert_eq!(
        (dune.status, dune.header("location")),
        (201, Some("/books/1"))
    );

    let changed = json!({"isbn": DUNE, "title": "Dune, \"revised\"", "author": 1});
    assert_eq!(library.put("/books/1", changed).await.status, 200);
    let books = library.get("/books?limit=1").await;
    assert_eq!(
        books.json(),
        json!([{"id": 1, "isbn": DUNE, "title": "Dune, \"revised\"", "author": 1}])
    );
    let export = library.get("/books.csv").await;
    assert_eq!(
        export.text,
        format!("id,isbn,title,author\n1,{DUNE},\"Dune, \"\"revised\"\"\",1\n")
    );

    assert_eq!(library.delete("/books/1").await.status, 204);
    assert_eq!(library.delete("/authors/1").await.status, 204);
    assert_eq!(library.get("/books").await.json(), json!([]));
}

#[tokio::test]
async fn a_missing_book_or_author_is_a_404_with_its_code() {
    let library = Library::open().await;
    let book = json!({"isbn": DUNE, "title": "Dune", "author": 1});
    for reply in [
        library.get("/books/7").await,
        library.put("/books/7", book).await,
        library.delete("/books/7").await,
    ] {
        reply.assert_problem(json!({
            "title": "No such book", "status": 404, "detail": "there is no book 7", "code": "NO_BOOK", "book": 7,
        }));
    }
    for reply in [
        library.get("/authors/7").await,
        library.delete("/authors/7").await,
    ] {
        reply.assert_problem(json!({
            "title": "No such author", "status": 404, "detail": "there is no author 7", "code": "NO_AUTHOR", "author": 7,
        }));
    }
    let nowhere = library.get("/shelves").await;
    nowhere.assert_problem(json!({"title": "Not Found", "status": 404}));
}

#[tokio::test]
async fn an_unsupported_method_is_a_405_that_lists_the_supported_ones() {
    let library = Library::open().await;
    let reply = library.delete("/books").await;
    reply.assert_problem(json!({"title": "Method Not Allowed", "status": 405}));
    assert_eq!(reply.header(ALLOW.as_str()), Some("GET,HEAD,POST"));
}

#[tokio::test]
async fn an_invalid_number_in_the_path_or_query_is_a_400() {
    let library = Library::open().await;
    library.get("/books/dune").await.assert_problem(json!({
        "title": "Bad Request", "status": 400, "detail": "Invalid URL",
        "errors": [{"detail": "must be an integer", "code": "invalid_value"}],
    }));
    library
        .get("/books?limit=many")
        .await
        .assert_problem(json!({
            "title": "Bad Request",
            "status": 400,
            "detail": "Failed to deserialize query string",
            "errors": [{"detail": "invalid digit found in string", "parameter": "limit", "code": "invalid"}],
        }));
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_for_its_own_reason() {
    let library = Library::open().await;
    let cases = [
        (
            "application/json",
            "{",
            400,
            "Bad Request",
            "Failed to parse the request body as JSON",
        ),
        (
            "text/plain",
            "{}",
            415,
            "Unsupported Media Type",
            "Expected request with `Content-Type: application/json`",
        ),
        (
            "application/json",
            "{}",
            422,
            "Unprocessable Content",
            r##"{"code":"missing_field","detail":"is missing","pointer":"#/name"}"##,
        ),
        (
            "application/json",
            r#"{"name": 7}"#,
            422,
            "Unprocessable Content",
            r##"{"code":"invalid_type","detail":"must be a string","pointer":"#/name"}"##,
        ),
    ];
    for (content_type, body, status, title, part) in cases {
        let request = library
            .request("POST", "/authors")
            .header(CONTENT_TYPE, content_type)
            .body(body);
        let problem = library.send(request).await.problem();
        assert_eq!(
            (&problem["status"], &problem["title"]),
            (&json!(status), &json!(title))
        );
        let text = format!("{} {}", problem["detail"], problem["errors"]);
        assert!(text.contains(part), "{problem}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413() {
    let limits = Limits {
        body: 32,
        ..Limits::default()
    };
    let library = Library::with(limits, Duration::from_secs(2)).await;
    let reply = library
        .post("/authors", json!({"name": "x".repeat(33)}))
        .await;
    reply.assert_problem(json!({
        "title": "Content Too Large",
        "status": 413,
        "detail": "Failed to buffer the request body: length limit exceeded",
    }));
}

#[tokio::test]
async fn each_broken_rule_is_listed_with_its_pointer() {
    let library = Library::open().await;
    let book = json!({"isbn": "9780441172710", "title": "", "author": 1});
    for reply in [
        library.post("/books", book.clone()).await,
        library.put("/books/1", book).await,
    ] {
        reply.assert_problem(json!({
            "title": "Unprocessable Content",
            "status": 422,
            "code": "INVALID",
            "errors": [
                {"detail": "is not an ISBN-13", "pointer": "#/isbn"},
                {"detail": "length is lower than 1", "pointer": "#/title"},
            ],
        }));
    }
}

#[tokio::test]
async fn what_the_database_refuses_is_a_409() {
    let library = Library::open().await;
    library.stock().await;
    let taken = json!({
        "title": "ISBN taken",
        "status": 409,
        "detail": format!("another book has the ISBN {DUNE}"),
        "code": "ISBN_TAKEN",
        "isbn": DUNE,
    });
    let again = json!({"isbn": DUNE, "title": "Dune again", "author": 1});
    library
        .post("/books", again.clone())
        .await
        .assert_problem(taken.clone());
    let other = json!({"isbn": "9780141036144", "title": "Nineteen Eighty-Four", "author": 1});
    assert_eq!(library.post("/books", other).await.status, 201);
    library.put("/books/2", again).await.assert_problem(taken);

    let orphan = json!({"isbn": "9780261103283", "title": "The Hobbit", "author": 7});
    library.post("/books", orphan).await.assert_problem(json!({
        "title": "Unknown author",
        "status": 409,
        "detail": "there is no author 7",
        "code": "UNKNOWN_AUTHOR",
        "author": 7,
    }));
    // An error of the database, whose text stays hidden.
    let needed = library.delete("/authors/1").await;
    needed.assert_problem(json!({"title": "Conflict", "status": 409}));
}

#[tokio::test]
async fn an_error_of_the_database_is_a_500_whose_text_only_the_report_has() {
    let reports = Memory::new();
    let settings = Backstop::production().reporter(reports.clone());
    let library = Library::of(settings, Limits::default(), Store::ACQUIRE_TIMEOUT).await;
    library.stock().await;
    library
        .sql(
            "CREATE TRIGGER broken BEFORE INSERT ON authors
             BEGIN SELECT RAISE(ABORT, 's3cr3t in /var/lib/s3cr3t.db'); END;
             ALTER TABLE books RENAME TO s3cr3t",
        )
        .await;
    let replies = [
        library
            .post("/authors", json!({"name": "Ursula K. Le Guin"}))
            .await,
        library.get("/books").await,
        library.get("/books/1").await,
    ];
    for reply in &replies {
        reply.assert_problem(json!({"title": "Internal Server Error", "status": 500}));
    }
    library.backstop.flush(Duration::from_secs(10)).await;
    let reports = reports.reports();
    let ids: Vec<String> = reports.iter().map(|report| report.id.to_string()).collect();
    let sent: Vec<&str> = replies
        .iter()
        .filter_map(|reply| reply.header("x-error-id"))
        .collect();
    assert_eq!(ids, sent);
    let first = serde_json::to_string(&*reports[0]).unwrap();
    assert!(first.contains("s3cr3t in /var/lib/s3cr3t.db"), "{first}");
}

#[tokio::test]
async fn hidden_text_is_in_no_format() {
    let library = Library::open().await;
    library.sql("ALTER TABLE books RENAME TO s3cr3t").await;
    let formats = [
        ("application/json", "application/json"),
        (
            "application/problem+xml",
            "application/problem+xml; charset=utf-8",
        ),
        ("application/xml", "application/xml; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
    ];
    for (accept, content_type) in formats {
        let request = library.request("GET", "/books/1").header(ACCEPT, accept);
        let reply = library.send(request).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (500, Some(content_type))
        );
        assert!(reply.text.contains("Internal Server Error"), "{reply:?}");
        for secret in ["s3cr3t", "books", "no such table", "SQL", "src/"] {
            assert!(!format!("{reply:?}").contains(secret), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn public_text_is_in_every_format() {
    let library = Library::open().await;
    for (accept, part) in [
        ("application/json", r#""detail":"there is no book 7""#),
        (
            "application/problem+xml",
            "<detail>there is no book 7</detail>",
        ),
        ("text/html", "there is no book 7"),
        (
            "text/plain",
            "404 No such book\n\nthere is no book 7\n\ncode: NO_BOOK\nbook: 7\nid: ",
        ),
    ] {
        let request = library.request("GET", "/books/7").header(ACCEPT, accept);
        let reply = library.send(request).await;
        assert_eq!(reply.status, 404);
        assert!(reply.text.contains(part), "{reply:?}");
    }
}

#[tokio::test]
async fn a_database_that_is_closed_is_a_503() {
    let library = Library::open().await;
    library.store.pool().close().await;
    let reply = library.get("/books").await;
    reply.assert_problem(json!({"title": "Service Unavailable", "status": 503}));
}

#[tokio::test]
async fn a_database_that_is_busy_is_a_503() {
    let library = Library::with(Limits::default(), Duration::from_millis(50)).await;
    let _only = library.store.pool().acquire().await.unwrap();
    let reply = library.get("/books").await;
    reply.assert_problem(json!({"title": "Service Unavailable", "status": 503}));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_a_504() {
    let limits = Limits {
        deadline: Duration::from_millis(50),
        ..Limits::default()
    };
    let library = Library::with(limits, Duration::from_secs(60)).await;
    let _only = library.store.pool().acquire().await.unwrap();
    let reply = library.get("/books").await;
    reply.assert_problem(json!({"title": "Gateway Timeout", "status": 504}));
}

#[tokio::test]
async fn a_request_too_many_is_a_503_that_says_when_to_try_again() {
    let limits = Limits {
        concurrent: 0,
        ..Limits::default()
    };
    let library = Library::with(limits, Duration::from_secs(2)).await;
    // Requests to unknown routes are shed too.
    for path in ["/books", "/nowhere"] {
        let reply = library.get(path).await;
        reply.assert_problem(json!({"title": "Service Unavailable", "status": 503}));
        assert_eq!(reply.header(RETRY_AFTER.as_str()), Some("1"));
    }
}

#[tokio::test]
async fn a_panic_is_a_500_and_the_service_keeps_running() {
    let library = Library::open().await;
    let reply = library.get("/bug").await;
    reply.assert_problem(json!({"title": "Internal Server Error", "status": 500}));
    assert_eq!(library.get("/books").await.status, 200);
}

#[tokio::test]
async fn an_export_that_fails_midway_resets_the_connection() {
    let reports = Memory::new();
    let settings = Backstop::production().reporter(reports.clone());
    let library = Library::of(settings, Limits::default(), Store::ACQUIRE_TIMEOUT).await;
    library.stock().await;
    assert_eq!(library.get("/books.csv").await.status, 200);
    library
        .sql("INSERT INTO books VALUES (2, x'ff', 'no text', 1)")
        .await;
    // It depends on timing how much arrives: the head, a part of the body, or nothing.
    let end = match library.request("GET", "/books.csv").send().await {
        Ok(response) => response.text().await,
        Err(error) => Err(error),
    };
    assert!(end.is_err(), "it ended as if all were there: {end:?}");
    library.backstop.flush(Duration::from_secs(10)).await;
    let reports = reports.reports();
    assert_eq!(reports.len(), 1);
    let report = serde_json::to_value(&*reports[0]).unwrap();
    assert!(report["errors"].to_string().contains("isbn"), "{report}");
}

#[tokio::test]
async fn development_shows_what_happened() {
    let library = Library::of(
        Backstop::development(),
        Limits::default(),
        Duration::from_secs(2),
    )
    .await;
    library.sql("DROP TABLE books").await;
    let problem = library.get("/books").await.problem();
    assert!(
        problem.to_string().contains("no such table: books"),
        "{problem}"
    );
}

#[tokio::test]
async fn the_document_has_every_failure() {
    let library = Library::open().await;
    let document = library.get("/openapi.json").await.json();
    let statuses = |path: &str, method: &str| -> String {
        let responses = &document["paths"][path][method]["responses"];
        let statuses: Vec<&str> = responses
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        statuses.join(" ")
    };
    assert_eq!(
        statuses("/authors", "post"),
        "201 400 413 415 422 500 503 504"
    );
    assert_eq!(statuses("/authors/{id}", "get"), "200 400 404 500 503 504");
    assert_eq!(
        statuses("/authors/{id}", "delete"),
        "204 400 404 409 500 503 504"
    );
    assert_eq!(statuses("/books", "get"), "200 400 500 503 504");
    assert_eq!(
        statuses("/books", "post"),
        "201 400 409 413 415 422 500 503 504"
    );
    assert_eq!(statuses("/books/{id}", "get"), "200 400 404 500 503 504");
    assert_eq!(
        statuses("/books/{id}", "put"),
        "200 400 404 409 413 415 422 500 503 504"
    );
    assert_eq!(statuses("/books/{id}", "delete"), "204 400 404 500 503 504");
    assert_eq!(statuses("/books.csv", "get"), "200 500 503 504");

    let conflict = &document["paths"]["/books"]["post"]["responses"]["409"]["content"]["application/problem+json"];
    let codes: Vec<&Value> = conflict["examples"]
        .as_object()
        .unwrap()
        .values()
        .map(|example| &example["value"]["code"])
        .collect();
    assert_eq!(codes, ["ISBN_TAKEN", "UNKNOWN_AUTHOR"]);
    let problem = &document["components"]["schemas"]["Problem"];
    assert_eq!(problem["description"], "A problem document (RFC 9457).");
}
