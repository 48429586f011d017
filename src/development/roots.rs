//! The folders whose source may be shown: the application's own. A path comes from the compiler, but it is read like one
//! from outside: no file beyond these folders is ever opened, neither by `..` nor through a link, and only Rust's.

use std::path::{Component, Path, PathBuf};

use crate::report::frame::SourceLine;
use crate::symbols::names::is_foreign_file;
use crate::symbols::source::excerpt;

/// The folders of the application's source.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceRoots {
    /// Absolute, without links.
    folders: Vec<PathBuf>,
}

/// How far up a workspace is looked for.
const MAX_PARENTS: usize = 6;

impl SourceRoots {
    /// The packages and workspaces that this program belongs to: of the folder that cargo names, of the current one, and
    /// of the one that the program was built in.
    pub(crate) fn of_this_program() -> Self {
        let by_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let current = std::env::current_dir().ok();
        let program = std::env::current_exe().ok();
        let starts = [by_cargo, current, program];
        Self::around(starts.into_iter().flatten())
    }

    /// The packages and workspaces around these paths.
    pub(super) fn around(starts: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut folders: Vec<PathBuf> = Vec::new();
        for start in starts {
            let Ok(start) = start.canonicalize() else {
                continue;
            };
            let packages = start
                .ancestors()
                .take(MAX_PARENTS)
                .filter(|folder| folder.join("Cargo.toml").is_file());
            for folder in packages {
                if !folders.iter().any(|known| known == folder) {
                    folders.push(folder.to_owned());
                }
            }
        }
        Self { folders }
    }

    /// The absolute path of a source file of the application, if it exists.
    pub(crate) fn find(&self, file: &str) -> Option<PathBuf> {
        let path = Path::new(file);
        let is_plain = |part: Component<'_>| !matches!(part, Component::ParentDir);
        if !path.components().all(is_plain)
            || path.extension()? != "rs"
            // Most frames are of dependencies, and this asks no file system.
            || is_foreign_file(file)
        {
            return None;
        }
        // Joined to a folder, an absolute path stays as it is.
        let folders = if path.is_absolute() {
            1
        } else {
            self.folders.len()
        };
        let candidates = self.folders.iter().take(folders);
        let candidates = candidates.map(|folder| folder.join(path));
        candidates
            .filter_map(|candidate| candidate.canonicalize().ok())
            .find(|candidate| self.contain(candidate) && candidate.is_file())
    }

    /// Whether a path without links is the application's own. Crates that were fetched or vendored are not.
    fn contain(&self, path: &Path) -> bool {
        let is_inside = self.folders.iter().any(|folder| path.starts_with(folder));
        let is_foreign = path.to_str().is_none_or(is_foreign_file);
        is_inside && !is_foreign && path.extension().is_some_and(|extension| extension == "rs")
    }

    /// Whether a file is Backstop's own, where Backstop is a package of the same workspace.
    pub(super) fn is_backstops(path: &Path) -> bool {
        path.starts_with(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
    }

    /// The path as it is shown: from the outermost folder of the application on.
    pub(super) fn relative(&self, path: &Path) -> Option<String> {
        let folders = self
            .folders
            .iter()
            .filter(|folder| path.starts_with(folder));
        let folder = folders.min_by_key(|folder| folder.as_os_str().len())?;
        let relative = path.strip_prefix(folder).ok()?;
        Some(relative.to_string_lossy().into_owned())
    }

    /// The lines around this one of a file that [`find`](Self::find) has found.
    pub(super) fn excerpt(path: &Path, line: u32, around: u32) -> Vec<SourceLine> {
        excerpt(path, line, around)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package() -> (tempfile::TempDir, SourceRoots) {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("shop");
        std::fs::create_dir_all(package.join("src")).unwrap();
        std::fs::write(package.join("Cargo.toml"), "[package]").unwrap();
        std::fs::write(package.join("src/main.rs"), "fn main() {}\n").unwrap();
        std::fs::write(package.join(".env"), "PASSWORD=s3cr3t\n").unwrap();
        std::fs::write(folder.path().join("outside.rs"), "s3cr3t\n").unwrap();
        let roots = SourceRoots::around([package.join("src")]);
        (folder, roots)
    }

    #[test]
    fn source_of_the_application_is_found_by_relative_and_by_absolute_path() {
        let (folder, roots) = package();
        let main = folder
            .path()
            .canonicalize()
            .unwrap()
            .join("shop/src/main.rs");
        assert_eq!(roots.find("src/main.rs"), Some(main.clone()));
        assert_eq!(roots.find("./src/main.rs"), Some(main.clone()));
        assert_eq!(roots.find(main.to_str().unwrap()), Some(main.clone()));
        assert_eq!(roots.relative(&main).as_deref(), Some("src/main.rs"));
    }

    #[test]
    fn nothing_else_is_ever_opened() {
        let (folder, roots) = package();
        let outside = folder.path().join("outside.rs");
        let mut paths = vec![
            "../outside.rs".to_owned(),
            "src/../../outside.rs".to_owned(),
            outside.to_str().unwrap().to_owned(),
            ".env".to_owned(),
            "/etc/passwd".to_owned(),
            "src".to_owned(),
            String::new(),
        ];
        #[cfg(unix)]
        {
            let link = folder.path().join("shop/src/link.rs");
            std::os::unix::fs::symlink(&outside, &link).unwrap();
            let env = folder.path().join("shop/src/env.rs");
            std::os::unix::fs::symlink(folder.path().join("shop/.env"), &env).unwrap();
            paths.push("src/link.rs".to_owned());
            paths.push("src/env.rs".to_owned());
        }
        for path in paths {
            assert_eq!(roots.find(&path), None, "{path}");
        }
        assert_eq!(SourceRoots::default().find("src/main.rs"), None);
    }
}
