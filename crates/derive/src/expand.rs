//! Expands the derive into the item's impls, or into the errors in its attributes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::ast::Input;
use crate::{fallback, http_error, into_response};

pub(crate) fn derive(item: &DeriveInput) -> TokenStream {
    match Input::parse(item) {
        Ok(input) => {
            let http_error = http_error::expand(&input);
            let into_response = into_response::expand(item, &item.generics, &input.attributes);
            quote!(#http_error #into_response)
        }
        Err(error) => fallback::expand(item, &error),
    }
}

#[cfg(test)]
mod tests {
    use syn::{DeriveInput, File, ImplItem, Item, ItemImpl, LitStr, parse_quote};

    /// The error messages, and the impls. A macro writes `IntoResponse`.
    fn derive(item: &DeriveInput) -> (Vec<String>, Vec<ItemImpl>) {
        let file: File = syn::parse2(super::derive(item)).unwrap();
        let (mut messages, mut impls) = (Vec::new(), Vec::new());
        for item in file.items {
            match item {
                Item::Impl(item) => impls.push(item),
                Item::Macro(item) if item.mac.path.segments.len() > 2 => {
                    let last = item.mac.path.segments.last().unwrap();
                    assert_eq!(last.ident, "into_response_unless_no_response");
                    impls.push(parse_quote!(impl IntoResponse for Macro {}));
                }
                Item::Macro(item) => {
                    messages.push(item.mac.parse_body::<LitStr>().unwrap().value());
                }
                _ => panic!("neither a message nor an impl"),
            }
        }
        (messages, impls)
    }

    fn traits(impls: &[ItemImpl]) -> Vec<String> {
        let name = |item: &ItemImpl| {
            let (path, _) = item.trait_.as_ref()?;
            Some(path.segments.last()?.ident.to_string())
        };
        impls.iter().filter_map(name).collect()
    }

    #[test]
    fn all_mistakes_are_reported_at_once_in_the_order_of_the_source() {
        let (messages, _) = derive(&parse_quote! {
            #[http(respond)]
            enum ShopError {
                #[http(status = 200, public, private)]
                NoProduct { #[http(header = "retry after")] id: u32 },
                #[http(state = 503)]
                Closed,
                #[http(transparent)]
                Stock,
                #[http(code = 99999999999999999999)]
                Gone(#[http(field)] u32, #[http(title = "a")] u32),
            }
        });
        assert_eq!(
            messages,
            [
                "unknown key `respond`; expected one of `crate`, `no_response`",
                "`200` is not an error status (400–599)",
                "`public` cannot be combined with `private`; keep one of them, or neither to let the status decide",
                "`retry after` is not a valid header name",
                "unknown key `state`; expected one of `status`, `code`, `title`, `detail`, `type`, `name`, `help`, `header`, `public`, `private`, `expected`, `transparent`",
                "`transparent` requires exactly one field, the inner error, but `Stock` has 0",
                "`title` is not allowed on a field; put it on the variant or struct",
            ]
        );
    }

    #[test]
    fn a_code_is_for_one_variant_only() {
        let (messages, _) = derive(&parse_quote! {
            enum ShopError {
                #[http(code = 7)]
                NoProduct,
                #[http(code = "7")]
                Closed,
                #[http(code = 7)]
                Stock,
            }
        });
        assert_eq!(
            messages,
            ["`code = 7` is already used by `NoProduct`; give each variant a different code"]
        );
    }

    #[test]
    fn both_traits_are_implemented_after_a_mistake() {
        let (messages, impls) = derive(&parse_quote! {
            #[http(status = 200)]
            struct ShopError<T>(T);
        });
        assert_eq!(messages, ["`200` is not an error status (400–599)"]);
        assert_eq!(traits(&impls), ["HttpError", "IntoResponse"]);
    }

    #[test]
    fn no_response_leaves_into_response_to_the_user() {
        let (_, impls) = derive(&parse_quote!(
            #[http(no_response)]
            struct ShopError;
        ));
        assert_eq!(traits(&impls), ["HttpError"]);
        let (messages, impls) = derive(&parse_quote!(
            #[http(no_response, status = 200)]
            struct ShopError;
        ));
        assert_eq!(messages.len(), 1);
        assert_eq!(traits(&impls), ["HttpError"]);
    }

    #[test]
    fn only_methods_with_an_attribute_are_overridden() {
        let (messages, impls) = derive(&parse_quote! {
            enum ShopError {
                #[http(status = 404)]
                NoProduct,
                Closed { #[http(header = "retry-after")] seconds: u32 },
            }
        });
        assert!(messages.is_empty());
        let methods: Vec<String> = impls[0]
            .items
            .iter()
            .map(|item| match item {
                ImplItem::Fn(method) => method.sig.ident.to_string(),
                _ => panic!("not a method"),
            })
            .collect();
        assert_eq!(methods, ["status", "headers", "has_status", "catalogue"]);
    }

    #[test]
    fn an_error_that_source_skips_is_forwarded_unless_its_type_is_generic() {
        let methods = |impls: &[ItemImpl]| -> Vec<String> {
            let methods = impls[0].items.iter().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                _ => None,
            });
            methods.collect()
        };
        let (_, impls) = derive(&parse_quote! {
            enum ShopError {
                #[error(transparent)]
                Disk(#[from] std::io::Error),
            }
        });
        assert_eq!(methods(&impls), ["has_status", "__forwarded", "catalogue"]);
        let (_, impls) = derive(&parse_quote! {
            enum ShopError<E> {
                #[error(transparent)]
                Disk(Vec<E>),
            }
        });
        assert_eq!(methods(&impls), ["has_status", "catalogue"]);
    }

    #[test]
    fn a_union_is_rejected() {
        let (messages, impls) = derive(&parse_quote!(
            union ShopError {
                id: u32,
            }
        ));
        assert_eq!(
            messages,
            ["`HttpError` cannot be derived for a union; use an enum"]
        );
        assert!(impls.is_empty());
    }
}
