//! What is written after an error: the errors, and impls that say nothing, so that the code that uses the
//! type does not add its own complaints.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Generics, parse_quote};

use crate::attr::{Attributes, Place};
use crate::generics;

pub(crate) fn expand(ast: &DeriveInput, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    if matches!(ast.data, Data::Union(_)) {
        return error;
    }
    // A struct's attributes can say all that an enum's can.
    let attributes = Attributes::parse(&ast.attrs, Place::Struct).unwrap_or_default();
    let krate = attributes.krate();
    let name = &ast.ident;
    let of_http_error = with_demands(&ast.generics);
    let of_response = generics::of_response(&of_http_error, &krate);
    let (impl_generics, type_generics, where_clause) = of_http_error.split_for_impl();
    let (_, _, response_clause) = of_response.split_for_impl();
    let response = attributes.no_response.is_none().then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::__private::IntoResponse for #name #type_generics #response_clause {
                fn into_response(self) -> #krate::__private::Response {
                    #krate::__private::respond(self)
                }
            }
        }
    });
    quote! {
        #error

        #[automatically_derived]
        impl #impl_generics #krate::HttpError for #name #type_generics #where_clause {}

        #response
    }
}

/// The trait's demands, bound for all lifetimes: an item that does not meet them is no second error.
fn with_demands(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    let clause = generics.make_where_clause();
    clause.predicates.push(parse_quote! {
        for<'workaround> Self: ::std::error::Error + ::core::marker::Send + ::core::marker::Sync + 'static
    });
    generics
}
