//! What must hold for every input: negotiation, rendering, and that production keeps its secrets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::borrow::Cow;
use std::fmt;

use axum_core::body::Body;
use backstop::prelude::*;
use backstop::{Backstop, Builder, Error, HttpError, RequestInfo, Shape};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::http::FORMATS;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn negotiation_agrees_with_the_rule_written_out(lines in vec(accept_line(), 0..4)) {
        let mut request = Request::get("/");
        for line in &lines {
            request = request.header("accept", HeaderValue::from_bytes(line).unwrap());
        }
        let facts = RequestInfo::from_request(&request.body(()).unwrap());
        let response = backstop(Shape::Problem).respond(&facts, Error::msg("no"));
        let content_type = response.headers()["content-type"].to_str().unwrap();
        let media_type = content_type.split(';').next().unwrap();
        let text: Vec<String> = lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        prop_assert_eq!(media_type, slow_pick(&text), "{:?}", text);
    }

    #[test]
    fn every_format_of_every_response_parses_back(
        message in any::<String>(),
        code in any::<String>(),
        title in any::<String>(),
        details in json_value(),
        safe in json_value(),
        name in any::<String>(),
        status in 400_u16..600,
        development in any::<bool>(),
    ) {
        for shape in [Shape::Problem, Shape::envelope("error"), Shape::Bare] {
            let builder = if development { Backstop::development() } else { Backstop::production() };
            let backstop = builder.log(false).safe_fields(["safe"]).shape(shape.clone()).build().unwrap();
            for format in FORMATS {
                let item = Error::msg(message.clone()).with_status(StatusCode::BAD_REQUEST).with_field("pointer", "#/a");
                let errors = [
                    Error::msg(message.clone()).with_details(&details),
                    Error::many([item]),
                ];
                for error in errors {
                    let error = error
                        .with_status(StatusCode::from_u16(status).unwrap())
                        .with_code(code.clone())
                        .with_title(title.clone())
                        .with_name(name.clone())
                        .with_field("safe", safe.clone())
                        .with_field(name.clone(), safe.clone());
                    let response = backstop.respond(&facts(format), error);
                    let (parts, body) = response.into_parts();
                    prop_assert_eq!(parts.status.as_u16(), status);
                    let content_type = parts.headers["content-type"].to_str().unwrap().to_owned();
                    let body = String::from_utf8(bytes(body)).unwrap();
                    parse(&content_type, &body)?;
                    if content_type == "application/problem+json" && status < 500 {
                        let problem: Value = serde_json::from_str(&body).unwrap();
                        prop_assert_eq!(&problem["safe"], &safe);
                        prop_assert_eq!(&problem["code"], &json!(code));
                    }
                }
            }
        }
    }

    #[test]
    fn production_keeps_the_secrets_of_errors_of_500_and_above(
        secret in "[a-zA-Z0-9]{16}",
        status in 500_u16..600,
        shape in prop_oneof![Just(Shape::Problem), Just(Shape::envelope("error")), Just(Shape::Bare)],
        kind in 0..6,
        contexts in 0..3_usize,
    ) {
        let status = StatusCode::from_u16(status).unwrap();
        let backstop = backstop(shape);
        for format in FORMATS {
            let mut error = planted(kind, &secret, status);
            for _ in 0..contexts {
                error = error.with_context(format!("context {secret}"));
            }
            let response = backstop.respond(&facts(format), error);
            prop_assert_eq!(response.status(), status);
            prop_assert!(!everything(response).contains(&secret), "{}", format);
        }
    }

    #[test]
    fn production_keeps_the_secrets_of_private_and_of_foreign_errors_on_any_status(
        secret in "[a-zA-Z0-9]{16}",
        status in 400_u16..500,
        shape in prop_oneof![Just(Shape::Problem), Just(Shape::envelope("error")), Just(Shape::Bare)],
    ) {
        let status = StatusCode::from_u16(status).unwrap();
        let backstop = backstop(shape);
        for format in FORMATS {
            let foreign = Err::<(), _>(Secretive(secret.clone())).or_status(status).unwrap_err();
            for error in [planted(0, &secret, status).private(), foreign] {
                let response = backstop.respond(&facts(format), error);
                prop_assert!(!everything(response).contains(&secret), "{}", format);
            }
        }
    }

    #[test]
    fn production_keeps_the_secrets_of_panics_services_and_responses(secret in "[a-zA-Z0-9]{16}", way in 0..4) {
        let backstop = backstop(Shape::Problem);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        quietly(|| {
            for format in FORMATS {
                let planted = secret.clone();
                let service = tower::service_fn(move |_: Request<()>| {
                    let secret = planted.clone();
                    async move {
                        match way {
                            0 => panic!("{secret}"),
                            1 => std::panic::panic_any(Secretive(secret)),
                            2 => Err::<Response<Body>, backstop::BoxError>(Box::new(Secretive(secret))),
                            _ => Ok(Response::builder().status(500).body(Body::from(secret)).unwrap()),
                        }
                    }
                });
                let service = tower::ServiceBuilder::new().layer(backstop.layer()).service(service);
                let request = Request::get("/").header("accept", format).body(()).unwrap();
                let response = runtime.block_on(service.oneshot(request)).unwrap();
                assert_eq!(response.status(), 500);
                assert!(!everything(response).contains(&secret), "{format}");
            }
        });
    }
}

