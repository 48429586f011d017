//! Where a value ends, by its grammar. Nothing here judges a value; every function is total and bounded by what
//! it returns, or by `LIMIT`.

use std::ops::Range;

use super::work;

/// A quote with the backslashes before it: `"`, `\"`, `\\\"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) byte: u8,
    pub(super) slashes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Between quotes; `hidden` is what is inside.
    Quoted,
    /// A string that goes on after its quotes, or has no end.
    Broken,
    /// `[…]`, `{…}`, `(…)`, `Some(…)`, `Config { … }`.
    Group,
    /// Up to a separator, the line's end, or the enclosing quote.
    Plain,
    /// The indented lines of YAML.
    Block,
}

/// A value: what to hide of it, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Extent {
    pub(super) hidden: Range<usize>,
    pub(super) kind: Kind,
}

/// What surrounds a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// The quote that was open before the key.
    pub(super) enclosing: Option<Quote>,
    /// Whether a bracket is open, so that its closer ends the value.
    pub(super) in_brackets: bool,
    /// The value has the rest of its line.
    pub(super) has_line: bool,
    /// What ends a value of several words.
    pub(super) stop: Stop,
    /// `=` rather than `:`: `;` and `&` may end the value.
    pub(super) is_assignment: bool,
    /// Inside a query string, where `&` always ends the value.
    pub(super) is_query: bool,
}

/// The pair after a value of several words that ends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stop {
    /// None: the line's end does.
    #[default]
    Never,
    /// `, port: 5`.
    AfterComma,
    /// ` Port:5`, ` port = 5`.
    AfterSpace,
}

/// How far a value is looked at that may turn out to be harmless.
pub(super) const LIMIT: usize = 256;

/// The value that starts at `at`, or `None` if there is none.
pub(super) fn value(text: &str, at: usize, context: Context) -> Option<Extent> {
    let bytes = text.as_bytes();
    let start = skip_blanks(bytes, at);
    if start > at && bytes.get(start) == Some(&b'*') && bytes.get(start + 1) == Some(&b'*') {
        return value(text, start + 2, context);
    }
    if at_line_end(bytes, start) {
        return next_lines(text, at, start, context);
    }
    if matches!(bytes[start], b'|' | b'>') && at_line_end(bytes, skip_indicator(bytes, start)) {
        return block(bytes, at, skip_indicator(bytes, start));
    }
    Some(inline(text, start, context))
}

/// A value on the line of its key.
fn inline(text: &str, start: usize, context: Context) -> Extent {
    let bytes = text.as_bytes();
    if text[start..].starts_with(super::edit::REDACTED) {
        return plain(bytes, start, start + super::edit::REDACTED.len(), context);
    }
    if text[start..].starts_with("-----BEGIN") {
        return Extent {
            hidden: start..pem_end(text, start),
            kind: Kind::Broken,
        };
    }
    // PHP: `string(7) "…"`
    let start = match text[start..]
        .strip_prefix("string(")
        .and_then(|rest| rest.find(") ").filter(|digits| *digits < 12))
    {
        Some(digits) => start + 7 + digits + 2,
        None => start,
    };
    if let Some(quote) = opening_quote(bytes, start, context) {
        return string(text, start, quote, context);
    }
    if let Some(open) = opening_bracket(bytes, start) {
        let end = group(bytes, open, context.enclosing);
        return Extent {
            hidden: start..end,
            kind: Kind::Group,
        };
    }
    plain(bytes, start, start, context)
}

/// Where the PEM block ends that starts here: after its last line, or with the text.
pub(super) fn pem_end(text: &str, start: usize) -> usize {
    let end = text[start..].find("-----END");
    work::note(end.unwrap_or(text.len() - start));
    end.map_or(text.len(), |end| {
        let end = start + end + 8;
        let is_label = |byte: &&u8| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'-');
        end + text.as_bytes()[end..]
            .iter()
            .take(48)
            .take_while(is_label)
            .count()
    })
}

pub(super) fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    at
}

fn at_line_end(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at), None | Some(b'\n' | b'\r'))
}

fn skip_indicator(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while matches!(bytes.get(at), Some(b'-' | b'+' | b'0'..=b'9')) {
        at += 1;
    }
    skip_blanks(bytes, at)
}

/// Past the line break here.
fn skip_break(bytes: &[u8], at: usize) -> usize {
    let at = at + usize::from(bytes.get(at) == Some(&b'\r'));
    at + usize::from(bytes.get(at) == Some(&b'\n'))
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let is_inside = |byte: &&u8| !matches!(byte, b'\n' | b'\r');
    let length = bytes[at..].iter().take_while(is_inside).count();
    work::note(length);
    at + length
}

