//! The bounds of a generic item's impls.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{
    GenericArgument, GenericParam, Generics, Path, PathArguments, Type, WherePredicate, parse_quote,
};

use crate::ast::Input;

/// The generics of `impl HttpError`, with the supertraits as bounds, and with the bounds that the attributes require of
/// fields whose type depends on a type parameter.
pub(crate) fn of_http_error(input: &Input<'_>, krate: &Path) -> Generics {
    let mut generics = input.item.generics.clone();
    if generics.params.is_empty() {
        return generics;
    }
    let parameters = type_parameters(&generics);
    let mut predicates: Vec<WherePredicate> = vec![parse_quote! {
        Self: ::std::error::Error + ::core::marker::Send + ::core::marker::Sync + 'static
    }];
    for variant in &input.variants {
        for field in &variant.fields {
            let ty = field.ty;
            if !mentions(&ty.to_token_stream(), &parameters) {
                continue;
            }
            if variant.attributes.transparent.is_some() {
                predicates.push(parse_quote!(#ty: #krate::__private::Transparent));
            }
            if field.attributes.field.is_some() {
                predicates.push(parse_quote!(#ty: #krate::__private::Serialize));
            }
            if field.attributes.status_field.is_some() {
                predicates.push(parse_quote!(#ty: #krate::__private::FieldStatus));
            }
            if field.attributes.header.is_some() {
                let ty = optional(ty).unwrap_or(ty);
                predicates.push(parse_quote!(#ty: ::core::fmt::Display));
            }
        }
    }
    generics.make_where_clause().predicates.extend(predicates);
    generics
}

/// The names of the type parameters.
pub(crate) fn type_parameters(generics: &Generics) -> HashSet<String> {
    let names = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
            GenericParam::Lifetime(_) | GenericParam::Const(_) => None,
        });
    names.collect()
}

/// The generics of `impl IntoResponse`.
pub(crate) fn of_into_response(generics: &Generics, krate: &Path) -> Generics {
    let mut generics = generics.clone();
    if !generics.params.is_empty() {
        let clause = generics.make_where_clause();
        clause
            .predicates
            .push(parse_quote!(Self: #krate::HttpError));
    }
    generics
}

/// The `T` of an `Option<T>`, which a macro can only recognize by its name.
pub(crate) fn optional(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == "Option" => {
            match arguments.args.first()? {
                GenericArgument::Type(inner) => Some(inner),
                _ => None,
            }
        }
        _ => None,
    }
}

pub(crate) fn mentions(tokens: &TokenStream, parameters: &HashSet<String>) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => parameters.contains(&ident.to_string()),
        TokenTree::Group(group) => mentions(&group.stream(), parameters),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
