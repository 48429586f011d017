//! The settings: what each does, and that a bad one is an error that names it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use backstop::panics::OnPanic;
use backstop::settings::{ConfigErrorKind, Disclosure, PanicSettings, Reporting};
use backstop::{Backstop, Builder, Error, Format, RequestInfo, Shape, testing};
use http::{Request, Response, StatusCode};
use serde_json::Value;

use crate::support::body::text;
use crate::support::process;

#[test]
fn a_bad_setting_is_an_error_that_names_the_setting_and_the_fix() {
    use ConfigErrorKind::{InvalidValue, ReservedName, UnavailableFormat};
    let local_host = |host| production().disclosure(Disclosure::new().local_hosts([host]));
    let cases = [
        (
            production().safe_fields(["status"]),
            ReservedName,
            "safe_fields",
            "rename the field",
        ),
        (
            production().safe_fields(["message"]),
            ReservedName,
            "safe_fields",
            "`message`",
        ),
        (
            production().safe_fields([""]),
            InvalidValue,
            "safe_fields",
            "must not be empty",
        ),
        (
            production().shape(Shape::envelope("my root<")),
            InvalidValue,
            "shape",
            "use ASCII letters",
        ),
        (
            production().shape(Shape::envelope("")),
            InvalidValue,
            "shape",
            "use ASCII letters",
        ),
        (
            production()
                .shape(Shape::Bare)
                .default_format(Format::ProblemJson),
            UnavailableFormat,
            "default_format",
            "use application/json",
        ),
        (
            production().format_query(""),
            InvalidValue,
            "format_query",
            "`_format`",
        ),
        (
            local_host("https://dev.example"),
            InvalidValue,
            "local_hosts",
            "omit scheme",
        ),
        (
            local_host("dev.example:3000"),
            InvalidValue,
            "local_hosts",
            "`dev.example:3000` is not a valid host name",
        ),
        (
            production().redact_keys(["color", "-"]),
            InvalidValue,
            "redact_keys",
            "needs a letter",
        ),
        (
            production()
                .redact_keys(["color"])
                .redact_with(|_, text| text.into()),
            InvalidValue,
            "redact_keys",
            "`redact_with` replaces the redactor",
        ),
    ];
    for (builder, kind, setting, fix) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!((error.kind(), error.setting()), (kind, setting));
        let text = error.to_string();
        assert!(text.starts_with(setting) && text.contains(fix), "{text}");
    }
}

#[test]
fn a_group_that_is_set_again_adds_to_what_was_set_before() {
    let shown = |builder: Builder| {
        let request = Request::get("/")
            .header("host", "shop.test")
            .body(())
            .unwrap();
        let request = RequestInfo::from_request(&testing::local(request));
        let backstop = builder.log(false).build().unwrap();
        json(backstop.respond(&request, Error::msg("x")))
            .get("debug")
            .is_some()
    };
    let hosts = || production().disclosure(Disclosure::new().local_hosts(["shop.test"]));
    assert!(!shown(hosts()));
    assert!(shown(hosts().disclosure(Disclosure::new().details(true))));

    let rate = |rate| Reporting::new().sample_rate(rate);
    let twice = |first, second| production().reporting(first).reporting(second).build();
    assert!(twice(rate(7.0), rate(0.5)).is_ok(), "the later one wins");
    assert!(twice(rate(7.0), Reporting::new()).is_err());

    let grace = std::time::Duration::from_secs(1);
    let callback = || PanicSettings::default().on_shutdown(|_| {});
    let shuts_down = production().on_panic(OnPanic::ShutDown { grace });
    assert!(shuts_down.on_panic(callback()).build().is_ok());
    assert!(production().on_panic(callback()).build().is_err());
}

/// Environment variables belong to the process, so each value is read by a process of its own.
#[test]
fn the_mode_comes_from_the_environment_and_is_production_by_default() {
    let run = |mode: Option<&str>| {
        let mut child = process::sibling("child_shows_the_mode");
        child.env_remove("BACKSTOP_MODE");
        if let Some(mode) = mode {
            child.env("BACKSTOP_MODE", mode);
        }
        String::from_utf8(process::output(&mut child).stdout).unwrap()
    };
    assert!(run(None).contains("hides"));
    assert!(run(Some("production")).contains("hides"));
    assert!(run(Some("development")).contains("shows"));
    let rejected = run(Some("debug"));
    assert!(
        rejected.contains(
            "BACKSTOP_MODE: unknown mode \"debug\"; expected `production` or `development`"
        ),
        "{rejected}"
    );
}

