//! The settings of the frames in reports.

use super::Builder;

/// Frames.
impl Builder {
    /// Whether reports tell the stack on which their error was made. Default: in development.
    ///
    /// Every error then takes its stack, at most 64 addresses, as it is made: about ten microseconds, and whatever
    /// comes of the error. What is at the addresses is found on the reports' own thread. As an error does not know
    /// whose it will be, those of other Backstops in the process take theirs too, and don't report it.
    ///
    /// Functions, files and lines are found where the system is Linux and the debug information is there; a release
    /// build has it with `debug = 1` in its profile. Else frames have what is known, at the least their addresses.
    ///
    /// ```
    /// use backstop::Backstop;
    ///
    /// let backstop = Backstop::production().capture_backtraces(true).context_lines(0).build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn capture_backtraces(mut self, capture: bool) -> Self {
        self.owner.capture_backtraces(capture);
        self
    }

    /// How many lines of source are shown above and below the line of each of the application's frames, where its
    /// file is there. Default: 5; at most 20.
    pub const fn context_lines(mut self, lines: usize) -> Self {
        self.reports.pipeline.symbols.context_lines = lines;
        self
    }

    /// Functions that are the application's own, by the start of their name, like `shop_core` or `shop::orders`.
    ///
    /// By default these are all except Rust's and Backstop's own, and those whose file is in Cargo's registry, in one
    /// of its git checkouts or in a directory `vendor`. If several prefixes match, the longest one decides.
    pub fn in_app_include(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(|name| (name.into(), true));
        self.reports.pipeline.symbols.in_app.extend(names);
        self
    }

    /// Functions that are not the application's own, by the start of their name; see
    /// [`in_app_include`](Self::in_app_include).
    pub fn in_app_exclude(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(|name| (name.into(), false));
        self.reports.pipeline.symbols.in_app.extend(names);
        self
    }
}
