//! Parses `#[http(…)]` on an item, a variant or a field.

use proc_macro2::{Literal, Span, TokenStream};
use quote::ToTokens as _;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Attribute, Lit, LitStr, Path, Token, parse_quote};

use crate::status::Status;

/// Where an attribute is written, which decides the keys that it accepts.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Position {
    Enum,
    Struct,
    Variant,
    Field,
}

const ITEM_KEYS: [&str; 2] = ["crate", "no_response"];
const VARIANT_KEYS: [&str; 12] = [
    "status",
    "code",
    "title",
    "detail",
    "type",
    "name",
    "help",
    "header",
    "public",
    "private",
    "expected",
    "transparent",
];
const FIELD_KEYS: [&str; 3] = ["field", "header", "status"];

/// The values of all keys, in any position.
#[derive(Clone, Default)]
pub(crate) struct Attributes {
    pub(crate) krate: Option<Path>,
    pub(crate) no_response: Option<Span>,
    pub(crate) status: Option<Status>,
    pub(crate) code: Option<Lit>,
    pub(crate) title: Option<LitStr>,
    pub(crate) detail: Option<LitStr>,
    pub(crate) type_uri: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) help: Option<LitStr>,
    /// Headers of a variant or a struct, with their values.
    pub(crate) headers: Vec<(LitStr, LitStr)>,
    pub(crate) public: Option<Span>,
    pub(crate) private: Option<Span>,
    pub(crate) expected: Option<Span>,
    pub(crate) transparent: Option<Span>,
    pub(crate) field: Option<Reported>,
    pub(crate) header: Option<LitStr>,
    /// `status` on a field, which holds it.
    pub(crate) status_field: Option<Span>,
}

/// `field`, or `field = "…"`.
#[derive(Clone)]
pub(crate) struct Reported {
    key: Span,
    pub(crate) name: Option<LitStr>,
}

impl Reported {
    /// The span of the name or, if there is none, of the key.
    pub(crate) fn span(&self) -> Span {
        self.name.as_ref().map_or(self.key, LitStr::span)
    }
}

impl Attributes {
    pub(crate) fn parse(attributes: &[Attribute], position: Position) -> syn::Result<Self> {
        let mut parsed = Self::default();
        for attribute in attributes {
            if attribute.path().is_ident("http") {
                attribute.parse_nested_meta(|meta| parsed.parse_key(&meta, position))?;
            }
        }
        Ok(parsed)
    }

    fn parse_key(&mut self, meta: &ParseNestedMeta<'_>, position: Position) -> syn::Result<()> {
        let key = meta.path.to_token_stream().to_string();
        let key = key.as_str();
        position.check(meta, key)?;
        match key {
            "crate" => {
                let mut path: Path = string(meta, key)?.parse()?;
                for segment in &mut path.segments {
                    // Otherwise the lints of the user's crate would apply to paths that the user did not write.
                    let span = segment.ident.span().resolved_at(Span::mixed_site());
                    segment.ident.set_span(span);
                }
                set(&mut self.krate, path, meta, key)
            }
            "no_response" => flag(&mut self.no_response, meta, key),
            "status" if position == Position::Field => flag(&mut self.status_field, meta, key),
            "status" => set(&mut self.status, meta.value()?.parse()?, meta, key),
            "code" => set(&mut self.code, code(meta)?, meta, key),
            "title" => set(&mut self.title, string(meta, key)?, meta, key),
            "detail" => set(&mut self.detail, string(meta, key)?, meta, key),
            "type" => set(&mut self.type_uri, string(meta, key)?, meta, key),
            "name" => set(&mut self.name, string(meta, key)?, meta, key),
            "help" => set(&mut self.help, string(meta, key)?, meta, key),
            "public" => flag(&mut self.public, meta, key),
            "private" => flag(&mut self.private, meta, key),
            "expected" => flag(&mut self.expected, meta, key),
            "transparent" => flag(&mut self.transparent, meta, key),
            "field" => {
                let has_name = meta.input.peek(Token![=]);
                let reported = Reported {
                    key: meta.path.span(),
                    name: has_name.then(|| string(meta, key)).transpose()?,
                };
                set(&mut self.field, reported, meta, key)
            }
            _ if position != Position::Field => {
                self.headers.push(constant_header(meta)?);
                Ok(())
            }
            _ => set(&mut self.header, string(meta, key)?, meta, key),
        }
    }

