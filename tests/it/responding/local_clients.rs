//! Development shows details only if every name and address that a request carries is local or named.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use backstop::settings::Disclosure;
use backstop::{Backstop, Builder, Error, testing};
use http::{HeaderValue, Request};
use tower::ServiceExt as _;

use crate::support::http::{Http, Server, request, serve_service};
use crate::support::process;
use crate::support::subscriber::Log;

/// An application that fails, and knows the addresses of its clients.
async fn serve(builder: Builder) -> Server {
    Server::with_connect_info(app(builder)).await
}

fn app(builder: Builder) -> Router {
    let backstop = builder.log(false).build().unwrap();
    let handler = get(|| async { Err::<(), _>(Error::msg("out of tea")) });
    Router::new().route("/", handler).layer(backstop.layer())
}

/// Whether a request with this version and these lines is shown details.
async fn shows(server: &Server, version: &str, lines: &[&str]) -> bool {
    let lines = lines.iter().map(|line| format!("{line}\r\n"));
    let lines: String = lines.collect();
    let head = format!("GET / {version}\r\n{lines}connection: close\r\n\r\n");
    let response = String::from_utf8(server.raw(head).await).unwrap();
    assert!(response.contains(" 500 "), "{response}");
    response.contains("out of tea")
}

async fn shows_one_line(server: &Server, line: &str) -> bool {
    shows(server, "HTTP/1.1", &["host: localhost:3000", line]).await
}

#[tokio::test]
async fn a_client_on_this_machine_is_shown_details_and_so_is_one_behind_a_local_proxy_that_says_so()
{
    let server = serve(Backstop::development()).await;
    for host in [
        "localhost",
        "LOCALHOST:3000",
        "127.0.0.1:80",
        "[::1]:3000",
        "app.localhost",
    ] {
        assert!(
            shows(&server, "HTTP/1.1", &[&format!("host: {host}")]).await,
            "{host}"
        );
    }
    for line in [
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-for: ::1, 127.0.0.1",
        "x-forwarded-for: ::ffff:127.0.0.1",
        "x-forwarded-for: 127.0.0.1:50412",
        "x-real-ip: 127.0.0.1",
        "forwarded: for=127.0.0.1;host=localhost;proto=http",
        r#"forwarded: for="[::1]:4711", for=127.0.0.1"#,
        "x-forwarded-host: localhost:5173",
        "x-forwarded-for: 127.0.0.1\r\nvia: 1.1 proxy\r\nx-forwarded-proto: http\r\nx-forwarded-port: 5173",
    ] {
        assert!(shows_one_line(&server, line).await, "{line}");
    }
}

