//! Release, environment and other names, in the form that Sentry accepts.

use backstop::Report;

/// Names that override those of the reports in all events.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) release: Option<String>,
    pub(crate) environment: Option<String>,
}

impl Names {
    pub(crate) fn release(&self, report: &Report) -> Option<String> {
        let app = report.app.as_ref();
        let name = app.and_then(|app| app.name.as_deref());
        let version = app.and_then(|app| app.version.as_deref());
        let default = || match (name, version?) {
            (Some(name), version) => Some(format!("{name}@{version}")),
            (None, version) => Some(version.to_owned()),
        };
        let release = self.release.clone().or_else(default)?;
        valid(&release.replace(['/', '\\'], "-"), 200)
    }

    pub(crate) fn environment(&self, report: &Report) -> Option<String> {
        let default = || report.app.as_ref()?.release_stage.clone();
        let environment = self.environment.clone().or_else(default)?;
        valid(&environment.replace('/', "-"), 64)
    }
}

/// The name on one line, or `None` if it is empty or reserved, because Sentry would drop the field.
fn valid(text: &str, max: usize) -> Option<String> {
    let name = one_line(text, max);
    let is_reserved = matches!(name.as_str(), "" | "." | "..") || name.eq_ignore_ascii_case("none");
    (!is_reserved).then_some(name)
}

/// Puts a text on one line of at most `max` characters. A longer text is cut, and ends in `…`.
pub(crate) fn one_line(text: &str, max: usize) -> String {
    let flat = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = text.trim().chars().map(flat).take(max + 1).collect();
    if line.chars().count() > max {
        line = line.chars().take(max - 1).collect();
        line.push('…');
    }
    line
}
