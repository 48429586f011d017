//! `impl HttpError`. A method that no variant has an attribute for keeps the trait's default.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{LitStr, Path};

use crate::ast::{Field, Input, Variant};
use crate::attr::Attributes;
use crate::method::{Arm, Method, binding};
use crate::{catalogue, generics};

pub(crate) fn expand(input: &Input<'_>) -> TokenStream {
    let krate = &input.attributes.krate();
    let name = &input.item.ident;
    let generics = generics::of_http_error(input, krate);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let methods = Methods {
        variants: &input.variants,
        krate,
    };
    let methods = methods.expand();
    let catalogue = catalogue::expand(&input.variants, krate);
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::HttpError for #name #type_generics #where_clause {
            #methods
            #catalogue
        }
    }
}

#[derive(Clone, Copy)]
struct Methods<'a> {
    variants: &'a [Variant<'a>],
    krate: &'a Path,
}

impl<'a> Methods<'a> {
    fn expand(self) -> TokenStream {
        let methods = [
            self.status(),
            self.code(),
            self.text(&quote!(name), |attributes| attributes.name.as_ref()),
            self.text(&quote!(title), |attributes| attributes.title.as_ref()),
            self.text(&quote!(type_uri), |attributes| attributes.type_uri.as_ref()),
            self.text(&quote!(detail), |attributes| attributes.detail.as_ref()),
            self.fields(),
            self.headers(),
            self.exposure(),
            self.is_expected(),
            self.details(),
            self.is_foreign(),
            self.transparent_over(),
        ];
        quote!(#(#methods)*)
    }

    fn status(self) -> Option<TokenStream> {
        let krate = self.krate;
        let returns = quote!(#krate::__private::StatusCode);
        let default = quote!(#krate::__private::status(500));
        self.method(&quote!(status), &returns, &default, |variant| {
            let status = variant.attributes.status.as_ref()?;
            Some(Arm::constant(status.checked(krate)))
        })
    }

    fn code(self) -> Option<TokenStream> {
        let krate = self.krate;
        let value = quote!(#krate::__private::Value);
        self.optional(&quote!(code), &value, |attributes| {
            let code = attributes.code_literal()?;
            Some(quote!(#value::from(#code)))
        })
    }

    /// A method that returns a string literal.
    fn text(
        self,
        name: &TokenStream,
        text: impl Fn(&'a Attributes) -> Option<&'a LitStr>,
    ) -> Option<TokenStream> {
        let returns = quote!(::std::borrow::Cow<'static, str>);
        self.optional(name, &returns, |attributes| {
            let text = text(attributes)?;
            Some(quote!(::std::borrow::Cow::Borrowed(#text)))
        })
    }

    fn fields(self) -> Option<TokenStream> {
        let krate = self.krate;
        let returns =
            quote!(::std::vec::Vec<(::std::borrow::Cow<'static, str>, #krate::__private::Value)>);
        let default = quote!(::std::vec::Vec::new());
        self.method(&quote!(fields), &returns, &default, |variant| {
            let fields = variant.fields_with(|attributes| attributes.field.is_some())?;
            let checks = fields.iter().map(|field| check_reserved(field, krate));
            let entries = fields.iter().map(|field| {
                let (name, binding) = (field.reported_name(), binding(field));
                quote_spanned! {field.ty.span()=>
                    (::std::borrow::Cow::Borrowed(#name), #krate::__private::value(#binding))
                }
            });
            let value = quote!({ #(#checks)* ::std::vec::Vec::from([#(#entries),*]) });
            Some(Arm { fields, value })
        })
    }

    fn headers(self) -> Option<TokenStream> {
        let krate = self.krate;
        let returns = quote!(#krate::__private::HeaderMap);
        let default = quote!(#krate::__private::HeaderMap::new());
        self.method(&quote!(headers), &returns, &default, |variant| {
            let fields = variant.fields_with(|attributes| attributes.header.is_some())?;
            let headers = Ident::new("headers", Span::mixed_site());
            let entries = fields.iter().map(|field| {
                let binding = binding(field);
                let name = field.attributes.header.as_ref().map(LitStr::value);
                let name = name.map(|name| name.to_ascii_lowercase());
                let insert = match generics::optional(field.ty) {
                    Some(_) => quote!(optional_header),
                    None => quote!(header),
                };
                quote_spanned! {field.ty.span()=>
                    #krate::__private::#insert(&mut #headers, #name, #binding);
                }
            });
            let value = quote!({
                let mut #headers = #krate::__private::HeaderMap::new();
                #(#entries)*
                #headers
            });
            Some(Arm { fields, value })
        })
    }

    fn exposure(self) -> Option<TokenStream> {
        let krate = self.krate;
        let returns = quote!(#krate::Exposure);
        let default = quote!(#krate::Exposure::ByStatus);
        self.method(&quote!(exposure), &returns, &default, |variant| {
            let own = &variant.attributes;
            let exposure = match (own.public, own.private) {
                (Some(_), _) => quote!(#krate::Exposure::Public),
                (None, Some(_)) => quote!(#krate::Exposure::Private),
                (None, None) => return None,
            };
            Some(Arm::constant(exposure))
        })
    }

    fn is_expected(self) -> Option<TokenStream> {
        self.method(
            &quote!(is_expected),
            &quote!(bool),
            &quote!(false),
            |variant| {
                variant.attributes.expected?;
                Some(Arm::constant(quote!(true)))
            },
        )
    }

    /// `details`, which only a `transparent` variant has, from its inner error.
    fn details(self) -> Option<TokenStream> {
        let krate = self.krate;
        let returns = quote!(#krate::__private::Value);
        self.optional(&quote!(details), &returns, |_| None)
    }

    /// `is_foreign`, which only a `transparent` variant can be, through its inner error.
    fn is_foreign(self) -> Option<TokenStream> {
        self.method(&quote!(is_foreign), &quote!(bool), &quote!(false), |_| None)
    }

    fn transparent_over(self) -> Option<TokenStream> {
        let krate = self.krate;
        let method = Method {
            name: &quote!(transparent_over),
            returns: &quote!(::core::option::Option<&(dyn #krate::HttpError + 'static)>),
            default: &quote!(::core::option::Option::None),
            delegate: |inner: &Ident| quote!(::core::option::Option::Some(#inner)),
        };
        method.expand(self.variants, |_| None)
    }

    /// A method that returns an `Option` and reads no fields.
    fn optional(
        self,
        name: &TokenStream,
        returns: &TokenStream,
        value: impl Fn(&'a Attributes) -> Option<TokenStream>,
    ) -> Option<TokenStream> {
        let returns = quote!(::core::option::Option<#returns>);
        let default = quote!(::core::option::Option::None);
        self.method(name, &returns, &default, |variant| {
            let value = value(&variant.attributes)?;
            Some(Arm::constant(quote!(::core::option::Option::Some(#value))))
        })
    }

    /// A method that calls the inner error's own for a `transparent` variant.
    fn method(
        self,
        name: &TokenStream,
        returns: &TokenStream,
        default: &TokenStream,
        arm: impl Fn(&'a Variant<'a>) -> Option<Arm<'a>>,
    ) -> Option<TokenStream> {
        let krate = self.krate;
        let method = Method {
            name,
            returns,
            default,
            delegate: |inner: &Ident| quote!(#krate::HttpError::#name(#inner)),
        };
        method.expand(self.variants, arm)
    }
}

/// Rejects fields named like a member that every error response has. Only `backstop` knows these names, so the
/// generated code checks them at compile time.
fn check_reserved(field: &Field<'_>, krate: &Path) -> Option<TokenStream> {
    let span = field.attributes.field.as_ref()?.span();
    let name = field.reported_name()?;
    let message = format!(
        "`{name}` is a reserved member of error responses; rename the field with `#[http(field = \"…\")]`"
    );
    Some(quote_spanned! {span=>
        const _: () = ::core::assert!(!#krate::__private::is_reserved(#name), #message);
    })
}
