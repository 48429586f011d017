//! Parses `Accept` (RFC 9110, section 12.5.1): all of its lines, within bounds.

use http::HeaderValue;

/// How many bytes are read, over all lines. Browsers send about 150.
const MAX_BYTES: usize = 8 * 1024;
/// How many elements are read, including empty ones, of which a server should accept a reasonable number
/// (section 5.6.1.2).
const MAX_ELEMENTS: usize = 128;

/// An element of `Accept` that has a media type. Whether it is valid is checked where it matters: most ranges match
/// nothing that is offered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range<'a> {
    pub(super) kind: &'a [u8],
    pub(super) subtype: &'a [u8],
    /// What follows the media type, from the first semicolon on.
    parameters: &'a [u8],
}

/// The parameters of a range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters {
    /// The weight, in millionths.
    pub(super) quality: u32,
    /// Whether there is one other than `charset=utf-8`, which no format has.
    pub(super) has_others: bool,
}

/// The highest weight.
pub(super) const ONE: u32 = 1_000_000;

/// Calls `each` with the ranges of all lines, in order.
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
            let end = end_of(text, b',');
            if let Some(range) = Range::new(&text[..end]) {
                each(range);
            }
            rest = text.get(end + 1..);
        }
    }
}

/// Whether a line asks for all of a Markdown document: `text/markdown; detail=full`.
#[expect(
    single_use_lifetimes,
    reason = "an anonymous lifetime is unstable there"
)]
pub(crate) fn asks_for_all<'a>(lines: impl Iterator<Item = &'a HeaderValue>) -> bool {
    let is = |text: &[u8], name: &str| text.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
    let asks = |element: &[u8]| {
        let mut parts = element.split(|&byte| byte == b';');
        parts.next().is_some_and(|kind| is(kind, "text/markdown"))
            && parts
                .any(|parameter| is(parameter, "detail=full") || is(parameter, "detail=\"full\""))
    };
    lines
        .map(|line| &line.as_bytes()[..line.len().min(MAX_BYTES)])
        .any(|line| line.split(|&byte| byte == b',').any(asks))
}

impl<'a> Range<'a> {
    fn new(element: &'a [u8]) -> Option<Self> {
        let semicolon = memchr::memchr(b';', element).unwrap_or(element.len());
        let (media_type, parameters) = element.split_at(semicolon);
        let media_type = media_type.trim_ascii();
        let slash = memchr::memchr(b'/', media_type)?;
        Some(Self {
            kind: &media_type[..slash],
            subtype: &media_type[slash + 1..],
            parameters,
        })
    }

    /// Whether type and subtype are tokens.
    pub(super) fn is_valid(&self) -> bool {
        is_token(self.kind) && is_token(self.subtype) && self.kind != b"*"
    }

    /// Parses the parameters. Returns `None` if the weight is invalid.
    pub(super) fn parameters(&self) -> Option<Parameters> {
        let mut parameters = Parameters {
            quality: ONE,
            has_others: false,
        };
        let mut rest = self.parameters.get(1..);
        while let Some(text) = rest {
            let end = end_of(text, b';');
            let parameter = text[..end].trim_ascii();
            rest = text.get(end + 1..);
            if parameter.is_empty() {
                continue;
            }
            let equals = memchr::memchr(b'=', parameter).unwrap_or(parameter.len());
            let name = parameter[..equals].trim_ascii_end();
            let value = parameter.get(equals + 1..).unwrap_or_default();
            let value = value.trim_ascii_start();
            if name.eq_ignore_ascii_case(b"q") {
                parameters.quality = quality(value)?;
            } else {
                let is_our_charset = name.eq_ignore_ascii_case(b"charset")
                    && unquoted(value).eq_ignore_ascii_case(b"utf-8");
                parameters.has_others |= !is_our_charset;
            }
        }
        Some(parameters)
    }
}

/// Parses a weight (section 12.4.2), in millionths. More than three decimals, and `.5` for 0.5, are accepted.
pub(super) fn quality(text: &[u8]) -> Option<u32> {
    let dot = text.iter().position(|&byte| byte == b'.');
    let dot = dot.unwrap_or(text.len());
    let decimals = text.get(dot + 1..).unwrap_or_default();
    if text.len() < 2 && dot == 0 {
        return None;
    }
    let mut quality = match &text[..dot] {
        b"" | b"0" => 0,
        b"1" => ONE,
        _ => return None,
    };
    let mut unit = ONE / 10;
    for digit in decimals {
        if !digit.is_ascii_digit() {
            return None;
        }
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

/// Whether this is a token (section 5.6.2). `*` is one of the characters of a token.
fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| IS_TCHAR[byte as usize])
}

/// The position of the first `delimiter` outside quoted strings (section 5.6.4), or the end.
pub(super) fn end_of(text: &[u8], delimiter: u8) -> usize {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(delimiter, b'"', &text[from..]) {
        from += found;
        if text[from] == delimiter {
            return from;
        }
        from = end_of_quoted(text, from + 1);
    }
    text.len()
}

/// The position after the quoted string whose content starts at `from`.
fn end_of_quoted(text: &[u8], mut from: usize) -> usize {
    while let Some(found) = memchr::memchr2(b'"', b'\\', &text[from..]) {
        from += found + 1;
        if text[from - 1] == b'"' {
            return from;
        }
        from = (from + 1).min(text.len());
    }
    text.len()
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
