//! Clients of gRPC: tonic, and Python's grpcio, which is gRPC's core in C.

use std::path::Path;
use std::process::Command;

use bytes::{Buf as _, BufMut as _, Bytes};
use http::Uri;
use http::uri::PathAndQuery;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Request, Status};
use tower::service_fn;

use super::{CODES, failing};
use crate::support::http::{Server, serve};
use crate::support::recorder::Recorder;

/// Messages as they are.
#[derive(Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

/// What tonic's client makes of the response to one call.
async fn call(server: &Server, path: String) -> Status {
    let socket = TcpStream::connect(server.address).await.unwrap();
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(socket))
        .await
        .unwrap();
    tokio::spawn(connection);
    let service = service_fn(move |request: http::Request<tonic::body::Body>| {
        let mut sender = sender.clone();
        async move { sender.send_request(request).await }
    });
    let origin: Uri = format!("http://{}", server.address).parse().unwrap();
    let mut client = tonic::client::Grpc::with_origin(service, origin);
    client.ready().await.unwrap();
    let path: PathAndQuery = path.parse().unwrap();
    let response = client.unary(Request::new(Bytes::new()), path, Raw).await;
    response.expect_err("an error")
}

#[tokio::test]
async fn tonic_sees_the_code_the_message_and_the_id() {
    let (recorder, backstop) = Recorder::production();
    let server = serve(failing(&backstop)).await;
    for (status, bare, of_error) in CODES {
        for (kind, code) in [("bare", bare), ("error", of_error)] {
            let seen = call(&server, format!("/{kind}/{status}")).await;
            assert_eq!(
                seen.code(),
                Code::from_bytes(code.as_bytes()),
                "{kind} {status}"
            );
            assert_eq!(seen.message() == "s3cr3t", kind == "error" && status < 500);
            let id = seen.metadata().get("x-error-id").unwrap().to_str().unwrap();
            assert_eq!(recorder.only().id, id);
        }
    }
    for (path, code, message) in [
        ("/panic", Code::Internal, "Internal Server Error"),
        ("/text", Code::InvalidArgument, "100 % wrong: ä"),
        ("/given", Code::AlreadyExists, "taken"),
        ("/nowhere.Shop/Get", Code::Unimplemented, "Not Found"),
    ] {
        let seen = call(&server, path.to_owned()).await;
        assert_eq!((seen.code(), seen.message()), (code, message), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs grpcio, which .ci/run installs"]
async fn grpcio_sees_the_code_the_message_and_the_id() {
    let (_, backstop) = Recorder::production();
    let server = serve(failing(&backstop)).await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/responding/grpc");
    let binary = std::env::current_exe().unwrap();
    // The target directory, which holds `debug/deps` with this binary.
    let target = binary.ancestors().nth(3).unwrap();
    let mut command = Command::new(target.join("grpcio/venv/bin/python"));
    command.arg(here.join("client.py"));
    command.arg(server.address.to_string());
    for (status, bare, of_error) in CODES {
        command.args([
            format!("/bare/{status}={bare}"),
            format!("/error/{status}={of_error}"),
        ]);
    }
    command.args(["/panic=13", "/text=3", "/given=6", "/nowhere.Shop/Get=12"]);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output
        .await
        .unwrap()
        .expect("run `.ci/install_python_package.sh grpcio 1.85.1` first");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}