    /// The code as an expression. An integer gets the suffix `i64`; without one it would be an `i32`.
    pub(crate) fn code_literal(&self) -> Option<TokenStream> {
        let code = self.code.as_ref()?;
        Some(match code {
            Lit::Int(number) => match number.base10_parse() {
                Ok(number) => Literal::i64_suffixed(number).into_token_stream(),
                Err(_) => code.into_token_stream(),
            },
            _ => code.into_token_stream(),
        })
    }

    /// The path of `backstop` in the generated code.
    pub(crate) fn krate(&self) -> Path {
        self.krate
            .clone()
            .unwrap_or_else(|| parse_quote!(::backstop))
    }
}

impl Position {
    /// Rejects a key that does not exist or is not accepted in this position.
    fn check(self, meta: &ParseNestedMeta<'_>, key: &str) -> syn::Result<()> {
        if self.keys().any(|known| *known == key) {
            return Ok(());
        }
        let here = match self {
            Self::Enum => "an enum",
            Self::Struct => "a struct",
            Self::Variant => "a variant",
            Self::Field => "a field",
        };
        let target = if VARIANT_KEYS.contains(&key) && self == Self::Enum {
            "each variant"
        } else if FIELD_KEYS.contains(&key) {
            "a field"
        } else if VARIANT_KEYS.contains(&key) {
            "the variant or struct"
        } else if ITEM_KEYS.contains(&key) {
            "the enum or struct"
        } else {
            let keys: Vec<String> = self.keys().map(|key| format!("`{key}`")).collect();
            return Err(meta.error(format!(
                "unknown key `{key}`; expected one of {}",
                keys.join(", ")
            )));
        };
        Err(meta.error(format!(
            "`{key}` is not allowed on {here}; put it on {target}"
        )))
    }

    fn keys(self) -> impl Iterator<Item = &'static &'static str> {
        let (variant, item, field) = match self {
            Self::Enum => (&[][..], &ITEM_KEYS[..], &[][..]),
            Self::Struct => (&VARIANT_KEYS[..], &ITEM_KEYS[..], &[][..]),
            Self::Variant => (&VARIANT_KEYS[..], &[][..], &[][..]),
            Self::Field => (&[][..], &[][..], &FIELD_KEYS[..]),
        };
        variant.iter().chain(item).chain(field)
    }
}

fn set<T>(
    slot: &mut Option<T>,
    value: T,
    meta: &ParseNestedMeta<'_>,
    key: &str,
) -> syn::Result<()> {
    if slot.replace(value).is_some() {
        return Err(meta.error(format!("duplicate key `{key}`")));
    }
    Ok(())
}

fn flag(slot: &mut Option<Span>, meta: &ParseNestedMeta<'_>, key: &str) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        return Err(meta.error(format!(
            "`{key}` does not take a value; write `#[http({key})]`"
        )));
    }
    set(slot, meta.path.span(), meta, key)
}

fn string(meta: &ParseNestedMeta<'_>, key: &str) -> syn::Result<LitStr> {
    let expected = format!("`{key}` requires a string, like `{key} = \"…\"`");
    match meta.value().and_then(|value| value.parse()) {
        Ok(Lit::Str(string)) => Ok(string),
        Ok(other) => Err(syn::Error::new(other.span(), expected)),
        Err(_) => Err(meta.error(expected)),
    }
}

/// `header("name") = "value"`.
fn constant_header(meta: &ParseNestedMeta<'_>) -> syn::Result<(LitStr, LitStr)> {
    let expected = "`header` on a variant or struct requires a name and a value, like `header(\"retry-after\") = \"60\"`";
    if !meta.input.peek(syn::token::Paren) {
        return Err(meta.error(expected));
    }
    let name;
    syn::parenthesized!(name in meta.input);
    let name = name
        .parse()
        .map_err(|error| syn::Error::new(error.span(), expected))?;
    let value = meta.value().and_then(|value| value.parse());
    match value {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(meta.error(expected)),
    }
}

fn code(meta: &ParseNestedMeta<'_>) -> syn::Result<Lit> {
    let expected =
        "`code` requires a string or an integer, like `code = \"OUT_OF_STOCK\"` or `code = 1204`";
    match meta.value().and_then(|value| value.parse()) {
        Ok(code @ (Lit::Str(_) | Lit::Int(_))) => Ok(code),
        Ok(other) => Err(syn::Error::new(other.span(), expected)),
        Err(_) => Err(meta.error(expected)),
    }
}
