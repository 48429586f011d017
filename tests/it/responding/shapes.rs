//! Shapes of the application's own, chosen by request; the recipes of the guide.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use backstop::problem::FieldError;
use backstop::settings::Reporting;
use backstop::{Backstop, Builder, Error, Format, Problem, RequestInfo, Shape};
use http::{HeaderMap, HeaderName, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

async fn sold_out() -> backstop::Result<()> {
    Err(Error::conflict("only 2 left").with_code("SOLD_OUT"))
}

async fn invalid() -> backstop::Result<()> {
    let errors = [
        FieldError::new("is taken")
            .with_pointer(["email"])
            .with_code("TAKEN"),
        FieldError::new("is too short").with_pointer(["user", "name"]),
        FieldError::new("has no @").with_pointer(["email"]),
        FieldError::new("must be a number").with_parameter("page"),
    ];
    Err(Error::unprocessable("some fields are invalid").with_errors(errors))
}

async fn broken() -> backstop::Result<()> {
    Err(Error::msg("s3cr3t")
        .with_code("S3CR3T")
        .with_field("key", "s3cr3t"))
}

fn app(settings: impl FnOnce(Builder) -> Builder) -> Router {
    let builder = settings(Backstop::production().log(false));
    let backstop = builder.build().expect("valid settings");
    Router::new()
        .route("/sold-out", get(sold_out))
        .route("/invalid", get(invalid))
        .route("/broken", get(broken))
        .route("/api/sold-out", get(sold_out))
        .layer(backstop.layer())
}

async fn fetch(app: &Router, path: &str, accept: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).header("accept", accept);
    let request = request.body(axum::body::Body::empty()).expect("a request");
    read(app.clone().oneshot(request).await.expect("never fails")).await
}

async fn read(response: Response) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let body = String::from_utf8(body.to_vec()).expect("text");
    assert!(!body.to_lowercase().contains("s3cr3t"), "{body}");
    (parts.status, parts.headers, body)
}

/// The JSON at a path, in this shape.
async fn json_of(shape: Shape, path: &str) -> Value {
    let (_, headers, body) = fetch(&app(|it| it.shape(shape)), path, "*/*").await;
    assert_eq!(headers["content-type"], "application/json");
    serde_json::from_str(&body).expect("JSON")
}

fn message(problem: &Problem) -> String {
    let text = problem.detail().or_else(|| problem.title());
    text.unwrap_or_default().to_owned()
}

fn status(problem: &Problem) -> u16 {
    problem.status().map_or(500, |status| status.as_u16())
}

