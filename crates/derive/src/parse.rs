//! Converts the item that `syn` has parsed into the one that the derive works on.

use syn::{Data, DeriveInput, Error, Fields, Ident, Result};

use crate::ast::{Field, Input, Variant};
use crate::attr::{Attributes, Position};
use crate::combine::{all, both};

impl<'a> Input<'a> {
    pub(crate) fn parse(item: &'a DeriveInput) -> Result<Self> {
        let (attributes, variants) = match &item.data {
            Data::Struct(data) => {
                let attributes = Attributes::parse(&item.attrs, Position::Struct);
                let variant = Variant::parse(&item.ident, true, attributes, &data.fields)?;
                // An attribute of a struct applies to the item as well.
                (variant.attributes.clone(), vec![variant])
            }
            Data::Enum(data) => {
                let attributes = Attributes::parse(&item.attrs, Position::Enum);
                let variants = all(data.variants.iter().map(|variant| {
                    let attributes = Attributes::parse(&variant.attrs, Position::Variant);
                    Variant::parse(&variant.ident, false, attributes, &variant.fields)
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
        is_struct: bool,
        attributes: Result<Attributes>,
        fields: &'a Fields,
    ) -> Result<Self> {
        let (attributes, fields) = both(attributes, Field::parse_all(fields))?;
        let variant = Self {
            ident,
            is_struct,
            attributes,
            fields,
        };
        // Validated before the other variants are parsed, so that an error in one does not hide errors in the others.
        variant.validate()?;
        Ok(variant)
    }
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
