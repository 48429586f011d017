//! URLs: user info, also where its password is not encoded, and addresses that are a secret as a whole.

use super::cursor::Cursor;
use super::lines::LIMIT;
use super::work;

/// Chat services whose addresses let anyone post, with what comes before the secret part.
const WEBHOOKS: [(&str, &str); 9] = [
    ("hooks.slack.com", "/services/"),
    ("hooks.slack.com", "/workflows/"),
    ("hooks.slack.com", "/triggers/"),
    ("discord.com", "/api/webhooks/"),
    ("discordapp.com", "/api/webhooks/"),
    ("api.telegram.org", "/bot"),
    ("webhook.office.com", "/webhookb2/"),
    ("outlook.office.com", "/webhook/"),
    ("open.feishu.cn", "/hook/"),
];

/// Schemes before an `@` that is an address and not user info.
const ADDRESSES: [&str; 9] = [
    "acct", "cid", "git", "mailto", "sip", "sips", "ssh", "tel", "xmpp",
];

/// Whether a URL's `//` (or what is written for it) follows the colon at `at`.
pub(super) fn starts(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at + 1..) {
        Some([b'/', b'/', ..] | [b'\\', b'\\', ..] | [b'\\', b'/', b'\\', b'/', ..]) => true,
        // `https:/me:secret@host`
        Some([b'/', _, ..]) => {
            at >= 4
                && bytes[..at]
                    .iter()
                    .rev()
                    .take(4)
                    .all(u8::is_ascii_alphabetic)
                && bytes[at - 1] != b'e'
        }
        _ => false,
    }
}

/// The URL whose scheme ends at the colon `at`; returns where to go on.
pub(super) fn url(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let bytes = cursor.bytes();
    let scheme = scheme(bytes, at);
    if scheme.len() < 2 {
        return at + 1;
    }
    let mut start = at + 1;
    while matches!(bytes.get(start), Some(b'/' | b'\\')) {
        start += 1;
    }
    let authority = start
        + length(bytes, start, |byte| {
            is_end(byte) || matches!(byte, b'/' | b'?' | b'#' | b'\\')
        });
    let Some(user_end) = user_info(cursor, scheme, start, authority) else {
        return webhook(cursor, start, authority).max(if start > at + 2 {
            authority
        } else {
            at + 1
        });
    };
    if &bytes[start..user_end] != b"git" {
        cursor.hide(start..user_end);
    }
    user_end + 1
}

fn scheme(bytes: &[u8], at: usize) -> &[u8] {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    let length = bytes[..at]
        .iter()
        .rev()
        .take(24)
        .take_while(|byte| is_part(byte))
        .count();
    &bytes[at - length..at]
}

const fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`')
}

fn length(bytes: &[u8], start: usize, ends: impl Fn(u8) -> bool) -> usize {
    let length = bytes[start..]
        .iter()
        .take(LIMIT)
        .take_while(|byte| !ends(**byte))
        .count();
    work::note(length);
    length
}

/// The position of the `@` that ends the user info.
fn user_info(cursor: &Cursor<'_>, scheme: &[u8], start: usize, authority: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    let is_web = [&b"http"[..], b"https", b"ws", b"wss"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    let strict = bytes[start..authority]
        .iter()
        .rposition(|byte| *byte == b'@')
        .map(|at| start + at);
    if strict.is_some() && is_web {
        return strict;
    }
    // A password with `/`, `#`, `?`, a quote or a space in it: `user:` and, before the line's end, an `@host`.
    let colon = bytes[start..authority]
        .iter()
        .position(|byte| *byte == b':')
        .map(|colon| start + colon);
    let Some(colon) = colon else { return strict };
    let port = &bytes[colon + 1..authority];
    let is_port = port.len() <= 5 && port.iter().all(u8::is_ascii_digit);
    if bytes[start] == b'[' || (is_port && (is_web || !port.is_empty())) {
        return strict;
    }
    let last_host = |length: usize| {
        let ats = (colon..colon + length)
            .rev()
            .filter(|at| bytes[*at] == b'@');
        ats.into_iter().find(|at| is_host(&bytes[at + 1..]))
    };
    let word = length(bytes, colon, |byte| byte.is_ascii_whitespace());
    let line = length(bytes, colon, |byte| matches!(byte, b'\n' | b'\r'));
    // Beyond a space only if nothing nearer fits.
    last_host(word).or(strict).or_else(|| last_host(line))
}

fn is_host(rest: &[u8]) -> bool {
    let length = rest
        .iter()
        .take(80)
        .take_while(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'[' | b']')
        })
        .count();
    length > 0
        && rest.get(length).is_none_or(|byte| {
            is_end(*byte)
                || matches!(
                    byte,
                    b':' | b'/' | b'?' | b'#' | b',' | b')' | b';' | b'\\' | b']' | b'}' | b'%'
                )
        })
}

/// Hides the path of a chat service's address; returns where to go on.
fn webhook(cursor: &mut Cursor<'_>, start: usize, authority: usize) -> usize {
    let bytes = cursor.bytes();
    let host = &bytes[start..authority];
    for (service, path) in WEBHOOKS {
        let is_service = host.len() >= service.len()
            && host[host.len() - service.len()..].eq_ignore_ascii_case(service.as_bytes());
        if !is_service {
            continue;
        }
        let window = &bytes[authority..bytes.len().min(authority + 64)];
        if let Some(found) = window
            .windows(path.len())
            .position(|part| part.eq_ignore_ascii_case(path.as_bytes()))
        {
            let secret = authority + found + path.len();
            let end = secret
                + bytes[secret..]
                    .iter()
                    .position(|byte| is_end(*byte) || matches!(byte, b'?' | b')' | b',' | b'\\'))
                    .unwrap_or(bytes.len() - secret);
            return cursor.hide(secret..end);
        }
    }
    start
}

/// User info without a scheme: `app:secret@tcp(db:3306)`, `jdbc:oracle:thin:app/secret@//db`; returns where to go on.
pub(super) fn at_sign(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    let after = &bytes[at + 1..];
    let limit = at.saturating_sub(128).max(cursor.floor);
    let length = bytes[limit..at]
        .iter()
        .rev()
        .take_while(|byte| !is_end(**byte) && !matches!(byte, b',' | b'(' | b'='))
        .count();
    let token = &bytes[at - length..at];
    let is_network = [&b"tcp("[..], b"unix(", b"//", b"(DESCRIPTION"]
        .iter()
        .any(|start| after.starts_with(start));
    if !is_network && !has_port(after) {
        return None;
    }
    let is_thin = token.starts_with(b"jdbc:oracle:");
    let mut name = token.iter().position(|byte| *byte == b':')?;
    if is_thin {
        let thin = token.iter().rposition(|byte| *byte == b':')?;
        let slash = token[thin..].iter().position(|byte| *byte == b'/')?;
        name = thin + slash;
    } else if ADDRESSES
        .iter()
        .any(|scheme| token[..name].eq_ignore_ascii_case(scheme.as_bytes()))
        || name == 0
    {
        return None;
    }
    let secret = at - length + name + 1;
    (secret < at).then(|| cursor.hide(secret..at))
}

/// `host:5432`.
fn has_port(rest: &[u8]) -> bool {
    let is_host = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let host = rest.iter().take(80).take_while(is_host).count();
    let digits = rest.get(host + 1..).map_or(0, |port| {
        port.iter()
            .take(6)
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    });
    let after = rest.get(host + 1 + digits);
    host > 0
        && rest.get(host) == Some(&b':')
        && (2..=5).contains(&digits)
        && !after.is_some_and(u8::is_ascii_alphanumeric)
}
