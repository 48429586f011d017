//! The `tracing` record of a failure.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use backstop::{Backstop, Builder, Context as _, Error, RequestInfo};
use http::{Request, StatusCode};

use crate::support::subscriber::Log;

#[test]
fn a_failure_is_one_record_with_the_names_of_opentelemetry() {
    let request = Request::get("/orders/7?token=s3cr3t").header(
        "traceparent",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    );
    let error = std::fs::read("/no/such/file")
        .context("loading")
        .unwrap_err();
    let (log, id) = logged(Backstop::production(), request, error);
    assert_eq!(log.lines().count(), 1, "{log}");
    for part in [
        "ERROR backstop: request failed".to_owned(),
        format!("backstop.id={id}"),
        "error.type=std::io::error::Error".to_owned(),
        "backstop.origin=\"handler\"".to_owned(),
        "exception.message=\"loading\"".to_owned(),
        concat!(
            "<- No such file or directory (os error 2) (at ",
            file!(),
            ":"
        )
        .to_owned(),
        "http.request.method=GET".to_owned(),
        "url.path=/orders/7".to_owned(),
        "http.response.status_code=500".to_owned(),
        "trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\"".to_owned(),
    ] {
        assert!(log.contains(&part), "{part}\n{log}");
    }
    assert!(!log.contains("s3cr3t"), "{log}");
}

#[test]
fn a_secret_in_the_path_is_not_logged() {
    let request = Request::get("/reset/token=s3cr3t/done");
    let (log, _) = logged(Backstop::production(), request, Error::msg("no"));
    assert!(log.contains("url.path=/reset/token="), "{log}");
    assert!(!log.contains("s3cr3t"), "{log}");
}

#[test]
fn below_500_the_level_is_debug() {
    let error = Error::msg("no product 42").with_status(StatusCode::NOT_FOUND);
    let (log, _) = logged(Backstop::production(), Request::get("/"), error);
    assert!(log.contains("DEBUG backstop: request failed"), "{log}");
}

#[test]
fn a_newline_in_a_message_cannot_forge_a_record() {
    let error = Error::msg("x\n2026-11-21 ERROR forged\r\u{1b}[31m\u{2028}y").with_context("a\nb");
    let (log, _) = logged(Backstop::production(), Request::get("/"), error);
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(
        log.contains(r"x\\n2026-11-21 ERROR forged\\r\\u{1b}[31m\\u{2028}y"),
        "{log}"
    );
}

#[test]
fn the_messages_of_a_record_have_four_kibibytes_together() {
    let error = Error::msg("y".repeat(3000)).with_context("x".repeat(3000));
    let (log, _) = logged(Backstop::production(), Request::get("/"), error);
    let count = |letter: &str| log.matches(letter).count();
    assert!(
        (6000..6010).contains(&count("x")),
        "message and chain: {log}"
    );
    assert!(
        (1096..1106).contains(&count("y")) && log.contains("y…"),
        "{log}"
    );
}

#[test]
fn a_message_cannot_forge_a_field_or_turn_the_text_around() {
    let error = Error::msg("x error.id=forged \" error.id=forged \u{202e}txet\u{61c}")
        .with_context("y z=1");
    let (log, id) = logged(Backstop::production(), Request::get("/"), error);
    let start = |field: &str| log.split(field).next().unwrap_or_default().to_owned();
    let quotes = |text: &str| text.replace("\\\"", "").matches('"').count();
    for (index, _) in log.match_indices("error.id=") {
        let is_own = log[index..].starts_with(&format!("error.id={id} "));
        assert_eq!(quotes(&log[..index]) % 2 == 1, !is_own, "{log}");
    }
    assert_eq!(quotes(&start("z=1")) % 2, 1, "{log}");
    assert!(log.contains(r"\u{202e}txet\\u{61c}"), "{log}");
}

#[test]
fn secrets_in_messages_are_hidden_by_key_and_in_urls() {
    let error = Error::msg("postgres://app:s3cr3t@db/shop refused, api_key=s3cr3t, color=s3cr3t");
    let builder = Backstop::production().redact_keys(["color"]);
    let (log, _) = logged(builder, Request::get("/"), error);
    assert!(!log.contains("s3cr3t"), "{log}");
    assert!(log.contains("@db/shop refused"), "{log}");
}

#[test]
fn log_false_is_silent() {
    let (log, _) = logged(
        Backstop::production().log(false),
        Request::get("/"),
        Error::msg("x"),
    );
    assert_eq!(log, "");
}

fn logged(builder: Builder, request: http::request::Builder, error: Error) -> (String, String) {
    let facts = RequestInfo::from_request(&request.body(()).unwrap());
    let backstop = builder.build().unwrap();
    let (lines, default) = Log::start();
    let response = backstop.respond(&facts, error);
    drop(default);
    let id = response.headers()["x-error-id"]
        .to_str()
        .unwrap()
        .to_owned();
    (lines.text(), id)
}
