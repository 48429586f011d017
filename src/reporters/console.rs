//! Reports for people at a terminal.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::delivery::Delivery;
use super::reporter::Reporter;
use super::terminal::Paint;
use super::text;
use crate::report::report::Report;

/// Writes reports for people: the cause chain, the application's own frames first, the breadcrumbs that led
/// there, and everything else in an aligned block.
///
/// It writes to standard error unless another writer is given, in color if that is a terminal and `NO_COLOR` is not
/// set.
///
/// ```
/// use backstop::{Backstop, reporters::Console};
///
/// let backstop = Backstop::development().reporter(Console::new()).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
pub struct Console {
    writer: Mutex<Box<dyn Write + Send>>,
    has_color: bool,
}

impl Console {
    /// Writes to standard error.
    #[must_use]
    pub fn new() -> Self {
        let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            writer: Mutex::new(Box::new(io::stderr())),
            has_color: is_wanted && io::stderr().is_terminal(),
        }
    }

    /// Writes to `writer`, without color.
    #[must_use]
    pub fn to(writer: impl Write + Send + 'static) -> Self {
        Self {
            writer: Mutex::new(Box::new(writer)),
            has_color: false,
        }
    }

    /// Whether the text is colored, whatever it is written to.
    #[must_use]
    pub const fn color(mut self, color: bool) -> Self {
        self.has_color = color;
        self
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("has_color", &self.has_color)
            .finish_non_exhaustive()
    }
}

impl Reporter for Console {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let paint = Paint(self.has_color);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut deliveries = Vec::with_capacity(batch.len());
        for report in batch {
            // In one piece, so that no other writer gets in between.
            let text = text::render(report, paint);
            let written = writer
                .write_all(text.as_bytes())
                .and_then(|()| writer.flush());
            deliveries.push(match written {
                Ok(()) => Delivery::Delivered,
                // A closed pipe stays closed.
                Err(_) => Delivery::Rejected,
            });
        }
        deliveries
    }
}