/// The blanks that start the line of `at`, which is looked for no further than `LIMIT`.
fn indentation(bytes: &[u8], at: usize) -> usize {
    let start = bytes[..at]
        .iter()
        .rev()
        .take(LIMIT)
        .position(|byte| *byte == b'\n')
        .map_or(at.saturating_sub(LIMIT), |back| at - back);
    let mut indent = skip_blanks(bytes, start) - start;
    // `- name: …`: the list's mark belongs to the indentation.
    if bytes.get(start + indent) == Some(&b'-') && bytes.get(start + indent + 1) == Some(&b' ') {
        indent += 2;
    }
    indent
}

/// A value that starts on the line after its key, further to the right (or as a list).
fn next_lines(text: &str, at: usize, end_of_line: usize, context: Context) -> Option<Extent> {
    let bytes = text.as_bytes();
    let line = skip_break(bytes, end_of_line);
    let start = skip_blanks(bytes, line);
    if at_line_end(bytes, start) {
        return None;
    }
    let own = indentation(bytes, at);
    let is_list = bytes[start] == b'-' && bytes.get(start + 1) == Some(&b' ');
    if start - line <= own && !(is_list && start - line + 2 >= own) {
        return None;
    }
    if opening_quote(bytes, start, context).is_some() || opening_bracket(bytes, start).is_some() {
        return Some(inline(text, start, context));
    }
    Some(Extent {
        hidden: start..lines(bytes, start, start - line),
        kind: Kind::Block,
    })
}

/// `key: |` and the lines below it.
fn block(bytes: &[u8], at: usize, end_of_line: usize) -> Option<Extent> {
    let line = skip_break(bytes, end_of_line);
    let start = skip_blanks(bytes, line);
    if at_line_end(bytes, start) || start - line <= indentation(bytes, at) {
        return None;
    }
    Some(Extent {
        hidden: start..lines(bytes, start, start - line),
        kind: Kind::Block,
    })
}

/// The end of the lines that are indented so far; empty ones belong to them.
fn lines(bytes: &[u8], start: usize, indent: usize) -> usize {
    let mut end = line_end(bytes, start);
    loop {
        let mut line = skip_break(bytes, end);
        while line < bytes.len() && at_line_end(bytes, line) {
            line = skip_break(bytes, line);
        }
        let first = skip_blanks(bytes, line);
        // Deeper blocks are one line, so that nesting costs no more than its length.
        if line >= bytes.len() || first - line < indent || indent > 64 {
            return end;
        }
        end = line_end(bytes, first);
    }
}

/// The quote that opens a string here, after prefixes like `b`, `r#`, and where it stands.
pub(super) fn opening_quote(
    bytes: &[u8],
    start: usize,
    context: Context,
) -> Option<(usize, Quote)> {
    let mut at = start;
    while at < start + 2
        && matches!(
            bytes.get(at),
            Some(b'b' | b'r' | b'u' | b'B' | b'R' | b'U' | b'f' | b'L' | b'N' | b'@' | b'$')
        )
    {
        at += 1;
    }
    while at > start && at < start + 6 && bytes.get(at) == Some(&b'#') {
        at += 1;
    }
    let first = at;
    while bytes.get(at) == Some(&b'\\') {
        at += 1;
    }
    let byte = *bytes
        .get(at)
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let quote = Quote {
        byte,
        slashes: at - first,
    };
    // The enclosing string ends here.
    let ends = context
        .enclosing
        .is_some_and(|open| open.byte == byte && quote.slashes <= open.slashes);
    (!ends).then_some((at, quote))
}

/// A string, and what is joined to it: `'a'\''b'`, `"a"b`.
fn string(text: &str, start: usize, (open, quote): (usize, Quote), context: Context) -> Extent {
    let bytes = text.as_bytes();
    let triple = quote.slashes == 0
        && bytes.get(open + 1) == Some(&quote.byte)
        && bytes.get(open + 2) == Some(&quote.byte);
    if triple {
        let mark = &text[open..open + 3];
        return match text[open + 3..].find(mark) {
            Some(length) => Extent {
                hidden: open + 3..open + 3 + length,
                kind: Kind::Quoted,
            },
            None => Extent {
                hidden: open + 3..text.len(),
                kind: Kind::Broken,
            },
        };
    }
    let Some(inner_end) = closing_quote(bytes, open + 1, quote, context.enclosing) else {
        // Cut off: nothing of it may leave.
        let end = match context.enclosing {
            _ if quote.byte == b'"' => bytes.len(),
            _ => line_end(bytes, open),
        };
        return Extent {
            hidden: open + 1..end,
            kind: Kind::Broken,
        };
    };
    let after = inner_end + quote.slashes + 1;
    match bytes.get(inner_end + quote.slashes) {
        Some(byte) if *byte == quote.byte => {}
        // The enclosing string ended first.
        _ => {
            return Extent {
                hidden: open + 1..inner_end,
                kind: Kind::Broken,
            };
        }
    }
    if goes_on(bytes, after, quote, context) {
        let end = joined(bytes, after, context);
        return Extent {
            hidden: start..end,
            kind: Kind::Broken,
        };
    }
    Extent {
        hidden: open + 1..inner_end,
        kind: Kind::Quoted,
    }
}

