//! Text of bounded length, and its hash.

/// The longest prefix of `text` that has at most `max` bytes and ends at a character boundary.
pub(crate) fn prefix(text: &str, max: usize) -> &str {
    let mut ends = (0..=max.min(text.len())).rev();
    let end = ends.find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}

/// Shortens `text` to at most `max` bytes, at a character boundary. Returns whether anything was removed.
pub(crate) fn truncate(text: &mut String, max: usize) -> bool {
    let is_long = text.len() > max;
    if is_long {
        let end = prefix(text, max).len();
        text.truncate(end);
    }
    is_long
}

/// The 64-bit FNV-1a hash. What it names outlives the process, and std's hash may change from one release to the next.
pub(crate) fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_ends_at_a_character_boundary() {
        assert_eq!(prefix("héllo", 2), "h");
        assert_eq!(prefix("héllo", 3), "hé");
        assert_eq!(prefix("héllo", 100), "héllo");
        let mut text = "héllo".to_owned();
        assert!(truncate(&mut text, 2));
        assert!(!truncate(&mut text, 2));
        assert_eq!(text, "h");
    }
}
