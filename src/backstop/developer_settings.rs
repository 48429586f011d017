//! The settings of a developer's machine, from its environment.

use std::env;

use super::config_error::ConfigError;
use crate::development::{DeveloperSettings, Editor, SourceRoots};

const EDITOR: &str = "BACKSTOP_EDITOR";
const EDITOR_PATHS: &str = "BACKSTOP_EDITOR_PATHS";

/// Reads the settings of a developer's machine: the editor, and where the source is.
pub(super) fn settings(in_app: Vec<(String, bool)>) -> Result<DeveloperSettings, ConfigError> {
    let variable = |name| env::var(name).unwrap_or_default();
    let editor = variable(EDITOR);
    let editor = (!editor.is_empty())
        .then(|| Editor::parse(&editor, &variable(EDITOR_PATHS)))
        .transpose()
        .map_err(|message| ConfigError::invalid(EDITOR, message))?;
    Ok(DeveloperSettings {
        editor,
        shows_frames: true,
        roots: SourceRoots::of_this_program(),
        in_app,
    })
}