/// Where the strings and words end that are joined to each other.
fn joined(bytes: &[u8], mut at: usize, context: Context) -> usize {
    let context = Context {
        has_line: false,
        ..context
    };
    let is_enclosing = |byte| context.enclosing.is_some_and(|open| open.byte == byte);
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'\\' => (at + 2).min(bytes.len()),
            b'"' | b'\'' if !is_enclosing(byte) => {
                let end =
                    closing_quote(bytes, at + 1, Quote { byte, slashes: 0 }, context.enclosing);
                end.map_or_else(
                    || line_end(bytes, at),
                    |end| end + usize::from(bytes[end] == byte),
                )
            }
            _ if is_enclosing(byte) || ends_plain(bytes, at, at, context) => break,
            _ => at + 1,
        };
    }
    at
}

/// Whether a string is joined to what follows its closing quote.
fn goes_on(bytes: &[u8], after: usize, quote: Quote, context: Context) -> bool {
    match bytes.get(after) {
        Some(b'\\') if quote.byte == b'\'' && quote.slashes == 0 => {
            bytes.get(after + 1) == Some(&b'\'')
        }
        Some(byte @ (b'"' | b'\'')) => {
            !context
                .enclosing
                .is_some_and(|open| open.byte == *byte && open.slashes == 0)
                && quote.slashes == 0
        }
        Some(byte) => byte.is_ascii_alphanumeric() || !byte.is_ascii(),
        None => false,
    }
}

/// Where the content of a string ends: at its own closing quote or at that of the enclosing string.
pub(super) fn closing_quote(
    bytes: &[u8],
    start: usize,
    quote: Quote,
    enclosing: Option<Quote>,
) -> Option<usize> {
    let end = find_closing_quote(bytes, start, quote, enclosing);
    work::note(end.unwrap_or(bytes.len()).saturating_sub(start));
    end
}

fn find_closing_quote(
    bytes: &[u8],
    start: usize,
    quote: Quote,
    enclosing: Option<Quote>,
) -> Option<usize> {
    let mut slashes = 0;
    for (index, &byte) in bytes.iter().enumerate().skip(start) {
        if byte == b'\\' {
            slashes += 1;
            continue;
        }
        if byte == quote.byte {
            let own = quote.slashes;
            if slashes >= own && ((slashes - own) / (own + 1)).is_multiple_of(2) {
                return Some(index - own);
            }
            if slashes < own {
                return Some(index - slashes);
            }
        } else if enclosing
            .is_some_and(|open| open.byte == byte && slashes <= open.slashes && open.byte == b'"')
        {
            return Some(index - slashes);
        }
        slashes = 0;
    }
    None
}

/// Where the bracket of a group is that starts here, after a name and its space: `Some(`, `Creds {`, `map[`.
pub(super) fn opening_bracket(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while at < start + 2 && matches!(bytes.get(at), Some(b'&' | b'#' | b'%')) {
        at += 1;
    }
    let name = at;
    while at < name + 64
        && matches!(bytes.get(at), Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
    {
        at += 1;
    }
    let is_name = at > name && !bytes[name].is_ascii_digit();
    if is_name
        && bytes.get(at) == Some(&b' ')
        && bytes.get(at + 1) == Some(&b'{')
        && bytes[name].is_ascii_uppercase()
    {
        return Some(at + 1);
    }
    match bytes.get(at) {
        Some(b'[' | b'(') => Some(at),
        Some(b'{') if at == name || is_name => Some(at),
        _ => None,
    }
}

/// The end of a group: past the bracket that closes it, or at the end of the enclosing string or text.
pub(super) fn group(bytes: &[u8], open: usize, enclosing: Option<Quote>) -> usize {
    let end = group_end(bytes, open, enclosing);
    work::note(end - open);
    end
}

fn group_end(bytes: &[u8], open: usize, enclosing: Option<Quote>) -> usize {
    let (mut depth, mut slashes, mut at) = (0_usize, 0, open);
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b'\\' => {
                slashes += 1;
                at += 1;
                continue;
            }
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b'"' | b'\''
                if enclosing.is_some_and(|open| open.byte == byte && slashes <= open.slashes) =>
            {
                return at - slashes;
            }
            b'"' | b'\'' => {
                let opens = byte == b'"' || !bytes[at - 1].is_ascii_alphanumeric();
                let quote = Quote { byte, slashes };
                match closing_quote(bytes, at + 1, quote, enclosing) {
                    Some(end) if opens => {
                        // At the enclosing quote the next turn ends.
                        at = if bytes.get(end + slashes) == Some(&byte) {
                            end + slashes
                        } else {
                            end.saturating_sub(1).max(at)
                        };
                    }
                    None if opens && byte == b'"' => return bytes.len(),
                    _ => {}
                }
            }
            _ => {}
        }
        slashes = 0;
        at += 1;
    }
    bytes.len()
}

