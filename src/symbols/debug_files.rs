//! Separate files with the debug information of a file that was stripped. They are looked for where gdb looks for them.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

use super::elf::Headers;

/// Where distributions install debug files.
pub(super) const INSTALLED: &str = "/usr/lib/debug";

/// Returns the debug file: by the build id below `installed`, or by the name in `.gnu_debuglink`.
pub(super) fn find(path: &Path, headers: &Headers, installed: &Path) -> Option<PathBuf> {
    by_build_id(headers, installed).or_else(|| by_link(path, headers, installed))
}

/// `.build-id/ab/cdef.debug`
fn by_build_id(headers: &Headers, installed: &Path) -> Option<PathBuf> {
    let build_id = headers.build_id.as_ref()?;
    let (folder, name) = build_id.split_at_checked(2)?;
    let path = installed.join(".build-id").join(folder);
    let path = path.join(format!("{name}.debug"));
    let found = Headers::read(&path)?;
    (found.has_debug_info && found.build_id.as_ref() == Some(build_id)).then_some(path)
}

/// Beside the file, in `.debug` beside it, or below `installed` in a folder of the same path.
fn by_link(path: &Path, headers: &Headers, installed: &Path) -> Option<PathBuf> {
    let (name, checksum) = headers.debug_link.as_ref()?;
    let name = Path::new(OsStr::from_bytes(name));
    // A path would lead elsewhere.
    let is_name =
        matches!(name.components().next(), Some(Component::Normal(first)) if first == name);
    let path = path.canonicalize().ok()?;
    let folder = path.parent().filter(|_| is_name)?;
    let same = folder.strip_prefix("/").unwrap_or(folder);
    let folders = [
        folder.to_owned(),
        folder.join(".debug"),
        installed.join(same),
    ];
    let mut files = folders.into_iter().map(|folder| folder.join(name));
    files.find(|file| *file != path && file.is_file() && crc32(file) == Some(*checksum))
}

/// The CRC-32 of a file's content (the polynomial of zlib), as `.gnu_debuglink` has it.
fn crc32(path: &Path) -> Option<u32> {
    let mut file = File::open(path).ok()?;
    let mut buffer = vec![0; 64 * 1024];
    let mut crc = u32::MAX;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Some(!crc),
            Ok(read) => {
                crc = buffer[..read]
                    .iter()
                    .fold(crc, |crc, byte| step(crc, *byte))
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

const fn step(crc: u32, byte: u8) -> u32 {
    (crc >> 8) ^ TABLE[((crc ^ byte as u32) & 0xFF) as usize]
}

static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn this_program() -> (PathBuf, Headers) {
        let path = std::env::current_exe().unwrap();
        let headers = Headers::read(&path).unwrap();
        (path, headers)
    }

    #[test]
    fn the_checksum_is_that_of_zlib() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        for (text, expected) in [("", 0), ("123456789", 0xCBF4_3926)] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(crc32(&file), Some(expected));
        }
        assert_eq!(crc32(folder.path()), None);
    }

    #[test]
    fn a_debug_file_is_found_by_the_build_id_if_it_has_the_same_one() {
        let (path, mut headers) = this_program();
        let Some(build_id) = headers.build_id.clone() else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join(".build-id").join(&build_id[..2]);
        std::fs::create_dir_all(&place).unwrap();
        let debug = place.join(format!("{}.debug", &build_id[2..]));
        std::os::unix::fs::symlink(&path, &debug).unwrap();
        assert_eq!(find(&path, &headers, folder.path()), Some(debug.clone()));
        let other = debug.with_file_name("00.debug");
        std::fs::rename(&debug, other).unwrap();
        headers.build_id = Some(format!("{}00", &build_id[..2]));
        assert_eq!(
            find(&path, &headers, folder.path()),
            None,
            "of another build"
        );
    }

    #[test]
    fn a_debug_file_is_found_by_its_name_if_its_content_has_the_checksum() {
        let (_, mut headers) = this_program();
        headers.build_id = None;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        let (program, installed) = (folder.join("bin/shop"), folder.join("debug"));
        let same = installed
            .join(folder.strip_prefix("/").unwrap())
            .join("bin");
        std::fs::create_dir_all(folder.join("bin/.debug")).unwrap();
        std::fs::create_dir_all(&same).unwrap();
        std::fs::write(&program, "").unwrap();
        headers.debug_link = Some((b"shop.debug".to_vec(), 0xCBF4_3926));
        for place in [folder.join("bin"), folder.join("bin/.debug"), same] {
            let debug = place.join("shop.debug");
            std::fs::write(&debug, "12345678").unwrap();
            assert_eq!(
                find(&program, &headers, &installed),
                None,
                "another content"
            );
            std::fs::write(&debug, "123456789").unwrap();
            assert_eq!(find(&program, &headers, &installed), Some(debug.clone()));
            std::fs::remove_file(debug).unwrap();
        }
        std::fs::write(folder.join("shop.debug"), "123456789").unwrap();
        headers.debug_link = Some((b"../shop.debug".to_vec(), 0xCBF4_3926));
        assert_eq!(
            find(&program, &headers, &installed),
            None,
            "a path is not a name"
        );
    }
}
