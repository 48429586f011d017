//! A method as a `match` over the variants.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{Lit, Member, Path};

use crate::parse::{Field, Kind};

/// A method of the trait, but for its arms.
pub(crate) struct Method<'a, D> {
    pub(crate) name: &'a TokenStream,
    pub(crate) returns: &'a TokenStream,
    /// The answer for the kinds that say nothing.
    pub(crate) default: &'a TokenStream,
    /// The answer for a kind that is `transparent`, from the inner error.
    pub(crate) delegate: D,
}

/// What a method answers for one kind, and the fields that it looks at.
pub(crate) struct Arm<'a> {
    pub(crate) fields: Vec<&'a Field<'a>>,
    pub(crate) value: TokenStream,
}

impl<D: Fn(&Ident) -> TokenStream> Method<'_, D> {
    /// The method; none where every kind leaves it to the trait.
    pub(crate) fn expand<'a>(
        &self,
        kinds: &'a [Kind<'a>],
        arm: impl Fn(&'a Kind<'a>) -> Option<Arm<'a>>,
    ) -> Option<TokenStream> {
        let arms: Vec<_> = kinds
            .iter()
            .map(|kind| (kind, self.delegated(kind).or_else(|| arm(kind))))
            .collect();
        if arms.iter().all(|(_, arm)| arm.is_none()) {
            return None;
        }
        let said = arms.iter().filter_map(|(kind, arm)| {
            let arm = arm.as_ref()?;
            let (pattern, value) = (kind.pattern(&arm.fields), &arm.value);
            Some(quote!(#pattern => #value,))
        });
        let silent: Vec<_> = arms
            .iter()
            .filter(|(_, arm)| arm.is_none())
            .map(|(kind, _)| kind.pattern(&[]))
            .collect();
        let (name, returns, default) = (self.name, self.returns, self.default);
        let silent = (!silent.is_empty()).then(|| quote!(#(#silent)|* => #default,));
        Some(quote! {
            fn #name(&self) -> #returns {
                match self { #(#said)* #silent }
            }
        })
    }

    fn delegated<'a>(&self, kind: &'a Kind<'a>) -> Option<Arm<'a>> {
        kind.attributes.transparent?;
        let fields: Vec<_> = kind.fields.iter().collect();
        let value = (self.delegate)(&binding(fields.first()?));
        Some(Arm { fields, value })
    }
}

impl Arm<'_> {
    pub(crate) const fn constant(value: TokenStream) -> Self {
        Self {
            fields: Vec::new(),
            value,
        }
    }
}

impl<'a> Kind<'a> {
    /// The fields that are meant, if there are any.
    pub(crate) fn with(
        &'a self,
        is_meant: impl Fn(&Field<'_>) -> bool,
    ) -> Option<Vec<&'a Field<'a>>> {
        let fields: Vec<_> = self.fields.iter().filter(|field| is_meant(field)).collect();
        (!fields.is_empty()).then_some(fields)
    }

    /// The code as an expression. A number has its type, or it would be an `i32`.
    pub(crate) fn code(&self) -> Option<TokenStream> {
        let code = self.attributes.code.as_ref()?;
        Some(match code {
            Lit::Int(number) => match number.base10_parse() {
                Ok(number) => Literal::i64_suffixed(number).into_token_stream(),
                Err(_) => code.into_token_stream(),
            },
            _ => code.into_token_stream(),
        })
    }

    /// The pattern that binds these fields; braces fit every variant and struct.
    fn pattern(&self, fields: &[&Field<'_>]) -> TokenStream {
        let bindings = fields.iter().map(|field| {
            let (member, binding) = (&field.member, binding(field));
            quote!(#member: #binding,)
        });
        let variant = self.is_variant.then(|| {
            let ident = self.ident;
            quote!(::#ident)
        });
        quote!(Self #variant { #(#bindings)* .. })
    }
}

/// The variable of a field.
pub(crate) fn binding(field: &Field<'_>) -> Ident {
    let name = match &field.member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    };
    let name = name.strip_prefix("r#").unwrap_or(&name);
    // At the field's type, so that a type that is not fit for its attribute is what the message points at.
    let span = Span::mixed_site().located_at(field.ty.span());
    format_ident!("field_{}", name, span = span)
}

/// `public` or `private`, if one is said.
pub(crate) fn exposure(kind: &Kind<'_>, krate: &Path) -> Option<TokenStream> {
    if kind.attributes.public.is_some() {
        return Some(quote!(#krate::Exposure::Public));
    }
    kind.attributes
        .private
        .map(|_| quote!(#krate::Exposure::Private).into_token_stream())
}