#[test]
#[ignore = "it is the child of the test above"]
fn child_shows_the_mode() {
    match Backstop::from_env() {
        Err(error) => println!("{error}"),
        Ok(builder) => {
            let shows = json(respond(builder, "/", Error::msg("x")))
                .get("debug")
                .is_some();
            println!("{}", if shows { "shows" } else { "hides" });
        }
    }
}

#[test]
fn the_type_is_the_hooks_else_the_errors() {
    let conflict = || Error::msg("x").with_status(StatusCode::CONFLICT);
    let type_of = |builder: Builder, error| json(respond(builder, "/", error))["type"].clone();
    let hooked = || {
        production().type_uri(|failure, request| {
            (failure.status() == 409 && request.uri().path() == "/")
                .then(|| "tag:example.com,2026:conflict".to_owned())
        })
    };
    assert_eq!(
        type_of(hooked(), conflict().with_type("/own")),
        "tag:example.com,2026:conflict"
    );
    assert_eq!(
        type_of(
            hooked(),
            Error::msg("x")
                .with_status(StatusCode::GONE)
                .with_type("/own")
        ),
        "/own"
    );
    assert_eq!(
        type_of(production(), conflict().with_code("VERSION")),
        Value::Null,
        "about:blank is left out"
    );
    assert_eq!(
        type_of(production(), Error::msg("x").with_type("/own")),
        Value::Null,
        "hidden from 500 on"
    );
}

#[test]
fn the_format_query_wins_over_accept_if_it_names_a_format_once() {
    let cases = [
        ("/?_format=json", "application/json"),
        ("/?_format=html", "text/html; charset=utf-8"),
        ("/?_format=xml", "application/xml; charset=utf-8"),
        ("/?_format=text", "text/plain; charset=utf-8"),
        (
            "/?_format=application%2Fproblem%2Bxml",
            "application/problem+xml; charset=utf-8",
        ),
        ("/?a=1&_format=text/xml", "text/xml; charset=utf-8"),
        ("/?_format=XML", "application/problem+json"),
        ("/?_format=", "application/problem+json"),
        ("/?_format=unknown%0d%0a", "application/problem+json"),
        ("/?_format=html&_format=html", "application/problem+json"),
        ("/", "application/problem+json"),
    ];
    for (path, content_type) in cases {
        let response = respond(production().format_query("_format"), path, Error::msg("x"));
        assert_eq!(response.headers()["content-type"], content_type, "{path}");
    }
    let off = respond(production(), "/?_format=html", Error::msg("x"));
    assert_eq!(off.headers()["content-type"], "application/problem+json");
}

#[test]
fn without_negotiation_every_response_has_the_default_format_and_does_not_vary() {
    let request = Request::get("/")
        .header("accept", "text/html")
        .body(())
        .unwrap();
    let backstop = production()
        .negotiate(false)
        .default_format(Format::Text)
        .build()
        .unwrap();
    let response = backstop.respond(&RequestInfo::from_request(&request), Error::msg("x"));
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
    assert!(!response.headers().contains_key("vary"));
}

#[test]
fn customize_has_the_last_word_on_the_problem_in_every_shape_but_not_on_its_status() {
    let customized = || {
        production().customize(|problem, failure, facts| {
            problem.set_detail(format!("{} {}", facts.method(), failure.origin().as_str()));
            problem.insert("region", "eu-1").unwrap();
            problem.insert("status", 200).unwrap_err();
        })
    };
    let problem = json(respond(customized(), "/", Error::msg("s3cr3t")));
    assert_eq!(
        (&problem["detail"], &problem["region"], &problem["status"]),
        (&"GET handler".into(), &"eu-1".into(), &500.into())
    );
    let envelope = json(respond(
        customized().shape(Shape::Bare),
        "/",
        Error::msg("s3cr3t"),
    ));
    assert_eq!(
        (&envelope["message"], &envelope["region"]),
        (&"GET handler".into(), &"eu-1".into())
    );
    let replaced =
        production().customize(|problem, _, _| *problem = backstop::Problem::new(StatusCode::OK));
    assert_eq!(json(respond(replaced, "/", Error::msg("x")))["status"], 500);
}