/// An error that holds the secret wherever an error can hold a text, but for headers.
fn planted(kind: i32, secret: &str, status: StatusCode) -> Error {
    let secret = || secret.to_owned();
    let error = match kind {
        0 => Error::msg(secret()),
        1 => Err::<(), _>(Secretive(secret()))
            .or_status(status)
            .unwrap_err(),
        2 => Error::from(Box::new(Secretive(secret())) as backstop::BoxError),
        3 => Error::from(std::io::Error::other(Secretive(secret()))),
        4 => Error::from(Secretive(secret())),
        _ => Error::many([
            Error::msg(secret())
                .with_code(secret())
                .with_details(secret()),
            Error::from(Secretive(secret())),
        ]),
    };
    error
        .with_status(status)
        .with_code(secret())
        .with_name(secret())
        .with_title(secret())
        .with_detail(secret())
        .with_type(secret())
        .with_details(json!({ "secret": secret() }))
        .with_field("secret", secret())
        .with_field(secret(), 1)
}

/// An error that exposes its secret through every method of its traits.
#[derive(Debug)]
struct Secretive(String);

impl fmt::Display for Secretive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "secret: {}", self.0)
    }
}

impl std::error::Error for Secretive {}

impl HttpError for Secretive {
    fn code(&self) -> Option<Value> {
        Some(json!(self.0))
    }

    fn detail(&self) -> Option<Cow<'static, str>> {
        Some(self.0.clone().into())
    }

    fn details(&self) -> Option<Value> {
        Some(json!([self.0]))
    }
}

fn backstop(shape: Shape) -> Backstop {
    let builder: Builder = Backstop::production().safe_fields(["safe"]);
    builder.shape(shape).log(false).build().unwrap()
}

fn facts(accept: &str) -> RequestInfo {
    RequestInfo::from_request(&Request::get("/").header("accept", accept).body(()).unwrap())
}

fn bytes(body: Body) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(body.collect())
        .unwrap()
        .to_bytes()
        .to_vec()
}

/// Head and body as one text.
fn everything(response: Response<Body>) -> String {
    let (parts, body) = response.into_parts();
    let mut body = body;
    let mut text = format!("{:?}", parts.headers);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    while let std::task::Poll::Ready(Some(Ok(frame))) =
        http_body::Body::poll_frame(std::pin::Pin::new(&mut body), &mut cx)
    {
        text.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
    }
    text
}

