//! A receiver of reports on this machine, which records requests and replies as listed.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::http1::{Received, read};

/// What is done with one request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reply {
    /// A response: status, headers and body.
    Respond(u16, Vec<(&'static str, String)>, &'static str),
    /// The connection is reset before there is a response.
    Reset,
    /// A status line, and then the connection is reset.
    Torn,
    /// There is never a response.
    Silence,
    /// A 200, byte by byte.
    Slow,
}

impl Reply {
    /// A response with this status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Respond(status, Vec::new(), "{}")
    }

    /// A response with this status, one header and no body.
    #[must_use]
    pub fn with(status: u16, name: &'static str, value: &str) -> Self {
        Self::Respond(status, vec![(name, value.to_owned())], "")
    }
}

/// Listens on 127.0.0.1 until it is dropped.
#[derive(Debug)]
pub struct Receiver {
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
    /// Replies to one request after the other as listed, and to all further ones with the last reply.
    pub async fn start(replies: Vec<Reply>) -> Self {
        Self::listen(replies, None).await
    }

    /// The same at a URL of [`unused_url`], as a server that comes up again.
    pub async fn start_at(url: &str, replies: Vec<Reply>) -> Self {
        let address = url.strip_prefix("http://").unwrap();
        Self::serve_on(TcpListener::bind(address).await.unwrap(), replies, None)
    }

    /// Accepts everything.
    pub async fn accepting() -> Self {
        Self::start(vec![Reply::status(200)]).await
    }

    /// Accepts everything, over TLS with a certificate that the machine does not trust.
    pub async fn self_signed() -> Self {
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
                // So that dropping the stream resets the connection.
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

    /// Where it listens, without a path.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = self.certificate.as_ref().map_or("http", |_| "https");
        format!("{scheme}://{}", self.address)
    }

    /// The certificate of [`self_signed`](Self::self_signed), in PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        self.certificate.as_deref().unwrap()
    }

    /// All requests so far.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The only request so far.
    #[must_use]
    #[track_caller]
    pub fn one(&self) -> Received {
        let mut received = self.received();
        assert_eq!(received.len(), 1, "{received:#?}");
        received.remove(0)
    }
}

/// The URL of a port that is closed.
pub async fn unused_url() -> String {
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
            Reply::Respond(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    let _ = write!(head, "{name}: {value}\r\n");
                }
                let response = format!("{head}\r\n{body}");
                if stream.write_all(response.as_bytes()).await.is_err() {
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
