//! Links that open a source file in the developer's editor.

use std::path::Path;

/// An editor, by the pattern of its links.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Editor {
    pattern: String,
    /// Folders as the program sees them, and as the editor does.
    paths: Vec<(String, String)>,
}

/// The editors that are known by name, with the patterns of their links.
const KNOWN: [(&str, &str); 6] = [
    ("vscode", "vscode://file/{file}:{line}:{column}"),
    ("cursor", "cursor://file/{file}:{line}:{column}"),
    ("windsurf", "windsurf://file/{file}:{line}:{column}"),
    ("zed", "zed://file/{file}:{line}:{column}"),
    (
        "idea",
        "idea://open?file={file}&line={line}&column={column}",
    ),
    (
        "rustrover",
        "jetbrains://rustrover/navigate/reference?path={file}:{line}:{column}",
    ),
];

/// Schemes whose links run code, or load pages in place of opening an editor.
const REFUSED: [&str; 6] = ["javascript", "data", "vbscript", "blob", "http", "https"];

impl Editor {
    /// Reads the name of an editor or the pattern of its links, and the map of folders, `/app=/home/me/shop` with commas
    /// between several. The error says what is wrong and how to fix it.
    pub(crate) fn parse(editor: &str, paths: &str) -> Result<Self, String> {
        let known = KNOWN.iter().find(|(name, _)| *name == editor);
        let pattern = known.map_or(editor, |(_, pattern)| pattern);
        let scheme = pattern.split_once("://").map(|(scheme, _)| scheme);
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
                && !REFUSED.contains(&&*scheme.to_ascii_lowercase())
        };
        let is_text = |byte: u8| byte.is_ascii_graphic() && !b"\"<>`'\\".contains(&byte);
        if !scheme.is_some_and(is_scheme)
            || !pattern.contains("{file}")
            || !pattern.bytes().all(is_text)
        {
            let names: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "`{editor}` is neither a known editor ({}) nor a pattern like `vscode://file/{{file}}:{{line}}:{{column}}`",
                names.join(", ")
            ));
        }
        let paths = paths.split(',').filter(|pair| !pair.trim().is_empty());
        let paths = paths.map(|pair| match pair.trim().split_once('=') {
            Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok((
                from.trim_end_matches('/').to_owned(),
                to.trim_end_matches('/').to_owned(),
            )),
            _ => Err(format!(
                "`{pair}` maps no folder; write `/app=/home/me/shop`, with commas between several"
            )),
        });
        Ok(Self {
            pattern: pattern.to_owned(),
            paths: paths.collect::<Result<_, _>>()?,
        })
    }

    /// The link to a line of a file with an absolute path.
    pub(crate) fn link(&self, file: &Path, line: u32, column: Option<u32>) -> Option<String> {
        if !file.is_absolute() {
            return None;
        }
        let file = self.mapped(file.to_str()?);
        // The patterns have the slash already, and Windows has none.
        let after_slash = self.pattern.contains("/{file}") && !self.pattern.contains("://{file}");
        let file = file
            .strip_prefix('/')
            .filter(|_| after_slash)
            .unwrap_or(&file);
        let column = column.unwrap_or(1).to_string();
        let link = self.pattern.replace("{line}", &line.to_string());
        let link = link.replace("{column}", &column);
        Some(link.replace("{file}", &percent_encoded(file)))
    }

    fn mapped(&self, file: &str) -> String {
        let mapped = self.paths.iter().find_map(|(from, to)| {
            let rest = file.strip_prefix(&**from)?;
            rest.starts_with('/').then(|| format!("{to}{rest}"))
        });
        mapped.unwrap_or_else(|| file.to_owned())
    }
}

/// A path for a URL: everything but unreserved characters and slashes is encoded.
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_the_line_where_the_editor_has_the_file() {
        let file = Path::new("/app/src/a b&\"<.rs");
        let link = |editor, paths| Editor::parse(editor, paths).unwrap().link(file, 7, Some(3));
        assert_eq!(
            link("vscode", "").as_deref(),
            Some("vscode://file/app/src/a%20b%26%22%3C.rs:7:3")
        );
        assert_eq!(
            link("zed", "/srv=/x, /app=/home/me/shop/").as_deref(),
            Some("zed://file/home/me/shop/src/a%20b%26%22%3C.rs:7:3")
        );
        assert_eq!(
            link("idea", "").as_deref(),
            Some("idea://open?file=/app/src/a%20b%26%22%3C.rs&line=7&column=3")
        );
        assert_eq!(
            link("myed://{file}#{line}", "").as_deref(),
            Some("myed:///app/src/a%20b%26%22%3C.rs#7")
        );
        let editor = Editor::parse("cursor", "").unwrap();
        assert_eq!(editor.link(Path::new("src/main.rs"), 1, None), None);
    }

    #[test]
    fn a_pattern_that_is_no_editors_is_refused() {
        for pattern in [
            "",
            "emacs",
            "javascript://{file}",
            "JavaScript://%0aalert(1)//{file}",
            "data://{file}",
            "https://evil.example/{file}",
            "vscode://file/",
            "x://{file}\"onclick=alert(1)",
            "x://{file} y",
        ] {
            assert!(Editor::parse(pattern, "").is_err(), "{pattern}");
        }
        assert!(Editor::parse("vscode", "/app").is_err());
    }
}
