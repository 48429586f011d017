//! The frames of a failure: which are the application's, where they are, and the source around them.

use std::path::{Path, PathBuf};

use super::backtrace_text::{TextFrame, parse};
use super::editor::Editor;
use super::limits::{CONTEXT_LINES, EXCERPTS, FRAMES, NAME, cut};
use super::roots::SourceRoots;
use crate::backtrace::SourceLocation;
use crate::disclosure::Redactor;
use crate::report::frame::{Frame, SourceLine};
use crate::symbols::names;

/// One frame, with what a developer sees of it.
#[derive(Debug)]
pub(crate) struct ShownFrame {
    pub(crate) kind: FrameKind,
    pub(crate) function: Option<String>,
    pub(crate) position: Option<Position>,
    /// Whether the function was inlined into the next one.
    pub(crate) is_inlined: bool,
    pub(crate) source: Vec<SourceLine>,
}

/// Whose code a frame is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FrameKind {
    Application,
    Library,
    /// Rust, the server and the executor.
    Runtime,
}

impl FrameKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Library => "library",
            Self::Runtime => "runtime",
        }
    }
}

/// A line of a source file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Position {
    /// The file as it is shown: from the application's folder, or from the crate on.
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: Option<u32>,
    /// Opens the line in an editor.
    pub(crate) link: Option<String>,
}

impl Position {
    /// `file:line:column`.
    pub(crate) fn text(&self) -> String {
        match self.column {
            Some(column) => format!("{}:{}:{column}", self.file, self.line),
            None => format!("{}:{}", self.file, self.line),
        }
    }
}

/// Crates that call the application rather than being called by it.
const RUNTIME: [&str; 16] = [
    "__rustc",
    "alloc",
    "axum",
    "axum_core",
    "backstop",
    "backtrace",
    "core",
    "futures_core",
    "futures_util",
    "hyper",
    "hyper_util",
    "std",
    "tokio",
    "tower",
    "tower_http",
    "tower_service",
];

/// How many lines above a line the name of its function is looked for.
const FUNCTION_LINES: u32 = 400;

/// Makes what is shown of places in the code.
pub(super) struct Tracer<'a> {
    pub(super) roots: &'a SourceRoots,
    pub(super) editor: Option<&'a Editor>,
    pub(super) in_app: &'a [(String, bool)],
    pub(super) redactor: &'a Redactor,
}

impl Tracer<'_> {
    /// The frames of a backtrace as std writes it, without those that only created the error or the panic.
    pub(super) fn frames(&self, text: &str) -> Vec<ShownFrame> {
        let frames = parse(text);
        let start = first_of_interest(&frames);
        let mut excerpts = EXCERPTS;
        let mut shown = Vec::new();
        for frame in frames.into_iter().skip(start).take(FRAMES) {
            shown.push(self.frame(frame, &mut excerpts));
        }
        shown
    }

    fn frame(&self, frame: TextFrame, excerpts: &mut usize) -> ShownFrame {
        let path = frame.file.as_deref().and_then(|file| self.roots.find(file));
        let is_own_file = path
            .as_deref()
            .is_some_and(|path| !SourceRoots::is_backstops(path));
        let kind = self.kind(&frame, is_own_file);
        let mut function = frame.function;
        let mut source = Vec::new();
        if kind == FrameKind::Application
            && let (Some(path), Some(line)) = (&path, frame.line)
        {
            function = named_by_source(function, path, line);
            if *excerpts > 0 {
                *excerpts -= 1;
                source = self.source(path, line);
            }
        }
        let position = frame.file.as_deref().zip(frame.line);
        ShownFrame {
            kind,
            function: function.map(|function| cut(&function, 2 * NAME)),
            position: position
                .map(|(file, line)| self.position(file, path.as_deref(), line, frame.column)),
            is_inlined: frame.is_inlined,
            source,
        }
    }

    fn kind(&self, frame: &TextFrame, is_own_file: bool) -> FrameKind {
        let function = frame.function.as_deref().unwrap_or_default();
        let named = Frame {
            function: frame.function.clone(),
            file: frame.file.clone(),
            ..Frame::default()
        };
        // In a build with line tables only, an inlined function has a name without its path.
        let is_bare = !names::has_crate(function);
        if names::is_in_app(&named, self.in_app) || (is_bare && is_own_file) {
            FrameKind::Application
        } else if is_bare || RUNTIME.contains(&names::crate_of(function)) {
            FrameKind::Runtime
        } else {
            FrameKind::Library
        }
    }

    /// A source location, and the source around it if it is the application's.
    pub(super) fn locate(&self, location: &SourceLocation) -> (Position, Vec<SourceLine>) {
        let path = self.roots.find(location.file());
        let source = path
            .as_deref()
            .map_or_else(Vec::new, |path| self.source(path, location.line()));
        let column = Some(location.column());
        (
            self.position(location.file(), path.as_deref(), location.line(), column),
            source,
        )
    }

    fn position(
        &self,
        file: &str,
        path: Option<&Path>,
        line: u32,
        column: Option<u32>,
    ) -> Position {
        let relative = path.and_then(|path| self.roots.relative(path));
        let absolute = path.map_or_else(|| PathBuf::from(file), Path::to_owned);
        let link = self
            .editor
            .and_then(|editor| editor.link(&absolute, line, column));
        Position {
            file: cut(&relative.unwrap_or_else(|| short_file(file)), 2 * NAME),
            line,
            column,
            link,
        }
    }

    fn source(&self, path: &Path, line: u32) -> Vec<SourceLine> {
        let mut lines = SourceRoots::excerpt(path, line, CONTEXT_LINES);
        for line in &mut lines {
            line.text = self.redactor.source(&line.text).into_owned();
        }
        lines
    }
}