#[tokio::test]
async fn one_foreign_name_or_address_anywhere_in_the_request_hides_details() {
    let server = serve(Backstop::development()).await;
    for line in [
        "x-forwarded-for: 203.0.113.9",
        "x-forwarded-for: 127.0.0.1, 203.0.113.9",
        "x-forwarded-for: 203.0.113.9, 127.0.0.1",
        "x-forwarded-for: 127.0.0.1\r\nx-forwarded-for: 203.0.113.9",
        "x-forwarded-for: ::ffff:203.0.113.9",
        "x-real-ip: 203.0.113.9",
        "cf-connecting-ip: 203.0.113.9",
        "cf-connecting-ipv6: 2001:db8::1",
        "true-client-ip: 203.0.113.9",
        "x-client-ip: 203.0.113.9",
        "x-cluster-client-ip: 203.0.113.9",
        "fastly-client-ip: 203.0.113.9",
        "fly-client-ip: 203.0.113.9",
        "x-envoy-external-address: 203.0.113.9",
        "x-azure-clientip: 203.0.113.9",
        "x-original-forwarded-for: 203.0.113.9",
        "x-forwarded-host: shop.example",
        "x-forwarded-host: localhost, shop.example",
        "x-original-host: shop.example",
        "x-host: shop.example",
        "forwarded: for=203.0.113.9",
        "forwarded: for=127.0.0.1;host=shop.example",
        "forwarded: for=127.0.0.1, for=203.0.113.9",
        "forwarded: for=127.0.0.1;by=203.0.113.9",
        r#"forwarded: for="[2001:db8::1]:4711""#,
        r#"forwarded: for=127.0.0.1;host="localhost,shop.example""#,
    ] {
        assert!(!shows_one_line(&server, line).await, "{line}");
    }
    for host in [
        "shop.example",
        "localhost.evil.example",
        "localhost:evil.example",
        "user@localhost",
        "0.0.0.0",
    ] {
        assert!(
            !shows(&server, "HTTP/1.1", &[&format!("host: {host}")]).await,
            "{host}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_read_hides_details() {
    let server = serve(Backstop::development()).await;
    let long = format!("x-forwarded-for: {}127.0.0.1", "127.0.0.1, ".repeat(1_000));
    let many = "x-real-ip: 127.0.0.1\r\n".repeat(50) + "x-real-ip: 127.0.0.1";
    for line in [
        "x-forwarded-for: unknown",
        "x-forwarded-for:",
        "x-forwarded-for: 127.0.0.1,",
        "x-forwarded-for: localhost",
        "x-real-ip: unix:",
        "forwarded: for=unknown",
        "forwarded: for=_hidden",
        r#"forwarded: for="_hidden", for=127.0.0.1"#,
        r#"forwarded: for="127.0.0.1"#,
        "forwarded: for=127.0.0.1;for=127.0.0.1",
        "forwarded: for",
        "forwarded:",
        &long,
        &many,
    ] {
        assert!(!shows_one_line(&server, line).await, "{line}");
    }
}

#[tokio::test]
async fn a_proxy_that_does_not_name_its_client_hides_details() {
    let server = serve(Backstop::development()).await;
    for line in [
        "via: 1.1 vegur",
        "via: 1.1 proxy\r\nx-forwarded-host: localhost",
        "cdn-loop: cloudflare",
        "forwarded: proto=https",
        "x-forwarded-proto: https",
        "x-forwarded-server: shop.example",
    ] {
        assert!(!shows_one_line(&server, line).await, "{line}");
    }
}

#[tokio::test]
async fn http_1_0_and_a_second_host_hide_details() {
    let server = serve(Backstop::development()).await;
    // What nginx's plain `proxy_pass` sends.
    assert!(!shows(&server, "HTTP/1.0", &["host: 127.0.0.1:3000"]).await);
    assert!(!shows(&server, "HTTP/1.0", &[]).await);
    for second in ["host: shop.example", "host: localhost"] {
        assert!(!shows(&server, "HTTP/1.1", &["host: localhost", second]).await);
    }
}

#[tokio::test]
async fn over_http_2_the_authority_and_the_host_must_both_be_local() {
    let server = serve(Backstop::development()).await;
    let shows = async |authority: &str, host: Option<&'static str>| {
        let mut request = request("GET", "/");
        *request.uri_mut() = format!("http://{authority}/").parse().unwrap();
        if let Some(host) = host {
            request
                .headers_mut()
                .insert("host", HeaderValue::from_static(host));
        }
        server
            .send(Http::Two, request)
            .await
            .text()
            .contains("out of tea")
    };
    assert!(shows("localhost:3000", None).await);
    assert!(!shows("shop.example", None).await);
    assert!(!shows("shop.example", Some("localhost")).await);
    assert!(!shows("localhost", Some("shop.example")).await);
}

#[tokio::test]
async fn hosts_and_peers_that_are_named_are_local() {
    let disclosure = Disclosure::new()
        .local_hosts(["name-3000.app.github.dev"])
        .local_peers(["203.0.113.9", "fd00::/8"])
        .local_peers([std::net::Ipv4Addr::new(198, 51, 100, 7)]);
    let server = serve(Backstop::development().disclosure(disclosure)).await;
    for line in [
        "x-forwarded-host: Name-3000.app.github.dev",
        "x-forwarded-for: 203.0.113.9, fd12::1",
        "x-forwarded-for: 198.51.100.7",
        "forwarded: for=203.0.113.9;host=name-3000.app.github.dev",
    ] {
        assert!(shows_one_line(&server, line).await, "{line}");
    }
    for line in [
        "x-forwarded-host: name-3001.app.github.dev",
        "x-forwarded-for: 203.0.113.10",
        "x-forwarded-for: fe80::1",
    ] {
        assert!(!shows_one_line(&server, line).await, "{line}");
    }
    // An address that is named is a name too, but a network is not.
    assert!(shows(&server, "HTTP/1.1", &["host: 203.0.113.9:3000"]).await);
    assert!(!shows(&server, "HTTP/1.1", &["host: [fd12::1]:3000"]).await);
}

#[tokio::test]
async fn an_unknown_peer_is_local_only_in_a_build_with_debug_assertions() {
    // Served without connect info.
    let server = serve_service(app(Backstop::development()).with_state::<()>(())).await;
    let reply = server.get(Http::One, "/").await;
    assert_eq!(reply.text().contains("out of tea"), cfg!(debug_assertions));
    let mut forwarded = request("GET", "/");
    let value = HeaderValue::from_static("203.0.113.9");
    forwarded.headers_mut().insert("x-forwarded-for", value);
    let reply = server.send(Http::One, forwarded).await;
    assert!(!reply.text().contains("out of tea"));
}

#[tokio::test]
async fn a_request_of_a_test_is_local_if_it_says_so() {
    let request = testing::local(Request::get("/").body(axum::body::Body::empty()).unwrap());
    let response = app(Backstop::development()).oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 64 * 1024)
        .await
        .unwrap();
    assert!(String::from_utf8_lossy(&body).contains("out of tea"));
}

