//! The settings of frames in reports.

#[derive(Clone, Debug)]
pub(crate) struct SymbolSettings {
    /// Source lines above and below.
    pub(crate) context_lines: usize,
    /// Prefixes of functions' names, and whether those are the application's.
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