fn parse(content_type: &str, body: &str) -> Result<(), TestCaseError> {
    let media_type = content_type.split(';').next().unwrap();
    match media_type {
        "application/problem+json" | "application/json" | "application/api-problem+json" => {
            let value: Value = serde_json::from_str(body).unwrap();
            prop_assert!(value.is_object());
        }
        "application/problem+xml" | "application/xml" | "text/xml" => {
            let document = roxmltree::Document::parse(body);
            prop_assert!(document.is_ok(), "{:?}\n{}", document.err(), body);
        }
        "text/html" => {
            let page = scraper::Html::parse_document(body);
            // Whatever the texts hold, they add neither scripts nor styles nor links to the page. Only the page for
            // developers has a script.
            let scripts = usize::from(body.contains("<header class=\"bar\">"));
            for (selector, count) in [
                ("script", scripts),
                ("style", 1),
                ("link", 0),
                ("img", 0),
                ("main", 1),
                ("h1", 1),
            ] {
                let selector = scraper::Selector::parse(selector).unwrap();
                prop_assert_eq!(page.select(&selector).count(), count, "{}", body);
            }
        }
        "text/plain" | "text/markdown" => prop_assert!(!body.is_empty()),
        other => prop_assert!(false, "{}", other),
    }
    Ok(())
}

/// Runs without the panics on stderr.
fn quietly(run: impl FnOnce()) {
    let _quiet = backstop::testing::quiet_panics();
    run();
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-4096..4096).prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        any::<String>().prop_map(Value::from),
        "<script>|</style>|<!--|]]>|<img src=x onerror=a>|&amp;".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Lines of Accept: mostly ranges of interest, some with errors, some garbage.
