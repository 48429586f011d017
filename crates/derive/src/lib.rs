//! `#[derive(HttpError)]` of the crate `backstop`, which re-exports it and shows its use.
//!
//! It is a pipeline: `parse` reads the item and its attributes, `valid` refuses what makes no sense,
//! `expand` writes the impls; after an error `fallback` writes empty ones, so that one typo is one message.

mod arm;
mod attr;
mod expand;
mod facts;
mod fallback;
mod generics;
mod parse;
mod status;
mod valid;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Says how an error answers: `impl backstop::HttpError`, and axum's `IntoResponse`, for an enum or a
/// struct that is a [`std::error::Error`], whoever made it one (thiserror, snafu, a hand).
///
/// # On a variant, or on a struct
///
/// | key | meaning |
/// | --- | --- |
/// | `status = 404` | the status, 400–599; also a constant, `NOT_FOUND` or any path to one. Without it: 500 |
/// | `code = "…"` | the code for programs, a text or a whole number, on one variant only |
/// | `title = "…"` | the summary of the kind of problem |
/// | `detail = "…"` | what clients read in place of the error's message |
/// | `type = "…"` | the problem's type, a URI reference |
/// | `name = "…"` | the name in the envelope shapes |
/// | `public`, `private` | shown, or hidden, whatever the status |
/// | `transparent` | every fact is that of the only field, which is an `HttpError` itself |
///
/// Below 500 clients read the error's `Display` text, unless there is a `detail`: do not put the text of a
/// foreign error into it (`#[error(transparent)]`, `{0}`), but keep that one as the `#[source]`.
///
/// # On a field
///
/// | key | meaning |
/// | --- | --- |
/// | `field`, `field = "…"` | a fact for the owner, under the field's own name or another one; the value is what `serde` makes of it |
/// | `header = "retry-after"` | a header of the answer, its value by `Display`; an `Option` that is `None`, and a value that no header can have, is left out |
///
/// # On the enum or the struct
///
/// | key | meaning |
/// | --- | --- |
/// | `no_response` | no `IntoResponse` is written |
/// | `crate = "…"` | the path of `backstop`, where it has another name |
#[proc_macro_derive(HttpError, attributes(http))]
pub fn derive_http_error(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input).into()
}