#[test]
fn a_closed_gate_logs_once_for_each_reason_what_closed_it_and_what_opens_it() {
    let (log, _default) = Log::start();
    let backstop = Backstop::development().build().unwrap();
    let respond = |name: &'static str, value: &'static str| {
        let request = Request::get("/").header(name, value).body(()).unwrap();
        let request = backstop::RequestInfo::from_request(&testing::local(request));
        let _ = backstop.respond(&request, Error::not_found("no tea"));
    };
    respond("host", "shop.example");
    respond("host", "other.example");
    respond("x-forwarded-for", "203.0.113.9");
    respond("x-forwarded-for", "203.0.113.10");
    respond("via", "1.1 proxy");
    let text = log.text();
    let gate: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("WARN backstop"))
        .collect();
    assert_eq!(gate.len(), 3, "{text}");
    for (line, value, fix) in [
        (gate[0], "host: shop.example", "Disclosure::local_hosts"),
        (
            gate[1],
            "x-forwarded-for: 203.0.113.9",
            "Disclosure::local_peers",
        ),
        (gate[2], "via: 1.1 proxy", "X-Forwarded-For"),
    ] {
        assert!(line.contains(value) && line.contains(fix), "{line}");
    }
    let quiet = Backstop::development().log(false).build().unwrap();
    let request = Request::get("/")
        .header("host", "shop.example")
        .body(())
        .unwrap();
    let request = backstop::RequestInfo::from_request(&testing::local(request));
    let _ = quiet.respond(&request, Error::not_found("no tea"));
    assert_eq!(log.text(), text);
}

/// Environment variables belong to the process, so each value is read by a process of its own.
#[test]
fn the_environment_names_hosts_addresses_and_networks() {
    let run = |local: &str| {
        let mut child = process::sibling("child_shows_who_is_local");
        child.env("BACKSTOP_LOCAL", local);
        String::from_utf8(process::output(&mut child).stdout).unwrap()
    };
    let shown = |local: &str| {
        let output = run(local);
        let line = output.lines().find_map(|line| line.split_once("shown:"));
        line.map(|(_, shown)| shown.trim().to_owned())
            .unwrap_or(output)
    };
    assert_eq!(shown(""), "");
    assert_eq!(
        shown("172.17.0.1, name-3000.app.github.dev"),
        "peer host forwarded"
    );
    assert_eq!(shown("172.16.0.0/12,"), "peer forwarded");
    assert_eq!(shown("NAME-3000.app.github.dev."), "host");
    for invalid in [
        "https://shop.example",
        "shop.example:3000",
        "172.17.0.0/33",
        "*.github.dev",
    ] {
        assert!(
            run(invalid).contains(&format!("BACKSTOP_LOCAL: `{invalid}` is neither")),
            "{}",
            run(invalid)
        );
    }
}

#[test]
#[ignore = "it is the child of the test above"]
fn child_shows_who_is_local() {
    let backstop = match Backstop::development().log(false).build() {
        Ok(backstop) => backstop,
        Err(error) => return println!("{error}"),
    };
    let shows = |peer: [u8; 4], name: &str, value: &str| {
        let request = Request::get("/").header(name, value);
        let peer = axum::extract::ConnectInfo(SocketAddr::from((peer, 9)));
        let request = request.extension(peer).body(()).unwrap();
        let request = backstop::RequestInfo::from_request(&request);
        let body = crate::support::body::text(backstop.respond(&request, Error::msg("out of tea")));
        body.contains("out of tea")
    };
    let mut shown = Vec::new();
    if shows([172, 17, 0, 1], "host", "localhost") {
        shown.push("peer");
    }
    if shows([127, 0, 0, 1], "host", "name-3000.app.github.dev") {
        shown.push("host");
    }
    if shows([127, 0, 0, 1], "x-forwarded-for", "172.17.0.1") {
        shown.push("forwarded");
    }
    println!("shown: {}", shown.join(" "));
}