fn accept_line() -> impl Strategy<Value = Vec<u8>> {
    let range = prop_oneof![
        4 => prop::sample::select(FORMATS.to_vec()).prop_map(str::to_owned),
        3 => prop::sample::select(vec!["*/*", "application/*", "text/*", "image/png", "TEXT/HTML", "application/xhtml+xml"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["application/vnd.api+json", "application/soap+xml", "a/b+JSON", "*/html", "*", "text", "/", "text/", ""]).prop_map(str::to_owned),
        1 => "[ -~]{0,8}",
    ];
    let parameter = prop_oneof![
        4 => (0..=10_u32).prop_map(|tenths| format!(";q={}", f64::from(tenths) / 10.0)),
        1 => prop::sample::select(vec![
            "; Q=0.30", ";q=1.001", ";q=2", ";q=", ";q=.5", ";q=-1", ";q=abc", ";charset=utf-8", ";charset=\"UTF-8\"", ";level=1",
            ";;", ";a=\"x,y;q=0\"", ";q=0.5;q=0", ";charset=latin1", ";q=\"0.1\"", ";q=0.1234567",
        ]).prop_map(str::to_owned),
    ];
    let element =
        (range, vec(parameter, 0..3)).prop_map(|(range, parameters)| range + &parameters.concat());
    prop_oneof![
        9 => vec(element, 0..6).prop_map(|elements| elements.join(", ").into_bytes()),
        1 => vec(0x20..0xff_u8, 0..40).prop_map(|bytes| bytes.into_iter().filter(|&byte| byte != 0x7f).collect()),
    ]
}

/// The rule, written out without regard to cost.
fn slow_pick(lines: &[String]) -> &'static str {
    #[derive(Clone)]
    struct Range {
        media_type: String,
        quality: f64,
        has_parameters: bool,
        position: usize,
    }
    let mut ranges = Vec::new();
    // A quote that is not closed spoils its own line only.
    let elements = lines.iter().flat_map(|line| split(line, ','));
    for (position, element) in elements.enumerate() {
        let mut parts = split(&element, ';').into_iter();
        let media_type = parts.next().unwrap().trim().to_lowercase();
        let halves: Vec<&str> = media_type.split('/').collect();
        let is_token = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
        };
        if halves.len() != 2
            || !halves.iter().all(|half| is_token(half))
            || (halves[0] == "*" && halves[1] != "*")
        {
            continue;
        }
        let (mut quality, mut has_parameters, mut is_bad) = (1.0, false, false);
        for parameter in parts {
            let parameter = parameter.trim();
            if parameter.is_empty() {
                continue;
            }
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let (name, value) = (name.trim().to_lowercase(), value.trim());
            if name == "q" {
                let is_number = !value.is_empty()
                    && value != "."
                    && value.chars().all(|c| c.is_ascii_digit() || c == '.')
                    && value.matches('.').count() <= 1
                    && ["", "0", "1"].contains(&value.split('.').next().unwrap());
                let number = if is_number {
                    format!("0{value}")
                        .trim_end_matches('.')
                        .parse()
                        .unwrap_or(9.0)
                } else {
                    9.0
                };
                is_bad |= !is_number || number > 1.0;
                quality = number;
            } else {
                has_parameters |=
                    name != "charset" || value.trim_matches('"').to_lowercase() != "utf-8";
            }
        }
        if !is_bad {
            ranges.push(Range {
                media_type,
                quality,
                has_parameters,
                position,
            });
        }
    }
    /// Its specificity and the range.
    type Decision = Option<(usize, Range)>;
    let specificity = |range: &Range, format: &str| {
        let is_named_only = format == "application/api-problem+json";
        let kind = format.split('/').next().unwrap();
        match range.media_type.as_str() {
            media_type if media_type == format => Some(if range.has_parameters { 2 } else { 3 }),
            _ if range.has_parameters => None,
            "*/*" if !is_named_only => Some(0),
            media_type if media_type == format!("{kind}/*") && !is_named_only => Some(1),
            _ => None,
        }
    };
    // For each format, the range that decides.
    let decided: Vec<(usize, &str, Decision)> = FORMATS
        .into_iter()
        .enumerate()
        .map(|(order, format)| {
            let mut matching: Vec<(usize, Range)> = ranges
                .iter()
                .filter_map(|range| Some((specificity(range, format)?, range.clone())))
                .collect();
            matching.sort_by(|(one_specificity, one), (other_specificity, other)| {
                other_specificity
                    .cmp(one_specificity)
                    .then(other.quality.total_cmp(&one.quality))
                    .then(one.position.cmp(&other.position))
            });
            (order, format, matching.into_iter().next())
        })
        .collect();
    let mut candidates: Vec<(usize, &'static str, usize, Range)> = decided
        .iter()
        .filter_map(|(order, format, found)| {
            let (specificity, range) = found.clone()?;
            let format = FORMATS.into_iter().find(|known| known == format)?;
            (range.quality > 0.0).then_some((*order, format, specificity, range))
        })
        .collect();
    candidates.sort_by(|one, other| {
        other
            .3
            .quality
            .total_cmp(&one.3.quality)
            .then(other.2.min(2).cmp(&one.2.min(2)))
            .then(one.3.position.cmp(&other.3.position))
            .then(one.0.cmp(&other.0))
    });
    if let Some((_, format, ..)) = candidates.first() {
        return format;
    }
    let mut suffixed: Vec<(f64, usize, &'static str)> = ranges
        .iter()
        .filter(|range| {
            range.quality > 0.0
                && range.media_type != "application/xhtml+xml"
                && !range.media_type.ends_with("/xhtml+xml")
        })
        .filter_map(|range| {
            if range.media_type.ends_with("+json") {
                Some((range.quality, range.position, "application/problem+json"))
            } else if range.media_type.ends_with("+xml") {
                Some((range.quality, range.position, "application/problem+xml"))
            } else {
                None
            }
        })
        .collect();
    suffixed.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let excluded = |format: &str| {
        decided.iter().any(|(_, known, found)| {
            *known == format
                && found
                    .as_ref()
                    .is_some_and(|(_, range)| range.quality == 0.0)
        })
    };
    match suffixed.first() {
        Some((_, _, format)) if !excluded(format) => format,
        _ => FORMATS
            .into_iter()
            .find(|format| *format != "application/api-problem+json" && !excluded(format))
            .unwrap_or("application/problem+json"),
    }
}

/// Splits outside quoted strings.
fn split(text: &str, at: char) -> Vec<String> {
    let (mut parts, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for character in text.chars() {
        if character == at && !quoted {
            parts.push(String::new());
            continue;
        }
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        parts.last_mut().unwrap().push(character);
    }
    parts
}
