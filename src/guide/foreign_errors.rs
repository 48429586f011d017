//! Errors of other crates: what they mean for a client, decided in one place.
//!
//! An error of another crate has no status, and its text was not written for clients. Three things decide what it
//! means, and the first one that applies wins:
//!
//! 1. The call site: `.or_status(…)`, `.or_bad_request("…")` and `.or_internal("…")` of
//!    [`ResultExt`](crate::ResultExt), or a variant with a `status` in an error type of the application.
//! 2. The type: [`Builder::map_error`](crate::Builder::map_error), wherever the error is in the cause chain.
//! 3. Backstop: the timeouts of Tower and tokio are a 504, shed load is a 503, a body over its limit is a 413, and
//!    everything else is a 500.
//!
//! The closure of `map_error` returns an [`Error`](crate::Error), and clients see what that says. The report keeps the
//! foreign error with its whole cause chain. A status alone converts with `into()`.
//!
//! # What leaves the status open
//!
//! `.or_mapped()?` on a `Result`, `?` on a [`BoxError`](crate::BoxError) or on a report of `anyhow` or `eyre`, the error
//! of a Tower service, and a variant of a derived error type without a `status`:
//!
//! ```
//! use backstop::prelude::*;
//!
//! #[derive(Debug, thiserror::Error, HttpError)]
//! enum AppError {
//!     #[error("there is no user {0}")]
//!     #[http(status = 404, code = "NO_USER")]
//!     NoUser(i64),
//!     // `map_error::<std::io::Error>` decides; without it, a 500.
//!     #[error("reading the avatar")]
//!     Avatar(#[from] std::io::Error),
//!     // So does this one, for every error that it may contain.
//!     #[error(transparent)]
//!     Other(#[from] Box<dyn std::error::Error + Send + Sync>),
//! }
//! ```
//!
//! # Errors of the application in a box or a report
//!
//! A function that returns `anyhow::Result` hides that it failed with the application's `AppError`.
//! [`Builder::recognize::<AppError>()`](crate::Builder::recognize) finds it, and the response has the status, code and
//! text that it declares.
//!
//! # Databases: constraints by name
//!
//! The name of a constraint is the one thing that says which value is taken. With sqlx (feature `sqlx`):
//!
#![cfg_attr(feature = "sqlx", doc = "```")]
#![cfg_attr(not(feature = "sqlx"), doc = "```ignore")]
//! use backstop::problem::FieldError;
//! use backstop::{Backstop, Error};
//!
//! fn database_error(error: &sqlx::Error) -> Error {
//!     let constraint = error.as_database_error().and_then(|error| error.constraint());
//!     match constraint {
//!         Some("users_email_key") => Error::conflict("that email is registered already")
//!             .with_code("EMAIL_TAKEN")
//!             .with_errors([FieldError::new("is taken").with_pointer(["email"])]),
//!         // 404 for a missing row, 409 and 422 for other constraints, 503 without a connection.
//!         _ => backstop::sqlx::status(error).into(),
//!     }
//! }
//!
//! let backstop = Backstop::production().map_error(database_error).build()?;
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! # Tokens
//!
//! A library that validates tokens has one error type for what the client did wrong and for a missing key:
//!
//! ```
//! use backstop::{Backstop, Error};
//! use http::{HeaderValue, header::WWW_AUTHENTICATE};
//! # #[derive(Debug, thiserror::Error)] #[error("")] enum TokenError { Expired, Invalid, NoKey }
//!
//! fn token_error(error: &TokenError) -> Error {
//!     let (text, challenge) = match error {
//!         TokenError::Expired => ("the token has expired", r#"Bearer error="invalid_token""#),
//!         TokenError::Invalid => ("the token is invalid", r#"Bearer error="invalid_token""#),
//!         TokenError::NoKey => return Error::internal("the key of the tokens is missing"),
//!     };
//!     Error::unauthorized(text).with_header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
//! }
//!
//! let backstop = Backstop::production().map_error(token_error).build()?;
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! # Object stores
//!
//! The errors of S3 clients have one type per operation. Register each operation that handlers use; a function that is
//! generic over them says it once:
//!
//! ```
//! use backstop::{Backstop, Error};
//! use http::StatusCode;
//! # #[derive(Debug, thiserror::Error)] #[error("")] struct SdkError<O: std::fmt::Debug + 'static>(Option<String>, O);
//! # impl<O: std::fmt::Debug> SdkError<O> { fn code(&self) -> Option<&str> { self.0.as_deref() } }
//! # #[derive(Debug)] struct GetObject; #[derive(Debug)] struct PutObject;
//!
//! fn store_error<O: std::fmt::Debug>(error: &SdkError<O>) -> Error {
//!     match error.code() {
//!         Some("NoSuchKey") => Error::not_found("there is no such file"),
//!         Some("SlowDown") => StatusCode::SERVICE_UNAVAILABLE.into(),
//!         // Refused credentials are the service's own failure, not the client's 403.
//!         _ => StatusCode::BAD_GATEWAY.into(),
//!     }
//! }
//!
//! let backstop = Backstop::production()
//!     .map_error(store_error::<GetObject>)
//!     .map_error(store_error::<PutObject>)
//!     .build()?;
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! # gRPC clients
//!
//! The status of an upstream is not that of the response: `UNAUTHENTICATED` means that this service has no valid
//! credentials.
//!
//! ```
//! use backstop::{Backstop, Error};
//! use http::StatusCode;
//! # #[derive(Clone, Copy, Debug)] enum Code { NotFound, AlreadyExists, ResourceExhausted, DeadlineExceeded, Unauthenticated }
//! # #[derive(Debug, thiserror::Error)] #[error("")] struct Status(Code);
//! # impl Status { fn code(&self) -> Code { self.0 } }
//!
//! fn grpc_error(status: &Status) -> Error {
//!     match status.code() {
//!         Code::NotFound => StatusCode::NOT_FOUND.into(),
//!         Code::AlreadyExists => StatusCode::CONFLICT.into(),
//!         Code::ResourceExhausted => StatusCode::SERVICE_UNAVAILABLE.into(),
//!         Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT.into(),
//!         _ => StatusCode::BAD_GATEWAY.into(),
//!     }
//! }
//!
//! let backstop = Backstop::production().map_error(grpc_error).build()?;
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! # Another version of a supported crate
//!
//! The features support one version of each crate; the [table of features](crate#features) lists them. For another version,
//! `map_error` does what the feature does. Errors that list invalid fields become [`FieldError`]s:
//!
//! ```
//! use backstop::problem::FieldError;
//! use backstop::{Backstop, Error};
//! # // The part of validator's interface that all versions have.
//! # #[derive(Debug, thiserror::Error)] #[error("")]
//! # struct ValidationErrors(std::collections::HashMap<String, Vec<ValidationError>>);
//! # #[derive(Debug)] struct ValidationError { code: String, message: Option<String> }
//! # impl ValidationErrors { fn field_errors(&self) -> &std::collections::HashMap<String, Vec<ValidationError>> { &self.0 } }
//!
//! fn validation_error(errors: &ValidationErrors) -> Error {
//!     let fields = errors.field_errors().iter().flat_map(|(name, errors)| {
//!         errors.iter().map(move |error| {
//!             // Never the parameters of the error: they contain the value that the client sent.
//!             let text = error.message.clone().unwrap_or_else(|| "is invalid".into());
//!             FieldError::new(text).with_pointer([name]).with_code(error.code.to_string())
//!         })
//!     });
//!     Error::unprocessable("some fields are invalid").with_errors(fields)
//! }
//!
//! let backstop = Backstop::production().map_error(validation_error).build()?;
//! # Ok::<(), backstop::ConfigError>(())
//! ```
//!
//! In handlers, `.or_mapped()?` takes the place of `?`.
//!
//! # What the compiler says
//!
//! | error | at `?` |
//! | --- | --- |
//! | any standard error that is `Send + Sync + 'static` | `.or_mapped()?`, `.or_status(…)?`, `.or_internal("…")?` |
//! | `Box<dyn Error>`, with or without `Send` and `Sync`; `Problem`; `StatusCode` | converts |
//! | `anyhow::Error`, `eyre::Report` | converts with the feature of that name |
//! | a text | `Error::bad_request(text)` and the other constructors |
//! | the reports of error-stack, rootcause and miette | `.map_err(backstop::BoxError::from)?` |
//! | `None` | `.or_not_found("…")?`, `.or_bad_request("…")?`, `.or_internal("…")?` |
//!
//! [`FieldError`]: crate::problem::FieldError
