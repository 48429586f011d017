//! The methods of `HttpError`, one for each fact. A fact that no variant states is left to the trait.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned as _;

use crate::arm::{Arm, Method, binding, exposure};
use crate::expand::Expansion;
use crate::generics;
use crate::parse::Kind;

impl Expansion<'_> {
    pub(crate) fn status(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        self.method(
            &quote!(status),
            &quote!(#krate::__private::StatusCode),
            &quote!(#krate::__private::status(500)),
            |kind| {
                kind.attributes
                    .status
                    .as_ref()
                    .map(|status| Arm::constant(status.checked(krate)))
            },
        )
    }

    pub(crate) fn code(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        self.method(
            &quote!(code),
            &quote!(::core::option::Option<#krate::__private::Value>),
            &quote!(::core::option::Option::None),
            |kind| {
                let code = kind.code()?;
                Some(Arm::constant(quote! {
                    ::core::option::Option::Some(#krate::__private::Value::from(#code))
                }))
            },
        )
    }

    /// The methods that answer with a constant text.
    pub(crate) fn texts(&self) -> TokenStream {
        let method = |name, text: fn(&Kind<'_>) -> Option<LitStr>| {
            self.method(
                &name,
                &quote!(::core::option::Option<::std::borrow::Cow<'static, str>>),
                &quote!(::core::option::Option::None),
                |kind| {
                    let text = text(kind)?;
                    Some(Arm::constant(quote! {
                        ::core::option::Option::Some(::std::borrow::Cow::Borrowed(#text))
                    }))
                },
            )
        };
        let name = method(quote!(name), |kind| kind.attributes.name.clone());
        let title = method(quote!(title), |kind| kind.attributes.title.clone());
        let type_uri = method(quote!(type_uri), |kind| kind.attributes.type_uri.clone());
        let detail = self.method(
            &quote!(detail),
            &quote!(::core::option::Option<::std::string::String>),
            &quote!(::core::option::Option::None),
            |kind| {
                let text = kind.attributes.detail.as_ref()?;
                Some(Arm::constant(quote! {
                    ::core::option::Option::Some(::std::string::String::from(#text))
                }))
            },
        );
        quote!(#name #title #type_uri #detail)
    }

    /// The methods that only `transparent` writes.
    pub(crate) fn delegated(&self) -> TokenStream {
        let krate = &self.krate;
        let details = self.method(
            &quote!(details),
            &quote!(::core::option::Option<#krate::__private::Value>),
            &quote!(::core::option::Option::None),
            |_| None,
        );
        let is_foreign = self.method(&quote!(is_foreign), &quote!(bool), &quote!(false), |_| None);
        let inner = self.inner();
        quote!(#details #is_foreign #inner)
    }

    pub(crate) fn fields(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        self.method(
            &quote!(fields),
            &quote!(::std::vec::Vec<(::std::borrow::Cow<'static, str>, #krate::__private::Value)>),
            &quote!(::std::vec::Vec::new()),
            |kind| {
                let fields = kind.with(|field| field.attributes.field.is_some())?;
                let entries = fields.iter().map(|field| {
                    let (name, binding) = (field.told_as(), binding(field));
                    quote_spanned! {field.ty.span()=>
                        (::std::borrow::Cow::Borrowed(#name), #krate::__private::value(#binding))
                    }
                });
                let value = quote!(::std::vec::Vec::from([#(#entries),*]));
                Some(Arm { fields, value })
            },
        )
    }

    pub(crate) fn headers(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        self.method(
            &quote!(headers),
            &quote!(#krate::__private::HeaderMap),
            &quote!(#krate::__private::HeaderMap::new()),
            |kind| {
                let fields = kind.with(|field| field.attributes.header.is_some())?;
                let headers = Ident::new("headers", Span::mixed_site());
                let entries = fields.iter().map(|field| {
                    let binding = binding(field);
                    let name = field
                        .attributes
                        .header
                        .as_ref()
                        .map(|name| name.value().to_ascii_lowercase());
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
            },
        )
    }

    pub(crate) fn exposure(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        self.method(
            &quote!(exposure),
            &quote!(#krate::Exposure),
            &quote!(#krate::Exposure::ByStatus),
            |kind| exposure(kind, krate).map(Arm::constant),
        )
    }

    /// The inner error itself, for those that look for its type.
    fn inner(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        let method = Method {
            name: &quote!(transparent_over),
            returns: &quote!(::core::option::Option<&(dyn #krate::HttpError + 'static)>),
            default: &quote!(::core::option::Option::None),
            delegate: |inner: &Ident| quote!(::core::option::Option::Some(#inner)),
        };
        method.expand(&self.input.kinds, |_| None)
    }

    /// A method whose answer for a `transparent` kind is the inner error's own.
    fn method<'b>(
        &'b self,
        name: &TokenStream,
        returns: &TokenStream,
        default: &TokenStream,
        arm: impl Fn(&'b Kind<'b>) -> Option<Arm<'b>>,
    ) -> Option<TokenStream> {
        let krate = &self.krate;
        let method = Method {
            name,
            returns,
            default,
            delegate: |inner: &Ident| quote!(#krate::HttpError::#name(#inner)),
        };
        method.expand(&self.input.kinds, arm)
    }
}
