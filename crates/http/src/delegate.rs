//! The settings that all reporters over HTTP have in common.

/// Implements [`Reporter`](backstop::reporters::Reporter) for a type with a field `http`, an
/// [`HttpReporter`](crate::HttpReporter), and gives it the methods `endpoint`, `timeout` and `root_certificate`.
///
/// A published reporter is a type of its own, so that its protocol stays private and it can have its own constructors
/// and settings. The text after `endpoint =` is the documentation of that method.
///
/// ```
/// use backstop_http::{HttpReporter, http_reporter};
/// # use std::borrow::Cow;
/// # use backstop::{BoxError, Report};
/// # use backstop_http::{Endpoint, Protocol, Request};
/// # #[derive(Debug)]
/// # struct Tickets;
/// # impl Protocol for Tickets {
/// #     type Event = Vec<u8>;
/// #     fn name(&self) -> Cow<'static, str> { "HelpDesk".into() }
/// #     fn endpoint(&self, server: Option<&Endpoint>) -> Result<Endpoint, BoxError> {
/// #         server.cloned().ok_or_else(|| "there is no endpoint".into())
/// #     }
/// #     fn render(&self, report: &Report) -> Vec<u8> { report.id.to_string().into() }
/// #     fn request(&self, events: &[Vec<u8>]) -> Option<Request> { Some(Request::json(events.concat())) }
/// # }
///
/// /// Opens a ticket for each report.
/// #[derive(Debug)]
/// pub struct HelpDesk {
///     http: HttpReporter<Tickets>,
/// }
///
/// impl HelpDesk {
///     pub fn new() -> Self {
///         Self { http: HttpReporter::new(Tickets) }
///     }
/// }
///
/// http_reporter!(HelpDesk, endpoint = "The help desk to open tickets at. It has to be set.");
///
/// let backstop = backstop::Backstop::production()
///     .reporter(HelpDesk::new().endpoint("https://help.example.com/"))
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[macro_export]
macro_rules! http_reporter {
    ($reporter:ident, endpoint = $endpoint:literal) => {
        impl $reporter {
            #[doc = $endpoint]
            #[must_use]
            pub fn endpoint(
                mut self,
                url: impl ::std::convert::Into<::std::string::String>,
            ) -> Self {
                self.http = self.http.endpoint(url);
                self
            }

            /// How long a request may take. Default: 15 seconds.
            #[must_use]
            pub fn timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.http = self.http.timeout(timeout);
                self
            }

            /// Trusts one more certificate authority, given in PEM, in addition to those that the machine trusts.
            #[must_use]
            pub fn root_certificate(
                mut self,
                pem: impl ::std::convert::Into<::std::vec::Vec<u8>>,
            ) -> Self {
                self.http = self.http.root_certificate(pem);
                self
            }
        }

        impl $crate::__private::Reporter for $reporter {
            async fn deliver(
                &self,
                batch: &[::std::sync::Arc<$crate::__private::Report>],
            ) -> ::std::vec::Vec<$crate::__private::Delivery> {
                self.http.deliver(batch).await
            }

            fn name(&self) -> ::std::borrow::Cow<'static, str> {
                self.http.name()
            }

            fn destination(&self) -> ::std::borrow::Cow<'static, str> {
                self.http.destination()
            }

            fn wants_frames(&self) -> bool {
                self.http.wants_frames()
            }

            fn check(&self) -> ::std::result::Result<(), $crate::__private::BoxError> {
                self.http.check()
            }

            fn dropped(&self, reason: $crate::__private::Outcome, count: u64) {
                self.http.dropped(reason, count);
            }
        }
    };
}
