//! The impls.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, Path};

use crate::fallback;
use crate::generics;
use crate::parse::Input;

pub(crate) fn derive(ast: &DeriveInput) -> TokenStream {
    let input = Input::parse(ast).and_then(|input| {
        input.check_codes()?;
        Ok(input)
    });
    match input {
        Ok(input) => Expansion::new(&input).expand(),
        Err(error) => fallback::expand(ast, &error),
    }
}

/// An item that made sense.
pub(crate) struct Expansion<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) krate: Path,
}

impl<'a> Expansion<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        Self {
            input,
            krate: input.attributes.krate(),
        }
    }

    fn expand(&self) -> TokenStream {
        let krate = &self.krate;
        let name = &self.input.ast.ident;
        let generics = generics::of_http_error(self.input, krate);
        let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
        let methods = [
            self.status(),
            self.code(),
            Some(self.texts()),
            self.fields(),
            self.headers(),
            self.exposure(),
            Some(self.delegated()),
            Some(self.catalogue()),
        ];
        let response = self
            .input
            .attributes
            .no_response
            .is_none()
            .then(|| self.response());
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::HttpError for #name #type_generics #where_clause {
                #(#methods)*
            }

            #response
        }
    }

    fn response(&self) -> TokenStream {
        let krate = &self.krate;
        let name = &self.input.ast.ident;
        let generics = generics::of_response(&self.input.ast.generics, krate);
        let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::__private::IntoResponse for #name #type_generics #where_clause {
                fn into_response(self) -> #krate::__private::Response {
                    #krate::__private::respond(self)
                }
            }
        }
    }

    /// What the item can be, without an instance of it.
    fn catalogue(&self) -> TokenStream {
        let krate = &self.krate;
        let kinds = Ident::new("kinds", Span::mixed_site());
        let entries = self.input.kinds.iter().map(|kind| {
            let own = &kind.attributes;
            if own.transparent.is_some() {
                let inner = kind.fields.iter().map(|field| field.ty);
                return quote!(#(#kinds.extend(<#inner as #krate::HttpError>::catalogue());)*);
            }
            let status = own.status.as_ref().map_or_else(
                || quote!(#krate::__private::status(500)),
                |status| status.value(krate),
            );
            let code = kind.code().map(|code| quote!(.code(#code)));
            let title = own.title.as_ref().map(|title| quote!(.title(#title)));
            let type_uri = own.type_uri.as_ref().map(|uri| quote!(.type_uri(#uri)));
            let exposure = match (own.public, own.private) {
                (None, None) => None,
                (public, _) => {
                    let is_shown = public.is_some();
                    Some(quote!(.shown(#is_shown)))
                }
            };
            quote!(#kinds.push(#krate::ProblemType::new(#status) #code #title #type_uri #exposure);)
        });
        quote! {
            fn catalogue() -> ::std::vec::Vec<#krate::ProblemType> {
                let mut #kinds = ::std::vec::Vec::new();
                #(#entries)*
                #kinds
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::{TokenStream, TokenTree};
    use quote::quote;

    fn count(tokens: TokenStream) -> usize {
        let of = |token| match token {
            TokenTree::Group(group) => 2 + count(group.stream()),
            _ => 1,
        };
        tokens.into_iter().map(of).sum()
    }

    #[test]
    fn an_enum_expands_to_no_more_than_was_reviewed() {
        let item = quote! {
            enum ShopError {
                #[http(status = 404, code = "NO_PRODUCT", title = "No such product")]
                NoProduct { #[http(field)] id: u32 },
                #[http(status = StatusCode::CONFLICT, code = "OUT_OF_STOCK")]
                OutOfStock(u32),
                #[http(status = 503, public)]
                Closed { #[http(header = "retry-after")] seconds: u32 },
                #[http(transparent)]
                Stock(std::io::Error),
            }
        };
        let expansion = super::derive(&syn::parse2(item).unwrap());
        // 140 lines as rustfmt sets them. Whoever adds to them reads them again and sets the new count.
        assert_eq!(count(expansion), 1702);
    }
}