#[test]
fn customize_edits_code_details_and_errors_in_every_shape() {
    let error = || {
        Error::conflict("sold out")
            .with_code("SOLD_OUT")
            .with_details(["a"])
    };
    let several = || {
        let items = [Error::bad_request("empty").with_field("pointer", "#/name")];
        Error::many(items).with_status(StatusCode::BAD_REQUEST)
    };
    let edited = |edit: fn(&mut backstop::Problem), error: Error| {
        let builder = production().customize(move |problem, _, _| edit(problem));
        json(respond(builder.shape(Shape::Bare), "/", error))
    };
    let untouched = edited(|_| {}, error());
    assert_eq!(
        (&untouched["code"], &untouched["details"]),
        (&"SOLD_OUT".into(), &["a"].into())
    );
    let set = edited(
        |problem| {
            problem.insert("code", 7).unwrap();
            problem.insert("details", "b").unwrap();
            problem.insert("statusCode", 200).unwrap();
        },
        error(),
    );
    assert_eq!((&set["code"], &set["details"]), (&7.into(), &"b".into()));
    assert_eq!(set["statusCode"], 409);
    let removed = edited(
        |problem| {
            problem.remove("code");
            problem.remove("details");
        },
        error(),
    );
    assert_eq!((removed.get("code"), removed.get("details")), (None, None));
    let added = edited(
        |problem| drop(problem.insert("code", "NEW")),
        Error::conflict("x"),
    );
    assert_eq!(added["code"], "NEW");
    // The errors of a problem are the details of an envelope.
    let untouched = edited(|_| {}, several());
    assert_eq!(untouched["details"][0]["statusCode"], 400);
    let set = edited(
        |problem| drop(problem.insert("errors", vec!["c"])),
        several(),
    );
    assert_eq!(set["details"], serde_json::json!(["c"]));
    let removed = edited(|problem| drop(problem.remove("errors")), several());
    assert_eq!(removed.get("details"), None);
}

#[test]
fn the_applications_page_replaces_the_built_in_one_unless_it_fails() {
    let (csp, own) = page(production().html_page(|problem, facts| {
        format!("<p>{} {}</p>", facts.uri(), problem.instance().unwrap())
    }));
    assert!(own.starts_with("<p>/ urn:uuid:"), "{own}");
    assert!(csp.contains("style-src 'self' 'unsafe-inline'") && csp.contains("default-src 'none'"));
    for failing in [
        production().html_page(|_, _| None),
        production().html_page(|_, _| -> String { std::panic::resume_unwind(Box::new("no page")) }),
    ] {
        let (csp, built_in) = page(failing);
        assert!(built_in.contains("quote this id"), "{built_in}");
        assert!(csp.contains("style-src 'sha256-"));
    }
}

#[test]
fn the_policy_of_the_page_names_the_hash_of_its_style() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let (csp, page) = page(production());
    let (_, style) = page.split_once("<style>").unwrap();
    let (style, _) = style.split_once("</style>").unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    assert!(
        csp.contains(&format!("style-src 'sha256-{hash}'")),
        "the style has {hash}, the policy is {csp}"
    );
    assert!(
        !page.contains("style=") && !page.contains("<script"),
        "nothing else may need a policy"
    );
}

#[test]
fn two_backstops_share_nothing() {
    let one = production().safe_fields(["safe"]).build().unwrap();
    let other = production()
        .shape(Shape::envelope("fault"))
        .build()
        .unwrap();
    let facts = RequestInfo::from_request(&Request::get("/").body(()).unwrap());
    let error = || Error::msg("x").with_field("safe", 1);
    assert_eq!(json(one.respond(&facts, error()))["safe"], 1);
    assert_eq!(
        json(other.respond(&facts, error()))["fault"]["statusCode"],
        500
    );
    assert_eq!(
        json(other.respond(&facts, error()))["fault"]["safe"],
        Value::Null
    );
}

fn production() -> Builder {
    Backstop::production().log(false)
}

fn respond(builder: Builder, path: &str, error: Error) -> Response<axum_core::body::Body> {
    let facts = RequestInfo::from_request(&Request::get(path).body(()).unwrap());
    builder.build().unwrap().respond(&facts, error)
}

/// The policy and the page that a browser gets.
fn page(builder: Builder) -> (String, String) {
    let request = Request::get("/")
        .header("accept", "text/html")
        .body(())
        .unwrap();
    let response = builder
        .build()
        .unwrap()
        .respond(&RequestInfo::from_request(&request), Error::msg("x"));
    let csp = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    (csp, text(response))
}

fn json(response: Response<axum_core::body::Body>) -> Value {
    serde_json::from_str(&text(response)).unwrap()
}
