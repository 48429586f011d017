//! `#[derive(HttpError)]`, which `backstop` re-exports. Depend on that crate rather than on this one.

mod ast;
mod attr;
mod catalogue;
mod combine;
mod expand;
mod fallback;
mod generics;
mod http_error;
mod into_response;
mod method;
mod parse;
mod status;
mod valid;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `backstop::HttpError`, and axum's `IntoResponse`, for an enum or a struct that implements
/// [`std::error::Error`], whether with thiserror, with snafu or by hand.
///
/// # On a variant or a struct
///
/// | key | meaning |
/// | --- | --- |
/// | `status = 404` | the status, 400–599: a number, `NOT_FOUND` or the path of any constant. Default: what `Builder::map_error` says about an error in the cause chain, else 500 |
/// | `code = "…"` | a machine-readable code, a string or an integer, different for each variant |
/// | `title = "…"` | a short summary of the problem type |
/// | `detail = "…"` | what clients see instead of the error's message |
/// | `type = "…"` | the problem type, a URI reference |
/// | `name = "…"` | the name in the envelope shapes |
/// | `header("www-authenticate") = "Bearer"` | a header of the response; the key can be repeated |
/// | `help = "…"` | what developers can do about the error; clients never see it |
/// | `public`, `private` | shows clients what the error says, or hides it, whatever the status |
/// | `expected` | the failure is logged at DEBUG level and not reported, whatever the status |
/// | `transparent` | delegates everything to the only field: an error that implements `HttpError`, a box, a `Problem`, a `backstop::Error`, or with the features of these names a report of `anyhow`, `eyre`, `garde` or `validator` |
///
/// Below 500, clients see the error's `Display` text unless it has a `detail`. So keep the text of a foreign error out
/// of it (`#[error(transparent)]`, `{0}`), and make that error the `#[source]` instead.
///
/// # On a field
///
/// | key | meaning |
/// | --- | --- |
/// | `field`, `field = "…"` | reported under the field's own name or under this one, as `serde` serializes it; clients see it if it is one of the safe fields |
/// | `status` | the field holds the status: a `StatusCode` or a `u16` |
/// | `header = "retry-after"` | a header of the response, with the field's `Display` text as its value. `None` and values that are not valid in a header are omitted |
///
/// # On an enum or a struct
///
/// | key | meaning |
/// | --- | --- |
/// | `no_response` | do not implement `IntoResponse` |
/// | `crate = "…"` | the path of the `backstop` crate, if it is renamed |
#[proc_macro_derive(HttpError, attributes(http))]
pub fn derive_http_error(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input).into()
}
