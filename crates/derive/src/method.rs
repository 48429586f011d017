//! A method of `HttpError` as a `match` over the variants.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned as _;

use crate::ast::{Field, Variant};

/// The signature of a method, and its value for variants without an arm of their own.
pub(crate) struct Method<'a> {
    pub(crate) name: &'a TokenStream,
    pub(crate) returns: &'a TokenStream,
    /// The value for variants without an attribute for it: the trait's default.
    pub(crate) default: &'a TokenStream,
    /// The value for a `transparent` variant, from its inner error.
    pub(crate) delegate: &'a TokenStream,
}

/// The value for one variant, and the fields that it reads.
pub(crate) struct Arm<'a> {
    pub(crate) fields: Vec<&'a Field<'a>>,
    pub(crate) value: TokenStream,
}

impl Method<'_> {
    /// The method, or `None` if every variant has the trait's default.
    pub(crate) fn expand<'a>(
        &self,
        variants: &'a [Variant<'a>],
        arm: impl Fn(&'a Variant<'a>) -> Option<Arm<'a>>,
    ) -> Option<TokenStream> {
        let mut arms = Vec::new();
        let mut defaults = Vec::new();
        for variant in variants {
            match self.transparent(variant).or_else(|| arm(variant)) {
                Some(Arm { fields, value }) => {
                    let pattern = pattern(variant, &fields);
                    arms.push(quote!(#pattern => #value,));
                }
                None => defaults.push(pattern(variant, &[])),
            }
        }
        if arms.is_empty() {
            return None;
        }
        let (name, returns, default) = (self.name, self.returns, self.default);
        let defaults = (!defaults.is_empty()).then(|| quote!(#(#defaults)|* => #default,));
        Some(quote! {
            fn #name(&self) -> #returns {
                match self { #(#arms)* #defaults }
            }
        })
    }

    fn transparent<'a>(&self, variant: &'a Variant<'a>) -> Option<Arm<'a>> {
        variant.attributes.transparent?;
        Some(Arm::constant(self.delegate.clone()))
    }
}

impl Arm<'_> {
    /// An arm that reads no fields.
    pub(crate) const fn constant(value: TokenStream) -> Self {
        Self {
            fields: Vec::new(),
            value,
        }
    }
}

/// The variable that holds a field.
pub(crate) fn binding(field: &Field<'_>) -> Ident {
    // With the span of the field's type, so that the compiler points at the type if it lacks a trait.
    let span = Span::mixed_site().located_at(field.ty.span());
    format_ident!("field_{}", field.name(), span = span)
}

/// The pattern that binds these fields. Braces match variants and structs of every kind.
pub(crate) fn pattern(variant: &Variant<'_>, fields: &[&Field<'_>]) -> TokenStream {
    let bindings = fields.iter().map(|field| {
        let (member, binding) = (&field.member, binding(field));
        quote!(#member: #binding,)
    });
    let name = (!variant.is_struct).then(|| {
        let ident = variant.ident;
        quote!(::#ident)
    });
    quote!(Self #name { #(#bindings)* .. })
}
