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
    // If the impl collides with another one, the compiler prints the name of the macro that writes it.
    Some(quote! {
        #krate::__private::into_response_unless_no_response! {
            [#impl_generics] [#name #type_generics] [#where_clause]
        }
    })
}
