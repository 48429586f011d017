//! Reports for people, on a terminal.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::delivery::Delivery;
use super::reporter::Reporter;
use super::terminal::Paint;
use super::text;
use crate::report::report::Report;

/// Writes human-readable reports: the cause chain, the frames, with the application's own first, the breadcrumbs that
/// led to the failure, and everything else in aligned blocks.
///
/// [`new`](Self::new) writes to standard error, in color if that is a terminal and `NO_COLOR` is unset or empty;
/// [`to`](Self::to) writes to any other writer, without color.
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

    /// Sets whether the text is colored, regardless of the writer.
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
            // Written in one piece, so that no other output is interleaved.
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
