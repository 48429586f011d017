//! Which file an address is mapped to: Linux's `/proc/self/maps`, see `proc_pid_maps(5)`.

use std::ops::Range;
use std::path::PathBuf;

/// A range of executable memory, and the file that is mapped to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Mapping {
    addresses: Range<u64>,
    /// The offset of the first address in the file.
    offset: u64,
    /// Device and inode.
    pub(super) file: String,
    pub(super) path: PathBuf,
}

impl Mapping {
    /// The offset of an address in the file, if it is in this mapping.
    pub(super) fn offset(&self, address: u64) -> Option<u64> {
        let is_in = self.addresses.contains(&address);
        is_in.then(|| address - self.addresses.start + self.offset)
    }
}

/// Reads all mappings of this process; empty on systems other than Linux.
pub(super) fn read() -> Vec<Mapping> {
    let maps = std::fs::read("/proc/self/maps").unwrap_or_default();
    let maps = String::from_utf8_lossy(&maps);
    maps.lines().filter_map(mapping).collect()
}

/// `55d0c0a00000-55d0c0b00000 r-xp 00001000 08:01 1234    /usr/bin/shop`
fn mapping(line: &str) -> Option<Mapping> {
    let mut words = line.splitn(6, ' ');
    let (start, end) = words.next()?.split_once('-')?;
    let permissions = words.next()?;
    let offset = hex(words.next()?)?;
    let (device, inode) = (words.next()?, words.next()?);
    let path = words.next()?.trim_start();
    // A mapping without a path is not a file: `[vdso]`, or code generated at run time.
    (permissions.contains('x') && path.starts_with('/')).then(|| Mapping {
        addresses: hex(start).unwrap_or_default()..hex(end).unwrap_or_default(),
        offset,
        file: format!("{device} {inode}"),
        path: PathBuf::from(path),
    })
}

fn hex(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_gives_the_file_and_the_offset_of_an_address() {
        let line = "7f00-8f00 r-xp 00000300 08:01 42                 /opt/my shop/bin (deleted)";
        let mapping = mapping(line).unwrap();
        assert_eq!(mapping.file, "08:01 42");
        assert_eq!(mapping.path, PathBuf::from("/opt/my shop/bin (deleted)"));
        assert_eq!(mapping.offset(0x7f10), Some(0x310));
        assert_eq!(mapping.offset(0x8f00), None);
    }

    #[test]
    fn only_the_code_of_files_is_a_mapping() {
        for line in [
            "",
            "7f00-8f00",
            "7f00-8f00 rw-p 0 08:01 42 /opt/bin",
            "7f00-8f00 r-xp 0 00:00 0 [vdso]",
            "7f00-8f00 r-xp 0 00:00 0 ",
            "x-y r-xp z 00:00 0 /opt/bin",
        ] {
            assert_eq!(mapping(line), None, "{line}");
        }
    }
}
