//! What an executable or a shared library says about itself.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use object::{Object as _, ObjectSection as _, ObjectSegment as _, ReadCache};
use uuid::Uuid;

/// The headers of a file.
#[derive(Debug)]
pub(super) struct Headers {
    /// For each loaded segment: its offset in the file, its length in the file, and its virtual address.
    segments: Vec<(u64, u64, u64)>,
    /// The lowest virtual address, at the start of its page, and the highest.
    pub(super) addresses: (u64, u64),
    pub(super) build_id: Option<String>,
    pub(super) debug_id: Uuid,
    pub(super) has_debug_info: bool,
    /// The name of the file with the debug information, and the checksum of its content.
    pub(super) debug_link: Option<(Vec<u8>, u32)>,
}

const PAGE: u64 = 4096;

impl Headers {
    /// Reads the headers; `None` if that fails.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let cache = ReadCache::new(File::open(path).ok()?);
        let object = object::File::parse(&cache).ok()?;
        let segments = object.segments();
        let end = |it: object::read::Segment<'_, '_, _>| it.address().saturating_add(it.size());
        let end = object.segments().map(end).max()?;
        let start = object.segments().map(|it| it.address()).min()?;
        let segments = segments.map(|segment| {
            let (offset, len) = segment.file_range();
            (offset, len, segment.address())
        });
        let build_id = object.build_id().ok().flatten();
        let code = object.section_by_name(".text").and_then(|text| {
            let len = PAGE.min(text.size());
            text.data_range(text.address(), len).ok().flatten()
        });
        let link = object.gnu_debuglink().ok().flatten();
        Some(Self {
            segments: segments.collect(),
            addresses: (start - start % PAGE, end),
            build_id: build_id.map(hex),
            debug_id: debug_id(
                build_id,
                code.unwrap_or_default(),
                object.is_little_endian(),
            ),
            has_debug_info: object.section_by_name(".debug_info").is_some(),
            debug_link: link.map(|(name, checksum)| (name.to_vec(), checksum)),
        })
    }

    /// The virtual address of what is at this offset of the file.
    pub(super) fn address(&self, offset: u64) -> Option<u64> {
        self.segments.iter().find_map(|(start, len, address)| {
            let inside = offset.checked_sub(*start).filter(|inside| inside < len)?;
            address.checked_add(inside)
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a `String` does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The id that the tools of Sentry and Breakpad give the file: the first 16 bytes of the build id, or, if there is none,
/// a sum of the start of its code.
fn debug_id(build_id: Option<&[u8]>, code: &[u8], is_little_endian: bool) -> Uuid {
    let mut id = [0; 16];
    for (index, byte) in build_id
        .map_or(code, |id| &id[..id.len().min(16)])
        .iter()
        .enumerate()
    {
        id[index % 16] ^= byte;
    }
    if is_little_endian {
        Uuid::from_bytes_le(id)
    } else {
        Uuid::from_bytes(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_an_object_has_no_headers() {
        assert!(Headers::read(Path::new(file!())).is_none());
        assert!(Headers::read(Path::new("/no/such/file")).is_none());
    }

    #[test]
    fn an_offset_has_the_address_of_its_segment() {
        let headers = Headers::read(&std::env::current_exe().unwrap()).unwrap();
        let (offset, len, address) = headers.segments[0];
        assert_eq!(headers.address(offset), Some(address));
        assert_eq!(headers.address(offset + len - 1), Some(address + len - 1));
        assert_eq!(headers.address(u64::MAX), None);
        assert!(headers.has_debug_info && !headers.debug_id.is_nil());
        assert!(headers.addresses.0 <= address && address < headers.addresses.1);
    }
}
