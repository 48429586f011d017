//! The strings of JSON without their escapes.

use super::edit::Decoded;

/// The content of a JSON string, with the offsets that its characters have.
pub(super) fn decoded(raw: &str, start: usize) -> Decoded {
    let mut decoded = Decoded::default();
    let mut characters = raw.char_indices();
    while let Some((at, character)) = characters.next() {
        if character != '\\' {
            decoded.push(character, start + at);
            continue;
        }
        let escaped = match characters.next() {
            Some((_, 'n')) => '\n',
            Some((_, 'r')) => '\r',
            Some((_, 't')) => '\t',
            Some((_, 'b')) => '\u{8}',
            Some((_, 'f')) => '\u{C}',
            Some((hex, 'u')) => {
                let (character, length) = unicode(&raw[hex..]);
                for _ in 0..length {
                    characters.next();
                }
                character
            }
            Some((_, other)) => other,
            None => '\\',
        };
        decoded.push(escaped, start + at);
    }
    decoded.finish(start + raw.len())
}

/// The character after `\`, and how many more characters it takes: one escape, or a surrogate pair.
fn unicode(escape: &str) -> (char, usize) {
    let hex = |at: usize| {
        escape
            .get(at..at + 4)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
    };
    let Some(high) = hex(1) else {
        return ('\u{FFFD}', 0);
    };
    if (0xD800..0xDC00).contains(&high)
        && escape.get(5..7) == Some("\\u")
        && let Some(low) = hex(7).filter(|low| (0xDC00..0xE000).contains(low))
    {
        let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        return (char::from_u32(code).unwrap_or('\u{FFFD}'), 10);
    }
    (char::from_u32(high).unwrap_or('\u{FFFD}'), 4)
}
