//! The rooms of `DESIGN.md`: imports point from right to left, files have one role.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room with its rank: it may import rooms of a lower rank, and itself.
const ROOMS: [(&str, u8); 18] = [
    ("problem", 0),
    ("negotiate", 0),
    ("request", 0),
    ("error", 1),
    ("report", 2),
    ("disclosure", 2),
    ("interop", 2),
    ("formats", 3),
    ("reporters", 3),
    ("pipeline", 4),
    ("backstop", 5),
    ("layers", 6),
    ("process", 6),
    ("axum", 6),
    ("tracing", 6),
    ("testing", 6),
    ("__private", 6),
    ("guide", 7),
];

#[test]
fn imports_point_from_right_to_left() {
    let rank = |room: &str| {
        ROOMS
            .iter()
            .find(|(name, _)| *name == room)
            .map(|(_, rank)| *rank)
    };
    let mut checked = 0;
    for file in sources() {
        let room = room(&file);
        if room == "lib" {
            continue;
        }
        let own = rank(&room).unwrap_or_else(|| panic!("{room} is no room of the design"));
        let source = fs::read_to_string(&file).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap();
        let code = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for import in line.split("crate::").skip(1) {
                let other: String = import
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let Some(other_rank) = rank(&other) else {
                    continue;
                };
                checked += 1;
                let points_left = other == room || other_rank < own;
                assert!(points_left, "{} imports {other}: {line}", file.display());
            }
        }
    }
    assert!(checked > 50, "only {checked} imports were found");
}

#[test]
fn files_have_one_role() {
    for file in sources() {
        let source = fs::read_to_string(&file).unwrap();
        assert!(
            source.starts_with("//!") || source.starts_with("#!["),
            "{} has no module doc",
            file.display()
        );
        let code = source.split("#[cfg(test)]").next().unwrap();
        let lines = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .count();
        assert!(lines <= 400, "{} has {lines} lines of code", file.display());
    }
}

fn room(file: &Path) -> String {
    let inside = file.strip_prefix(root()).unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}
