//! The value of `status = …`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, ExprPath, Lit, LitInt, Path};

const EXPECTED: &str =
    "expected an error status (400–599), like `404`, `NOT_FOUND` or `StatusCode::NOT_FOUND`";

/// The error statuses of `http::StatusCode`, which need no import. Any other name is resolved in the user's scope.
const NAMES: [&str; 40] = [
    "BAD_GATEWAY",
    "BAD_REQUEST",
    "CONFLICT",
    "EXPECTATION_FAILED",
    "FAILED_DEPENDENCY",
    "FORBIDDEN",
    "GATEWAY_TIMEOUT",
    "GONE",
    "HTTP_VERSION_NOT_SUPPORTED",
    "IM_A_TEAPOT",
    "INSUFFICIENT_STORAGE",
    "INTERNAL_SERVER_ERROR",
    "LENGTH_REQUIRED",
    "LOCKED",
    "LOOP_DETECTED",
    "METHOD_NOT_ALLOWED",
    "MISDIRECTED_REQUEST",
    "NETWORK_AUTHENTICATION_REQUIRED",
    "NOT_ACCEPTABLE",
    "NOT_EXTENDED",
    "NOT_FOUND",
    "NOT_IMPLEMENTED",
    "PAYLOAD_TOO_LARGE",
    "PAYMENT_REQUIRED",
    "PRECONDITION_FAILED",
    "PRECONDITION_REQUIRED",
    "PROXY_AUTHENTICATION_REQUIRED",
    "RANGE_NOT_SATISFIABLE",
    "REQUEST_HEADER_FIELDS_TOO_LARGE",
    "REQUEST_TIMEOUT",
    "SERVICE_UNAVAILABLE",
    "TOO_EARLY",
    "TOO_MANY_REQUESTS",
    "UNAUTHORIZED",
    "UNAVAILABLE_FOR_LEGAL_REASONS",
    "UNPROCESSABLE_ENTITY",
    "UNSUPPORTED_MEDIA_TYPE",
    "UPGRADE_REQUIRED",
    "URI_TOO_LONG",
    "VARIANT_ALSO_NEGOTIATES",
];

/// A number, or the path of a constant.
#[derive(Clone)]
pub(crate) enum Status {
    Number(LitInt),
    Constant(Path),
}

impl Status {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Number(number) => number.span(),
            Self::Constant(path) => path.span(),
        }
    }

    /// Checks the range of a number. Only the compiler knows the value of a constant: see [`checked`](Self::checked).
    pub(crate) fn validate(&self) -> syn::Result<()> {
        match self {
            Self::Number(number) => match number.base10_parse::<u16>() {
                Ok(400..=599) => Ok(()),
                _ => Err(syn::Error::new(
                    number.span(),
                    format!("`{number}` is not an error status (400–599)"),
                )),
            },
            Self::Constant(_) => Ok(()),
        }
    }

    /// The status as an expression.
    pub(crate) fn value(&self, krate: &Path) -> TokenStream {
        match self {
            Self::Number(number) => quote!(#krate::__private::status(#number)),
            Self::Constant(path) => match path.get_ident() {
                Some(name) if NAMES.iter().any(|known| name == known) => {
                    quote_spanned!(name.span()=> #krate::__private::StatusCode::#name)
                }
                _ => quote!(#path),
            },
        }
    }

    /// The status as an expression that checks at compile time whether a constant is in range.
    pub(crate) fn checked(&self, krate: &Path) -> TokenStream {
        let value = self.value(krate);
        let Self::Constant(path) = self else {
            return value;
        };
        let name = path.to_token_stream().to_string().replace(' ', "");
        let message = format!("`{name}` is not an error status (400–599)");
        let check = quote_spanned! {path.span()=>
            const _: () = ::core::assert!(::core::matches!(#value.as_u16(), 400..=599), #message);
        };
        quote!({ #check #value })
    }
}

impl Parse for Status {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        match input.parse()? {
            Expr::Lit(ExprLit {
                lit: Lit::Int(number),
                ..
            }) => Ok(Self::Number(number)),
            Expr::Path(ExprPath {
                qself: None, path, ..
            }) => Ok(Self::Constant(path)),
            other => Err(syn::Error::new(other.span(), EXPECTED)),
        }
    }
}
