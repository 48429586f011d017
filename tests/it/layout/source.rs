//! One source file: the paths that it names, what it re-exports, and its inherent impls.

use super::tokens::{Token, is_of_name, tokens};

/// A path as it is written, like `crate::error::Failure` or `super::log`.
pub(super) type Path = Vec<String>;

#[derive(Debug, Default)]
pub(super) struct Source {
    /// Paths that start with `crate`, `self` or `super`, but for those of re-exports.
    pub(super) paths: Vec<Path>,
    /// The last segment, or the alias, of what is imported.
    pub(super) imports: Vec<(String, Path)>,
    pub(super) reexports: Vec<(String, Path)>,
    pub(super) impls: Vec<Impl>,
    /// The names of the types that it defines.
    pub(super) types: Vec<String>,
}

/// An inherent impl.
#[derive(Debug)]
pub(super) struct Impl {
    pub(super) type_name: String,
    pub(super) methods: Vec<String>,
    /// Methods of the same type that it calls.
    pub(super) calls: Vec<String>,
}

impl Source {
    pub(super) fn parse(text: &str) -> Self {
        let mut source = Self::default();
        let tokens = without_inline_modules(&tokens(text));
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let is_item =
                at == 0 || matches!(&*tokens[at - 1], ";" | "}" | "{" | "]" | "pub" | ")");
            match &**token {
                "use" if is_item => at = source.import(&tokens, at),
                "crate" | "self" | "super" if next(&tokens, at) == "::" => {
                    let (path, end) = path(&tokens, at);
                    source.paths.push(path);
                    at = end;
                }
                "impl" if is_item => {
                    source.impls.extend(inherent_impl(&tokens[at..]));
                    at += 1;
                }
                "struct" | "enum" | "trait" | "type" => {
                    source.types.push(next(&tokens, at).to_owned());
                    at += 1;
                }
                _ => at += 1,
            }
        }
        source
    }

    /// Takes a `use` apart, and returns where it ends.
    fn import(&mut self, tokens: &[Token], at: usize) -> usize {
        let is_public = at > 0 && matches!(&*tokens[at - 1], "pub" | ")");
        let end = at + tokens[at..].iter().position(|it| it == ";").unwrap_or(1);
        let mut names = Vec::new();
        use_tree(&tokens[at + 1..end], &mut Vec::new(), &mut names);
        for (name, path) in names {
            if !matches!(&*path[0], "crate" | "self" | "super") {
                continue;
            }
            if is_public {
                self.reexports.push((name, path));
            } else {
                self.paths.push(path.clone());
                self.imports.push((name, path));
            }
        }
        end
    }
}

fn next(tokens: &[Token], at: usize) -> &str {
    tokens.get(at + 1).map_or("", |token| token)
}

fn path(tokens: &[Token], start: usize) -> (Path, usize) {
    let mut path = vec![tokens[start].clone()];
    let mut at = start + 1;
    while tokens.get(at).is_some_and(|it| it == "::") && next(tokens, at).starts_with(is_of_name) {
        path.push(tokens[at + 1].clone());
        at += 2;
    }
    (path, at)
}

/// Collects the names of a use tree, each with its path.
fn use_tree(tree: &[Token], before: &mut Path, names: &mut Vec<(String, Path)>) {
    let mut at = 0;
    let depth = before.len();
    while let Some(token) = tree.get(at) {
        match &**token {
            "::" => {}
            "{" => {
                let end = at + block(&tree[at..]);
                for part in parts(&tree[at + 1..end - 1]) {
                    use_tree(part, before, names);
                }
                before.truncate(depth);
                return;
            }
            "as" => {
                names.push((next(tree, at).to_owned(), before.clone()));
                before.truncate(depth);
                return;
            }
            "self" if !before.is_empty() => {}
            name => before.push(name.to_owned()),
        }
        at += 1;
    }
    if let Some(name) = before.last() {
        names.push((name.clone(), before.clone()));
    }
    before.truncate(depth);
}

/// The parts of a list, between the commas that are not inside braces.
fn parts(list: &[Token]) -> Vec<&[Token]> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, token) in list.iter().enumerate() {
        match &**token {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// The number of tokens of the block that starts here.
fn block(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match &**token {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 && token == "}" {
            return at + 1;
        }
    }
    tokens.len()
}

/// The tokens without the blocks of `mod name { … }`, which are tests.
fn without_inline_modules(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if token == "mod" && tokens.get(at + 2).is_some_and(|it| it == "{") {
            at += 2 + block(&tokens[at + 2..]);
        } else {
            kept.push(token.clone());
            at += 1;
        }
    }
    kept
}

/// The impl that starts here, unless it is of a trait.
fn inherent_impl(tokens: &[Token]) -> Option<Impl> {
    let open = tokens.iter().position(|token| token == "{")?;
    let head = &tokens[1..open];
    let mut depth = 0;
    let mut type_name = None;
    for token in head {
        match &**token {
            "<" => depth += 1,
            ">" => depth -= 1,
            "for" if depth == 0 => return None,
            "where" if depth == 0 => break,
            name if depth == 0 && name.starts_with(is_of_name) => type_name = Some(name.to_owned()),
            _ => {}
        }
    }
    let type_name = type_name?;
    let body = &tokens[open..open + block(&tokens[open..])];
    let (mut methods, mut calls) = (Vec::new(), Vec::new());
    for (at, window) in body.windows(3).enumerate() {
        let [first, second, third] = window else {
            continue;
        };
        if first == "fn" {
            methods.push(second.clone());
        }
        let is_call = body.get(at + 3).is_some_and(|it| it == "(" || it == "::");
        let is_own = first == "self" && second == "."
            || (*first == type_name || first == "Self") && second == "::";
        if is_own && is_call {
            calls.push(third.clone());
        }
    }
    Some(Impl {
        type_name,
        methods,
        calls,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_reexports_paths_and_impls_are_found() {
        let source = Source::parse(
            r##"
            //! use crate::comment::X;
            use std::sync::Arc;
            use super::{a::{A, B as C}, b};
            pub(crate) use self::c::D;
            const TEXT: &str = "use crate::literal::X;";
            const RAW: &str = r#"crate::raw::X"#;
            pub(super) struct Own;
            impl<'a, T: Into<String>> A<'a, T> {
                fn one(&self) -> char { self.two(); crate::d::E::new(); '"' }
            }
            impl fmt::Debug for A { fn fmt(&self) { self.three() } }
            #[cfg(test)]
            mod tests { use super::f::G; }
            "##,
        );
        let joined = |path: &Path| path.join("::");
        let paths: Vec<String> = source.paths.iter().map(joined).collect();
        assert_eq!(
            paths,
            ["super::a::A", "super::a::B", "super::b", "crate::d::E::new"]
        );
        let names: Vec<&str> = source.imports.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["A", "C", "b"]);
        assert_eq!(source.reexports.len(), 1);
        assert_eq!(joined(&source.reexports[0].1), "self::c::D");
        assert_eq!(source.types, ["Own"]);
        let [inherent] = &source.impls[..] else {
            unreachable!("{:?}", source.impls);
        };
        assert_eq!(inherent.type_name, "A");
        assert_eq!((&*inherent.methods[0], &*inherent.calls[0]), ("one", "two"));
    }
}
