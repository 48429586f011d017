//! Shapes of error responses: the members that existing clients expect.
//!
//! The default is the problem document of RFC 9457. Where clients expect something else,
//! [`Shape::custom`](crate::Shape::custom) writes it from the [`Problem`](crate::Problem) that the client may see. What
//! production hides is not in it, so a shape cannot leak anything. Logs, reports, headers and ids stay the same.
//!
//! ```
//! use backstop::{Backstop, Problem, Shape};
//! use serde_json::json;
//!
//! fn message(problem: &Problem) -> &str {
//!     problem.detail().or(problem.title()).unwrap_or_default()
//! }
//!
//! // {"error": "only 2 left"}
//! let shape = Shape::custom(|problem, _| json!({"error": message(problem)}));
//! let backstop = Backstop::production().shape(shape).build()?;
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! Members of the problem that are not standard ones are read with `problem.get("code")`, `get("errors")` and so on.
//! [`shape_by`](crate::Builder::shape_by) chooses a shape by request, and
//! [`default_format_by`](crate::Builder::default_format_by) the format of clients that accept anything.
//!
//! # Recipes
//!
//! Each of these is a closure for `Shape::custom`; `message` is the function above. `tests/it/responding/shapes.rs` has
//! them in full, and tests them.
//!
//! | clients | value |
//! | --- | --- |
//! | `{"error": …}` | `json!({"error": message(problem)})` |
//! | `{"message": …}` | `json!({"message": message(problem)})` |
//! | cargo, from a registry | `json!({"errors": [{"detail": message(problem)}]})` |
//! | `OpenAI`'s | `json!({"error": {"message": message(problem), "type": …, "param": …, "code": problem.get("code")}})` |
//! | Google's (AIP-193) | `json!({"error": {"code": 404, "message": …, "status": "NOT_FOUND", "details": […]}})` |
//! | JSON:API | `json!({"errors": [{"status": "404", "title": …, "detail": …, "source": {"pointer": …}}]})` |
//!
//! JSON:API writes a pointer without the `#` of a problem document. Its media type is set outside of Backstop, where a
//! layer may replace the content type of responses with a status of 400 or above.
//!
//! # Invalid fields as a map
//!
//! `{"errors": {"email": ["is taken"]}}`, from the listed errors, which have the same members whether axum, `garde`,
//! `validator` or the application made them:
//!
//! ```
//! use backstop::Shape;
//! use serde_json::{Map, Value, json};
//!
//! let shape = Shape::custom(|problem, _| {
//!     let mut fields: Map<String, Value> = Map::new();
//!     for error in problem.get("errors").and_then(Value::as_array).into_iter().flatten() {
//!         let pointer = error["pointer"].as_str().or(error["parameter"].as_str());
//!         let name = pointer.unwrap_or_default().trim_start_matches("#/").replace('/', ".");
//!         if let Value::Array(texts) = fields.entry(name).or_insert(json!([])) {
//!             texts.push(error["detail"].clone());
//!         }
//!     }
//!     json!({"errors": fields})
//! });
//! ```
//!
//! # Protocols whose errors travel under 200
//!
//! JSON-RPC 2.0 and GraphQL have a place of their own for errors. An error never leaves Backstop under a success status,
//! so a layer outside of it changes the status, after the failure was logged and reported:
//!
//! ```
//! use axum::{extract::Request, middleware::Next, response::Response};
//! use http::StatusCode;
//!
//! async fn under_200(request: Request, next: Next) -> Response {
//!     let mut response = next.run(request).await;
//!     if response.headers().get("content-type").is_some_and(|it| it == "application/json") {
//!         *response.status_mut() = StatusCode::OK;
//!     }
//!     response
//! }
//!
//! # async fn handler() {}
//! # let backstop = backstop::Backstop::production().build().unwrap();
//! let app: axum::Router = axum::Router::new()
//!     .route("/rpc", axum::routing::post(handler))
//!     .layer(backstop.layer())
//!     .layer(axum::middleware::from_fn(under_200));
//! ```
//!
//! A GraphQL library writes the `Display` text of a resolver's error into the response. Give it
//! [`Error::public_message`](crate::Error::public_message) instead, and report the error with
//! [`notify`](crate::notify()):
//!
//! ```
//! # struct FieldError(String);
//! fn resolver_error(error: &backstop::Error) -> FieldError {
//!     backstop::notify(error);
//!     FieldError(error.public_message().into_owned())
//! }
//! ```
//!
//! # htmx
//!
//! htmx swaps a response into the page, so it needs a fragment. Keep the header that marks its requests, and write one:
//!
//! ```
//! use backstop::{Backstop, Format, settings::Reporting};
//! use http::HeaderName;
//!
//! const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
//!
//! let backstop = Backstop::production()
//!     .reporting(Reporting::new().keep_headers([HX_REQUEST]))
//!     // htmx 2 accepts anything.
//!     .default_format_by(|request| match request.header("hx-request") {
//!         Some(_) => Format::Html,
//!         None => Format::ProblemJson,
//!     })
//!     // `None` is the built-in page. What is inserted must be escaped.
//!     .html_page(|problem, request| {
//!         request.header("hx-request")?;
//!         Some(format!("<p class=\"error\">{}</p>", problem.title()?))
//!     })
//!     .build()?;
//! # Ok::<(), backstop::ConfigError>(())
//! ```