/// The first frame that did not only create the error.
fn first_of_interest(frames: &[TextFrame]) -> usize {
    let mut first = 0;
    for (index, frame) in frames.iter().enumerate() {
        let function = frame.function.as_deref().unwrap_or_default();
        let is_foreign = frame.file.as_deref().is_none_or(names::is_foreign_file);
        if names::is_machinery(function) {
            first = index + 1;
        } else if names::has_crate(function) || !is_foreign {
            break;
        }
    }
    if first == frames.len() { 0 } else { first }
}

/// The file of a dependency from its crate on, and one of Rust from `library` on.
fn short_file(file: &str) -> String {
    for (marker, skipped) in [("/registry/src/", 1), ("/git/checkouts/", 0)] {
        if let Some((_, rest)) = file.split_once(marker) {
            let mut rest = rest;
            for _ in 0..skipped {
                rest = rest.split_once('/').map_or(rest, |(_, rest)| rest);
            }
            return rest.to_owned();
        }
    }
    for marker in ["/rustc/", "/rustlib/src/rust/"] {
        if let Some((_, rest)) = file.split_once(marker)
            && let Some(start) = rest.find("library/")
        {
            return rest[start..].to_owned();
        }
    }
    file.strip_prefix("./").unwrap_or(file).to_owned()
}

/// The function by the name that its source gives it: the body of an `async fn` is a closure to the compiler, and with line
/// tables only an inlined function has no path.
fn named_by_source(function: Option<String>, path: &Path, line: u32) -> Option<String> {
    const CLOSURES: [&str; 3] = ["::{{closure}}", "::{closure#0}", "::{async_fn#0}"];
    let name = function.as_deref().unwrap_or_default();
    let of_async = CLOSURES.iter().find_map(|end| name.strip_suffix(end));
    let is_bare = !names::has_crate(name);
    if !is_bare && of_async.is_none() {
        return function;
    }
    let lines = SourceRoots::excerpt(path, line, FUNCTION_LINES);
    let above = lines.iter().rev().filter(|it| it.number <= line);
    let found = above.filter_map(|line| Some((function_of(&line.text)?, &line.text)));
    match (found.into_iter().next(), of_async) {
        (Some((above, text)), Some(of_async)) if text.contains("async fn ") => {
            let is_it = of_async.rsplit("::").next() == Some(&*above);
            if is_it {
                Some(of_async.to_owned())
            } else {
                function
            }
        }
        (Some((above, _)), _) if is_bare => Some(above),
        _ => function,
    }
}

fn function_of(line: &str) -> Option<String> {
    let code = line.split("//").next().unwrap_or_default();
    let (before, after) = code.split_once("fn ")?;
    let is_qualified = before.split_whitespace().all(|word| {
        matches!(
            word,
            "async" | "const" | "unsafe" | "extern" | "default" | "crate"
        ) || word.starts_with("pub")
    });
    let name: String = after
        .chars()
        .take_while(|it| it.is_alphanumeric() || *it == '_')
        .collect();
    (is_qualified && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_dependency_starts_with_its_crate() {
        for (file, shown) in [
            (
                "/home/me/.cargo/registry/src/index.crates.io-1949/axum-0.8.6/src/lib.rs",
                "axum-0.8.6/src/lib.rs",
            ),
            (
                "/rustc/5980/library/core/src/option.rs",
                "library/core/src/option.rs",
            ),
            ("./src/main.rs", "src/main.rs"),
            ("/elsewhere/x.rs", "/elsewhere/x.rs"),
        ] {
            assert_eq!(short_file(file), shown);
        }
    }

    #[test]
    fn the_name_of_a_function_is_read_from_its_source() {
        assert_eq!(
            function_of("    pub(crate) async fn load<T>(x: T) {").as_deref(),
            Some("load")
        );
        assert_eq!(function_of("    let fn_ = 1; // fn x"), None);
        assert_eq!(function_of("impl Fn for fn ()"), None);
    }
}
