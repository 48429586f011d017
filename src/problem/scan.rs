//! Looking for bytes that need care, as nearly every text has none.

/// Whether a text has such a byte. `is_meant` must not mean a space, nor branch: then sixteen bytes are looked at
/// together.
pub(crate) fn has_byte(text: &str, is_meant: impl Fn(u8) -> bool) -> bool {
    // A block has no way out midway, so that the compiler can make it one comparison.
    let is_in = |block: &[u8; 16]| block.iter().fold(false, |any, &byte| any | is_meant(byte));
    let (blocks, rest) = text.as_bytes().as_chunks();
    let mut last = [b' '; 16];
    last[..rest.len()].copy_from_slice(rest);
    blocks.iter().any(is_in) || is_in(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for length in 0..50 {
            let text = "a".repeat(length);
            assert!(!has_byte(&text, |byte| byte == b'b'));
            for at in 0..length {
                let mut text = text.clone();
                text.replace_range(at..=at, "b");
                assert!(has_byte(&text, |byte| byte == b'b'), "{text}");
            }
        }
    }
}
