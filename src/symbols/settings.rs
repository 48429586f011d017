//! How frames are described in reports.

/// How frames are told.
#[derive(Clone, Debug)]
pub(crate) struct SymbolSettings {
    /// Lines of source above and below.
    pub(crate) context_lines: usize,
    /// Starts of functions' names, and whether these are the application's.
    pub(crate) in_app: Vec<(String, bool)>,
}

impl Default for SymbolSettings {
    fn default() -> Self {
        Self {
            context_lines: 5,
            in_app: Vec::new(),
        }
    }
}
