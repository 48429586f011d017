//! Every line of the vectors, through the real layer over HTTP.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use backstop::settings::Disclosure;
use backstop::{Backstop, Builder, Error, Format, Shape};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn every_accept_vector_picks_its_format() {
    let backstop = Backstop::production().build().unwrap();
    let app = Router::new().route("/", get(|| async { Err::<(), _>(Error::msg("no")) }));
    let mut server = Server::start(app.layer(backstop.layer())).await;
    let mut count = 0;
    for vector in vectors(include_str!("../../vectors/accept.jsonl")) {
        let offers = [
            Format::ProblemJson,
            Format::Json,
            Format::Html,
            Format::ProblemXml,
            Format::Xml,
            Format::TextXml,
            Format::Text,
        ];
        let provided = vector["provided"].as_array().unwrap();
        assert!(
            provided.iter().eq(offers.map(Format::media_type).iter()),
            "{vector}"
        );
        let response = server.get("/", vector["accept"].as_str()).await;
        let content_type = response.headers()["content-type"].to_str().unwrap();
        let media_type = content_type.split(';').next().unwrap();
        let picks = vector["picks"]
            .as_str()
            .unwrap_or("application/problem+json");
        assert_eq!(media_type, picks, "{vector}");
        count += 1;
    }
    assert_eq!(count, 119);
}

#[tokio::test]
async fn every_envelope_vector_gets_the_response_that_its_clients_know() {
    let mut count = 0;
    for vector in vectors(include_str!("../../vectors/envelope.jsonl")) {
        let backstop = builder(&vector).build().unwrap();
        let error = Arc::new(vector["error"].clone());
        let handler = move || async move { Err::<(), _>(error_of(&error)) };
        let mut server = Server::start(
            Router::new()
                .route("/", get(handler))
                .layer(backstop.layer()),
        )
        .await;

        let path = vector["request"]["query"]
            .as_str()
            .map_or_else(|| "/".to_owned(), |query| format!("/?{query}"));
        let response = server
            .get(&path, vector["request"]["accept"].as_str())
            .await;
        assert_eq!(response.status().as_u16(), vector["status"], "{vector}");
        assert_eq!(
            response.headers()["content-type"],
            vector["content_type"].as_str().unwrap(),
            "{vector}"
        );
        let body = std::str::from_utf8(response.body()).unwrap();
        if let Some(want) = vector.get("json") {
            let mut got: Value = serde_json::from_str(body).unwrap();
            let mut want = want.clone();
            let (got_stack, want_stack) = (take_stack(&mut got), take_stack(&mut want));
            assert_eq!(got, want, "{vector}");
            assert_eq!(got_stack, want_stack, "{vector}");
        } else if let Some(want) = vector["xml"].as_str() {
            assert_eq!(tree(body), tree(want), "{vector}\n{body}");
        } else {
            let shows_stack = body.contains("<pre class=\"stack\">");
            assert_eq!(shows_stack, vector["html"]["shows_stack"], "{vector}");
        }
        count += 1;
    }
    assert_eq!(count, 539);
}

fn vectors(lines: &str) -> impl Iterator<Item = Value> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
}

/// The options of strong-error-handler as ours.
fn builder(vector: &Value) -> Builder {
    let options = &vector["options"];
    let mut builder = if options["debug"] == true {
        // Their errors have a stack or not; ours always know where they were made.
        let has_stack = vector["error"].get("stack").is_some();
        Backstop::development().disclosure(Disclosure::new().backtrace(has_stack))
    } else {
        Backstop::production()
    };
    builder = builder
        .format_query("_format")
        .shape(match &options["rootProperty"] {
            Value::Bool(false) => Shape::Bare,
            Value::String(root) => Shape::envelope(root.clone()),
            _ => Shape::envelope("error"),
        });
    if let Some(fields) = options["safeFields"].as_array() {
        builder = builder.safe_fields(fields.iter().filter_map(Value::as_str));
    }
    builder = match options["defaultType"].as_str() {
        Some("html") => builder.default_format(Format::Html),
        Some("text/xml") => builder.default_format(Format::TextXml),
        Some("application/json") => builder.default_format(Format::Json),
        other => {
            assert_eq!(other, None);
            builder
        }
    };
    builder.negotiate(options["negotiateContentType"] != false)
}

fn error_of(vector: &Value) -> Error {
    if let Some(many) = vector["many"].as_array() {
        return Error::many(many.iter().map(error_of));
    }
    let mut error = Error::msg(vector["message"].as_str().unwrap().to_owned());
    if let Some(status) = vector["statusCode"]
        .as_u64()
        .or_else(|| vector["status"].as_u64())
    {
        error = error.with_status(StatusCode::from_u16(status as u16).unwrap());
    }
    if let Some(name) = vector["name"].as_str() {
        error = error.with_name(name.to_owned());
    }
    if let Some(code) = vector.get("code") {
        error = error.with_code(code.clone());
    }
    if let Some(details) = vector.get("details") {
        error = error.with_details(details);
    }
    // There a status under this name is one more property of the error, shown to developers.
    if let Some(status) = vector.get("status") {
        error = error.with_field("status", status.clone());
    }
    if vector["expose"] == true {
        error = error.public();
    }
    for (key, value) in vector["fields"].as_object().into_iter().flatten() {
        error = error.with_field(key.clone(), value.clone());
    }
    error
}

/// Takes the stack out, wherever the root is, and says whether there was one.
fn take_stack(value: &mut Value) -> bool {
    let members = value.as_object_mut().unwrap();
    let roots = members.values_mut().filter_map(Value::as_object_mut);
    let mut roots = roots;
    let in_root = roots.any(|root| root.remove("stack").is_some());
    members.remove("stack").is_some() || in_root
}

/// An XML tree in which order between names, empty elements and white space around text do not count.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Tree {
    name: String,
    text: String,
    children: Vec<Self>,
}

fn tree(xml: &str) -> Tree {
    fn of(node: roxmltree::Node<'_, '_>) -> Tree {
        let mut children: Vec<Tree> = node
            .children()
            .filter(|child| child.is_element() && !child.has_tag_name("stack"))
            .map(of)
            .filter(|child| !child.text.is_empty() || !child.children.is_empty())
            .collect();
        children.sort_by(|one, other| one.name.cmp(&other.name));
        let text = if children.is_empty() {
            node.text().unwrap_or_default().trim()
        } else {
            ""
        };
        Tree {
            name: node.tag_name().name().to_owned(),
            text: if text == "null" {
                String::new()
            } else {
                text.to_owned()
            },
            children,
        }
    }
    of(roxmltree::Document::parse(xml).unwrap().root_element())
}

/// An app on a port of its own, and one connection to it.
struct Server {
    sender: hyper::client::conn::http1::SendRequest<Empty<Bytes>>,
}

impl Server {
    async fn start(app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Self { sender }
    }

    async fn get(&mut self, path: &str, accept: Option<&str>) -> Response<Bytes> {
        let mut request = Request::get(path).header("host", "127.0.0.1");
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        self.sender.ready().await.unwrap();
        let response = self
            .sender
            .send_request(request.body(Empty::new()).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    }
}
