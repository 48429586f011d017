//! Rust source as tokens, without comments and literals.

/// An identifier, `::`, or a single character.
pub(super) type Token = String;

pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut rest = source;
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, len) = match first {
            _ if rest.starts_with("//") => (None, rest.find('\n').unwrap_or(rest.len())),
            _ if rest.starts_with("/*") => (None, rest.find("*/").map_or(rest.len(), |at| at + 2)),
            'r' if raw_string(rest).is_some() => (None, raw_string(rest).unwrap_or_default()),
            '"' => (None, string(rest)),
            '\'' => (None, character(rest)),
            _ if is_of_name(first) => {
                let len = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
                (Some(&rest[..len]), len)
            }
            _ if rest.starts_with("::") => (Some("::"), 2),
            _ if first.is_whitespace() => (None, first.len_utf8()),
            _ => (Some(&rest[..first.len_utf8()]), first.len_utf8()),
        };
        tokens.extend(token.map(str::to_owned));
        rest = &rest[len..];
    }
    tokens
}

pub(super) fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a raw string, if one starts here.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text[1..].find(|c| c != '#')?;
    let inside = 1 + hashes + 1;
    if !text[1 + hashes..].starts_with('"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    Some(inside + text[inside..].find(&end)? + end.len())
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// The length of a character, or of the mark of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), _) => text[2..].find('\'').map_or(1, |at| at + 3),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
