//! The attributes as they are written: `#[http(…)]` on an item, a variant or a field.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Attribute, Lit, LitStr, Path, Token, parse_quote};

use crate::status::Status;

/// Where an attribute stands, which decides the keys that it may have.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Enum,
    Struct,
    Variant,
    Field,
}

const OF_ITEM: [&str; 2] = ["crate", "no_response"];
const OF_KIND: [&str; 9] = [
    "status",
    "code",
    "title",
    "detail",
    "type",
    "name",
    "public",
    "private",
    "transparent",
];
const OF_FIELD: [&str; 2] = ["field", "header"];

/// Everything that attributes can say in one place.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) krate: Option<Path>,
    pub(crate) no_response: Option<Span>,
    pub(crate) status: Option<Status>,
    pub(crate) code: Option<Lit>,
    pub(crate) title: Option<LitStr>,
    pub(crate) detail: Option<LitStr>,
    pub(crate) type_uri: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) public: Option<Span>,
    pub(crate) private: Option<Span>,
    pub(crate) transparent: Option<Span>,
    /// The field's name where it is another one than its own.
    pub(crate) field: Option<(Span, Option<LitStr>)>,
    pub(crate) header: Option<LitStr>,
}

impl Attributes {
    pub(crate) fn parse(attributes: &[Attribute], place: Place) -> syn::Result<Self> {
        let mut parsed = Self::default();
        for attribute in attributes {
            if attribute.path().is_ident("http") {
                attribute.parse_nested_meta(|meta| parsed.read(&meta, place))?;
            }
        }
        Ok(parsed)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>, place: Place) -> syn::Result<()> {
        let key = meta.path.get_ident().map(ToString::to_string);
        let key = key.as_deref().unwrap_or_default();
        place.check(meta, key)?;
        match key {
            "crate" => {
                let path: LitStr = meta.value()?.parse()?;
                set(&mut self.krate, path.parse()?, meta, key)
            }
            "no_response" => flag(&mut self.no_response, meta, key),
            "status" => set(&mut self.status, meta.value()?.parse()?, meta, key),
            "code" => set(&mut self.code, code(meta)?, meta, key),
            "title" => set(&mut self.title, text(meta, key)?, meta, key),
            "detail" => set(&mut self.detail, text(meta, key)?, meta, key),
            "type" => set(&mut self.type_uri, text(meta, key)?, meta, key),
            "name" => set(&mut self.name, text(meta, key)?, meta, key),
            "public" => flag(&mut self.public, meta, key),
            "private" => flag(&mut self.private, meta, key),
            "transparent" => flag(&mut self.transparent, meta, key),
            "field" => {
                let name = if meta.input.peek(Token![=]) {
                    Some(text(meta, key)?)
                } else {
                    None
                };
                set(&mut self.field, (meta.path.span(), name), meta, key)
            }
            _ => set(&mut self.header, text(meta, key)?, meta, key),
        }
    }

    /// The path of the crate in the expansion.
    pub(crate) fn krate(&self) -> Path {
        self.krate
            .clone()
            .unwrap_or_else(|| parse_quote!(::backstop))
    }
}

impl Place {
    /// Refuses a key that is unknown, or that belongs somewhere else.
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
        let home = if OF_FIELD.contains(&key) {
            "a field of the variant or struct"
        } else if OF_KIND.contains(&key) && self == Self::Enum {
            "each variant"
        } else if OF_KIND.contains(&key) {
            "the variant or struct"
        } else if OF_ITEM.contains(&key) {
            "the enum or struct itself"
        } else {
            let keys: Vec<String> = self.keys().map(|key| format!("`{key}`")).collect();
            return Err(meta.error(format!(
                "`#[http(…)]` on {here} has no such key; it has {}",
                keys.join(", ")
            )));
        };
        Err(meta.error(format!(
            "`#[http({key})]` means nothing on {here}; put it on {home}"
        )))
    }

    fn keys(self) -> impl Iterator<Item = &'static &'static str> {
        let (kind, item, field) = match self {
            Self::Enum => (&[][..], &OF_ITEM[..], &[][..]),
            Self::Struct => (&OF_KIND[..], &OF_ITEM[..], &[][..]),
            Self::Variant => (&OF_KIND[..], &[][..], &[][..]),
            Self::Field => (&[][..], &[][..], &OF_FIELD[..]),
        };
        kind.iter().chain(item).chain(field)
    }
}

fn set<T>(
    slot: &mut Option<T>,
    value: T,
    meta: &ParseNestedMeta<'_>,
    key: &str,
) -> syn::Result<()> {
    if slot.replace(value).is_some() {
        return Err(meta.error(format!("`{key}` stands twice in `#[http(…)]`; say it once")));
    }
    Ok(())
}

fn flag(slot: &mut Option<Span>, meta: &ParseNestedMeta<'_>, key: &str) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        return Err(meta.error(format!("`{key}` takes no value; write `#[http({key})]`")));
    }
    set(slot, meta.path.span(), meta, key)
}

fn text(meta: &ParseNestedMeta<'_>, key: &str) -> syn::Result<LitStr> {
    let wanted = format!("`{key}` takes a text; write `{key} = \"…\"`");
    match meta.value().and_then(|value| value.parse()) {
        Ok(Lit::Str(text)) => Ok(text),
        Ok(other) => Err(syn::Error::new(other.span(), wanted)),
        Err(_) => Err(meta.error(wanted)),
    }
}

fn code(meta: &ParseNestedMeta<'_>) -> syn::Result<Lit> {
    let wanted =
        "`code` takes a text or a whole number; write `code = \"OUT_OF_STOCK\"` or `code = 1204`";
    match meta.value().and_then(|value| value.parse()) {
        Ok(code @ (Lit::Str(_) | Lit::Int(_))) => Ok(code),
        Ok(other) => Err(syn::Error::new(other.span(), wanted)),
        Err(_) => Err(meta.error(wanted)),
    }
}