/// The listed errors of a problem.
fn errors(problem: &Problem) -> &[Value] {
    problem
        .get("errors")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

#[tokio::test]
async fn a_shape_is_what_its_closure_returns() {
    let shape = Shape::custom(|problem, _| json!({"error": message(problem)}));
    assert_eq!(
        json_of(shape.clone(), "/sold-out").await,
        json!({"error": "only 2 left"})
    );
    assert_eq!(
        json_of(shape.clone(), "/broken").await,
        json!({"error": "Internal Server Error"})
    );
    assert_eq!(
        json_of(shape, "/nowhere").await,
        json!({"error": "Not Found"})
    );
}

#[tokio::test]
async fn a_shape_gets_only_what_the_client_may_see() {
    let shape = Shape::custom(|problem, _| serde_json::to_value(problem).expect("JSON"));
    let mut problem = json_of(shape, "/broken").await;
    problem
        .as_object_mut()
        .expect("an object")
        .remove("instance");
    assert_eq!(
        problem,
        json!({"title": "Internal Server Error", "status": 500})
    );
}

#[tokio::test]
async fn pages_and_texts_stay_as_they_are_and_xml_becomes_json() {
    let app = app(|it| it.shape(Shape::custom(|_, _| json!(7))));
    assert!(
        fetch(&app, "/sold-out", "text/html")
            .await
            .2
            .to_lowercase()
            .starts_with("<!doctype html>")
    );
    assert!(
        fetch(&app, "/sold-out", "text/plain")
            .await
            .2
            .starts_with("409 Conflict")
    );
    for accept in [
        "application/xml",
        "application/problem+json",
        "application/vnd.api+json",
    ] {
        assert_eq!(fetch(&app, "/sold-out", accept).await.2, "7", "{accept}");
    }
    let builder = Backstop::production().shape(Shape::custom(|_, _| json!(7)));
    let error = builder
        .default_format(Format::Xml)
        .build()
        .expect_err("no XML");
    assert!(error.to_string().contains("default_format"));
}

#[tokio::test]
async fn a_shape_that_panics_sends_the_problem_and_a_deep_value_is_cut() {
    let shape = Shape::custom(|_, _| panic!("s3cr3t"));
    assert_eq!(json_of(shape, "/sold-out").await["detail"], "only 2 left");
    let deep =
        Shape::custom(|_, _| (0..100_000).fold(Value::Null, |deep, _| Value::Array(vec![deep])));
    assert!(json_of(deep, "/sold-out").await.is_array());
}

#[tokio::test]
async fn the_shape_can_depend_on_the_request() {
    let app = app(|it| {
        it.shape_by(|request| {
            if request.uri().path().starts_with("/api/") {
                Shape::custom(|problem, request| {
                    json!({"message": message(problem), "path": request.uri().path()})
                })
            } else {
                Shape::envelope("error")
            }
        })
    });
    let json = async |path| -> Value {
        serde_json::from_str(&fetch(&app, path, "*/*").await.2).expect("JSON")
    };
    let expected = json!({"message": "only 2 left", "path": "/api/sold-out"});
    assert_eq!(json("/api/sold-out").await, expected);
    assert_eq!(json("/sold-out").await["error"]["statusCode"], 409);
    let missing = json!({"message": "Not Found", "path": "/api/nowhere"});
    assert_eq!(json("/api/nowhere").await, missing);
    assert_eq!(json("/nowhere").await["error"]["statusCode"], 404);
}

#[tokio::test]
async fn a_choice_that_panics_or_is_invalid_falls_back_to_the_settings() {
    let panics = app(|it| {
        it.default_format(Format::Text)
            .shape_by(|_| panic!("s3cr3t"))
            .default_format_by(|_| panic!("s3cr3t"))
    });
    assert!(
        fetch(&panics, "/sold-out", "*/*")
            .await
            .2
            .starts_with("409 Conflict")
    );
    let invalid = app(|it| {
        it.shape_by(|_| Shape::envelope("no xml name"))
            .default_format_by(|_| Format::ApiProblemJson)
    });
    let (_, headers, _) = fetch(&invalid, "/sold-out", "application/xml").await;
    assert_eq!(headers["content-type"], "application/xml; charset=utf-8");
}

#[tokio::test]
async fn an_api_and_pages_share_one_pipeline() {
    let app = app(|it| {
        it.default_format_by(|request| {
            let is_api = request.uri().path().starts_with("/api/");
            if is_api {
                Format::ProblemJson
            } else {
                Format::Html
            }
        })
    });
    let content_type = async |path, accept| {
        let (_, headers, _) = fetch(&app, path, accept).await;
        let content_type = headers["content-type"].to_str().expect("text").to_owned();
        content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    for path in ["/api/sold-out", "/api/nowhere"] {
        assert_eq!(
            content_type(path, "*/*").await,
            "application/problem+json",
            "{path}"
        );
        assert_eq!(content_type(path, "text/html").await, "text/html", "{path}");
    }
    for path in ["/sold-out", "/nowhere"] {
        assert_eq!(content_type(path, "*/*").await, "text/html", "{path}");
        assert_eq!(
            content_type(path, "application/json").await,
            "application/json",
            "{path}"
        );
    }
}

/// `{"errors": [{"detail": "…"}]}`: all that cargo reads of a registry's error.
fn cargo_registry(problem: &Problem, _: &RequestInfo) -> Value {
    json!({"errors": [{"detail": message(problem)}]})
}

/// JSON:API 1.1, "Error Objects".
fn json_api(problem: &Problem, _: &RequestInfo) -> Value {
    let status = status(problem).to_string();
    let of = |detail: &Value, more: &Value| {
        let mut error = json!({"status": status, "title": problem.title(), "detail": detail});
        if let Some(code) = more.get("code").or_else(|| problem.get("code")) {
            error["code"] = code.to_string().trim_matches('"').into();
        }
        if let Some(pointer) = more.get("pointer").and_then(Value::as_str) {
            error["source"] = json!({"pointer": pointer.trim_start_matches('#')});
        } else if let Some(parameter) = more.get("parameter") {
            error["source"] = json!({"parameter": parameter});
        }
        error
    };
    let errors = errors(problem);
    if errors.is_empty() {
        return json!({"errors": [of(&message(problem).into(), &Value::Null)]});
    }
    let errors: Vec<_> = errors.iter().map(|it| of(&it["detail"], it)).collect();
    json!({"errors": errors})
}

/// `{"error": {"message", "type", "param", "code"}}`, as `OpenAI`'s clients read it.
fn openai(problem: &Problem, _: &RequestInfo) -> Value {
    let kind = match status(problem) {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    };
    let param = errors(problem)
        .first()
        .and_then(|error| error.get("pointer"));
    json!({"error": {
        "message": message(problem),
        "type": kind,
        "param": param,
        "code": problem.get("code"),
    }})
}

/// The JSON of `google.rpc.Status` (AIP-193).
fn google(problem: &Problem, _: &RequestInfo) -> Value {
    let canonical = match status(problem) {
        400 | 422 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        501 => "UNIMPLEMENTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };
    let violations = errors(problem).iter().map(|error| {
        let pointer = error["pointer"].as_str().unwrap_or_default();
        let field = pointer.trim_start_matches("#/").replace('/', ".");
        json!({"field": field, "description": error["detail"]})
    });
    let violations: Vec<_> = violations.collect();
    let mut details = vec![json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": problem.get("code").cloned().unwrap_or_else(|| canonical.into()),
        "domain": "shop.example",
    })];
    if !violations.is_empty() {
        let kind = "type.googleapis.com/google.rpc.BadRequest";
        details.push(json!({"@type": kind, "fieldViolations": violations}));
    }
    json!({"error": {
        "code": status(problem),
        "message": message(problem),
        "status": canonical,
        "details": details,
    }})
}

/// `{"errors": {"email": ["is taken"]}}`: a map by field.
fn by_field(problem: &Problem, _: &RequestInfo) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    for error in errors(problem) {
        let pointer = error.get("pointer").and_then(Value::as_str);
        let name = pointer.map(|it| it.trim_start_matches("#/").replace('/', "."));
        let parameter = || error.get("parameter")?.as_str().map(str::to_owned);
        let name = name.or_else(parameter).unwrap_or_default();
        let details = fields.entry(name).or_insert_with(|| json!([]));
        if let Some(details) = details.as_array_mut() {
            details.push(error["detail"].clone());
        }
    }
    json!({"message": message(problem), "errors": fields})
}

