//! The reporter and its settings.

use backstop_http::{HttpReporter, Secret, http_reporter};

use crate::protocol::Documents;
use crate::stack::Excerpt;

/// A reporter that sends to [backtrace.io](https://docs.saucelabs.com/error-reporting/), hosted or on premise.
///
/// The [crate's documentation](crate) describes what it sends, and the limits.
///
/// ```
/// use backstop::Backstop;
/// use backstop_backtrace_io::BacktraceIo;
///
/// let backtrace = BacktraceIo::new("https://submit.backtrace.io/shop/0123456789abcdef/json", "").context_lines(2);
/// let backstop = Backstop::production().app("shop", "1.2.3").reporter(backtrace).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct BacktraceIo {
    http: HttpReporter<Documents>,
}

impl BacktraceIo {
    /// Sends to an endpoint, with a token that has the capability `error:post`. These forms are supported:
    ///
    /// | endpoint | token | reports go to |
    /// |---|---|---|
    /// | `https://submit.backtrace.io/universe/token/json` | may be empty | the same |
    /// | `https://universe.sp.backtrace.io:6098` | required | `/post?format=json&token=…` |
    /// | `https://proxy/prefix` | required | `/prefix/post?format=json&token=…` |
    /// | `https://host/api/post` | required | `/api/post?format=json&token=…` |
    /// | `https://host/post?format=json&token=…` | may be empty | the same, with `token` in place of its own if it is not empty |
    ///
    /// Other fields of a query are kept, because the server treats them as attributes.
    pub fn new(endpoint: impl Into<String>, token: impl Into<String>) -> Self {
        let protocol = Documents {
            token: Secret::new(token),
            excerpt: Excerpt {
                lines: 5,
                tab_width: 4,
            },
        };
        Self {
            http: HttpReporter::new(protocol).endpoint(endpoint),
        }
    }

    /// How many lines of source are sent before and after the line of each frame, as far as the report has them.
    /// Default: 5.
    #[must_use]
    pub const fn context_lines(mut self, lines: u32) -> Self {
        self.http.protocol_mut().excerpt.lines = lines;
        self
    }

    /// The width of a tab, in columns. Default: 4.
    #[must_use]
    pub const fn tab_width(mut self, columns: u32) -> Self {
        self.http.protocol_mut().excerpt.tab_width = columns;
        self
    }
}

http_reporter!(
    BacktraceIo,
    endpoint = "The endpoint, instead of the one that [`new`](Self::new) was given."
);
