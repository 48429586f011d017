//! Bounded text.

/// As much of a text as fits into `max` bytes, cut at a character boundary.
pub(crate) fn cut(text: &str, max: usize) -> &str {
    let mut ends = (0..=max.min(text.len())).rev();
    let end = ends.find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}

/// Cuts a text to `max` bytes, at a character boundary; returns whether anything was cut.
pub(crate) fn truncate(text: &mut String, max: usize) -> bool {
    let is_long = text.len() > max;
    if is_long {
        let end = cut(text, max).len();
        text.truncate(end);
    }
    is_long
}
