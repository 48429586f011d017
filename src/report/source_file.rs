//! The path of a source file, the same on every machine and for every version of a dependency.

use crate::backtrace::SourceLocation;

/// The directories of a package that contain its code.
const CODE: [&str; 4] = ["src", "tests", "examples", "benches"];

/// The normalized path of the file: relative to its package or workspace, with `/` as the separator, and for a
/// dependency the name of the crate in front, without a version. `None` in the standard library.
pub(super) fn normalized(location: &SourceLocation) -> Option<String> {
    (!location.is_in_std()).then(|| normalize(location.file()))
}

fn normalize(file: &str) -> String {
    let file = file.replace('\\', "/");
    let parts: Vec<&str> = file
        .split('/')
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .collect();
    let is_drive = |part: &&&str| part.ends_with(':');
    let is_absolute = file.starts_with('/') || parts.first().filter(is_drive).is_some();
    dependency(&parts)
        .or_else(|| generated(&parts))
        .unwrap_or_else(|| {
            let start = if is_absolute { package(&parts) } else { 0 };
            parts[start..].join("/")
        })
}

/// A file that cargo fetched or vendored: the crate's name, and the path inside of the crate.
fn dependency(parts: &[&str]) -> Option<String> {
    let after = |directories: &[&str]| {
        let windows = parts.windows(directories.len());
        let at = windows.rev().position(|window| window == directories)?;
        // Counted from the end.
        Some(&parts[parts.len() - at..])
    };
    let (name, path) = if let Some([_registry, package, path @ ..]) = after(&["registry", "src"]) {
        (without_version(package), path)
    } else if let Some([repository, _revision, path @ ..]) = after(&["git", "checkouts"]) {
        (without_hash(repository), path)
    } else {
        let [package, path @ ..] = after(&["vendor"])? else {
            return None;
        };
        // Otherwise it is a module of the application.
        if !path.iter().any(|part| CODE.contains(part)) {
            return None;
        }
        (without_version(package), path)
    };
    Some(format!("{name}/{}", path.join("/")))
}

/// A file that a build script generated, whose directory contains the profile and a hash.
fn generated(parts: &[&str]) -> Option<String> {
    let out = parts.iter().rposition(|part| *part == "out")?;
    let [.., "build", package] = parts[..out] else {
        return None;
    };
    Some(format!(
        "{}/{}",
        without_hash(package),
        parts[out..].join("/")
    ))
}

/// Where the package begins in an absolute path: before the directory of its code, or before that of the file.
fn package(parts: &[&str]) -> usize {
    let code = parts.iter().rposition(|part| CODE.contains(part));
    code.unwrap_or_else(|| parts.len().saturating_sub(1))
        .saturating_sub(1)
}

/// `serde` of `serde-1.0.219`.
fn without_version(package: &str) -> &str {
    let is_version = |text: &str| {
        let mut numbers = text.splitn(3, '.');
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // The patch may be followed by a pre-release.
        numbers.next().is_some_and(is_number)
            && numbers.next().is_some_and(is_number)
            && numbers
                .next()
                .is_some_and(|patch| patch.starts_with(|c: char| c.is_ascii_digit()))
    };
    let mut hyphens = package.match_indices('-');
    let version = hyphens.find(|(at, _)| is_version(&package[at + 1..]));
    version.map_or(package, |(at, _)| &package[..at])
}

/// `axum` of `axum-2f1c0d9e8b7a6543`.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((name, hash)) if hash.len() >= 7 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            name
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: &str) -> Option<String> {
        normalized(&SourceLocation::new(file.to_owned(), 7, 3))
    }

    #[test]
    fn a_file_of_a_dependency_has_the_same_path_on_every_machine_and_in_every_version() {
        for file in [
            "/home/alice/.cargo/registry/src/index.crates.io-6f17d22bba15001f/sea-orm-2.0.4/src/a/b.rs",
            "/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/sea-orm-2.0.5/src/a/b.rs",
            "/opt/cargo/registry/src/github.com-1ecc6299db9ec823/sea-orm-2.1.0-rc.1+build.5/src/a/b.rs",
            r"C:\Users\bob\.cargo\registry\src\index.crates.io-6f17d22bba15001f\sea-orm-2.0.4\src\a\b.rs",
            "/srv/shop/vendor/sea-orm/src/a/b.rs",
            "vendor/sea-orm-2.0.4/src/a/b.rs",
        ] {
            assert_eq!(of(file).as_deref(), Some("sea-orm/src/a/b.rs"), "{file}");
        }
        for (file, path) in [
            (
                "/c/registry/src/x/sha-1-0.10.1/src/lib.rs",
                "sha-1/src/lib.rs",
            ),
            (
                "/c/git/checkouts/axum-2f1c0d9e8b7a6543/1ab2c3d/axum/src/lib.rs",
                "axum/axum/src/lib.rs",
            ),
        ] {
            assert_eq!(of(file).as_deref(), Some(path));
        }
    }

    #[test]
    fn a_file_of_the_application_has_the_same_path_on_every_machine() {
        for (file, path) in [
            ("src/stock.rs", "src/stock.rs"),
            ("src/vendor/api.rs", "src/vendor/api.rs"),
            (r"src\stock.rs", "src/stock.rs"),
            ("./src/stock.rs", "src/stock.rs"),
            ("crates/shop/src/stock.rs", "crates/shop/src/stock.rs"),
            ("../util/src/lib.rs", "util/src/lib.rs"),
            ("/home/alice/src/util/src/lib.rs", "util/src/lib.rs"),
            ("/root/work/util/src/lib.rs", "util/src/lib.rs"),
            (r"D:\work\util\src\lib.rs", "util/src/lib.rs"),
            ("/home/alice/util/build.rs", "util/build.rs"),
            (
                "/home/alice/shop/target/debug/build/shop-0123456789abcdef/out/api.rs",
                "shop/out/api.rs",
            ),
            (
                "/home/bob/shop/target/release/build/shop-fedcba9876543210/out/api.rs",
                "shop/out/api.rs",
            ),
            ("/lib.rs", "lib.rs"),
            ("", ""),
        ] {
            assert_eq!(of(file).as_deref(), Some(path), "{file}");
        }
    }

    #[test]
    fn a_file_of_the_standard_library_is_none() {
        for file in [
            "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ops/function.rs",
            r"/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library\core\src\ops\function.rs",
            "/home/a/.rustup/toolchains/stable/lib/rustlib/src/rust/library/core/src/option.rs",
            r"C:\Users\a\.rustup\toolchains\stable\lib\rustlib\src\rust\library\std\src\thread\mod.rs",
            "library/alloc/src/vec/mod.rs",
            "/rust/deps/hashbrown-0.15.5/src/raw.rs",
        ] {
            assert_eq!(of(file), None, "{file}");
        }
    }
}
