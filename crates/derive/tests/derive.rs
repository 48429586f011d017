//! The derived code, against a miniature of `backstop` whose path `crate = "…"` gives.

use std::fmt;

use backstop_derive::HttpError;

/// What the derived code uses of `backstop`, with types as small as they can be.
mod backstop {
    use std::borrow::Cow;

    use self::__private::{HeaderMap, StatusCode, Value};
    use self::problem::ProblemType;

    pub(crate) trait HttpError: std::error::Error + Send + Sync + 'static {
        fn status(&self) -> StatusCode {
            StatusCode(500)
        }
        fn code(&self) -> Option<Value> {
            None
        }
        fn name(&self) -> Option<Cow<'static, str>> {
            None
        }
        fn title(&self) -> Option<Cow<'static, str>> {
            None
        }
        fn detail(&self) -> Option<Cow<'static, str>> {
            None
        }
        fn type_uri(&self) -> Option<Cow<'static, str>> {
            None
        }
        fn details(&self) -> Option<Value> {
            None
        }
        fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
            Vec::new()
        }
        fn headers(&self) -> HeaderMap {
            HeaderMap::new()
        }
        fn exposure(&self) -> Exposure {
            Exposure::ByStatus
        }
        fn is_expected(&self) -> bool {
            false
        }
        fn errors(&self) -> Vec<problem::FieldError> {
            Vec::new()
        }
        fn help(&self) -> Option<Cow<'static, str>> {
            None
        }
        fn has_status(&self) -> bool {
            true
        }
        fn is_foreign(&self) -> bool {
            false
        }
        fn __is_list(&self) -> bool {
            false
        }
        fn __forwarded(&self) -> Option<__private::Forwarded<'_>> {
            None
        }
        fn transparent_over(&self) -> Option<&(dyn HttpError + 'static)> {
            None
        }
        fn catalogue() -> Vec<ProblemType>
        where
            Self: Sized,
        {
            Vec::new()
        }
    }

    #[derive(Debug, PartialEq)]
    pub(crate) enum Exposure {
        ByStatus,
        Public,
        Private,
    }

    pub(crate) mod problem {
        use super::__private::{StatusCode, Value};

        pub(crate) type FieldError = ();

        #[derive(Debug, PartialEq)]
        pub(crate) struct ProblemType {
            pub(crate) status: u16,
            pub(crate) code: Option<Value>,
            pub(crate) title: Option<&'static str>,
            pub(crate) type_uri: Option<&'static str>,
            pub(crate) is_public: Option<bool>,
        }

        impl ProblemType {
            pub(crate) fn new(status: StatusCode) -> Self {
                Self {
                    status: status.0,
                    code: None,
                    title: None,
                    type_uri: None,
                    is_public: None,
                }
            }

            pub(crate) fn with_code(mut self, code: impl Into<Value>) -> Self {
                self.code = Some(code.into());
                self
            }

            pub(crate) fn with_title(mut self, title: &'static str) -> Self {
                self.title = Some(title);
                self
            }

            pub(crate) fn with_type(mut self, type_uri: &'static str) -> Self {
                self.type_uri = Some(type_uri);
                self
            }

            pub(crate) fn with_public(mut self, is_public: bool) -> Self {
                self.is_public = Some(is_public);
                self
            }
        }
    }

    pub(crate) mod __private {
        use super::HttpError;
        use std::borrow::Cow;
        use std::fmt::Display;

        use super::Exposure;
        use super::problem::{FieldError, ProblemType};

        pub(crate) type HeaderMap = Vec<(String, String)>;

        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(crate) struct StatusCode(pub(crate) u16);

        impl StatusCode {
            pub(crate) const SERVICE_UNAVAILABLE: Self = Self(503);

            pub(crate) const fn as_u16(self) -> u16 {
                self.0
            }
        }

        #[derive(Debug, PartialEq)]
        pub(crate) enum Value {
            Text(String),
            Number(i64),
        }

        impl From<&str> for Value {
            fn from(text: &str) -> Self {
                Self::Text(text.to_owned())
            }
        }

        impl From<i64> for Value {
            fn from(number: i64) -> Self {
                Self::Number(number)
            }
        }

        pub(crate) type Forwarded<'a> = &'a ();

        /// The inner error of a transparent variant.
        pub(crate) struct Facts<'a>(Option<&'a (dyn HttpError + 'static)>);

        impl<'a> Facts<'a> {
            pub(crate) fn unknown() -> Self {
                Self(None)
            }

            pub(crate) fn transparent_over(self) -> Option<&'a (dyn HttpError + 'static)> {
                self.0
            }

            pub(crate) fn __forwarded(self) -> Option<Forwarded<'a>> {
                self.0?.__forwarded()
            }
        }

        macro_rules! facts {
            ($($name:ident -> $type:ty;)+) => {
                impl Facts<'_> {
                    $(pub(crate) fn $name(&self) -> $type {
                        self.0.expect("a transparent variant").$name()
                    })+
                }
            };
        }

        facts! {
            status -> StatusCode;
            code -> Option<Value>;
            name -> Option<Cow<'static, str>>;
            title -> Option<Cow<'static, str>>;
            detail -> Option<Cow<'static, str>>;
            type_uri -> Option<Cow<'static, str>>;
            help -> Option<Cow<'static, str>>;
            details -> Option<Value>;
            fields -> Vec<(Cow<'static, str>, Value)>;
            headers -> HeaderMap;
            exposure -> Exposure;
            errors -> Vec<FieldError>;
            has_status -> bool;
            is_foreign -> bool;
            is_expected -> bool;
            __is_list -> bool;
        }

        pub(crate) trait Forwards {
            fn facts(&self) -> Facts<'_>;
        }

        pub(crate) trait Transparent {
            fn facts(&self) -> Facts<'_>;
            fn catalogue() -> Vec<ProblemType>;
        }

        impl<E: HttpError> Transparent for E {
            fn facts(&self) -> Facts<'_> {
                Facts(Some(self))
            }
            fn catalogue() -> Vec<ProblemType> {
                <E as HttpError>::catalogue()
            }
        }

        pub(crate) trait FieldStatus {
            fn status(&self) -> StatusCode;
        }

        impl FieldStatus for u16 {
            fn status(&self) -> StatusCode {
                StatusCode(*self)
            }
        }

        pub(crate) trait Serialize {
            fn value(&self) -> Value;
        }

        impl Serialize for u32 {
            fn value(&self) -> Value {
                Value::Number((*self).into())
            }
        }

        impl Serialize for String {
            fn value(&self) -> Value {
                Value::Text(self.clone())
            }
        }

        #[derive(Debug, PartialEq)]
        pub(crate) struct Response {
            pub(crate) status: u16,
        }

        pub(crate) trait IntoResponse {
            fn into_response(self) -> Response;
        }

        pub(crate) fn status(number: u16) -> StatusCode {
            StatusCode(number)
        }

        pub(crate) const fn is_reserved(name: &str) -> bool {
            matches!(name.as_bytes(), b"status")
        }

        pub(crate) fn value<T: Serialize>(field: &T) -> Value {
            field.value()
        }

        pub(crate) fn header<T: Display + ?Sized>(headers: &mut HeaderMap, name: &str, field: &T) {
            headers.push((name.to_owned(), field.to_string()));
        }

        pub(crate) fn optional_header<T: Display>(
            headers: &mut HeaderMap,
            name: &str,
            field: &Option<T>,
        ) {
            if let Some(field) = field {
                header(headers, name, field);
            }
        }

        #[expect(clippy::needless_pass_by_value, reason = "the signature of `backstop`")]
        pub(crate) fn respond<E: HttpError>(error: E) -> Response {
            Response {
                status: error.status().0,
            }
        }

        macro_rules! into_response {
            ([$($generics:tt)*] [$($name:tt)*] [$($clause:tt)*]) => {
                impl $($generics)* crate::backstop::__private::IntoResponse for $($name)* $($clause)* {
                    fn into_response(self) -> crate::backstop::__private::Response {
                        crate::backstop::__private::respond(self)
                    }
                }
            };
        }
        pub(crate) use into_response as into_response_unless_no_response;
    }
}