#[tokio::test]
async fn cargo_reads_the_errors_of_a_registry() {
    let errors = json_of(Shape::custom(cargo_registry), "/sold-out").await;
    assert_eq!(errors, json!({"errors": [{"detail": "only 2 left"}]}));
}

#[tokio::test]
async fn json_api_has_one_error_object_for_each_invalid_field() {
    let shape = || Shape::custom(json_api);
    assert_eq!(
        json_of(shape(), "/sold-out").await,
        json!({"errors": [
            {"status": "409", "title": "Conflict", "detail": "only 2 left", "code": "SOLD_OUT"},
        ]})
    );
    let invalid = json_of(shape(), "/invalid").await;
    assert_eq!(invalid["errors"][0]["source"], json!({"pointer": "/email"}));
    assert_eq!(invalid["errors"][0]["code"], "TAKEN");
    assert_eq!(invalid["errors"][3]["source"], json!({"parameter": "page"}));
}

#[tokio::test]
async fn openai_clients_read_message_type_param_and_code() {
    assert_eq!(
        json_of(Shape::custom(openai), "/sold-out").await,
        json!({"error": {
            "message": "only 2 left",
            "type": "invalid_request_error",
            "param": null,
            "code": "SOLD_OUT",
        }})
    );
    let broken = json_of(Shape::custom(openai), "/broken").await;
    assert_eq!(broken["error"]["type"], "server_error");
}

