//! The item as the derive sees it: what it can be, each with its facts and its fields.

use syn::{Data, DeriveInput, Fields, Ident, Member, Type};

use crate::attr::{Attributes, Place};

/// The enum or struct.
pub(crate) struct Input<'a> {
    pub(crate) ast: &'a DeriveInput,
    pub(crate) attributes: Attributes,
    /// The variants of the enum; of a struct the one that it is.
    pub(crate) kinds: Vec<Kind<'a>>,
}

/// A variant, or a struct.
pub(crate) struct Kind<'a> {
    /// What its messages point at.
    pub(crate) ident: &'a Ident,
    pub(crate) is_variant: bool,
    pub(crate) attributes: Attributes,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A field of a variant or struct.
pub(crate) struct Field<'a> {
    pub(crate) member: Member,
    pub(crate) ty: &'a Type,
    pub(crate) attributes: Attributes,
}

impl<'a> Input<'a> {
    pub(crate) fn parse(ast: &'a DeriveInput) -> syn::Result<Self> {
        match &ast.data {
            Data::Struct(data) => {
                let attributes = Attributes::parse(&ast.attrs, Place::Struct);
                let fields = Field::parse_all(&data.fields);
                let kind = Kind::new(&ast.ident, false, attributes, fields)?;
                Ok(Self {
                    ast,
                    // The same attribute speaks of the item and of the only kind that it is.
                    attributes: Attributes::parse(&ast.attrs, Place::Struct)?,
                    kinds: vec![kind],
                })
            }
            Data::Enum(data) => {
                let attributes = Attributes::parse(&ast.attrs, Place::Enum);
                let kinds = all(data.variants.iter().map(|variant| {
                    let attributes = Attributes::parse(&variant.attrs, Place::Variant);
                    let fields = Field::parse_all(&variant.fields);
                    Kind::new(&variant.ident, true, attributes, fields)
                }));
                let (attributes, kinds) = both(attributes, kinds)?;
                Ok(Self {
                    ast,
                    attributes,
                    kinds,
                })
            }
            Data::Union(data) => Err(syn::Error::new(
                data.union_token.span,
                "`HttpError` can't be derived for a union, which can't tell what it holds; make it an enum",
            )),
        }
    }
}

impl<'a> Kind<'a> {
    /// Validated right here, so that a mistake elsewhere does not hide this one.
    fn new(
        ident: &'a Ident,
        is_variant: bool,
        attributes: syn::Result<Attributes>,
        fields: syn::Result<Vec<Field<'a>>>,
    ) -> syn::Result<Self> {
        let (attributes, fields) = both(attributes, fields)?;
        let kind = Self {
            ident,
            is_variant,
            attributes,
            fields,
        };
        kind.validate()?;
        Ok(kind)
    }
}

impl<'a> Field<'a> {
    fn parse_all(fields: &'a Fields) -> syn::Result<Vec<Self>> {
        all(fields.iter().zip(fields.members()).map(|(field, member)| {
            Ok(Self {
                member,
                ty: &field.ty,
                attributes: Attributes::parse(&field.attrs, Place::Field)?,
            })
        }))
    }

    /// The name under which the field is told, if it is.
    pub(crate) fn told_as(&self) -> Option<String> {
        let (_, name) = self.attributes.field.as_ref()?;
        Some(match (name, &self.member) {
            (Some(name), _) => name.value(),
            (None, Member::Named(name)) => {
                let name = name.to_string();
                name.strip_prefix("r#").unwrap_or(&name).to_owned()
            }
            (None, Member::Unnamed(index)) => index.index.to_string(),
        })
    }
}

/// All the values, or all the errors as one.
pub(crate) fn all<T>(results: impl Iterator<Item = syn::Result<T>>) -> syn::Result<Vec<T>> {
    let mut values = Ok(Vec::new());
    for result in results {
        match (&mut values, result) {
            (Ok(values), Ok(value)) => values.push(value),
            (Err(_), Ok(_)) => {}
            (Ok(_), Err(error)) => values = Err(error),
            (Err(errors), Err(error)) => errors.combine(error),
        }
    }
    values
}

fn both<A, B>(left: syn::Result<A>, right: syn::Result<B>) -> syn::Result<(A, B)> {
    match (left, right) {
        (Ok(left), Ok(right)) => Ok((left, right)),
        (Err(mut left), Err(right)) => {
            left.combine(right);
            Err(left)
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    }
}
