//! Parses `Accept` (RFC 9110, section 12.5.1): all of its lines, within bounds, skipping elements that are invalid.

use http::HeaderValue;

/// How many bytes are read, over all lines. Browsers send about 150.
const MAX_BYTES: usize = 8 * 1024;
/// How many elements are read, including empty ones, of which a server should accept a reasonable number
/// (section 5.6.1.2).
const MAX_ELEMENTS: usize = 128;

/// A valid element of `Accept`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range<'a> {
    pub(super) kind: &'a [u8],
    pub(super) subtype: &'a [u8],
    /// The weight, in millionths.
    pub(super) quality: u32,
    /// Whether it has a parameter other than `charset=utf-8`, which no format has.
    pub(super) has_parameters: bool,
}

/// The highest weight.
const ONE: u32 = 1_000_000;

/// Calls `each` with the ranges of all lines, in order. Invalid elements are skipped.
pub(super) fn for_each_range<'a>(
    lines: impl Iterator<Item = &'a HeaderValue>,
    mut each: impl FnMut(Range<'a>),
) {
    let (mut bytes, mut elements) = (MAX_BYTES, MAX_ELEMENTS);
    for line in lines {
        let line = &line.as_bytes()[..line.len().min(bytes)];
        bytes -= line.len();
        let mut rest = Some(line);
        while let Some(text) = rest {
            if elements == 0 {
                return;
            }
            elements -= 1;
            let (range, end) = element(text);
            if let Some(range) = range {
                each(range);
            }
            rest = text.get(end + 1..);
        }
    }
}

/// Parses the first element of `text`. Returns it if it is valid, and where it ends.
fn element(text: &[u8]) -> (Option<Range<'_>>, usize) {
    let start = text.iter().position(|&byte| byte != b' ' && byte != b'\t');
    let start = start.unwrap_or(text.len());
    let slash = start + token(&text[start..]);
    if text.get(slash) != Some(&b'/') {
        return (None, end_of_element(text, slash));
    }
    let subtype = slash + 1;
    let after = subtype + token(&text[subtype..]);
    let end = end_of_element(text, after);
    let has_media_type = start < slash
        && subtype < after
        && (&text[start..slash] != b"*" || &text[subtype..after] == b"*");
    if !has_media_type {
        return (None, end);
    }
    let mut range = Range {
        kind: &text[start..slash],
        subtype: &text[subtype..after],
        quality: ONE,
        has_parameters: false,
    };
    let is_valid = parse_parameters(&mut range, &text[after..end]).is_some();
    (is_valid.then_some(range), end)
}

/// Parses what follows the media type: parameters, each after a semicolon. Returns `None` if the element is
/// invalid.
fn parse_parameters(range: &mut Range<'_>, text: &[u8]) -> Option<()> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Some(());
    }
    let mut rest = Some(text.strip_prefix(b";")?);
    while let Some(text) = rest {
        let end = end_of(text, b';');
        let parameter = text[..end].trim_ascii();
        rest = text.get(end + 1..);
        if parameter.is_empty() {
            continue;
        }
        let equals = parameter.iter().position(|&byte| byte == b'=');
        let equals = equals.unwrap_or(parameter.len());
        let name = parameter[..equals].trim_ascii();
        let value = parameter.get(equals + 1..).unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"q") {
            range.quality = quality(value)?;
        } else {
            let is_our_charset = name.eq_ignore_ascii_case(b"charset")
                && unquoted(value).eq_ignore_ascii_case(b"utf-8");
            range.has_parameters |= !is_our_charset;
        }
    }
    Some(())
}

/// Parses a weight (section 12.4.2), in millionths. More than three decimals, and `.5` for 0.5, are accepted.
fn quality(text: &[u8]) -> Option<u32> {
    let dot = text.iter().position(|&byte| byte == b'.');
    let dot = dot.unwrap_or(text.len());
    let decimals = text.get(dot + 1..).unwrap_or_default();
    if text.len() < 2 && dot == 0 || !decimals.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut quality = match &text[..dot] {
        b"" | b"0" => 0,
        b"1" => ONE,
        _ => return None,
    };
    let mut unit = ONE / 10;
    for digit in decimals {
        quality += u32::from(digit - b'0') * unit;
        unit /= 10;
    }
    (quality <= ONE).then_some(quality)
}

fn unquoted(value: &[u8]) -> &[u8] {
    let inner = value.strip_prefix(b"\"");
    let inner = inner.and_then(|value| value.strip_suffix(b"\""));
    inner.unwrap_or(value)
}

/// The length of the token (section 5.6.2) at the start of `text`. `*` is one of the characters of a token.
fn token(text: &[u8]) -> usize {
    let end = text.iter().position(|&byte| !IS_TCHAR[byte as usize]);
    end.unwrap_or(text.len())
}

/// Where an element ends that has been parsed up to `from`: usually right there.
fn end_of_element(text: &[u8], from: usize) -> usize {
    match text.get(from) {
        None | Some(b',') => from,
        Some(_) => from + end_of(&text[from..], b','),
    }
}

/// The position of the first `delimiter` outside quoted strings (section 5.6.4), or the end.
fn end_of(text: &[u8], delimiter: u8) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    let end = text.iter().position(|&byte| {
        if byte == delimiter && !quoted {
            return true;
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        false
    });
    end.unwrap_or(text.len())
}

const IS_TCHAR: [bool; 256] = {
    let mut table = [false; 256];
    let others = b"!#$%&'*+-.^_`|~";
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < others.len() {
        table[others[index] as usize] = true;
        index += 1;
    }
    table
};
