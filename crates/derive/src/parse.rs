//! Converts the item that `syn` has parsed into the one that the derive works on.

use std::collections::HashSet;

use quote::ToTokens as _;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, Result};

use crate::ast::{Field, Input, Variant};
use crate::attr::{Attributes, Position};
use crate::combine::{all, both};
use crate::generics::{mentions, type_parameters};

impl<'a> Input<'a> {
    pub(crate) fn parse(item: &'a DeriveInput) -> Result<Self> {
        let (attributes, variants) = match &item.data {
            Data::Struct(data) => {
                let attributes = Attributes::parse(&item.attrs, Position::Struct);
                let generic = type_parameters(&item.generics);
                let variant = Variant::parse(&item.ident, &item.attrs, attributes, &data.fields)?
                    .of_struct()
                    .without_generic(&generic);
                // An attribute of a struct applies to the item as well.
                (variant.attributes.clone(), vec![variant])
            }
            Data::Enum(data) => {
                let generic = type_parameters(&item.generics);
                let attributes = Attributes::parse(&item.attrs, Position::Enum);
                let variants = all(data.variants.iter().map(|variant| {
                    let attributes = Attributes::parse(&variant.attrs, Position::Variant);
                    let parsed =
                        Variant::parse(&variant.ident, &variant.attrs, attributes, &variant.fields);
                    parsed.map(|variant| variant.without_generic(&generic))
                }));
                both(attributes, variants)?
            }
            Data::Union(data) => {
                return Err(Error::new(
                    data.union_token.span,
                    "`HttpError` cannot be derived for a union; use an enum",
                ));
            }
        };
        let input = Self {
            item,
            attributes,
            variants,
        };
        input.validate()?;
        Ok(input)
    }
}

impl<'a> Variant<'a> {
    fn parse(
        ident: &'a Ident,
        all_attributes: &[Attribute],
        attributes: Result<Attributes>,
        fields: &'a Fields,
    ) -> Result<Self> {
        let (attributes, fields) = both(attributes, Field::parse_all(fields))?;
        let variant = Self {
            ident,
            is_struct: false,
            skipped: skipped(all_attributes, &attributes, &fields),
            attributes,
            fields,
        };
        // Validated before the other variants are parsed, so that an error in one does not hide errors in the others.
        variant.validate()?;
        Ok(variant)
    }

    const fn of_struct(mut self) -> Self {
        self.is_struct = true;
        self
    }

    /// A type parameter may not be an error, so an error of such a type is not looked for.
    fn without_generic(mut self, parameters: &HashSet<String>) -> Self {
        let is_generic =
            |field: usize| mentions(&self.fields[field].ty.to_token_stream(), parameters);
        if self.skipped.is_some_and(is_generic) {
            self.skipped = None;
        }
        self
    }
}

/// The field whose error `source()` skips.
fn skipped(
    all_attributes: &[Attribute],
    attributes: &Attributes,
    fields: &[Field<'_>],
) -> Option<usize> {
    let is_transparent = |attribute: &Attribute| {
        let path = attribute.path();
        (path.is_ident("error") || path.is_ident("snafu"))
            && attribute
                .parse_args::<Ident>()
                .is_ok_and(|it| it == "transparent")
    };
    let is_skipped = attributes.transparent.is_none() && all_attributes.iter().any(is_transparent);
    (is_skipped && fields.len() == 1).then_some(0)
}

impl<'a> Field<'a> {
    fn parse_all(fields: &'a Fields) -> Result<Vec<Self>> {
        all(fields.iter().zip(fields.members()).map(|(field, member)| {
            Ok(Self {
                member,
                ty: &field.ty,
                attributes: Attributes::parse(&field.attrs, Position::Field)?,
            })
        }))
    }
}
