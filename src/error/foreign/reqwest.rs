//! reqwest: the failure of an upstream, and the problems that upstreams tell.

use bytes::BytesMut;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use mime::Mime;
use reqwest::Response;

use crate::error::{Error, HttpError};
use crate::problem::Problem;

/// The most of a problem that is read.
const MAX_BYTES: usize = 1024 * 1024;

/// Its text names the URL, with whatever secrets are in that, so it stays hidden.
impl HttpError for reqwest::Error {
    /// 504 for the upstream's timeout, 500 for a request that could not be built, else 502.
    fn status(&self) -> StatusCode {
        if self.is_timeout() {
            StatusCode::GATEWAY_TIMEOUT
        } else if self.is_builder() {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::BAD_GATEWAY
        }
    }

    fn is_foreign(&self) -> bool {
        true
    }
}

impl Problem {
    /// The problem that a response tells: `application/problem+json`, and with the feature `xml`
    /// `application/problem+xml`; `None` for every other content type, whatever the status.
    ///
    /// ```no_run
    /// use backstop::{Problem, Result};
    ///
    /// async fn buy() -> Result<()> {
    ///     let response = reqwest::get("https://shop.example/buy").await?;
    ///     if let Some(problem) = Problem::from_response(response).await? {
    ///         println!("{}", problem.title_ref().unwrap_or_default());
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The body broke off (502, or 504 for a timeout), has more than 1 MiB, or is no problem (502).
    pub async fn from_response(mut response: Response) -> Result<Option<Self>, Error> {
        let content_type = response.headers().get(CONTENT_TYPE);
        let media_type: Option<Mime> = content_type
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse().ok());
        let Some(syntax) = media_type.as_ref().and_then(Syntax::of) else {
            return Ok(None);
        };
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(Error::msg("the upstream's problem has more than 1 MiB")
                    .status(StatusCode::BAD_GATEWAY));
            }
            body.extend_from_slice(&chunk);
        }
        let problem = match syntax {
            Syntax::Json => Self::from_json(&body),
            Syntax::Xml => Self::from_xml(&String::from_utf8_lossy(&body)),
        };
        match problem {
            Ok(problem) => Ok(Some(problem)),
            Err(invalid) => Err(Error::from(invalid).context("reading the upstream's problem")),
        }
    }
}

/// How a problem is written down.
#[derive(Clone, Copy)]
enum Syntax {
    Json,
    Xml,
}

impl Syntax {
    fn of(media_type: &Mime) -> Option<Self> {
        match media_type.essence_str() {
            "application/problem+json" => Some(Self::Json),
            "application/problem+xml" => Some(Self::Xml),
            _ => None,
        }
    }
}
