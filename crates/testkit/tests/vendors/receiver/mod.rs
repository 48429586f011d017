//! A receiver of reports on this machine, which keeps what it gets and answers as it is told to.
#![expect(clippy::panic, clippy::unwrap_used, reason = "so a test fails")]
#![allow(
    clippy::allow_attributes,
    dead_code,
    reason = "each vendor uses a part of it"
)]

pub(crate) mod matrix;
pub(crate) mod sample;
pub(crate) mod secrets;

use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::read::GzDecoder;
use http::HeaderMap;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// What came in one request.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    /// Uncompressed.
    pub(crate) body: Vec<u8>,
}

impl Received {
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        let value = value.unwrap_or_else(|| panic!("no {name}: {:?}", self.headers));
        value.to_str().unwrap()
    }

    /// All that left this machine, as text.
    pub(crate) fn text(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        format!("{} {:?} {body}", self.target, self.headers)
    }
}

#[track_caller]
pub(crate) fn parse(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap()
}

/// What is done with one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Status, headers and body.
    Answer(u16, Vec<(&'static str, String)>, &'static str),
    /// The connection is reset before there is an answer.
    Reset,
    /// A status line, and then the connection is reset.
    Torn,
    /// There is never an answer.
    Silence,
    /// Taken, but told byte by byte.
    Slow,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), "{}")
    }
}

/// Listens on 127.0.0.1 until it is dropped.
pub(crate) struct Receiver {
    address: String,
    certificate: Option<String>,
    received: Arc<Mutex<Vec<Received>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// Does with one request after the other what is listed, and with all further ones the last of it.
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        Self::listen(replies, None).await
    }

    /// The same at an address that was free, as one that comes up again.
    pub(crate) async fn start_at(url: &str, replies: Vec<Reply>) -> Self {
        let address = url.strip_prefix("http://").unwrap();
        Self::serve_on(TcpListener::bind(address).await.unwrap(), replies, None)
    }

    /// Takes everything.
    pub(crate) async fn taking() -> Self {
        Self::start(vec![Reply::status(200)]).await
    }

    /// Takes everything, behind a certificate that nobody knows.
    pub(crate) async fn self_signed() -> Self {
        let signed = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = signed.signing_key.serialize_der().try_into().unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![signed.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let tls = (acceptor, signed.cert.pem());
        Self::listen(vec![Reply::status(200)], Some(tls)).await
    }

    async fn listen(replies: Vec<Reply>, tls: Option<(TlsAcceptor, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve_on(listener, replies, tls)
    }

    fn serve_on(
        listener: TcpListener,
        replies: Vec<Reply>,
        tls: Option<(TlsAcceptor, String)>,
    ) -> Self {
        let address = listener.local_addr().unwrap().to_string();
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let (acceptor, certificate) = tls.unzip();
        let kept = Arc::clone(&received);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, replies) = (Arc::clone(&kept), replies.clone());
                // So that dropping it resets the connection, where that is what to do.
                stream.set_zero_linger().unwrap();
                match acceptor.clone() {
                    None => tokio::spawn(serve(stream, kept, replies)),
                    Some(acceptor) => tokio::spawn(async move {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            serve(stream, kept, replies).await;
                        }
                    }),
                };
            }
        });
        Self {
            address,
            certificate,
            received,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        let scheme = self.certificate.as_ref().map_or("http", |_| "https");
        format!("{scheme}://{}", self.address)
    }

    pub(crate) fn certificate(&self) -> &str {
        self.certificate.as_deref().unwrap()
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    #[track_caller]
    pub(crate) fn one(&self) -> Received {
        let mut received = self.received();
        assert_eq!(received.len(), 1, "{received:#?}");
        received.remove(0)
    }
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    kept: Arc<Mutex<Vec<Received>>>,
    replies: Vec<Reply>,
) {
    while let Some(request) = read(&mut stream).await {
        let count = {
            let mut kept = kept.lock().unwrap();
            kept.push(request);
            kept.len()
        };
        match &replies[(count - 1).min(replies.len() - 1)] {
            Reply::Answer(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                let answer = format!("{head}\r\n{body}");
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
            Reply::Reset => return,
            Reply::Torn => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-le").await;
                return;
            }
            Reply::Silence => std::future::pending().await,
            Reply::Slow => {
                for byte in b"HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\n{}" {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    if stream.write_all(&[*byte]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_len = loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_len].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let name: http::HeaderName = name.parse().unwrap();
        headers.append(name, value.parse().unwrap());
    }
    let length: usize = headers.get("content-length")?.to_str().ok()?.parse().ok()?;
    let mut body = bytes.split_off(head_len);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Received {
        method: first.next()?,
        target: first.next()?,
        body: uncompressed(&headers, body),
        headers,
    })
}

fn uncompressed(headers: &HeaderMap, body: Vec<u8>) -> Vec<u8> {
    match headers.get("content-encoding") {
        None => body,
        Some(encoding) => {
            assert_eq!(encoding, "gzip");
            let mut plain = Vec::new();
            GzDecoder::new(&*body).read_to_end(&mut plain).unwrap();
            plain
        }
    }
}
