//! The item as the derive sees it: variants with their attributes and fields.

use syn::{DeriveInput, Ident, Member, Type};

use crate::attr::Attributes;

/// The enum or struct.
pub(crate) struct Input<'a> {
    pub(crate) item: &'a DeriveInput,
    pub(crate) attributes: Attributes,
    /// The variants of the enum. A struct is its own only variant.
    pub(crate) variants: Vec<Variant<'a>>,
}

/// A variant of an enum, or a struct.
pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) is_struct: bool,
    pub(crate) attributes: Attributes,
    pub(crate) fields: Vec<Field<'a>>,
    /// The field whose error `source()` skips, because the variant is transparent for thiserror or snafu, but not here.
    pub(crate) skipped: Option<usize>,
}

/// A field of a variant or struct.
pub(crate) struct Field<'a> {
    pub(crate) member: Member,
    pub(crate) ty: &'a Type,
    pub(crate) attributes: Attributes,
}

impl<'a> Variant<'a> {
    /// The fields with a certain attribute, or `None` if no field has it.
    pub(crate) fn fields_with(
        &'a self,
        has_attribute: impl Fn(&Attributes) -> bool,
    ) -> Option<Vec<&'a Field<'a>>> {
        let fields: Vec<_> = self
            .fields
            .iter()
            .filter(|field| has_attribute(&field.attributes))
            .collect();
        (!fields.is_empty()).then_some(fields)
    }
}

impl Field<'_> {
    /// The field's name without `r#`, or its index.
    pub(crate) fn name(&self) -> String {
        match &self.member {
            Member::Named(name) => {
                let name = name.to_string();
                name.strip_prefix("r#").unwrap_or(&name).to_owned()
            }
            Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// The name that the field is reported under, if it has the key `field`.
    pub(crate) fn reported_name(&self) -> Option<String> {
        let reported = self.attributes.field.as_ref()?;
        Some(match &reported.name {
            Some(name) => name.value(),
            None => self.name(),
        })
    }
}