use backstop::__private::{IntoResponse as _, Response, StatusCode, Value};
use backstop::problem::ProblemType;
use backstop::{Exposure, HttpError as _};

const TEAPOT: StatusCode = StatusCode(418);

#[derive(Debug, HttpError)]
#[http(crate = "crate::backstop")]
enum ShopError<T> {
    #[http(
        status = 404,
        code = "NO_PRODUCT",
        title = "No such product",
        type = "https://shop.example/no-product",
        name = "NoProduct",
        detail = "We do not sell that."
    )]
    NoProduct {
        #[http(field)]
        r#type: u32,
        #[http(field = "wanted", header = "X-Wanted")]
        id: T,
    },
    #[http(status = SERVICE_UNAVAILABLE, public, code = 5_000_000_000)]
    Closed(#[http(header = "retry-after")] Option<u32>),
    #[http(status = TEAPOT, private, expected)]
    Teapot,
    #[http(transparent)]
    Card(Declined),
    Shelf,
    #[http(header("www-authenticate") = "Bearer", help = "Send a token.")]
    Upstream(#[http(status)] u16),
}

#[derive(Debug, HttpError)]
#[http(crate = "crate::backstop", status = 402, code = "DECLINED")]
struct Declined {
    #[http(field)]
    attempt: u32,
}

impl<T> fmt::Display for ShopError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("shop")
    }
}

