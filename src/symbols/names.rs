//! Determines which crate a function belongs to, by its name and its file.

use crate::report::frame::Frame;

/// Crates whose innermost frames only made the error and captured the backtrace.
const MACHINERY: [&str; 6] = ["__rustc", "alloc", "backstop", "backtrace", "core", "std"];

/// Parts of the paths of files that are not the application's: the standard library's, as built and as installed, and
/// those that cargo fetched or vendored.
const FOREIGN_FILES: [&str; 5] = [
    "/rustc/",
    "/rustlib/src/rust/",
    "/registry/src/",
    "/git/checkouts/",
    "/vendor/",
];

/// Whether the function only created the error or captured the backtrace.
pub(crate) fn is_machinery(function: &str) -> bool {
    MACHINERY.contains(&krate(path(function)))
}

#[cfg(feature = "frames")]
/// Whether the function's name has no crate and its file is not the application's, as for inlined functions in a build
/// with line tables only.
pub(super) fn is_bare_and_foreign(frame: &Frame) -> bool {
    let is_bare = |function: &str| !has_crate(function);
    frame.function.as_deref().is_some_and(is_bare) && is_in_foreign_file(frame)
}

/// Whether a function's name starts with its crate.
pub(crate) fn has_crate(function: &str) -> bool {
    !krate(path(function)).is_empty()
}

fn is_in_foreign_file(frame: &Frame) -> bool {
    frame.file.as_deref().is_some_and(is_foreign_file)
}

/// Whether a source file is the standard library's, or was fetched or vendored by cargo.
pub(crate) fn is_foreign_file(file: &str) -> bool {
    FOREIGN_FILES.iter().any(|part| file.contains(part))
}

/// Whether the frame is the application's own. The longest matching rule decides, otherwise the path of the file.
/// Without a file, all crates except those in [`MACHINERY`] count as the application's.
pub(crate) fn is_in_app(frame: &Frame, rules: &[(String, bool)]) -> bool {
    let path = frame.function.as_deref().map(path);
    let by_rule = path.and_then(|path| {
        let matching = rules.iter().filter(|(start, _)| starts_with(path, start));
        matching.max_by_key(|(start, _)| start.len())
    });
    if let Some((_, in_app)) = by_rule {
        return *in_app;
    }
    if is_in_foreign_file(frame) {
        return false;
    }
    match path.map(krate) {
        // A name without a crate is not Rust's: it is the C library's, the linker's, or `main`.
        Some("") => false,
        Some(krate) => !MACHINERY.contains(&krate),
        None => frame.file.is_some(),
    }
}

/// Returns the rest of a name from its path on: the path of the type in `<shop::Cart as core::fmt::Display>::fmt`, or
/// that of the trait if the type has no crate, as in `<T as shop::Sum>::sum`.
fn path(function: &str) -> &str {
    const AROUND: [&str; 9] = [
        "<", "&", "(", "[", "*const ", "*mut ", "dyn ", "impl ", "mut ",
    ];
    let mut rest = function;
    while let Some(inside) = AROUND.iter().find_map(|around| rest.strip_prefix(around)) {
        rest = inside;
    }
    if !krate(rest).is_empty() || rest.len() == function.len() {
        return rest;
    }
    rest.split_once(" as ").map_or(rest, |(_, of)| path(of))
}

/// Returns the crate of a function, or an empty string if its name has none.
pub(crate) fn crate_of(function: &str) -> &str {
    krate(path(function))
}

/// Returns the first segment of a path, or an empty string if there is only one.
fn krate(path: &str) -> &str {
    let end = path.find(|c| !is_of_name(c)).unwrap_or(path.len());
    if path[end..].starts_with("::") {
        &path[..end]
    } else {
        ""
    }
}

fn starts_with(path: &str, start: &str) -> bool {
    path.strip_prefix(start)
        .is_some_and(|rest| !rest.starts_with(is_of_name))
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_of_a_function_is_its_types_and_else_its_traits() {
        for (function, expected) in [
            ("shop::cart::total", "shop"),
            ("shop::cart::total::{{closure}}", "shop"),
            ("shop::cart::total::{closure#0}", "shop"),
            ("<shop::Cart as core::fmt::Display>::fmt", "shop"),
            ("<&mut shop::Cart as core::fmt::Display>::fmt", "shop"),
            ("<shop::Cart>::total", "shop"),
            ("<T as core::convert::Into<U>>::into", "core"),
            ("<(A, B) as shop::Sum>::sum", "shop"),
            ("<dyn shop::Sum as core::any::Any>::type_id", "shop"),
            ("<<T as shop::Sum>::Of as core::ops::Add>::add", "shop"),
            ("core::ops::function::FnOnce::call_once", "core"),
            ("main", ""),
            ("__libc_start_main", ""),
            ("", ""),
            ("<", ""),
            ("< as ", ""),
        ] {
            assert_eq!(krate(path(function)), expected, "{function}");
        }
    }

    fn in_app(function: &str, file: Option<&str>, rules: &[(&str, bool)]) -> bool {
        let frame = Frame {
            function: Some(function.to_owned()),
            file: file.map(str::to_owned),
            ..Frame::default()
        };
        let rules: Vec<_> = rules
            .iter()
            .map(|(start, own)| ((*start).to_owned(), *own))
            .collect();
        is_in_app(&frame, &rules)
    }

    #[test]
    fn the_applications_frames_are_neither_of_rust_nor_of_its_libraries() {
        assert!(in_app("shop::total", Some("/work/shop/src/lib.rs"), &[]));
        assert!(in_app("shop::total", None, &[]));
        assert!(in_app("tokio_shop::total", None, &[]));
        for (function, file) in [
            ("main", None),
            ("std::rt::lang_start", None),
            ("<F as core::ops::FnOnce<()>>::call_once", None),
            (
                "<F as axum::handler::Handler<T, S>>::call",
                Some("/home/me/.cargo/registry/src/index/axum/src/handler/mod.rs"),
            ),
            (
                "tokio::runtime::Runtime::block_on",
                Some("/work/vendor/tokio/src/lib.rs"),
            ),
            (
                "sqlx::query",
                Some("/home/me/.cargo/registry/src/index/sqlx/src/query.rs"),
            ),
            (
                "own::query",
                Some("/home/me/.cargo/git/checkouts/own/src/lib.rs"),
            ),
            (
                "<shop::Cart as X>::x",
                Some("/rustc/1234/library/core/src/fmt.rs"),
            ),
        ] {
            assert!(!in_app(function, file, &[]), "{function}");
        }
        let frame = |file: Option<&str>| Frame {
            file: file.map(str::to_owned),
            ..Frame::default()
        };
        assert!(is_in_app(&frame(Some("src/main.rs")), &[]));
        assert!(!is_in_app(&frame(None), &[]));
    }

    #[test]
    fn the_longest_rule_that_fits_decides() {
        let rules = [("shop", false), ("shop::orders", true), ("sqlx", true)];
        assert!(!in_app("shop::total", None, &rules));
        assert!(in_app("shop::orders::total", None, &rules));
        assert!(in_app("<shop::orders::Order as X>::x", None, &rules));
        assert!(in_app("shop_core::total", None, &rules));
        assert!(in_app(
            "sqlx::query",
            Some("/registry/src/sqlx/src/query.rs"),
            &rules
        ));
    }
}
