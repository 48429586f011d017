//! All source files, and which of them each one depends on.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Path, Source};

/// The files by their module paths, like `error::failure`; the root's is empty.
pub(super) struct Tree(BTreeMap<String, File>);

pub(super) struct File {
    /// Where it is, from `src` on.
    pub(super) name: String,
    source: Source,
}

/// A path of a file, resolved.
pub(super) struct Edge {
    pub(super) to: String,
    /// The facade through which it leads, if it does.
    pub(super) facade: Option<String>,
    pub(super) path: String,
}

impl Tree {
    /// The tree of these files, each with its name from `src` on.
    pub(super) fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let file = |(name, text): (String, String)| {
            let source = Source::parse(&text);
            (module(&name), File { name, source })
        };
        Self(files.into_iter().map(file).collect())
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.0.iter().map(|(module, file)| (&**module, file))
    }

    /// What a file depends on: what its paths lead to, but for re-exports.
    pub(super) fn edges(&self, module: &str) -> Vec<Edge> {
        let file = &self.0[module];
        let edge = |path: &Path| self.resolve(module, path);
        let mut edges: Vec<Edge> = file.source.paths.iter().filter_map(edge).collect();
        edges.extend(self.called(module));
        edges.retain(|edge| edge.to != module);
        edges
    }

    /// What the re-exports of a file lead to.
    pub(super) fn reexports(&self, module: &str) -> Vec<Edge> {
        let reexports = &self.0[module].source.reexports;
        let edge = |(_, path): &(String, Path)| self.resolve(module, path);
        reexports.iter().filter_map(edge).collect()
    }

    /// The files whose inherent impls have the methods that those of this one call: no path names them.
    fn called(&self, module: &str) -> Vec<Edge> {
        let mut edges = Vec::new();
        for own in &self.0[module].source.impls {
            let Some(defined) = self.type_file(module, &own.type_name) else {
                continue;
            };
            for (other, file) in self.files() {
                let is_same = |it: &&super::source::Impl| {
                    it.type_name == own.type_name
                        && self.type_file(other, &it.type_name).as_ref() == Some(&defined)
                };
                for theirs in file.source.impls.iter().filter(is_same) {
                    let called = own.calls.iter().find(|it| theirs.methods.contains(it));
                    edges.extend(called.map(|method| Edge {
                        to: other.to_owned(),
                        facade: None,
                        path: format!("{}::{method}", own.type_name),
                    }));
                }
            }
        }
        edges
    }

    /// The file that defines a type which a file has under this name.
    fn type_file(&self, module: &str, name: &str) -> Option<String> {
        let source = &self.0.get(module)?.source;
        if source.types.iter().any(|it| it == name) {
            return Some(module.to_owned());
        }
        let (_, path) = source.imports.iter().find(|(it, _)| it == name)?;
        Some(self.resolve(module, path)?.to)
    }

    /// Where a path leads that is written in this module.
    fn resolve(&self, module: &str, path: &Path) -> Option<Edge> {
        let written = path.join("::");
        let mut at: Vec<&str> = match &*path[0] {
            "crate" => Vec::new(),
            _ => module.split("::").filter(|it| !it.is_empty()).collect(),
        };
        let mut facade = None;
        for name in path.iter().skip_while(|it| *it == "crate" || *it == "self") {
            if name == "super" {
                at.pop();
                continue;
            }
            let here = at.join("::");
            let child = [&at[..], &[name]].concat().join("::");
            if self.0.contains_key(&child) {
                at.push(name);
            } else if let Some(target) = self.reexported(&here, name) {
                facade.get_or_insert(here);
                return Some(Edge {
                    facade,
                    path: written,
                    ..target
                });
            } else {
                break;
            }
        }
        let to = at.join("::");
        self.0.contains_key(&to).then_some(Edge {
            to,
            facade,
            path: written,
        })
    }

    fn reexported(&self, module: &str, name: &str) -> Option<Edge> {
        let reexports = &self.0.get(module)?.source.reexports;
        let (_, path) = reexports.iter().find(|(it, _)| it == name)?;
        self.resolve(module, path)
    }

    /// The files of a circle among those of one room, if there is one.
    pub(super) fn circle(&self, room: &str) -> Option<Vec<String>> {
        let is_inside = |module: &str| self::room(module) == room;
        let files = self.files().filter(|(module, _)| is_inside(module));
        let graph: BTreeMap<String, BTreeSet<String>> = files
            .map(|(module, _)| {
                let edges = self.edges(module).into_iter().map(|edge| edge.to);
                (
                    module.to_owned(),
                    edges.filter(|it| is_inside(it)).collect(),
                )
            })
            .collect();
        let mut done = BTreeSet::new();
        graph
            .keys()
            .find_map(|start| walk(&graph, start, &mut Vec::new(), &mut done))
    }
}

/// Follows the edges from a file; a file that is on the way already closes a circle.
fn walk(
    graph: &BTreeMap<String, BTreeSet<String>>,
    file: &str,
    way: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(start) = way.iter().position(|it| it == file) {
        let mut circle = way[start..].to_vec();
        circle.push(file.to_owned());
        return Some(circle);
    }
    if done.contains(file) {
        return None;
    }
    way.push(file.to_owned());
    let circle = graph[file]
        .iter()
        .find_map(|next| walk(graph, next, way, done));
    way.pop();
    done.insert(file.to_owned());
    circle
}

/// `error::failure` of `error/failure.rs`, and `error` of `error/mod.rs`.
fn module(name: &str) -> String {
    let path = name.trim_end_matches(".rs").replace('/', "::");
    match path.strip_suffix("mod") {
        Some(parent) if parent.is_empty() || parent.ends_with("::") => {
            parent.trim_end_matches("::").to_owned()
        }
        _ if path == "lib" => String::new(),
        _ => path,
    }
}

/// The room of a module: its first segment.
pub(super) fn room(module: &str) -> &str {
    module.split("::").next().unwrap_or_default()
}
