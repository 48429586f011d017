//! Reports for people at a terminal.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::text::Paint;
use super::{Delivery, Reporter, text};
use crate::report::report::Report;

/// Writes reports for people: the chain of causes, the application's own frames first, the steps that led
/// there, and everything else in an aligned block.
///
/// To standard error unless a writer is given; in colour where that is a terminal and `NO_COLOR` is not set.
///
/// ```
/// use backstop::{Backstop, reporters::Console};
///
/// let backstop = Backstop::development().reporter(Console::new()).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
pub struct Console {
    writer: Mutex<Box<dyn Write + Send>>,
    has_colour: bool,
}

impl Console {
    /// Writes to standard error.
    #[must_use]
    pub fn new() -> Self {
        let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            writer: Mutex::new(Box::new(io::stderr())),
            has_colour: is_wanted && io::stderr().is_terminal(),
        }
    }

    /// Writes elsewhere, without colour.
    #[must_use]
    pub fn to(writer: impl Write + Send + 'static) -> Self {
        Self {
            writer: Mutex::new(Box::new(writer)),
            has_colour: false,
        }
    }

    /// Whether it is coloured, whatever it writes to.
    #[must_use]
    pub const fn colour(mut self, colour: bool) -> Self {
        self.has_colour = colour;
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
            .field("has_colour", &self.has_colour)
            .finish_non_exhaustive()
    }
}

impl Reporter for Console {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let paint = Paint(self.has_colour);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let write = |report: &Arc<Report>| {
            // A report in one piece, so that other writers do not get in between.
            let text = text::of(report, paint);
            let written = writer
                .write_all(text.as_bytes())
                .and_then(|()| writer.flush());
            match written {
                Ok(()) => Delivery::Delivered,
                // Nobody reads a closed pipe later either.
                Err(_) => Delivery::Rejected,
            }
        };
        batch.iter().map(write).collect()
    }
}
