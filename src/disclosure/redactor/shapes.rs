//! What is a secret whatever its key: PEM blocks, JWTs, `Bearer …`, the tokens of well-known services, card numbers.

use super::cursor::Cursor;
use super::lines::pem_end;
use super::work;

/// Prefixes of tokens, and how many characters must follow.
const PREFIXES: [(&str, usize); 49] = [
    ("AGE-SECRET-KEY-1", 20),
    ("AIza", 30),
    ("AKIA", 12),
    ("ASIA", 12),
    ("ATATT3", 20),
    ("EAAC", 30),
    ("GOCSPX-", 20),
    ("PMAK-", 20),
    ("SG.", 30),
    ("dapi", 32),
    ("dop_v1_", 30),
    ("figd_", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghr_", 20),
    ("ghs_", 20),
    ("ghu_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("glrt-", 16),
    ("gsk_", 30),
    ("hf_", 30),
    ("hvb.", 20),
    ("hvs.", 20),
    ("key-", 32),
    ("lin_api_", 20),
    ("nfp_", 20),
    ("npm_", 30),
    ("pypi-", 30),
    ("rk_live_", 10),
    ("rk_test_", 10),
    ("rubygems_", 20),
    ("shpat_", 20),
    ("shpss_", 20),
    ("sk-", 20),
    ("sk_live_", 10),
    ("sk_test_", 10),
    ("sntrys_", 20),
    ("sntryu_", 20),
    ("tskey-", 16),
    ("whsec_", 16),
    ("xapp-", 16),
    ("xoxa-", 16),
    ("xoxb-", 16),
    ("xoxe.", 16),
    ("xoxp-", 16),
    ("xoxs-", 16),
    ("xkeysib-", 30),
    ("ya29.", 20),
];

/// The token around `at`: letters, digits and what tokens are joined with.
pub(super) fn token(cursor: &Cursor<'_>, at: usize) -> (usize, usize) {
    const JOINTS: &[u8] = b"_-.~+/";
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || JOINTS.contains(byte);
    let before = cursor.word_before(at, JOINTS).len();
    let after = cursor.bytes()[at..].iter().take_while(is_part).count();
    work::note(after);
    (at - before, at + after)
}

/// Hides a token that its shape gives away; returns where it ends.
pub(super) fn known_token(cursor: &mut Cursor<'_>, start: usize, end: usize) -> Option<usize> {
    let text = &cursor.text[start..end];
    if text.len() < 16 {
        return None;
    }
    // In a path a segment is the token.
    let mut from = start;
    for part in text.split('/') {
        if is_jwt(part) || has_prefix(part) {
            return Some(cursor.hide(from..from + part.len()));
        }
        from += part.len() + 1;
    }
    None
}

fn has_prefix(text: &str) -> bool {
    let found = PREFIXES.iter().find(|(prefix, _)| text.starts_with(prefix));
    found.is_some_and(|(prefix, length)| {
        let rest = text[prefix.len()..]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        rest.count() >= *length
    })
}

/// `eyJ….eyJ….…`, also cut off.
fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ")
        && text.split('.').take(2).all(|part| part.len() >= 8)
        && text.contains('.')
}

/// `Bearer …` and `Basic …` at the first letter; returns where the token ends.
pub(super) fn scheme(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    let length = [&b"bearer"[..], b"basic"]
        .iter()
        .find(|word| {
            bytes[at..]
                .get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        })?
        .len();
    let is_gap = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'+');
    let gap = bytes[at + length..]
        .iter()
        .take(8)
        .take_while(is_gap)
        .count();
    let start = at + length + gap;
    let token = bytes[start..]
        .iter()
        .take_while(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
        })
        .count();
    let end = start
        + token
        + bytes[start + token..]
            .iter()
            .take_while(|byte| **byte == b'=')
            .count();
    let text = &bytes[start..start + token];
    let is_parameter = end > start + token && bytes.get(end) == Some(&b'"');
    let is_mixed =
        text.iter().any(u8::is_ascii_digit) || text.iter().skip(1).any(u8::is_ascii_uppercase);
    let is_token = gap > 0 && token >= 6 && is_mixed && !is_parameter;
    is_token.then(|| cursor.hide(start..end))
}

/// `-----BEGIN … PRIVATE KEY-----` up to its end, or that of the text; returns where to go on.
pub(super) fn pem(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let rest = cursor.text[at..].strip_prefix("-----BEGIN")?;
    let label = rest
        .as_bytes()
        .iter()
        .take(48)
        .take_while(|byte| **byte != b'-')
        .count();
    let label = &rest[..label];
    if label.ends_with("CERTIFICATE")
        || label.ends_with("PUBLIC KEY")
        || label.ends_with("REQUEST")
        || label.ends_with("CRL")
    {
        return None;
    }
    let end = pem_end(cursor.text, at);
    Some(cursor.hide(at..end))
}

/// A card number that passes the Luhn check, at its first digit; returns where it ends.
pub(super) fn card(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let end = card_number(cursor.bytes(), at)?;
    Some(cursor.hide(at..end))
}

/// Whether a number is a card's.
pub(super) fn is_card(digits: &str) -> bool {
    card_number(digits.as_bytes(), 0) == Some(digits.len())
}

/// Where the card number ends that starts here.
fn card_number(bytes: &[u8], at: usize) -> Option<usize> {
    if at > 0
        && (bytes[at - 1].is_ascii_alphanumeric()
            || matches!(bytes[at - 1], b'.' | b'-' | b'_' | b'+'))
    {
        return None;
    }
    let mut digits = [0_u8; 19];
    let (mut count, mut end) = (0, at);
    let mut separator = None;
    while let Some(&byte) = bytes.get(end) {
        if byte.is_ascii_digit() {
            *digits.get_mut(count)? = byte - b'0';
            count += 1;
        } else if !(matches!(byte, b' ' | b'-')
            && *separator.get_or_insert(byte) == byte
            && count >= 4
            && bytes.get(end + 1).is_some_and(u8::is_ascii_digit))
        {
            break;
        }
        end += 1;
    }
    if bytes
        .get(end)
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
    {
        return None;
    }
    (is_issued(&digits, count) && passes_luhn(&digits[..count])).then_some(end)
}

/// Whether a number of this length can start so: Visa, Mastercard, American Express, Discover, JCB, Diners.
fn is_issued(digits: &[u8; 19], count: usize) -> bool {
    let two = digits[0] * 10 + digits[1];
    match count {
        13 | 19 => digits[0] == 4,
        14 => matches!(two, 30 | 36 | 38 | 39),
        15 => matches!(two, 34 | 37),
        16 => digits[0] == 4 || matches!(two, 22..=27 | 35 | 50..=55 | 60 | 62 | 64 | 65),
        _ => false,
    }
}

fn passes_luhn(digits: &[u8]) -> bool {
    let doubled = |(index, digit): (usize, &u8)| match index % 2 {
        0 => u32::from(*digit),
        _ => u32::from(digit * 2 / 10 + digit * 2 % 10),
    };
    digits
        .iter()
        .rev()
        .enumerate()
        .map(doubled)
        .sum::<u32>()
        .is_multiple_of(10)
}
