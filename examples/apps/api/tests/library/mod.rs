//! A library on a port of its own, and what its clients see.

use std::net::SocketAddr;
use std::time::Duration;

use axum::routing::get;
use backstop::{Backstop, Builder};
use library_api::{Limits, Store, guard, routes, settings};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) const DUNE: &str = "9780441172719";

pub(crate) struct Library {
    pub(crate) backstop: Backstop,
    pub(crate) store: Store,
    client: Client,
    url: String,
}

impl Library {
    /// Starts it as in production.
    pub(crate) async fn open() -> Self {
        Self::with(Limits::default(), Store::ACQUIRE_TIMEOUT).await
    }

    pub(crate) async fn with(limits: Limits, acquire_timeout: Duration) -> Self {
        Self::of(Backstop::production(), limits, acquire_timeout).await
    }

    pub(crate) async fn of(mode: Builder, limits: Limits, acquire_timeout: Duration) -> Self {
        let backstop = settings(mode).log(false).build().unwrap();
        let store = Store::in_memory(acquire_timeout).await.unwrap();
        let routes = routes(store.clone()).route("/bug", get(bug));
        let app = guard(routes, &backstop, &limits);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // The task ends with the test's runtime.
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async { axum::serve(listener, app).await });
        Self {
            backstop,
            store,
            client: Client::new(),
            url,
        }
    }

    /// Adds an author and a book.
    pub(crate) async fn stock(&self) {
        let author = self.post("/authors", json!({"name": "Frank Herbert"}));
        assert_eq!(author.await.status, 201);
        let book = self.post(
            "/books",
            json!({"isbn": DUNE, "title": "Dune", "author": 1}),
        );
        assert_eq!(book.await.status, 201);
    }

    /// Runs statements that the API would never run.
    pub(crate) async fn sql(&self, statements: &'static str) {
        let pool = self.store.pool();
        sqlx::raw_sql(statements).execute(pool).await.unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.request("POST", path).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(self.request("PUT", path).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(self.request("DELETE", path)).await
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.url);
        self.client.request(method.parse().unwrap(), url)
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        Reply::read(request.send().await.unwrap()).await
    }
}

/// A panic, whose message no client may see.
async fn bug() {
    panic!("s3cr3t");
}

/// What a client saw.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    async fn read(response: Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The problem document, without its id, which is checked to be the header's.
    #[track_caller]
    pub(crate) fn problem(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        assert!(!format!("{self:?}").contains("s3cr3t"), "{self:?}");
        let mut problem = self.json();
        let id = self.header("x-error-id").unwrap();
        let instance = problem.as_object_mut().unwrap().remove("instance");
        assert_eq!(instance, Some(format!("urn:uuid:{id}").into()));
        problem
    }

    /// Asserts that the response is exactly this problem.
    #[track_caller]
    pub(crate) fn assert_problem(&self, expected: Value) {
        assert_eq!(self.problem(), expected);
        assert_eq!(json!(self.status), expected["status"]);
    }
}