/// An unquoted value from `start`, looked at from `from`.
fn plain(bytes: &[u8], start: usize, from: usize, context: Context) -> Extent {
    let mut at = from;
    let mut slashes = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b'\\'
            && context.enclosing.is_some()
            && slashes == 0
            && matches!(bytes.get(at + 1), Some(b'n' | b'r'))
            && bytes.get(at.wrapping_sub(1)) != Some(&b'\\')
        {
            break;
        }
        if byte == b'\\' {
            slashes += 1;
            at += 1;
            continue;
        }
        if context
            .enclosing
            .is_some_and(|open| open.byte == byte && slashes <= open.slashes)
        {
            let closes = byte != b'\'' || !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
            if closes {
                at -= slashes;
                break;
            }
        }
        slashes = 0;
        if ends_plain(bytes, start, at, context) {
            break;
        }
        at += 1;
    }
    work::note(at.saturating_sub(from));
    let mut end = at.max(from);
    if context.has_line {
        while end > from && matches!(bytes[end - 1], b' ' | b'\t' | b',' | b';') {
            end -= 1;
        }
    }
    Extent {
        hidden: start..end,
        kind: Kind::Plain,
    }
}

fn ends_plain(bytes: &[u8], start: usize, at: usize, context: Context) -> bool {
    let next = bytes.get(at + 1).copied();
    let is_edge = |byte: Option<u8>| {
        byte.is_none_or(|byte| {
            byte.is_ascii_whitespace()
                || matches!(
                    byte,
                    b',' | b';'
                        | b'.'
                        | b')'
                        | b']'
                        | b'}'
                        | b'"'
                        | b'\''
                        | b'>'
                        | b'`'
                        | b'\\'
                        | b':'
                )
        })
    };
    match bytes[at] {
        b'\n' | b'\r' => true,
        b' ' | b'\t' if !context.has_line => true,
        b' ' => context.stop == Stop::AfterSpace && starts_pair(bytes, at + 1),
        b')' | b']' | b'}' => context.in_brackets && is_edge(next),
        b',' if context.has_line => {
            context.stop != Stop::Never && starts_pair(bytes, skip_blanks(bytes, at + 1))
        }
        b',' => is_edge(next) || (context.is_assignment && starts_pair(bytes, at + 1)),
        b';' if context.has_line => {
            context.is_assignment && starts_pair(bytes, skip_blanks(bytes, at + 1))
        }
        b';' => context.is_assignment && (is_edge(next) || starts_pair(bytes, at + 1)),
        b'&' => context.is_query || (context.is_assignment && starts_pair(bytes, at + 1)),
        b'?' => context.is_assignment && starts_pair(bytes, at + 1),
        b'<' => at > start && next == Some(b'/'),
        _ => false,
    }
}

/// Whether `name=`, `name = ` or `name:` starts here.
fn starts_pair(bytes: &[u8], start: usize) -> bool {
    let mut at = start + usize::from(matches!(bytes.get(start), Some(b'"' | b'\'')));
    let name = at;
    while at < start + 48
        && matches!(bytes.get(at), Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']' | b'%'))
    {
        at += 1;
    }
    if at == name || bytes[name].is_ascii_digit() {
        return false;
    }
    at += usize::from(matches!(bytes.get(at), Some(b'"' | b'\'')));
    at = skip_blanks(bytes, at);
    matches!(bytes.get(at), Some(b'=' | b':')) && !matches!(bytes.get(at + 1), Some(b'/' | b'='))
}
