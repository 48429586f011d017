//! `impl IntoResponse`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Generics};

use crate::attr::Attributes;
use crate::generics;

/// The impl, or `None` if the item opts out with `no_response`. `generics` are those of the item.
pub(crate) fn expand(
    item: &DeriveInput,
    generics: &Generics,
    attributes: &Attributes,
) -> Option<TokenStream> {
    if attributes.no_response.is_some() {
        return None;
    }
    let krate = attributes.krate();
    let name = &item.ident;
    let generics = generics::of_into_response(generics, &krate);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    Some(quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::IntoResponse for #name #type_generics #where_clause {
            fn into_response(self) -> #krate::__private::Response {
                #krate::__private::respond(self)
            }
        }
    })
}
