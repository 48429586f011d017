//! Development: everything is shown, and only to a developer on this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use axum::extract::ConnectInfo;
use backstop::prelude::*;
use backstop::{Backstop, Builder, Context as _, Error, RequestInfo, Shape};
use http::{Request, StatusCode, request};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

#[test]
fn a_developer_sees_type_chain_places_fields_and_the_request() {
    let error = std::fs::read("/no/such/file")
        .context("loading the stock")
        .unwrap_err();
    let error = error.field("shelf", 7).field("password", "s3cr3t");
    let request = Request::get("/stock?token=s3cr3t&page=2");
    let problem = answer(Backstop::development(), request, error);
    assert_eq!(problem["detail"], "No such file or directory (os error 2)");
    let debug = &problem["debug"];
    assert_eq!(debug["type"], "std::io::error::Error");
    assert_eq!(debug["chain"][0]["message"], "loading the stock");
    assert!(
        debug["chain"][1]["at"]
            .as_str()
            .unwrap()
            .contains(concat!(file!(), ":"))
    );
    assert_eq!(
        debug["fields"],
        json!({ "shelf": 7, "password": "[REDACTED]" })
    );
    assert_eq!(debug["request"], "GET /stock?token=[REDACTED]&page=2");
}

#[test]
fn details_need_a_host_of_this_machine_and_where_the_peer_is_known_a_local_one() {
    let shows = |builder: Builder, host: Option<&str>, peer: Option<&str>| {
        let mut request = Request::get("/");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        if let Some(peer) = peer {
            let address: std::net::SocketAddr = peer.parse().unwrap();
            request = request.extension(ConnectInfo(address));
        }
        answer(builder, request, Error::msg("x"))
            .get("debug")
            .is_some()
    };
    let development = Backstop::development;
    assert!(
        shows(development(), None, None),
        "an absent Host counts as local"
    );
    assert!(shows(
        development(),
        Some("localhost:3000"),
        Some("127.0.0.1:9")
    ));
    assert!(shows(development(), Some("[::1]:3000"), Some("[::1]:9")));
    assert!(!shows(development(), Some("shop.example"), None));
    assert!(
        !shows(development(), Some("shop.example"), Some("127.0.0.1:9")),
        "DNS rebinding"
    );
    assert!(!shows(development(), Some("localhost"), Some("10.0.0.7:9")));
    assert!(!shows(
        development(),
        Some("localhost"),
        Some("[2001:db8::1]:9")
    ));
    assert!(shows(
        development().debug_hosts(["shop.example"]),
        Some("shop.example:80"),
        None
    ));
    let peers = [std::net::IpAddr::from([10, 0, 0, 7])];
    assert!(shows(
        development().debug_peers(peers),
        Some("localhost"),
        Some("10.0.0.7:9")
    ));
    // The gates of host and peer stand whoever asked for details.
    assert!(shows(Backstop::production().show_details(true), None, None));
    assert!(!shows(
        Backstop::production().show_details(true),
        Some("shop.example"),
        None
    ));
    assert!(!shows(
        Backstop::production().show_details_if(|_, _| true),
        Some("shop.example"),
        None
    ));
    assert!(!shows(development().show_details(false), None, None));
    assert!(!shows(
        development().show_details_if(|failure, _| failure.status() != 500),
        None,
        None
    ));
}

#[test]
fn an_authority_of_http_2_must_be_local_too() {
    let request = Request::get("http://shop.example/").header("host", "localhost");
    assert!(
        answer(Backstop::development(), request, Error::msg("x"))
            .get("debug")
            .is_none()
    );
    let request = Request::get("http://localhost:3000/");
    assert!(
        answer(Backstop::development(), request, Error::msg("x"))
            .get("debug")
            .is_some()
    );
}

#[test]
fn without_the_backtrace_the_places_are_hidden() {
    let builder = Backstop::development().show_backtrace_if(|failure, _| failure.status() == 404);
    let problem = answer(builder, Request::get("/"), Error::msg("x"));
    assert_eq!(problem["debug"]["chain"], json!([{ "message": "x" }]));
    let shown = answer(Backstop::development(), Request::get("/"), Error::msg("x"));
    assert!(shown["debug"]["chain"][0]["at"].is_string());
}

#[test]
fn an_envelope_adds_only_fields_cause_and_stack() {
    let error = Error::from(std::io::Error::other("disk on fire"))
        .context("saving")
        .field("shelf", 7);
    let envelope = answer(
        Backstop::development().shape(Shape::Bare),
        Request::get("/"),
        error,
    );
    let keys: Vec<&String> = envelope.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["cause", "message", "shelf", "stack", "statusCode"]);
    assert_eq!(envelope["message"], "disk on fire");
    assert!(
        envelope["stack"]
            .as_str()
            .unwrap()
            .contains(concat!("saving\n    at ", file!(), ":"))
    );
}

#[test]
fn a_page_for_developers_shows_the_story_escaped() {
    let request = Request::get("/").header("accept", "text/html");
    let error = Error::msg("<script>alert(1)</script>")
        .field("<b>", "</pre><img src=x>")
        .status(StatusCode::CONFLICT);
    let body = text(Backstop::development(), request, error);
    assert!(body.contains("&lt;script&gt;alert(1)"), "{body}");
    assert!(!body.contains("<script>") && !body.contains("<img") && !body.contains("<b>"));
    assert!(body.contains("<pre class=\"stack\">") && body.contains(concat!(file!(), ":")));
}

fn answer(builder: Builder, request: request::Builder, error: Error) -> Value {
    serde_json::from_str(&text(builder, request, error)).unwrap()
}

fn text(builder: Builder, request: request::Builder, error: Error) -> String {
    let facts = RequestInfo::from_request(&request.body(()).unwrap());
    let response = builder.log(false).build().unwrap().respond(&facts, error);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let bytes = runtime
        .block_on(response.into_body().collect())
        .unwrap()
        .to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}
