//! `HttpError::catalogue`: the problem types of all variants, without a value of any.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

use crate::ast::Variant;

pub(crate) fn expand(variants: &[Variant<'_>], krate: &Path) -> TokenStream {
    let types = Ident::new("types", Span::mixed_site());
    let entries = variants.iter().map(|variant| {
        if variant.attributes.transparent.is_some() {
            let inner = variant.fields.iter().map(|field| field.ty);
            return quote!(#(#types.extend(<#inner as #krate::__private::Transparent>::catalogue());)*);
        }
        // A status that only the value knows cannot be documented.
        if variant.fields_with(|it| it.status_field.is_some()).is_some() {
            return quote!();
        }
        let problem_type = problem_type(variant, krate);
        quote!(#types.push(#problem_type);)
    });
    quote! {
        fn catalogue() -> ::std::vec::Vec<#krate::problem::ProblemType> {
            let mut #types = ::std::vec::Vec::new();
            #(#entries)*
            #types
        }
    }
}

fn problem_type(variant: &Variant<'_>, krate: &Path) -> TokenStream {
    let own = &variant.attributes;
    let status = own.status.as_ref().map_or_else(
        || quote!(#krate::__private::status(500)),
        |status| status.value(krate),
    );
    let code = own.code_literal().map(|code| quote!(.with_code(#code)));
    let title = own.title.as_ref().map(|title| quote!(.with_title(#title)));
    let type_uri = own.type_uri.as_ref().map(|uri| quote!(.with_type(#uri)));
    let exposure = match (own.public, own.private) {
        (Some(_), _) => Some(quote!(.with_public(true))),
        (None, Some(_)) => Some(quote!(.with_public(false))),
        (None, None) => None,
    };
    quote!(#krate::problem::ProblemType::new(#status) #code #title #type_uri #exposure)
}
