//! The expansion after an error: its message, and empty impls so that uses of the type cause no further errors.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Generics, parse_quote};

use crate::attr::{Attributes, Position};
use crate::into_response;

pub(crate) fn expand(item: &DeriveInput, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    if matches!(item.data, Data::Union(_)) {
        return error;
    }
    // A struct accepts every key that an enum accepts.
    let attributes = Attributes::parse(&item.attrs, Position::Struct).unwrap_or_default();
    let krate = attributes.krate();
    let name = &item.ident;
    let generics = with_supertraits(&item.generics);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let into_response = into_response::expand(item, &generics, &attributes);
    quote! {
        #error

        #[automatically_derived]
        impl #impl_generics #krate::HttpError for #name #type_generics #where_clause {}

        #into_response
    }
}

/// Adds the supertraits as bounds, so that an item that lacks one of them causes no second error. The `for<…>` lifetime
/// defers the check, which otherwise fails immediately for an item that is not generic.
fn with_supertraits(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    let clause = generics.make_where_clause();
    clause.predicates.push(parse_quote! {
        for<'workaround> Self: ::std::error::Error + ::core::marker::Send + ::core::marker::Sync + 'static
    });
    generics
}
