//! What parses and still makes no sense. Each message names the attribute and the way out.

use std::collections::HashMap;

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::{Error, Lit, LitStr, Member, Result};

use crate::parse::{Field, Input, Kind, all};

/// The names of members that Backstop writes itself, as `backstop::problem` reserves them.
const RESERVED: [&str; 15] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "statusCode",
    "name",
    "message",
    "code",
    "details",
    "errors",
    "stack",
    "cause",
    "debug",
    "error",
];

impl Input<'_> {
    /// A code stands for one kind of error, or programs can't tell them apart.
    pub(crate) fn check_codes(&self) -> Result<()> {
        let mut seen = HashMap::new();
        all(self.kinds.iter().map(|kind| {
            let Some(code) = &kind.attributes.code else {
                return Ok(());
            };
            match seen.insert(code.to_token_stream().to_string(), kind.ident) {
                None => Ok(()),
                Some(first) => Err(Error::new(
                    code.span(),
                    format!(
                        "`code = {}` stands on `{first}` already; give each variant a code of its own",
                        code.to_token_stream()
                    ),
                )),
            }
        }))
        .map(drop)
    }
}

impl Kind<'_> {
    pub(crate) fn validate(&self) -> Result<()> {
        let checks = [
            self.check_status(),
            self.check_exposure(),
            self.check_code(),
            self.check_type(),
            self.check_transparent(),
            self.check_names(),
        ];
        let headers = self.fields.iter().map(Field::check_header);
        all(checks.into_iter().chain(headers)).map(drop)
    }

    fn check_status(&self) -> Result<()> {
        self.attributes
            .status
            .as_ref()
            .map_or(Ok(()), |status| status.validate())
    }

    fn check_exposure(&self) -> Result<()> {
        match (self.attributes.public, self.attributes.private) {
            (Some(_), Some(private)) => Err(Error::new(
                private,
                "`public` and `private` contradict each other; keep one in `#[http(…)]`, or none to go by the status",
            )),
            _ => Ok(()),
        }
    }

    fn check_code(&self) -> Result<()> {
        match &self.attributes.code {
            Some(Lit::Int(number)) if number.base10_parse::<i64>().is_err() => Err(Error::new(
                number.span(),
                "`code` is too large a number; use a text",
            )),
            _ => Ok(()),
        }
    }

    fn check_type(&self) -> Result<()> {
        let is_refused = |character: char| {
            character.is_whitespace() || character.is_control() || "<>\"{}|\\^`".contains(character)
        };
        match &self.attributes.type_uri {
            Some(uri) if uri.value().is_empty() || uri.value().contains(is_refused) => {
                Err(Error::new(
                    uri.span(),
                    "`type` is a URI reference, like `type = \"https://example.com/problems/out-of-stock\"`",
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
                    "`transparent` needs exactly one field, the error that answers; `{}` has {}",
                    self.ident,
                    self.fields.len()
                ),
            ));
        }
        let others = self.others().map(|(key, span)| {
            Err(Error::new(
                span,
                format!(
                    "`transparent` takes every fact from the inner error, so `{key}` can't stand beside it; remove one of the two"
                ),
            ))
        });
        all(others).map(|_: Vec<()>| ())
    }

    /// The attributes that say what `transparent` leaves to the inner error.
    fn others(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let own = &self.attributes;
        let text = |text: &Option<LitStr>| text.as_ref().map(LitStr::span);
        let field = self.fields.first().map(|field| &field.attributes);
        [
            ("status", own.status.as_ref().map(|status| status.span())),
            ("code", own.code.as_ref().map(Lit::span)),
            ("title", text(&own.title)),
            ("detail", text(&own.detail)),
            ("type", text(&own.type_uri)),
            ("name", text(&own.name)),
            ("public", own.public),
            ("private", own.private),
            (
                "field",
                field.and_then(|field| field.field.as_ref().map(|(span, _)| *span)),
            ),
            ("header", field.and_then(|field| text(&field.header))),
        ]
        .into_iter()
        .filter_map(|(key, span)| Some((key, span?)))
    }

    fn check_names(&self) -> Result<()> {
        let mut seen = Vec::new();
        all(self.fields.iter().map(|field| {
            let Some((name, (span, renamed))) =
                field.told_as().zip(field.attributes.field.as_ref())
            else {
                return Ok(());
            };
            let span = renamed.as_ref().map_or(*span, LitStr::span);
            if renamed.is_none() && matches!(field.member, Member::Unnamed(_)) {
                return Err(Error::new(
                    span,
                    "`field` needs a name here, where the field has none; write `#[http(field = \"…\")]`",
                ));
            }
            if name.is_empty() {
                return Err(Error::new(span, "`field` needs a name, not an empty text"));
            }
            if RESERVED.contains(&name.as_str()) {
                return Err(Error::new(
                    span,
                    format!(
                        "`{name}` is a member that answers have anyway, so no field can have that name; rename it with `#[http(field = \"…\")]`"
                    ),
                ));
            }
            if seen.contains(&name) {
                return Err(Error::new(
                    span,
                    format!("a field is told as `{name}` already; rename one with `#[http(field = \"…\")]`"),
                ));
            }
            seen.push(name);
            Ok(())
        }))
        .map(drop)
    }
}

impl Field<'_> {
    fn check_header(&self) -> Result<()> {
        let is_token = |text: &str| {
            let is_part =
                |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            !text.is_empty() && text.bytes().all(is_part)
        };
        match &self.attributes.header {
            Some(name) if !is_token(&name.value()) => Err(Error::new(
                name.span(),
                format!(
                    "`{}` is no name of a header; write one like `#[http(header = \"retry-after\")]`",
                    name.value()
                ),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RESERVED;

    #[test]
    fn the_reserved_names_are_those_of_the_crate() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/problem/members.rs");
        let source = std::fs::read_to_string(path).unwrap();
        let list = source
            .split_once("RESERVED: [&str; 15] = [")
            .and_then(|(_, rest)| rest.split_once(']'))
            .map(|(list, _)| list)
            .expect("the crate reserves fifteen names");
        let theirs: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        assert_eq!(theirs, RESERVED);
    }
}
