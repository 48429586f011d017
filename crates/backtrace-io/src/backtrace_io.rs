//! The reporter and its settings.

use backstop_http::{HttpReporter, Secret, http_reporter};

use crate::protocol::Documents;
use crate::stack::Excerpt;

/// A reporter that sends to [backtrace.io](https://docs.saucelabs.com/error-reporting/), hosted or on premise.
///
/// The [crate's documentation](crate) says what it sends, and which limits there are.
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
    /// Sends to an endpoint, with a token that may `error:post`. These forms are understood:
    ///
    /// | endpoint | token | reports go to |
    /// |---|---|---|
    /// | `https://submit.backtrace.io/universe/token/json` | may be empty | the same |
    /// | `https://universe.sp.backtrace.io:6098` | needed | `/post?format=json&token=…` |
    /// | `https://proxy/prefix` | needed | `/prefix/post?format=json&token=…` |
    /// | `https://host/api/post` | needed | `/api/post?format=json&token=…` |
    /// | `https://host/post?format=json&token=…` | may be empty | the same; with a given token instead of its own |
    ///
    /// Other fields of a query are kept, because the server takes them for attributes.
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

    /// How many lines of source are sent before and after each frame's, as far as the report has them. Default: 5.
    #[must_use]
    pub const fn context_lines(mut self, lines: u32) -> Self {
        self.http.protocol_mut().excerpt.lines = lines;
        self
    }

    /// How wide a tab is shown. Default: 4.
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
