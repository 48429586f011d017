//! Development: everything is shown, but only to a developer on this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use backstop::settings::Disclosure;
use backstop::{Backstop, Builder, Context as _, Error, RequestInfo, Shape, testing};
use http::{Request, StatusCode, request};
use serde_json::{Value, json};

use crate::support::body::text;

#[test]
fn a_developer_sees_type_chain_locations_fields_and_the_request() {
    let error = std::fs::read("/no/such/file")
        .context("loading the stock")
        .unwrap_err();
    let error = error
        .with_field("shelf", 7)
        .with_field("password", "s3cr3t");
    let request = Request::get("/stock?token=s3cr3t&page=2");
    let problem = respond(Backstop::development(), request, error);
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
    assert_eq!(debug["request"]["method"], "GET");
    assert_eq!(debug["request"]["url"], "/stock?token=[REDACTED]&page=2");
    assert_eq!(
        debug["request"]["query"],
        json!({ "token": "[REDACTED]", "page": "2" })
    );
}

#[test]
fn a_secret_in_a_message_is_hidden_from_developers_too() {
    const DSN: &str = "postgres://app:s3cr3t@db/shop";
    for accept in [
        "application/problem+json",
        "application/problem+xml",
        "application/json",
        "text/html",
        "text/plain",
        "text/markdown",
    ] {
        let several = Error::many([Error::msg(format!("no pool at {DSN}"))]);
        for error in [
            several,
            Error::msg(format!("cannot connect to {DSN}"))
                .with_context(format!("opening {DSN}"))
                .with_details(json!({ "password": "s3cr3t" })),
        ] {
            let request = Request::get("/").header("accept", accept);
            let body = respond_as_text(Backstop::development(), request, error);
            assert!(body.contains("[REDACTED]@db/shop"), "{accept}: {body}");
            assert!(!body.contains("s3cr3t"), "{accept}: {body}");
        }
    }
}

/// Whether a request with this `Host` shows details to a peer, on this machine unless it has an address.
fn shows(builder: Builder, host: Option<&str>, peer: Option<&str>) -> bool {
    let mut request = Request::get("/");
    if let Some(host) = host {
        request = request.header("host", host);
    }
    if let Some(peer) = peer {
        let address: SocketAddr = peer.parse().unwrap();
        request = request.extension(ConnectInfo(address));
    }
    respond(builder, request, Error::msg("x"))
        .get("debug")
        .is_some()
}

#[test]
fn a_peer_without_an_address_is_local_only_in_a_build_with_debug_assertions() {
    let request = Request::get("/").header("host", "localhost");
    let request = RequestInfo::from_request(&request.body(()).unwrap());
    assert_eq!(request.peer(), None);
    let backstop = Backstop::development().log(false).build().unwrap();
    let body = text(backstop.respond(&request, Error::msg("x")));
    assert_eq!(body.contains("debug"), cfg!(debug_assertions), "{body}");
}

#[test]
fn details_need_a_host_of_this_machine_and_a_peer_on_it() {
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
        development().disclosure(Disclosure::new().local_hosts(["shop.example"])),
        Some("shop.example:80"),
        None
    ));
    let peers = [std::net::IpAddr::from([10, 0, 0, 7])];
    assert!(shows(
        development().disclosure(Disclosure::new().local_peers(peers)),
        Some("localhost"),
        Some("10.0.0.7:9")
    ));
    // The host and the peer decide even if details were enabled explicitly.
    let set = |disclosure| Backstop::production().disclosure(disclosure);
    let new = Disclosure::new;
    assert!(shows(set(new().details(true)), None, None));
    let foreign = Some("shop.example");
    assert!(!shows(set(new().details(true)), foreign, None));
    assert!(!shows(set(new().details_if(|_, _| true)), foreign, None));
    let development = |disclosure| Backstop::development().disclosure(disclosure);
    assert!(!shows(development(new().details(false)), None, None));
    let below_500 = new().details_if(|failure, _| failure.status() != 500);
    assert!(!shows(development(below_500), None, None));
}

#[test]
fn an_authority_of_http_2_must_be_local_too() {
    let request = Request::get("http://shop.example/").header("host", "localhost");
    assert!(
        respond(Backstop::development(), request, Error::msg("x"))
            .get("debug")
            .is_none()
    );
    let request = Request::get("http://localhost:3000/");
    assert!(
        respond(Backstop::development(), request, Error::msg("x"))
            .get("debug")
            .is_some()
    );
}

#[test]
fn without_the_backtrace_the_locations_are_hidden() {
    let only_404 = Disclosure::new().backtrace_if(|failure, _| failure.status() == 404);
    let builder = Backstop::development().disclosure(only_404);
    let problem = respond(builder, Request::get("/"), Error::msg("x"));
    assert_eq!(problem["debug"]["chain"], json!([{ "message": "x" }]));
    let shown = respond(Backstop::development(), Request::get("/"), Error::msg("x"));
    assert!(shown["debug"]["chain"][0]["at"].is_string());
}

#[test]
fn an_envelope_adds_only_fields_cause_and_stack() {
    let error = Error::from(std::io::Error::other("disk on fire"))
        .with_context("saving")
        .with_field("shelf", 7);
    let envelope = respond(
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
fn a_page_for_developers_escapes_what_it_shows() {
    let request = Request::get("/").header("accept", "text/html");
    let error = Error::msg("<script>alert(1)</script>")
        .with_field("<b>", "</pre><img src=x>")
        .with_status(StatusCode::CONFLICT);
    let body = respond_as_text(Backstop::development(), request, error);
    assert!(body.contains("&lt;script&gt;alert(1)"), "{body}");
    assert!(!body.contains("<script>alert") && !body.contains("<img"));
    assert!(body.contains("&lt;b&gt;"), "{body}");
    assert!(body.contains(concat!(file!(), ":")));
}

fn respond(builder: Builder, request: request::Builder, error: Error) -> Value {
    serde_json::from_str(&respond_as_text(builder, request, error)).unwrap()
}

/// The response to a client on this machine, unless the request says otherwise.
fn respond_as_text(builder: Builder, request: request::Builder, error: Error) -> String {
    let mut request = request.body(()).unwrap();
    if request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .is_none()
    {
        request = testing::local(request);
    }
    let request = RequestInfo::from_request(&request);
    text(builder.log(false).build().unwrap().respond(&request, error))
}
