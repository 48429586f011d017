//! Rejects attributes that parse but contradict each other or have invalid values.

use std::collections::{HashMap, HashSet};

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::{Error, Lit, LitStr, Member, Result};

use crate::ast::{Field, Input, Variant};
use crate::attr::Reported;
use crate::combine::all;

impl Input<'_> {
    /// Rejects two variants with the same code, because clients distinguish variants by their codes.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut seen = HashMap::new();
        all(self.variants.iter().map(|variant| {
            let Some(code) = &variant.attributes.code else {
                return Ok(());
            };
            match seen.insert(code.to_token_stream().to_string(), variant.ident) {
                None => Ok(()),
                Some(first) => Err(Error::new(
                    code.span(),
                    format!(
                        "`code = {}` is already used by `{first}`; give each variant a different code",
                        code.to_token_stream()
                    ),
                )),
            }
        }))
        .map(drop)
    }
}

impl Variant<'_> {
    pub(crate) fn validate(&self) -> Result<()> {
        let checks = [
            self.check_status(),
            self.check_status_field(),
            self.check_exposure(),
            self.check_code(),
            self.check_type(),
            self.check_transparent(),
            self.check_field_names(),
        ];
        let constants = self.attributes.headers.iter().map(check_constant_header);
        let headers = self.fields.iter().map(Field::check_header);
        all(checks.into_iter().chain(constants).chain(headers)).map(drop)
    }

    fn check_status(&self) -> Result<()> {
        self.attributes
            .status
            .as_ref()
            .map_or(Ok(()), |status| status.validate())
    }

    fn check_status_field(&self) -> Result<()> {
        let fields = self
            .fields
            .iter()
            .filter_map(|it| it.attributes.status_field);
        let declared = self.attributes.status.as_ref();
        let taken = fields.skip(usize::from(declared.is_none()));
        all(taken.map(|span| {
            let message = "the variant has a `status` already; keep one of them";
            Err(Error::new(span, message))
        }))
        .map(|_: Vec<()>| ())
    }

    fn check_exposure(&self) -> Result<()> {
        match (self.attributes.public, self.attributes.private) {
            (Some(_), Some(private)) => Err(Error::new(
                private,
                "`public` cannot be combined with `private`; keep one of them, or neither to let the status decide",
            )),
            _ => Ok(()),
        }
    }

    fn check_code(&self) -> Result<()> {
        match &self.attributes.code {
            Some(Lit::Int(number)) if number.base10_parse::<i64>().is_err() => Err(Error::new(
                number.span(),
                "integer `code` does not fit in an `i64`; use a string",
            )),
            _ => Ok(()),
        }
    }

    fn check_type(&self) -> Result<()> {
        let is_invalid = |character: char| {
            character.is_whitespace() || character.is_control() || "<>\"{}|\\^`".contains(character)
        };
        match &self.attributes.type_uri {
            Some(uri) if uri.value().is_empty() || uri.value().contains(is_invalid) => {
                Err(Error::new(
                    uri.span(),
                    format!(
                        "`{}` is not a valid URI reference; use one like `https://example.com/problems/out-of-stock`",
                        uri.value()
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    fn check_transparent(&self) -> Result<()> {
        let Some(transparent) = self.attributes.transparent else {
            return Ok(());
        };
        if self.fields.len() != 1 {
            return Err(Error::new(
                transparent,
                format!(
                    "`transparent` requires exactly one field, the inner error, but `{}` has {}",
                    self.ident,
                    self.fields.len()
                ),
            ));
        }
        let conflicts = self.keys_of_inner().map(|(key, span)| {
            Err(Error::new(
                span,
                format!(
                    "`{key}` cannot be combined with `transparent`, which takes everything from the inner error"
                ),
            ))
        });
        all(conflicts).map(|_: Vec<()>| ())
    }

    /// The keys that conflict with `transparent`, because the inner error provides their values.
    fn keys_of_inner(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let own = &self.attributes;
        let string = |string: &Option<LitStr>| string.as_ref().map(LitStr::span);
        let field = self.fields.first().map(|field| &field.attributes);
        [
            ("status", own.status.as_ref().map(|status| status.span())),
            ("code", own.code.as_ref().map(Lit::span)),
            ("title", string(&own.title)),
            ("detail", string(&own.detail)),
            ("type", string(&own.type_uri)),
            ("name", string(&own.name)),
            ("help", string(&own.help)),
            ("header", own.headers.first().map(|(name, _)| name.span())),
            ("public", own.public),
            ("private", own.private),
            ("expected", own.expected),
            (
                "field",
                field.and_then(|field| field.field.as_ref().map(Reported::span)),
            ),
            ("header", field.and_then(|field| string(&field.header))),
            ("status", field.and_then(|field| field.status_field)),
        ]
        .into_iter()
        .filter_map(|(key, span)| Some((key, span?)))
    }

    fn check_field_names(&self) -> Result<()> {
        let mut seen = HashSet::new();
        all(self.fields.iter().map(|field| {
            let Some(reported) = &field.attributes.field else {
                return Ok(());
            };
            let name = field.reported_name().unwrap_or_default();
            let error = |message: &str| Err(Error::new(reported.span(), message));
            if reported.name.is_none() && matches!(field.member, Member::Unnamed(_)) {
                return error("an unnamed field requires a name, like `#[http(field = \"…\")]`");
            }
            if name.is_empty() {
                return error("`field` requires a name that is not empty");
            }
            if !seen.insert(name.clone()) {
                return error(&format!(
                    "duplicate field name `{name}`; rename one with `#[http(field = \"…\")]`"
                ));
            }
            Ok(())
        }))
        .map(drop)
    }
}

impl Field<'_> {
    fn check_header(&self) -> Result<()> {
        match &self.attributes.header {
            Some(name) if !is_token(&name.value()) => Err(Error::new(
                name.span(),
                format!("`{}` is not a valid header name", name.value()),
            )),
            _ => Ok(()),
        }
    }
}

fn check_constant_header((name, value): &(LitStr, LitStr)) -> Result<()> {
    let is_valid = |character: char| character == '\t' || (' '..='~').contains(&character);
    if !is_token(&name.value()) {
        let message = format!("`{}` is not a valid header name", name.value());
        return Err(Error::new(name.span(), message));
    }
    if !value.value().chars().all(is_valid) {
        let message = "a header value consists of visible ASCII characters, spaces and tabs";
        return Err(Error::new(value.span(), message));
    }
    Ok(())
}

/// RFC 9110, section 5.6.2.
fn is_token(name: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_tchar)
}
