//! `reqwest::Error` through the question mark, and the problems that upstreams tell.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use backstop::{Backstop, Error, Problem};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tokio::net::TcpListener;

use crate::support::handler::respond;

fn sold_out() -> Error {
    Error::msg("sold out")
        .with_status(StatusCode::CONFLICT)
        .with_code("SOLD_OUT")
        .with_field("sku", "A1")
}

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
    let (status, problem) = respond(move || failing.lock().unwrap().take().unwrap()).await;
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
    {
        let xml = get("/sold-out", "application/problem+xml")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(xml.detail(), problem.detail());
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
