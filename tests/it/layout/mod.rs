//! The rooms of `DESIGN.md`: a room imports only lower ones, the files of a room form no circle, and each has one role.

mod source;
mod tokens;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};

use self::tree::{Tree, room};

/// Each room with its rank: it may import rooms of a lower rank, and itself.
const ROOMS: [(&str, u8); 28] = [
    ("json", 0),
    ("text", 0),
    ("printable", 0),
    ("identity", 0),
    ("backtrace", 0),
    ("problem", 0),
    ("negotiate", 0),
    ("request", 1),
    ("panics", 1),
    ("error", 2),
    ("disclosure", 3),
    ("report", 3),
    ("scope", 4),
    ("symbols", 4),
    ("reporters", 4),
    ("pipeline", 5),
    ("development", 5),
    ("formats", 6),
    ("backstop", 7),
    ("layers", 8),
    ("process", 8),
    ("axum", 8),
    ("tracing", 8),
    ("testing", 8),
    ("utoipa", 8),
    ("__private", 8),
    ("guide", 9),
    // The root: the public face of all.
    ("", 10),
];

/// Rooms that are public modules: their `mod.rs` may re-export from higher rooms, so nothing inside goes through it.
const FACADES: [&str; 2] = ["panics", "report"];

#[test]
fn a_room_imports_only_lower_rooms_and_through_no_public_face() {
    let tree = Tree::new(sources());
    let wrong = misplaced(&tree);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_files_of_a_room_form_no_circle() {
    let tree = Tree::new(sources());
    let circles: Vec<_> = ROOMS
        .iter()
        .filter_map(|(room, _)| tree.circle(room))
        .collect();
    assert!(circles.is_empty(), "{circles:#?}");
    let count = |(module, _)| tree.edges(module).len();
    let edges: usize = tree.files().map(count).sum();
    assert!(edges > 500, "only {edges} imports were found");
}

#[test]
fn planted_circles_and_imports_of_higher_rooms_are_found() {
    let with = |file: &str, line: &str| {
        let mut sources = sources();
        let source = sources.iter_mut().find(|(name, _)| name == file);
        source.expect("a file of that name").1.push_str(line);
        Tree::new(sources)
    };
    let circle = |file, line| with(file, line).circle("layers").expect("a circle");
    // By an import, by one through the room's `mod.rs`, and by a path.
    for line in [
        "\nuse super::layer::BackstopLayer;",
        "\nuse super::{BackstopLayer as _};",
        "\ntype T = crate::layers::layer::BackstopLayer;",
    ] {
        let found = circle("layers/service.rs", line);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.contains(&"layers::service".to_owned()), "{found:?}");
    }
    // By a method of a type that another file defines.
    let call = "\nimpl Exchange { fn again<R>(self, response: R) { self.classify(response) } }";
    let found = circle("layers/exchange.rs", call);
    assert!(found.contains(&"layers::classify".to_owned()), "{found:?}");

    let tree = with("error/failure.rs", "\nuse crate::layers::BackstopLayer;");
    let higher = "error/failure.rs imports crate::layers::BackstopLayer";
    assert!(misplaced(&tree).contains(&higher.to_owned()));
    let tree = with("layers/body.rs", "\nuse crate::panics::OnPanic;");
    let face = "layers/body.rs imports crate::panics::OnPanic by its public path";
    assert!(misplaced(&tree).contains(&face.to_owned()));
}

/// What points the wrong way.
fn misplaced(tree: &Tree) -> Vec<String> {
    let rank = |module: &str| {
        let found = ROOMS.iter().find(|(name, _)| *name == room(module));
        found.map(|(_, rank)| *rank).expect("a room of the design")
    };
    let mut wrong = Vec::new();
    for (module, file) in tree.files() {
        let reexports = tree.reexports(module);
        let reexports = reexports.into_iter().filter(|_| !FACADES.contains(&module));
        for edge in tree.edges(module).into_iter().chain(reexports) {
            let is_own = room(module) == room(&edge.to);
            if !is_own && rank(&edge.to) >= rank(module) {
                wrong.push(format!("{} imports {}", file.name, edge.path));
            }
            if let Some(facade) = edge.facade
                && FACADES.contains(&&*facade)
                && !module.is_empty()
            {
                wrong.push(format!(
                    "{} imports {} by its public path",
                    file.name, edge.path
                ));
            }
        }
    }
    wrong
}

#[test]
fn files_have_one_role() {
    for (name, source) in sources() {
        assert!(
            source.starts_with("//!") || source.starts_with("#!["),
            "{name} has no module doc"
        );
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let lines = code.lines().filter(is_code).count();
        assert!(lines <= 400, "{name} has {lines} lines of code");
    }
}

/// The files of the crate, each with its name from `src` on.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("a file below `src`");
                let text = fs::read_to_string(&path).expect("a source file");
                sources.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    sources
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path())
}