#[tokio::test]
async fn google_clients_read_a_status_with_details() {
    let invalid = json_of(Shape::custom(google), "/invalid").await;
    assert_eq!(invalid["error"]["code"], 422);
    assert_eq!(invalid["error"]["status"], "INVALID_ARGUMENT");
    let violations = &invalid["error"]["details"][1]["fieldViolations"];
    assert_eq!(
        violations[1],
        json!({"field": "user.name", "description": "is too short"})
    );
}

#[tokio::test]
async fn invalid_fields_can_be_a_map() {
    assert_eq!(
        json_of(Shape::custom(by_field), "/invalid").await,
        json!({
            "message": "some fields are invalid",
            "errors": {
                "email": ["is taken", "has no @"],
                "user.name": ["is too short"],
                "page": ["must be a number"],
            },
        })
    );
}

/// JSON-RPC 2.0 and GraphQL send their errors under 200. This stands outside of Backstop, which has logged and reported
/// the failure by then.
async fn under_200(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_json = response
        .headers()
        .get("content-type")
        .is_some_and(|it| it == "application/json");
    if is_json && response.status().as_u16() >= 400 {
        *response.status_mut() = StatusCode::OK;
    }
    response
}

#[tokio::test]
async fn json_rpc_errors_leave_under_200_and_are_reported() {
    let memory = backstop::reporters::Memory::new();
    let shape = Shape::custom(|problem, _| {
        let code = if status(problem) < 500 {
            -32600
        } else {
            -32603
        };
        json!({
            "jsonrpc": "2.0",
            "error": {"code": code, "message": message(problem), "data": problem.instance()},
            "id": null,
        })
    });
    let builder = Backstop::production().log(false).shape(shape);
    let backstop = builder
        .reporter(memory.clone())
        .build()
        .expect("valid settings");
    let app = Router::new()
        .route("/rpc", post(broken))
        .layer(backstop.layer())
        .layer(from_fn(under_200));
    let request = Request::post("/rpc")
        .body(axum::body::Body::empty())
        .expect("a request");
    let (status, _, body) = read(app.oneshot(request).await.expect("never fails")).await;
    assert_eq!(status, StatusCode::OK);
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body["error"]["code"], -32603);
    assert_eq!(body["error"]["message"], "Internal Server Error");
    assert!(
        backstop
            .flush(std::time::Duration::from_secs(30))
            .await
            .is_empty()
    );
    assert_eq!(memory.reports().len(), 1);
}

/// What a GraphQL resolver sends of an error.
fn graphql(error: &Error) -> Value {
    json!({"message": error.public_message(), "extensions": {"code": error.code()}})
}

#[tokio::test]
async fn a_graphql_error_shows_the_public_message_only() {
    let refused = graphql(&Error::conflict("only 2 left").with_code("SOLD_OUT"));
    assert_eq!(
        refused,
        json!({"message": "only 2 left", "extensions": {"code": "SOLD_OUT"}})
    );
    assert_eq!(
        graphql(&Error::msg("s3cr3t"))["message"],
        "Internal Server Error"
    );
}

#[tokio::test]
async fn htmx_gets_a_fragment() {
    const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
    fn is_htmx(request: &RequestInfo) -> bool {
        request.header("hx-request").is_some()
    }
    let app = app(|it| {
        it.reporting(Reporting::new().keep_headers([HX_REQUEST]))
            .default_format_by(|request| {
                if is_htmx(request) {
                    Format::Html
                } else {
                    Format::ProblemJson
                }
            })
            .html_page(|problem, request| {
                // What is inserted is escaped by the template engine of the application.
                let text = problem.title().unwrap_or_default();
                is_htmx(request).then(|| format!("<p class=\"error\">{text}</p>"))
            })
    });
    let request = |is_htmx: bool| {
        let mut request = Request::get("/broken");
        if is_htmx {
            request = request.header(HX_REQUEST, "true");
        }
        request.body(axum::body::Body::empty()).expect("a request")
    };
    let response = app
        .clone()
        .oneshot(request(true))
        .await
        .expect("never fails");
    assert_eq!(
        read(response).await.2,
        "<p class=\"error\">Internal Server Error</p>"
    );
    let response = app
        .clone()
        .oneshot(request(false))
        .await
        .expect("never fails");
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let page = fetch(&app, "/broken", "text/html").await.2;
    assert!(page.to_lowercase().starts_with("<!doctype html>"));
}
