//! The settings of frames in reports.

#[derive(Clone, Debug)]
pub(crate) struct SymbolSettings {
    /// The number of source lines above and below.
    pub(crate) context_lines: usize,
    /// Prefixes of function names, and whether functions with this prefix are the application's.
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
