//! What clients send, and the rules for it.

use axum::Json;
use axum::extract::{FromRequest, Request};
use garde::Validate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, ToSchema, Validate)]
pub(crate) struct NewAuthor {
    #[garde(length(chars, min = 1, max = 200))]
    pub(crate) name: String,
}

#[derive(Deserialize, ToSchema, Validate)]
pub(crate) struct NewBook {
    /// An ISBN-13 without hyphens.
    #[garde(custom(isbn_13))]
    #[schema(example = "9780441172719")]
    pub(crate) isbn: String,
    #[garde(length(chars, min = 1, max = 500))]
    pub(crate) title: String,
    /// The id of its author.
    #[garde(skip)]
    pub(crate) author: i64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The id after which the page begins.
    #[serde(default)]
    pub(crate) after: i64,
    /// The number of books at most, up to 100. Default: 20.
    #[serde(default = "Page::usual")]
    limit: u32,
}

impl Page {
    pub(crate) fn limit(&self) -> u32 {
        self.limit.min(100)
    }

    const fn usual() -> u32 {
        20
    }
}

/// A JSON body that meets the rules of its type. The rejection has one error for each rule that it breaks.
pub(crate) struct Valid<T>(pub(crate) T);

impl<S, T> FromRequest<S> for Valid<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = backstop::Error;

    async fn from_request(request: Request, state: &S) -> backstop::Result<Self> {
        let Json(value) = Json::<T>::from_request(request, state).await?;
        match value.validate() {
            Ok(()) => Ok(Self(value)),
            Err(report) => Err(backstop::Error::from(report).with_code("INVALID")),
        }
    }
}

fn isbn_13(isbn: &str, _: &()) -> garde::Result {
    let is_valid = isbn.len() == 13
        && isbn.bytes().all(|byte| byte.is_ascii_digit())
        && (1..=13).zip(isbn.bytes()).fold(0, |sum, (at, byte)| {
            sum + u32::from(byte - b'0') * if at % 2 == 0 { 3 } else { 1 }
        }) % 10
            == 0;
    if is_valid {
        Ok(())
    } else {
        Err(garde::Error::new("is not an ISBN-13"))
    }
}
