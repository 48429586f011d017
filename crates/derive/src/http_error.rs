//! `impl HttpError`. A method that no variant has an attribute for keeps the trait's default.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{LitStr, Path};

use crate::ast::{Field, Input, Variant};
use crate::attr::Attributes;
use crate::method::{Arm, Method, binding, pattern};
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
    let forwards = forwards(&input.variants, krate).map(|facts| {
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::__private::Forwards for #name #type_generics #where_clause {
                #facts
            }
        }
    });
    quote! {
        #forwards

        #[automatically_derived]
        impl #impl_generics #krate::HttpError for #name #type_generics #where_clause {
            #methods
            #catalogue
        }
    }
}

/// What the inner error of a `transparent` variant says, or `None` if no variant is transparent.
fn forwards(variants: &[Variant<'_>], krate: &Path) -> Option<TokenStream> {
    let mut arms = Vec::new();
    for variant in variants {
        if variant.attributes.transparent.is_some() {
            let fields: Vec<_> = variant.fields.iter().collect();
            let (pattern, inner) = (pattern(variant, &fields), binding(fields.first()?));
            arms.push(quote!(#pattern => #krate::__private::Transparent::facts(#inner),));
        }
    }
    if arms.is_empty() {
        return None;
    }
    let default =
        (arms.len() < variants.len()).then(|| quote!(_ => #krate::__private::Facts::unknown(),));
    Some(quote! {
        fn facts(&self) -> #krate::__private::Facts<'_> {
            match self { #(#arms)* #default }
        }
    })
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
            self.text(&quote!(help), |attributes| attributes.help.as_ref()),
            self.details(),
            self.errors(),
            self.is_foreign(),
            self.is_list(),
            self.has_status(),
            self.forwarded(),
            self.transparent_over(),
        ];
        quote!(#(#methods)*)
    }

    fn status(self) -> Option<TokenStream> {
        let krate = self.krate;
        let returns = quote!(#krate::__private::StatusCode);
        let default = quote!(#krate::__private::status(500));
        self.method(&quote!(status), &returns, &default, |variant| {
            if let Some(fields) = variant.fields_with(|it| it.status_field.is_some()) {
                let field = binding(fields.first()?);
                let value = quote!(#krate::__private::FieldStatus::status(#field));
                return Some(Arm { fields, value });
            }
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
            let constants = &variant.attributes.headers;
            let fields = variant.fields_with(|attributes| attributes.header.is_some());
            if constants.is_empty() && fields.is_none() {
                return None;
            }
            let fields = fields.unwrap_or_default();
            let headers = Ident::new("headers", Span::mixed_site());
            let constants = constants.iter().map(|(name, value)| {
                let name = name.value().to_ascii_lowercase();
                quote!(#krate::__private::header(&mut #headers, #name, #value);)
            });
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
                #(#constants)*
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

    /// The listed errors, which only a `transparent` variant has, from its inner error.
    fn errors(self) -> Option<TokenStream> {
        let krate = self.krate;
        let returns = quote!(::std::vec::Vec<#krate::problem::FieldError>);
        let default = quote!(::std::vec::Vec::new());
        self.method(&quote!(errors), &returns, &default, |_| None)
    }

    /// Whether the inner error of a `transparent` variant only lists others.
    fn is_list(self) -> Option<TokenStream> {
        self.method(&quote!(__is_list), &quote!(bool), &quote!(false), |_| None)
    }

    /// `false` for a variant without a status.
    fn has_status(self) -> Option<TokenStream> {
        self.method(
            &quote!(has_status),
            &quote!(bool),
            &quote!(true),
            |variant| {
                let of_field = variant.fields_with(|it| it.status_field.is_some());
                let is_open = variant.attributes.status.is_none() && of_field.is_none();
                is_open.then(|| Arm::constant(quote!(false)))
            },
        )
    }

    /// What a `transparent` variant forwards, and the error that the `source` of a variant skips.
    fn forwarded(self) -> Option<TokenStream> {
        let krate = self.krate;
        let forwarded = quote!(#krate::__private::Forwarded);
        let returns = quote!(::core::option::Option<#forwarded<'_>>);
        let default = quote!(::core::option::Option::None);
        self.method(&quote!(__forwarded), &returns, &default, |variant| {
            let field = variant.skipped?;
            let inner = binding(&variant.fields[field]);
            let value = quote!(::core::option::Option::Some(#forwarded::Skipped({
                use #krate::__private::AsDynError as _;
                #inner.as_dyn_error()
            })));
            Some(Arm {
                fields: vec![&variant.fields[field]],
                value,
            })
        })
    }

    fn transparent_over(self) -> Option<TokenStream> {
        let krate = self.krate;
        let method = Method {
            name: &quote!(transparent_over),
            returns: &quote!(::core::option::Option<&(dyn #krate::HttpError + 'static)>),
            default: &quote!(::core::option::Option::None),
            delegate: &quote!(#krate::__private::Forwards::facts(self).transparent_over()),
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
            delegate: &quote!(#krate::__private::Forwards::facts(self).#name()),
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
