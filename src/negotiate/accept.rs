//! Reading `Accept`: RFC 9110, section 12.5.1, with every line, bounds, and recovery element by element.

use http::HeaderValue;

/// Bytes of all lines together that are read. Browsers send about 150.
const MAX_BYTES: usize = 8 * 1024;
/// Elements that are read, empty ones included (section 5.6.1.2 asks to take a reasonable number).
const MAX_ELEMENTS: usize = 128;

/// One element of `Accept` that could be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range<'a> {
    pub(super) kind: &'a [u8],
    pub(super) subtype: &'a [u8],
    /// In millionths.
    pub(super) quality: u32,
    /// Whether it has a parameter beside `charset=utf-8`: none of our types has one, so it matches none.
    pub(super) has_parameters: bool,
}

/// The highest quality.
pub(super) const ONE: u32 = 1_000_000;

/// Calls `each` with the ranges of all lines in their order; elements that can't be read are skipped.
pub(super) fn for_each_range<'a>(
    lines: impl Iterator<Item = &'a HeaderValue>,
    mut each: impl FnMut(Range<'a>),
) {
    let (mut bytes, mut elements) = (MAX_BYTES, MAX_ELEMENTS);
    for line in lines {
        let line = &line.as_bytes()[..line.len().min(bytes)];
        bytes -= line.len();
        let split = Split {
            rest: Some(line),
            at: b',',
        };
        for element in split {
            if elements == 0 {
                return;
            }
            elements -= 1;
            if let Some(range) = range(element) {
                each(range);
            }
        }
    }
}

fn range(element: &[u8]) -> Option<Range<'_>> {
    let mut parts = Split {
        rest: Some(element),
        at: b';',
    };
    let media_type = parts.next()?.trim_ascii();
    let slash = media_type.iter().position(|&byte| byte == b'/')?;
    let (kind, subtype) = (&media_type[..slash], &media_type[slash + 1..]);
    let is_readable = is_token(kind) && is_token(subtype) && (kind != b"*" || subtype == b"*");
    if !is_readable {
        return None;
    }
    let mut range = Range {
        kind,
        subtype,
        quality: ONE,
        has_parameters: false,
    };
    for parameter in parts
        .map(<[u8]>::trim_ascii)
        .filter(|text| !text.is_empty())
    {
        let equals = parameter
            .iter()
            .position(|&byte| byte == b'=')
            .unwrap_or(parameter.len());
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
    Some(range)
}

/// A weight (section 12.4.2) in millionths; more than three decimals are read, `.5` is 0.5.
fn quality(text: &[u8]) -> Option<u32> {
    let dot = text
        .iter()
        .position(|&byte| byte == b'.')
        .unwrap_or(text.len());
    let decimals = text.get(dot + 1..).unwrap_or_default();
    if text.len() < 2 && dot == 0 || !decimals.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut quality = match &text[..dot] {
        b"" | b"0" => 0,
        b"1" => ONE,
        _ => return None,
    };
    let mut place = ONE / 10;
    for digit in decimals {
        quality += u32::from(digit - b'0') * place;
        place /= 10;
    }
    (quality <= ONE).then_some(quality)
}

fn unquoted(value: &[u8]) -> &[u8] {
    let inner = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""));
    inner.unwrap_or(value)
}

/// A token of section 5.6.2, `*` being one of its characters.
fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| IS_TCHAR[byte as usize])
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

/// Splits at a byte, but not inside a quoted string (section 5.6.4).
struct Split<'a> {
    rest: Option<&'a [u8]>,
    at: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest?;
        // Quotes are rare, so that most elements end at the first separator.
        let end = match memchr::memchr2(self.at, b'"', text) {
            Some(quote) if text[quote] == b'"' => end_after_quotes(text, quote, self.at),
            end => end,
        };
        self.rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    }
}

/// The first separator outside quotes, of which the first opens here.
fn end_after_quotes(text: &[u8], quote: usize, at: u8) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    let end = text[quote..].iter().position(|&byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            byte if !quoted && byte == at => return true,
            _ => {}
        }
        false
    });
    end.map(|end| quote + end)
}
