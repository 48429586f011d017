//! `reqwest`: failed requests to an upstream server, and problem documents in its responses.

use bytes::BytesMut;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use mime::Mime;
use reqwest::Response;

use crate::error::handler_error::Error;
use crate::error::http_error::HttpError;
use crate::problem::Problem;

/// How many bytes of a problem document are read.
const MAX_BYTES: usize = 1024 * 1024;

/// Foreign, because its text contains the URL and the secrets in it.
#[diagnostic::do_not_recommend]
impl HttpError for reqwest::Error {
    /// 504 if the upstream timed out, 500 if the request could not be built, else 502.
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
    /// Reads the problem document of an upstream's response: `application/problem+json` or
    /// `application/problem+xml`. `None` for every other content type, whatever the status.
    ///
    /// ```no_run
    /// use backstop::{Problem, Result};
    ///
    /// async fn buy() -> Result<()> {
    ///     let response = reqwest::get("https://shop.example/buy").await?;
    ///     if let Some(problem) = Problem::from_response(response).await? {
    ///         println!("{}", problem.title().unwrap_or_default());
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// 502 if the body ends early, exceeds 1 MiB, or is not a problem document; 504 if it times out.
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
                return Err(Error::bad_gateway(
                    "the upstream's problem document exceeds 1 MiB",
                ));
            }
            body.extend_from_slice(&chunk);
        }
        let problem = match syntax {
            Syntax::Json => Self::from_json(&body),
            Syntax::Xml => Self::from_xml(&String::from_utf8_lossy(&body)),
        };
        match problem {
            Ok(problem) => Ok(Some(problem)),
            Err(invalid) => {
                Err(Error::from(invalid).with_context("reading the upstream's problem document"))
            }
        }
    }
}

/// The syntax of a problem document.
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
