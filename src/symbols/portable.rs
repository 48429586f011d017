//! Resolves addresses with the crate `backtrace`, on systems other than Linux.
//!
//! The crate holds its lock while it resolves one address; a backtrace that is captured meanwhile waits for it.

use super::resolved::{Resolved, short};
use crate::report::frame::Frame;

/// Resolves the calls that return to these addresses.
pub(super) fn resolve(addresses: &[u64]) -> Vec<Resolved> {
    addresses.iter().map(|address| at(*address)).collect()
}

/// What the crate keeps in memory cannot be dropped.
pub(super) const fn has_loaded() -> bool {
    false
}

pub(super) const fn release() {}

/// Addresses are resolved one by one, so nothing has to wait long.
pub(super) const fn is_busy() -> bool {
    false
}

fn at(address: u64) -> Resolved {
    let mut frames = Vec::new();
    let Ok(pointer) = usize::try_from(address) else {
        return Resolved::default();
    };
    // It looks for the call before the address by itself.
    backtrace::resolve(std::ptr::without_provenance_mut(pointer), |symbol| {
        let file = symbol.filename().map(|path| path.to_string_lossy());
        frames.push(Frame {
            function: symbol.name().map(|name| short(&format!("{name:#}"))),
            file: file.map(|path| short(&path)),
            line: symbol.lineno().filter(|line| *line > 0),
            column: symbol.colno().filter(|column| *column > 0),
            address,
            ..Frame::default()
        });
    });
    frames.retain(|frame| frame.function.is_some() || frame.file.is_some());
    Resolved {
        frames,
        image: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtrace::Backtrace;

    #[test]
    fn the_function_the_file_and_the_line_of_an_address_are_found_on_every_system() {
        let backtrace = Backtrace::capture().unwrap();
        let addresses: Vec<u64> = backtrace.addresses().iter().map(|it| *it as u64).collect();
        let resolved = resolve(&addresses);
        assert_eq!(resolved.len(), addresses.len());
        let name = "the_function_the_file_and_the_line_of_an_address_are_found_on_every_system";
        let is_this = |frame: &&Frame| frame.function.as_ref().is_some_and(|it| it.contains(name));
        let this = resolved.iter().flat_map(|it| &it.frames).find(is_this);
        let this = this.expect("this function");
        assert!(this.file.as_ref().unwrap().ends_with("portable.rs"));
        assert!(this.line.is_some() && addresses.contains(&this.address));
    }

    #[test]
    fn an_address_of_nothing_has_no_frame() {
        assert!(!is_busy() && !has_loaded());
        release();
        assert!(
            resolve(&[0, 7, u64::MAX])
                .iter()
                .all(|it| it.frames.is_empty())
        );
    }
}
