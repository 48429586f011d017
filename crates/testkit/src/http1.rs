//! Requests of HTTP/1.1 as they arrive.

use std::io::Read as _;

use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderName};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// One request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, uncompressed.
    pub body: Vec<u8>,
}

impl Received {
    /// A header that has to be there.
    #[must_use]
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        let value = value.unwrap_or_else(|| panic!("no {name}: {:?}", self.headers));
        value.to_str().unwrap()
    }

    /// Everything that left this machine, as text.
    #[must_use]
    pub fn text(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        format!("{} {:?} {body}", self.target, self.headers)
    }
}

/// Reads one request; `None` at the end of the connection.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
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
        let name: HeaderName = name.parse().unwrap();
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