impl<T: fmt::Debug> std::error::Error for ShopError<T> {}

impl fmt::Display for Declined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("declined")
    }
}

impl std::error::Error for Declined {}

fn no_product() -> ShopError<String> {
    ShopError::NoProduct {
        r#type: 7,
        id: "chair".to_owned(),
    }
}

#[test]
fn a_variant_has_what_its_attributes_say() {
    let error = no_product();
    assert_eq!(error.status(), StatusCode(404));
    assert_eq!(error.code(), Some(Value::from("NO_PRODUCT")));
    assert_eq!(error.title().as_deref(), Some("No such product"));
    let type_uri = error.type_uri();
    assert_eq!(type_uri.as_deref(), Some("https://shop.example/no-product"));
    assert_eq!(error.name().as_deref(), Some("NoProduct"));
    assert_eq!(error.detail().as_deref(), Some("We do not sell that."));
    assert_eq!(error.exposure(), Exposure::ByStatus);
    assert!(error.transparent_over().is_none());
}

#[test]
fn a_variant_without_attributes_is_an_internal_error() {
    let error = ShopError::<String>::Shelf;
    assert_eq!(error.status(), StatusCode(500));
    assert_eq!(error.code(), None);
    assert_eq!(error.exposure(), Exposure::ByStatus);
    assert!(error.fields().is_empty() && error.headers().is_empty());
}

#[test]
fn fields_are_reported_under_their_own_name_or_the_given_one() {
    let fields = no_product().fields();
    assert_eq!(
        fields,
        [
            ("type".into(), Value::Number(7)),
            ("wanted".into(), Value::from("chair")),
        ]
    );
}

#[test]
fn headers_have_lowercase_names_and_none_is_left_out() {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(no_product().headers(), [header("x-wanted", "chair")]);
    let closed = |seconds| ShopError::<String>::Closed(seconds).headers();
    assert_eq!(closed(Some(60)), [header("retry-after", "60")]);
    assert!(closed(None).is_empty());
}

#[test]
fn a_status_can_be_a_name_of_http_or_any_constant() {
    let closed = ShopError::<String>::Closed(None);
    assert_eq!(closed.status(), StatusCode(503));
    assert_eq!(closed.exposure(), Exposure::Public);
    assert_eq!(closed.code(), Some(Value::Number(5_000_000_000)));
    let teapot = ShopError::<String>::Teapot;
    assert!(teapot.is_expected());
    assert!(!ShopError::<String>::Shelf.is_expected());
    assert_eq!(teapot.status(), TEAPOT);
    assert_eq!(teapot.exposure(), Exposure::Private);
}

#[test]
fn a_variant_without_a_status_leaves_it_open() {
    assert!(no_product().has_status());
    assert!(!ShopError::<String>::Shelf.has_status());
    assert!(ShopError::<String>::Upstream(502).has_status());
}

#[test]
fn a_field_can_be_the_status_and_a_header_can_be_constant() {
    let error = ShopError::<String>::Upstream(502);
    assert_eq!(error.status(), StatusCode(502));
    let header = ("www-authenticate".to_owned(), "Bearer".to_owned());
    assert_eq!(error.headers(), [header]);
    assert_eq!(error.help().as_deref(), Some("Send a token."));
}

#[test]
fn a_transparent_variant_is_its_inner_error() {
    let error = ShopError::<String>::Card(Declined { attempt: 3 });
    assert_eq!(error.status(), StatusCode(402));
    assert_eq!(error.code(), Some(Value::from("DECLINED")));
    assert_eq!(error.fields(), [("attempt".into(), Value::Number(3))]);
    assert_eq!(error.details(), None);
    assert!(!error.is_foreign() && !error.__is_list());
    assert!(error.errors().is_empty() && error.__forwarded().is_none());
    let inner = error.transparent_over().expect("the inner error");
    assert_eq!(inner.to_string(), "declined");
}

#[test]
fn an_error_is_a_response() {
    assert_eq!(no_product().into_response(), Response { status: 404 });
    let declined = Declined { attempt: 1 };
    assert_eq!(declined.into_response(), Response { status: 402 });
}

#[test]
fn the_catalogue_lists_every_variant_and_those_of_inner_errors() {
    let problem_type = |status| ProblemType::new(StatusCode(status));
    assert_eq!(
        ShopError::<String>::catalogue(),
        [
            problem_type(404)
                .with_code("NO_PRODUCT")
                .with_title("No such product")
                .with_type("https://shop.example/no-product"),
            problem_type(503).with_code(5_000_000_000).with_public(true),
            problem_type(418).with_public(false),
            problem_type(402).with_code("DECLINED"),
            problem_type(500),
        ]
    );
}
